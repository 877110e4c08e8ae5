package questionnaire

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Amount is a figure that somebody gave, in hundredths: 2.5 people are 250.
type Amount int64

// Bounds of figures.
const (
	maxMoney    Amount = 1_000_000_000_00 // of a currency
	maxCount    Amount = 100_000_00       // people or machines
	maxMonths   Amount = 600_00
	maxCurrency        = 16 // bytes
)

// String writes the amount with as many digits as it needs: 2.5, 95000.
func (a Amount) String() string {
	text := strconv.FormatInt(int64(a)/100, 10)
	if a < 0 && a > -100 {
		text = "-" + text
	}
	if rest := max(a, -a) % 100; rest > 0 {
		text += strings.TrimRight(fmt.Sprintf(".%02d", rest), "0")
	}
	return text
}

// MarshalJSON writes the amount as a number.
func (a Amount) MarshalJSON() ([]byte, error) { return []byte(a.String()), nil }

// CostFigures are what the user says that ways to run the load cost. What is missing stays unknown: none is ever invented.
type CostFigures struct {
	Currency   string                `json:"currency,omitzero"`
	PersonYear *Amount               `json:"personYear,omitzero"` // what one person costs a year, all in
	Ways       map[string]WayFigures `json:"ways,omitzero"`       // by Today or an alternative's id
}

// Today names what runs the load now, among the ways.
const Today = "today"

// WayFigures are one way's. Nil is not given.
type WayFigures struct {
	People          *Amount `json:"people,omitzero"`          // full-time equivalents who keep it running
	Machines        *Amount `json:"machines,omitzero"`        // that it runs on
	MachineYear     *Amount `json:"machineYear,omitzero"`     // what one machine costs a year
	OtherYear       *Amount `json:"otherYear,omitzero"`       // licences, fees and support a year
	MigrationMonths *Amount `json:"migrationMonths,omitzero"` // from the first service moved to the last
	MigrationPeople *Amount `json:"migrationPeople,omitzero"` // full-time equivalents who move it meanwhile
	TrainingOnce    *Amount `json:"trainingOnce,omitzero"`
}

// wayFields are the figures of a way in the order of the form.
func (w *WayFigures) fields() []struct {
	name string
	into **Amount
	most Amount
} {
	return []struct {
		name string
		into **Amount
		most Amount
	}{
		{"people", &w.People, maxCount}, {"machines", &w.Machines, maxCount}, {"machineYear", &w.MachineYear, maxMoney}, {"otherYear", &w.OtherYear, maxMoney},
		{"migrationMonths", &w.MigrationMonths, maxMonths}, {"migrationPeople", &w.MigrationPeople, maxCount}, {"trainingOnce", &w.TrainingOnce, maxMoney},
	}
}

// movesOnly are figures of a way that is moved to; what runs today needs none.
var movesOnly = []string{"migrationMonths", "migrationPeople", "trainingOnce"}

func (q *Questionnaire) readCosts(node *yaml.Node, path string, into *CostFigures) error {
	return eachField(node, path, map[string]fieldReader{
		"currency": func(node *yaml.Node, path string) error {
			if err := text(&into.Currency)(node, path); err != nil {
				return err
			}
			if len(into.Currency) > maxCurrency || !printable(into.Currency) {
				return &FileError{Line: node.Line, Field: path, Problem: fmt.Sprintf("wants at most %d bytes", maxCurrency)}
			}
			return nil
		},
		"personYear": amount(&into.PersonYear, maxMoney),
		"ways":       func(node *yaml.Node, path string) error { return q.readWays(node, path, into) },
	})
}

func (q *Questionnaire) readWays(node *yaml.Node, path string, into *CostFigures) error {
	readers := map[string]fieldReader{}
	for _, way := range q.ways() {
		readers[way.ID] = func(node *yaml.Node, path string) error {
			var w WayFigures
			fields := map[string]fieldReader{}
			for _, f := range w.fields() {
				if way.ID != Today || !slices.Contains(movesOnly, f.name) {
					fields[f.name] = amount(f.into, f.most)
				}
			}
			if err := eachField(node, path, fields); err != nil {
				return err
			}
			if w == (WayFigures{}) {
				return nil
			}
			if into.Ways == nil {
				into.Ways = map[string]WayFigures{}
			}
			into.Ways[way.ID] = w
			return nil
		}
	}
	return eachField(node, path, readers)
}

// ways are all that can have a cost: today's, and the alternatives.
func (q *Questionnaire) ways() []alternative {
	return append([]alternative{{ID: Today, Title: "What runs it today"}}, q.advice.Alternatives...)
}

func amount(into **Amount, most Amount) fieldReader {
	return func(node *yaml.Node, path string) error {
		if empty(node) {
			return nil
		}
		value, ok := parseAmount(node.Value)
		if node.Kind != yaml.ScalarNode || !ok || value > most {
			return &FileError{Line: node.Line, Field: path, Problem: fmt.Sprintf("wants a figure from 0 to %s with at most two decimals", most)}
		}
		*into = &value
		return nil
	}
}

func parseAmount(text string) (Amount, bool) {
	whole, part, _ := strings.Cut(text, ".")
	if len(part) > 2 || len(whole) > 12 || whole == "" {
		return 0, false
	}
	n, ok := wholeNumber(whole + (part + "00")[:2])
	return Amount(n), ok
}

const costsHead = `Costs, by your own figures alone: what is left empty stays unknown. personYear is what one person costs a year, all in. The ways are
today and %s. Each takes people (full-time equivalents who keep it running) and machines, machineYear (what one costs a year) and
otherYear (licences, fees, support); a way to move to also migrationMonths, migrationPeople and trainingOnce. Decimals are fine.`

func (q *Questionnaire) costsEntry(c CostFigures) (*yaml.Node, string) {
	var ids []string
	ways := &yaml.Node{Kind: yaml.MappingNode}
	for _, way := range q.ways() {
		if way.ID != Today {
			ids = append(ids, way.ID)
		}
		figures, given := c.Ways[way.ID]
		if !given && way.ID != Today && way.ID != "managed-kubernetes" {
			continue
		}
		entry := &yaml.Node{Kind: yaml.MappingNode}
		for _, f := range figures.fields() {
			if way.ID != Today || !slices.Contains(movesOnly, f.name) {
				put(entry, f.name, amountEntry(*f.into), "")
			}
		}
		put(ways, way.ID, entry, "")
	}
	m := &yaml.Node{Kind: yaml.MappingNode}
	put(m, "currency", scalar(""), "")
	if c.Currency != "" {
		m.Content[1] = quoted(c.Currency)
	}
	put(m, "personYear", amountEntry(c.PersonYear), "")
	put(m, "ways", ways, "")
	return m, wrapped(fmt.Sprintf(costsHead, strings.Join(ids, ", ")), "")
}

func amountEntry(a *Amount) *yaml.Node {
	if a == nil {
		return scalar("")
	}
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!float", Value: a.String()}
}
