package assessments

import "plimsoll/assessments/questionnaire"

// Pair holds an answer against evidence. It looks, and says what the evidence still allows; Assess does the comparing.
type Pair struct {
	ID        string   // K-09
	Questions []string // that it holds against evidence
	Decisive  bool     // evidence lowers the value that counts; else it only asks
	Reopens   bool     // what it sees puts back, as unanswered, what an answer had taken out (K-31, K-32)
	Observes  string   // what is looked at, in words
	Reads     []string // ids of the rules whose outcomes it reads
	Guard     string   // what keeps it from false alarm, in words
	Look      func(PairView) []Sight
}

// PairView is what a pair sees.
type PairView struct {
	View
	Answers  questionnaire.Sheet
	Siblings []Sibling
	Outcomes map[string][]Outcome // what the rules in the pairs' Reads said of these facts, by rule id
}

// Sibling sums up the newest snapshot of another platform of the organization.
type Sibling struct {
	Platform      string
	ServerVersion string
	Provider      string
	Region        string
	Components    map[string]string // versions of what moves with the cluster, as in Earlier
}

// Looked says whether a pair could look.
type Looked string

// What a pair can say before the answer is compared.
const (
	Saw        Looked = "saw"
	CannotSee  Looked = "cannot_see"
	NotChecked Looked = "not_checked"
)

// Sight is what a pair saw about one question.
type Sight struct {
	Question string
	Looked   Looked
	Reason   string // why it could not look
	Allows   string // best option of the question that the evidence still allows (L1.c); empty: it can only ask
	Partly   bool   // some subjects agree with the claim
	Decisive *bool  // overrides the pair's own kind where the evidence is of a weaker sort
	Asks     string // for a suggestive pair without Allows: the question that it puts; empty: nothing to ask
	Evidence []Evidence
	Subjects []Subject
}

// PairResult is what came of comparing answer and evidence.
type PairResult string

// The six results of a pair, and the upgrade it may offer.
const (
	Confirmed      PairResult = "confirmed"
	PartlyTrue     PairResult = "partly"
	Contradicted   PairResult = "contradicted"
	PairCannotSee  PairResult = "cannot_see"
	Stale          PairResult = "stale"
	PairNotChecked PairResult = "not_checked"
	BetterThanSaid PairResult = "better_than_said"
)

// Contradiction is one pair's result about one question.
type Contradiction struct {
	Pair     string     `json:"pair"`
	Question string     `json:"question"`
	Decisive bool       `json:"decisive"`
	Claim    string     `json:"claim"` // the chosen option's words
	ClaimID  string     `json:"claimId,omitzero"`
	Allows   string     `json:"allows,omitzero"` // words of the best option that the evidence allows
	AllowsID string     `json:"allowsId,omitzero"`
	Result   PairResult `json:"result"`
	Severity Severity   `json:"severity,omitzero"` // set where the result is partly or contradicted
	Reason   string     `json:"reason,omitzero"`
	Asks     string     `json:"asks,omitzero"`
	Evidence []Evidence `json:"evidence,omitzero"`
	Subjects []Subject  `json:"subjects,omitzero"`
}

// readByPairs names the rules whose outcomes the pairs of the content read.
func readByPairs(in Input) map[string]bool {
	if !in.Surveyed {
		return nil
	}
	read := map[string]bool{}
	for _, pair := range in.Content.Pairs {
		for _, rule := range pair.Reads {
			read[rule] = true
		}
	}
	return read
}
