package questionnaire

import (
	"fmt"
	"math/big"
	"slices"
)

// Cost compares ways to run the load by the user's own figures.
type Cost struct {
	Currency string    `json:"currency,omitzero"`
	Ways     []WayCost `json:"ways"`             // today's first, then in the order of the ranking
	Missing  []string  `json:"missing,omitzero"` // figures that would complete it, as the form names them
}

// WayCost is one way's cost, row by row. Every row shows its formula; a row of which a figure is missing has no value.
type WayCost struct {
	ID    string    `json:"id"`
	Title string    `json:"title"`
	Rows  []CostRow `json:"rows"`
}

// CostRow is one line of a way's cost.
type CostRow struct {
	ID      string   `json:"id"` // people, machines, other, year, migration, doubleRunning, training, once, differenceYear, paysBackMonths
	Text    string   `json:"text"`
	Formula string   `json:"formula"`          // with the figures, or with what is missing in their place
	Value   *Amount  `json:"value"`            // of the currency, or months where the id says so
	Missing []string `json:"missing,omitzero"` // figures that it lacks
	Note    string   `json:"note,omitzero"`
}

// Row of a way by id.
func (w WayCost) Row(id string) (CostRow, bool) {
	i := slices.IndexFunc(w.Rows, func(r CostRow) bool { return r.ID == id })
	if i < 0 {
		return CostRow{}, false
	}
	return w.Rows[i], true
}

// Costs works out what the ways cost, by the user's figures: today's, the best-fitting simpler way, the best-fitting Kubernetes, and every
// other way that figures were given for.
func (q *Questionnaire) Costs(figures CostFigures, v Verdict) *Cost {
	c := &Cost{Currency: figures.Currency, Ways: []WayCost{}}
	today := q.wayCost(figures, alternative{ID: Today, Title: "What runs it today"}, WayCost{})
	c.Ways = append(c.Ways, today)
	for _, way := range q.compared(figures, v) {
		c.Ways = append(c.Ways, q.wayCost(figures, way, today))
	}
	for _, way := range c.Ways {
		for _, row := range way.Rows {
			for _, missing := range row.Missing {
				if !slices.Contains(c.Missing, missing) {
					c.Missing = append(c.Missing, missing)
				}
			}
		}
	}
	return c
}

// compared are the ways beside today's, in the order of the ranking.
func (q *Questionnaire) compared(figures CostFigures, v Verdict) []alternative {
	var ordered []alternative
	for _, ranked := range v.Alternatives {
		if i := slices.IndexFunc(q.advice.Alternatives, func(a alternative) bool { return a.ID == ranked.ID }); i >= 0 {
			ordered = append(ordered, q.advice.Alternatives[i])
		}
	}
	for _, way := range q.advice.Alternatives {
		if !slices.ContainsFunc(ordered, func(a alternative) bool { return a.ID == way.ID }) {
			ordered = append(ordered, way)
		}
	}
	excluded := func(id string) bool {
		return slices.ContainsFunc(v.Alternatives, func(a Alternative) bool { return a.ID == id && a.Excluded != "" })
	}
	best := map[bool]bool{} // by whether it is Kubernetes
	var found []alternative
	for _, way := range ordered {
		_, given := figures.Ways[way.ID]
		ranked := slices.ContainsFunc(v.Alternatives, func(a Alternative) bool { return a.ID == way.ID })
		leads := ranked && !best[way.Kubernetes] && !excluded(way.ID)
		if leads {
			best[way.Kubernetes] = true
		}
		if given || leads {
			found = append(found, way)
		}
	}
	return found
}

// costFigure is one that somebody gave, or the place where it is missing.
type costFigure struct {
	value *Amount
	path  string // as the form names it
	unit  string
}

func (q *Questionnaire) wayCost(c CostFigures, way alternative, today WayCost) WayCost {
	given := c.Ways[way.ID]
	of := func(name, unit string) costFigure {
		for _, f := range given.fields() {
			if f.name == name {
				return costFigure{*f.into, "costs.ways." + way.ID + "." + name, unit}
			}
		}
		return costFigure{}
	}
	person := costFigure{c.PersonYear, "costs.personYear", "a person and year"}
	cost := WayCost{ID: way.ID, Title: way.Title, Rows: []CostRow{
		product("people", "People a year", of("people", "people"), person),
		product("machines", "Machines a year", of("machines", "machines"), of("machineYear", "a machine and year")),
		product("other", "Licences, fees and support a year", of("otherYear", "a year")),
	}}
	cost.Rows = append(cost.Rows, sum("year", "Total a year", cost.Rows...))
	if way.ID == Today {
		return cost
	}
	months := of("migrationMonths", "months")
	machinesToday, _ := today.Row("machines")
	once := []CostRow{
		twelfth(product("migration", "Moving it, once", months, of("migrationPeople", "people"), person)),
		twelfth(product("doubleRunning", "Today's machines while old and new run side by side, once", months, asFigure(machinesToday, "for today's machines a year"))),
		product("training", "Training, once", of("trainingOnce", "once")),
	}
	once[1].Missing = append(slices.DeleteFunc(once[1].Missing, func(path string) bool { return path == "" }), machinesToday.Missing...)
	cost.Rows = append(append(cost.Rows, once...), sum("once", "Total once", once...))
	yearToday, _ := today.Row("year")
	year, _ := cost.Row("year")
	total, _ := cost.Row("once")
	difference := difference(year, yearToday)
	cost.Rows = append(cost.Rows, difference, paysBack(total, difference))
	return cost
}

// asFigure takes a row as a figure of another; what it lacks is named by its own figures.
func asFigure(r CostRow, unit string) costFigure { return costFigure{value: r.Value, unit: unit} }

// product multiplies figures and shows them. Hundredths are exact in between and rounded down at the end.
func product(id, text string, factors ...costFigure) CostRow {
	row := CostRow{ID: id, Text: text}
	value, scale := big.NewInt(100), big.NewInt(1)
	for i, f := range factors {
		if i > 0 {
			row.Formula += " × "
		}
		shown := "?"
		if f.value == nil {
			row.Missing = append(row.Missing, f.path)
		} else {
			shown = f.value.String()
			value.Mul(value, big.NewInt(int64(*f.value)))
			scale.Mul(scale, big.NewInt(100))
		}
		row.Formula += shown + " " + f.unit
	}
	if len(row.Missing) == 0 {
		row.set(value.Quo(value, scale))
	}
	return row
}

func (r *CostRow) set(value *big.Int) {
	if value.IsInt64() {
		amount := Amount(value.Int64())
		r.Value = &amount
	}
}

// twelfth turns a product of months and a year's cost into money.
func twelfth(r CostRow) CostRow {
	r.Formula += " ÷ 12 months"
	if r.Value != nil {
		value := *r.Value / 12
		r.Value = &value
	}
	return r
}

func sum(id, text string, parts ...CostRow) CostRow {
	row := CostRow{ID: id, Text: text}
	total := Amount(0)
	for i, part := range parts {
		if i > 0 {
			row.Formula += " + "
		}
		row.Formula += shown(part.Value)
		row.Missing = append(row.Missing, part.Missing...)
		if part.Value != nil {
			total += *part.Value
		}
	}
	if len(row.Missing) == 0 {
		row.Value = &total
	}
	return row
}

func shown(a *Amount) string {
	if a == nil {
		return "?"
	}
	return a.String()
}

func difference(year, today CostRow) CostRow {
	row := CostRow{
		ID: "differenceYear", Text: "Against today, a year", Formula: shown(year.Value) + " − " + shown(today.Value),
		Missing: slices.Concat(year.Missing, today.Missing),
	}
	if year.Value != nil && today.Value != nil {
		value := *year.Value - *today.Value
		row.Value = &value
		row.Note = map[bool]string{true: "it costs more each year", false: "it costs no more than today"}[value > 0]
	}
	return row
}

func paysBack(once, difference CostRow) CostRow {
	row := CostRow{ID: "paysBackMonths", Text: "Months until the move has paid for itself", Missing: slices.Concat(once.Missing, difference.Missing)}
	saved := "?"
	if difference.Value != nil {
		saved = (-*difference.Value).String()
	}
	row.Formula = fmt.Sprintf("%s ÷ %s saved a year × 12 months", shown(once.Value), saved)
	if once.Value == nil || difference.Value == nil {
		return row
	}
	if *difference.Value >= 0 {
		row.Note = "never by cost alone: it saves nothing a year"
		return row
	}
	value := new(big.Int).Mul(big.NewInt(int64(*once.Value)), big.NewInt(12*100))
	row.set(value.Quo(value, big.NewInt(int64(-*difference.Value))))
	return row
}
