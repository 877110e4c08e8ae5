package questionnaire

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// The two scales of scored options, in millionths, best first. A share is claimed in four classes, a state in up to four steps.
var (
	stateScale = []int64{1_000_000, 666_667, 333_333, 0}
	shareScale = []int64{1_000_000, 900_000, 500_000, 0}
)

// blindOptions are the options that say "not known": choosing one is the question's unknown.
var blindOptions = []string{"B5.d", "J1.e", "J4.d", "J6.d", "N1.d", "N2.e", "N3.d", "N4.d", "N5.d", "P2.d"}

// figureBounds are the typed figures of this version.
var figureBounds = map[string]Figure{
	"L3": {Name: "days", Min: 0, Max: 3650},
	"N1": {Name: "percent", Min: 0, Max: 100},
	"N6": {Name: "newConnectionsPerSecond", Min: 0, Max: 100_000_000},
	"P2": {Name: "recoverySeconds", Min: 1, Max: 86_400},
}

// capsAllowed are the points that an answer can hold a pillar at.
var capsAllowed = []int{39, 49, 59}

var idPatterns = map[SectionID]*regexp.Regexp{
	Context: regexp.MustCompile(`^C[1-9]$`), Gate: regexp.MustCompile(`^G([1-9]|1[0-9])$`),
	Lifecycle: regexp.MustCompile(`^L[1-9]$`), Delivery: regexp.MustCompile(`^B[1-9]$`), JVM: regexp.MustCompile(`^J[1-9]$`),
	Probes: regexp.MustCompile(`^P[1-9]$`), Networking: regexp.MustCompile(`^N[1-9]$`),
}

// question checks what is written and turns it into a question.
func (f questionFile) question(section SectionID) (*Question, error) {
	if !idPatterns[section].MatchString(f.ID) {
		return nil, fmt.Errorf("the id does not fit section %s", section)
	}
	q := &Question{
		ID: f.ID, Section: section, Who: f.Who, Axis: f.Axis, Multi: f.Multi, Lessons: f.Lessons, ReviewDays: f.ReviewDays,
		Short: f.Short, Text: strings.TrimSpace(f.Text), PlanText: strings.TrimSpace(f.PlanText), ProviderText: strings.TrimSpace(f.ProviderText),
		Help: strings.TrimSpace(f.Help), FindOut: strings.TrimSpace(f.FindOut), Weight: f.Impact + f.Repair,
	}
	if f.Verifiable == nil {
		return nil, errors.New("verifiable: must say true or false")
	}
	q.Verifiable = *f.Verifiable
	if err := f.Figure.into(q); err != nil {
		return nil, err
	}
	if err := f.options(q); err != nil {
		return nil, err
	}
	return q, errors.Join(f.checkWords(section), f.checkWeight(section), f.checkAxis(section))
}

func (f questionFile) checkWords(section SectionID) error {
	if f.Text == "" || f.Help == "" || f.FindOut == "" {
		return errors.New("text, help and findOut must be there")
	}
	if (section == Gate) != (f.Short != "") {
		return errors.New("short: every question of the gate has one, and no other")
	}
	if isPillar(section) && f.PlanText == "" {
		return errors.New("planText: an evidence question needs a wording for a plan")
	}
	if !slices.Contains([]Seat{Manager, Engineer, Both}, f.Who) {
		return fmt.Errorf("who: want manager, engineer or both, got %q", f.Who)
	}
	days := 180
	if section == JVM || section == Probes || section == Networking {
		days = 90
	}
	if f.ReviewDays != days {
		return fmt.Errorf("reviewDays: want %d in section %s, got %d", days, section, f.ReviewDays)
	}
	return nil
}

func (f questionFile) checkWeight(section SectionID) error {
	if section == Context {
		if f.Impact != 0 || f.Repair != 0 || len(f.Lessons) != 0 {
			return errors.New("a context question has no weight and no lesson")
		}
		return nil
	}
	if f.Impact < 1 || f.Impact > 3 || f.Repair < 0 || f.Repair > 2 {
		return fmt.Errorf("weight: impact is 1 to 3 and repair 0 to 2, got %d and %d", f.Impact, f.Repair)
	}
	if f.Multi {
		return errors.New("multi: only context questions take several options")
	}
	if len(f.Lessons) == 0 {
		return errors.New("lessons: must name at least one")
	}
	for _, lesson := range f.Lessons {
		if len(lesson) != 2 || lesson < "A1" || lesson > "A6" {
			return fmt.Errorf("lessons: want A1 to A6, got %q", lesson)
		}
	}
	return nil
}

func (f questionFile) checkAxis(section SectionID) error {
	known := slices.Contains([]Axis{NeedAxis, AbilityAxis, AlternativesAxis}, f.Axis)
	if (section == Gate) != known {
		return fmt.Errorf("axis: %q does not fit section %s", f.Axis, section)
	}
	return nil
}

func (f *figureFile) into(q *Question) error {
	bounds, wanted := figureBounds[q.ID]
	if (f != nil) != wanted {
		return errors.New("figure: stands at L3, N1, N6 and P2, and nowhere else")
	}
	if f == nil {
		return nil
	}
	if f.Unit == "" || f.Text == "" || f.Min == nil || f.Max == nil {
		return errors.New("figure: unit, text, min and max must be there")
	}
	if f.Name != bounds.Name || *f.Min != bounds.Min || *f.Max != bounds.Max {
		return fmt.Errorf("figure: want %s from %d to %d", bounds.Name, bounds.Min, bounds.Max)
	}
	q.Figure = &Figure{Name: f.Name, Unit: f.Unit, Text: f.Text, Min: *f.Min, Max: *f.Max}
	return nil
}

// options reads the options in the order they are shown. Scored ones stand worst first and their letters run backwards to a, the
// best; those of context questions have no order of worth and run from a.
func (f questionFile) options(q *Question) error {
	n := len(f.Options)
	if n < 2 {
		return errors.New("options: want at least two")
	}
	for i, written := range f.Options {
		letter := n - 1 - i
		if q.Section == Context {
			letter = i
		}
		if want := fmt.Sprintf("%s.%c", q.ID, 'a'+letter); written.ID != want {
			return fmt.Errorf("option %s: want %s at this place", written.ID, want)
		}
		option, err := written.option(q, letter)
		if err != nil {
			return fmt.Errorf("option %s: %w", written.ID, err)
		}
		q.Options = append(q.Options, option)
	}
	return checkScale(q)
}

func (f optionFile) option(q *Question, position int) (Option, error) {
	if strings.TrimSpace(f.Text) == "" {
		return Option{}, errors.New("text must be there")
	}
	if f.Blind != slices.Contains(blindOptions, f.ID) {
		return Option{}, errors.New("blind: is not as the list of blind options has it")
	}
	if (f.Value == nil) != (f.Blind || q.Section == Context) {
		return Option{}, errors.New("value: stands at every scored option that is not blind, and nowhere else")
	}
	if f.Cap != 0 && (!slices.Contains(capsAllowed, f.Cap) || !isPillar(q.Section)) {
		return Option{}, fmt.Errorf("cap: %d is none of 39, 49, 59 at a pillar's question", f.Cap)
	}
	option := Option{ID: f.ID, Text: f.Text, Cap: f.Cap, Blind: f.Blind, Position: position}
	if f.Value != nil {
		option.ValueMicros = *f.Value
	}
	return option, nil
}

// checkScale holds the scored options against the two scales: by position, from the best.
func checkScale(q *Question) error {
	if q.Section == Context {
		return nil
	}
	fits := func(scale []int64) bool {
		for _, o := range q.Options {
			if !o.Blind && (o.Position >= len(scale) || o.ValueMicros != scale[o.Position]) {
				return false
			}
		}
		return true
	}
	if !fits(stateScale) && !fits(shareScale) {
		return errors.New("options: the values are neither of the state scale nor of the share scale")
	}
	for i, o := range q.Options {
		if o.Blind && i != 0 {
			return fmt.Errorf("option %s: what is not known stands first", o.ID)
		}
		if o.Cap != 0 && i != 0 && !q.Options[i-1].Blind {
			return fmt.Errorf("option %s: only the worst option can cap", o.ID)
		}
	}
	return nil
}

// checkWhole holds what only the whole can tell: weights of the axes, wordings, and that no blind option is missing.
func checkWhole(q *Questionnaire) error {
	weights := map[Axis]int{}
	var blind []string
	for _, section := range q.Sections {
		for _, question := range section.Questions {
			weights[question.Axis] += question.Weight
			for _, o := range question.Options {
				if o.Blind {
					blind = append(blind, o.ID)
				}
			}
		}
	}
	if weights[NeedAxis] != 26 || weights[AbilityAxis] != 21 {
		return fmt.Errorf("gate.yaml: the axes weigh %d and %d, want 26 and 21", weights[NeedAxis], weights[AbilityAxis])
	}
	slices.Sort(blind)
	if !slices.Equal(blind, blindOptions) {
		return fmt.Errorf("blind options are %v, want %v", blind, blindOptions)
	}
	for _, id := range []string{"L4", "L6", "G7", "G9"} {
		if question, ok := q.byID[id]; !ok || question.ProviderText == "" {
			return fmt.Errorf("question %s: providerText must be there", id)
		}
	}
	return nil
}

// isPillar reports whether the section is one of the five that evidence can speak to.
func isPillar(section SectionID) bool { return section != Context && section != Gate }
