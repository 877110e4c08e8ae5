package assessments

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"plimsoll/assessments/facts"
)

// Rule is a pure function from facts to one outcome per subject, with the text that explains it.
type Rule struct {
	ID            string   // pillar/slug, as in the catalogue; never renamed
	Control       string   // the control it observes; empty: the control of the same id
	SubjectKind   string   // container, workload, service, node, cluster, namespace, release
	WorstSeverity Severity // the gravest finding it can give; 0: its control's severity
	Effort        Effort   // what mending one finding takes; every rule that can fail states one
	Text          Text
	Judge         func(View) []Outcome
}

// Text is a rule in words; its documentation page is made from it.
type Text struct {
	Title        string // what should hold, in a few words
	What         string
	Why          string
	How          string // how it is decided, with the cases that are unknown or not applicable
	Evidence     string
	Mend         string
	Sources      []string
	DoesNotCatch string
}

// Effort says what mending one finding usually takes.
type Effort string

// The effort classes. They order mends of like gain; they are classes, not promises.
const (
	EffortSetting Effort = "setting" // a field of a manifest or chart, delivered with the next release: minutes
	EffortChange  Effort = "change"  // an image, code, a chart or a component is changed and tested: days
	EffortProject Effort = "project" // the platform, its network or its way of working changes: weeks
)

// Points weigh an effort against a gain: 1, 5 and 25.
func (e Effort) Points() int64 {
	switch e {
	case EffortSetting:
		return 1
	case EffortChange:
		return 5
	}
	return 25
}

// View is what a rule sees.
type View struct {
	*facts.Facts
	AsOf     time.Time // a day in UTC
	Settings Settings
	Plan     bool           // context answer C1 says that there is no cluster yet
	History  []Earlier      // earlier snapshots of the same platform, from old to new
	Target   *facts.Version // the minor that --target-version names; nil: the newest released one

	// StatefulRecoverySeconds is the figure of answer P2, which speaks for stateful sets; nil where none was given.
	StatefulRecoverySeconds *int64

	// PeakConnectionsPerSecond is the figure of answer N6: new connections from outside at the busiest moment; nil where none was
	// given.
	PeakConnectionsPerSecond *int64

	room *room // nil: every rule has memory of its own
}

// Settings are an organization's own choices; the zero value holds the defaults of the catalogue.
type Settings struct {
	FlatHeadroom      bool     `json:"flatHeadroom,omitzero"`      // the field report's flat 1 GiB instead of the graded rule
	PipelineManagers  []string `json:"pipelineManagers,omitzero"`  // field managers that are the organization's pipelines
	CommitAnnotations []string `json:"commitAnnotations,omitzero"` // further annotation keys that name a commit
	// OwnRegistries are the registries, or paths below them (registry.example.com/team), that hold the organization's own images.
	OwnRegistries  []string `json:"ownRegistries,omitzero"`
	SystemAppMajor bool     `json:"systemAppMajor,omitzero"` // a system application's new image must move its chart's major version

	PillarWeights map[Pillar]int `json:"pillarWeights,omitzero"` // of the weighted mean; absent: 25, 20, 15, 20, 20
}

// Registry holds the rules of a content version by id.
type Registry struct{ rules map[string]Rule }

// Register adds rules. A double id, an id outside the five pillars or a rule that can't judge is a programming error: it panics at start.
func (r *Registry) Register(rules ...Rule) {
	if r.rules == nil {
		r.rules = map[string]Rule{}
	}
	for _, rule := range rules {
		pillar, slug, ok := strings.Cut(rule.ID, "/")
		if !ok || slug == "" || !slices.Contains(Pillars, Pillar(pillar)) {
			panic(fmt.Sprintf("rule %q: the id must be pillar/slug", rule.ID))
		}
		if _, double := r.rules[rule.ID]; double {
			panic(fmt.Sprintf("rule %q is registered twice", rule.ID))
		}
		if rule.Judge == nil {
			panic(fmt.Sprintf("rule %q has no Judge", rule.ID))
		}
		if rule.Control == "" {
			rule.Control = rule.ID
		}
		r.rules[rule.ID] = rule
	}
}

// All returns the rules ordered by id.
func (r *Registry) All() []Rule {
	all := make([]Rule, 0, len(r.rules))
	for _, rule := range r.rules {
		all = append(all, rule)
	}
	slices.SortFunc(all, func(a, b Rule) int { return strings.Compare(a.ID, b.ID) })
	return all
}

// ByID returns one rule.
func (r *Registry) ByID(id string) (Rule, bool) { rule, ok := r.rules[id]; return rule, ok }
