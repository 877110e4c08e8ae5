package assessments

import (
	"cmp"
	"fmt"
	"slices"

	"plimsoll/assessments/facts"
	"plimsoll/assessments/questionnaire"
)

// WorkloadQuestion is a question about one workload that only people can answer: a fact that rules could not see. Its answer is a
// facts.WorkloadFact of the same kind, namespace, name and key, and settles the rules with the next assessment.
type WorkloadQuestion struct {
	Kind      string             `json:"kind"`
	Namespace string             `json:"namespace"`
	Name      string             `json:"name"`
	Key       facts.FactKey      `json:"key"`
	Text      string             `json:"text"` // Which Java runs in payments/ledger?
	Hint      string             `json:"hint"` // what an answer looks like, and how to find it
	Ask       questionnaire.Seat `json:"ask"`  // from which chair it is answered
	Rules     []string           `json:"rules"`
}

// MaxWorkloadQuestions bounds the questions of one assessment. Nobody answers more in one sitting, and answers bring the next.
const MaxWorkloadQuestions = 100

// ask is a fact of one workload that outcomes wait for.
type ask struct {
	kind, namespace, name string
	key                   facts.FactKey
}

// asked is how much an answer would bring.
type asked struct {
	ask
	weight facts.Criticality
	rules  int
	last   string // the last rule that asked: it asks once, however many containers wait
}

// asking gathers the questions of all rules. Thousands of workloads are asked about by a dozen rules each: their names are kept once.
type asking struct {
	at   map[ask]int32
	near map[near]int32 // the same by the workload itself, where there is one: files may hold several of one name
	all  []asked
}

type near struct {
	workload *facts.Workload
	key      facts.FactKey
}

// take notes that outcomes of a rule wait for a fact of a workload. It gives the place of the question, and false where the rule has
// asked it before or nobody could answer.
func (q *asking) take(o *Outcome, rule string) (int32, bool) {
	if o.Asks == "" {
		return 0, false
	}
	if _, known := factQuestions[o.Asks]; !known {
		return 0, false
	}
	at := near{o.workload(), o.Asks}
	i, found := q.near[at]
	if at.workload == nil || !found {
		i = q.find(o)
		if q.near == nil {
			q.near = map[near]int32{}
		}
		q.near[at] = i
	}
	if q.all[i].last == rule {
		return 0, false
	}
	q.all[i].last = rule
	q.all[i].rules++
	return i, true
}

// find is the place of a question, which may be a new one.
func (q *asking) find(o *Outcome) int32 {
	s := o.Subject()
	about := ask{s.Kind, s.Namespace, s.Name, o.Asks}
	i, found := q.at[about]
	if !found {
		if q.at == nil {
			q.at = map[ask]int32{}
		}
		i, q.all = int32(len(q.all)), append(q.all, asked{ask: about, weight: o.Weight})
		q.at[about] = i
	}
	return i
}

// questions lists the questions, one for each workload and fact: the most critical workloads first, then those that settle the most
// rules, then by name.
func (q *asking) questions(verdicts []*verdict) []WorkloadQuestion {
	order := make([]int32, len(q.all))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(a, b int32) int {
		x, y := &q.all[a], &q.all[b]
		return cmp.Or(cmp.Compare(y.weight, x.weight), cmp.Compare(y.rules, x.rules), cmp.Compare(x.namespace, y.namespace),
			cmp.Compare(x.name, y.name), cmp.Compare(x.kind, y.kind), cmp.Compare(x.key, y.key))
	})
	order = order[:min(len(order), MaxWorkloadQuestions)]
	questions, shown := make([]WorkloadQuestion, len(order)), make([]*WorkloadQuestion, len(q.all))
	for n, i := range order {
		questions[n] = q.all[i].question()
		shown[i] = &questions[n]
	}
	for _, v := range verdicts {
		for _, i := range v.asks {
			if shown[i] != nil {
				shown[i].Rules = append(shown[i].Rules, v.rule.ID)
			}
		}
	}
	return questions
}

func (a asked) question() WorkloadQuestion {
	words := factQuestions[a.key]
	return WorkloadQuestion{
		Kind: a.kind, Namespace: a.namespace, Name: a.name, Key: a.key,
		Text: fmt.Sprintf(words.text, a.namespace+"/"+a.name), Hint: words.hint, Ask: words.ask,
	}
}

// factQuestions are the questions by fact; the workload's name stands where %s is.
var factQuestions = map[facts.FactKey]struct {
	text, hint string
	ask        questionnaire.Seat
}{
	facts.JavaVersionKey: {
		"Which Java runs in %s?",
		"The version that `java -version` prints in its container: 17.0.12, or 8u392; with OpenJ9 behind it where that runs (17.0.8 OpenJ9). The team that builds the image knows.",
		questionnaire.Engineer,
	},
	facts.RecoverySecondsKey: {
		"How many seconds does %s take to recover after a crash, at worst?",
		"Whole seconds, from the container's start until it serves again after an unclean end; measured, or from its logs.",
		questionnaire.Engineer,
	},
	facts.CriticalityKey: {
		"How critical is %s?",
		"low, normal or critical: how much its findings weigh.",
		questionnaire.Manager,
	},
}
