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

// ask is one outcome that a person's word would settle.
type ask struct {
	subject Subject
	key     facts.FactKey
	weight  facts.Criticality
}

// workloadQuestions lists the questions of all rules, one for each workload and fact: the most critical workloads first, then
// those that settle the most rules, then by name.
func workloadQuestions(verdicts []*verdict) []WorkloadQuestion {
	type about struct {
		kind, namespace, name string
		key                   facts.FactKey
	}
	at := map[about]int{}
	var questions []WorkloadQuestion
	var weights []facts.Criticality
	for _, v := range verdicts {
		for _, a := range v.asks {
			words, known := factQuestions[a.key]
			if !known {
				continue
			}
			place := about{a.subject.Kind, a.subject.Namespace, a.subject.Name, a.key}
			i, asked := at[place]
			if !asked {
				i = len(questions)
				at[place] = i
				questions = append(questions, WorkloadQuestion{
					Kind: place.kind, Namespace: place.namespace, Name: place.name, Key: a.key,
					Text: fmt.Sprintf(words.text, place.namespace+"/"+place.name), Hint: words.hint, Ask: words.ask,
				})
				weights = append(weights, a.weight)
			}
			if q := &questions[i]; !slices.Contains(q.Rules, v.rule.ID) {
				q.Rules = append(q.Rules, v.rule.ID)
			}
		}
	}
	order := make([]int, len(questions))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		x, y := questions[a], questions[b]
		return cmp.Or(cmp.Compare(weights[b], weights[a]), cmp.Compare(len(y.Rules), len(x.Rules)), cmp.Compare(x.Namespace, y.Namespace),
			cmp.Compare(x.Name, y.Name), cmp.Compare(x.Kind, y.Kind), cmp.Compare(x.Key, y.Key))
	})
	sorted := make([]WorkloadQuestion, 0, min(len(order), MaxWorkloadQuestions))
	for _, i := range order[:min(len(order), MaxWorkloadQuestions)] {
		sorted = append(sorted, questions[i])
	}
	return sorted
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
