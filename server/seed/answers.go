package seed

import (
	"strings"
	"time"

	"plimsoll/assessments/questionnaire"
)

const (
	measured   = questionnaire.Measured
	documented = questionnaire.Documented
	believed   = questionnaire.Believed
)

// said is one answer of the example's people; its options are letters of the question.
type said struct {
	question, options string
	basis             questionnaire.Basis
	note              string
	figure            int64
	seat              questionnaire.Seat
}

// answer is what was said, as it is stored.
func (s said) answer() questionnaire.Answer {
	a := questionnaire.Answer{Question: s.question, State: questionnaire.Answered, Basis: s.basis, Note: s.note, Seat: s.seat}
	for _, letter := range strings.Fields(s.options) {
		a.Options = append(a.Options, s.question+"."+letter)
	}
	if s.figure > 0 {
		a.Figure = &s.figure
	}
	switch s.options {
	case dontKnow:
		a.State, a.Options = questionnaire.Unknown, nil
	case providerDoes:
		a.State, a.Options, a.Note = questionnaire.NotApplicable, nil, ""
		a.Reason, a.Sentence = questionnaire.ProviderDoesIt, s.note
	}
	return a
}

// What stands in the place of options where there are none.
const (
	dontKnow     = "don't know"
	providerDoes = "provider does it"
)

// given is what was said at a moment, checked as a form's answer is.
func (s said) given(questions *questionnaire.Questionnaire, at time.Time) (questionnaire.Answer, error) {
	answer := s.answer()
	if err := questions.Validate(answer); err != nil {
		return answer, err
	}
	answer = questions.Canonical(answer)
	answer.AnsweredAt = at
	if question, found := questions.Question(answer.Question); found {
		answer.ReviewBy = at.AddDate(0, 0, question.ReviewDays)
	}
	return answer, nil
}

// managersAnswers are what the platform lead said for the production platform.
var managersAnswers = []said{
	{question: "C1", options: "c", basis: documented},
	{question: "C5", options: "b", basis: believed},
	{question: "G1", options: "b", basis: documented, note: "The tracking contract with the port authority starts on 1 March: 40,000 devices, two sites, 99.9 %."},
	{question: "G3", options: "a", basis: documented, note: "Shop, payments, warehouse, fleet, tracking, customs and data each have a pipeline of their own."},
	{question: "G5", options: "b", basis: documented, note: "Appendix C of the port authority's contract."},
	{question: "G6", options: "c", basis: documented, note: "Rotterdam follows in the second quarter."},
	{question: "G7", options: "b", basis: documented},
	{question: "G8", options: "a", basis: documented, note: "Rota of five, in the on-call calendar."},
	{question: "G10", options: "b", basis: documented},
	{question: "G11", options: "b", basis: documented, seat: questionnaire.Manager, note: "The managed container service was tried with the shop in spring."},
	{question: "B6", options: "a", basis: believed, seat: questionnaire.Manager},
	{question: "L8", options: "b", basis: documented},
}

// engineersAnswers are what the engineer said for the production platform. The evidence does not bear all of it out.
var engineersAnswers = []said{
	{question: "C2", options: "c", basis: documented},
	{question: "C3", options: "a b d f g", basis: documented},
	{question: "C4", options: "b c", basis: documented},
	{question: "G2", options: "b", basis: measured},
	{question: "G4", options: "b", basis: measured, note: "Ship arrivals: the highest quarter of an hour of August over the lowest, 3.4 times."},
	{question: "G9", options: "b", basis: documented},
	{question: "G11", options: "c", basis: believed, seat: questionnaire.Engineer},
	{question: "G12", options: "a", basis: believed},
	{question: "G13", options: "c", basis: measured},
	{question: "L1", options: "a", basis: believed},
	{question: "L2", options: "b", basis: documented},
	{question: "L3", options: "b", basis: measured, figure: 26},
	{question: "L4", options: "b", basis: documented},
	{question: "L5", options: "b", basis: believed},
	{question: "L6", options: "b", basis: documented, note: "Restore drill in April: etcd and the payments volumes, 3 h 10 min."},
	{question: "L7", options: "b", basis: believed},
	{question: "B1", options: "a", basis: believed},
	{question: "B2", options: "b", basis: believed},
	{question: "B3", options: "a", basis: documented},
	{question: "B4", options: "a", basis: documented},
	{question: "B5", options: "b", basis: documented},
	{question: "B6", options: "b", basis: measured, seat: questionnaire.Engineer, note: "Basket 5.2.9 in September: 38 minutes from the first call."},
	{question: "B7", options: "b", basis: documented},
	{question: "B8", options: providerDoes, note: "The registry mirror belongs to our hosting partner and is in their contract."},
	{question: "J1", options: "a", basis: believed},
	{question: "J2", options: "a", basis: believed},
	{question: "J3", options: "b", basis: documented, note: "A quarter of the heap, at least 256 MiB; checked by the chart's schema."},
	{question: "J4", options: "a", basis: believed},
	{question: "J5", options: "c", basis: believed},
	{question: "P1", options: "b", basis: believed},
	{question: "P2", options: "a", basis: measured, note: "Kafka, after the power cut in June: 30 minutes until the last broker was in sync."},
	{question: "P3", options: "c", basis: believed},
	{question: "P4", options: "a", basis: documented},
	{question: "P5", options: "b", basis: documented},
	{question: "P6", options: "b", basis: documented},
	{question: "N1", options: dontKnow},
	{question: "N2", options: "a", basis: believed, note: "MetalLB announces from every node."},
	{question: "N3", options: "a", basis: documented},
	{question: "N4", options: "b", basis: documented, note: "Chosen in 2022 for the number of services, looked at again this year."},
	{question: "N5", options: dontKnow},
	{question: "N6", options: "c", basis: believed},
}

// plannedAnswers are what the platform lead said for a warehouse that has no cluster yet.
var plannedAnswers = []said{
	{question: "C1", options: "a", basis: documented},
	{question: "C2", options: "a", basis: believed, note: "Two offers are on the table."},
	{question: "C5", options: "b", basis: documented},
	{question: "G1", options: "c", basis: believed},
	{question: "G2", options: "c", basis: documented, note: "Stock, picking, scales, labels, forklifts, a dashboard and two gateways."},
	{question: "G3", options: "c", basis: documented},
	{question: "G4", options: "d", basis: measured},
	{question: "G5", options: "c", basis: documented, note: "The shift can pick from printed lists for half a day."},
	{question: "G6", options: "d", basis: documented},
	{question: "G7", options: "c", basis: documented},
	{question: "G8", options: "c", basis: documented},
	{question: "G9", options: "c", basis: documented},
	{question: "G10", options: "c", basis: believed},
	{question: "G11", options: "c", basis: documented, seat: questionnaire.Manager},
	{question: "G11", options: "c", basis: believed, seat: questionnaire.Engineer},
	{question: "G12", options: "b", basis: documented},
	{question: "G13", options: "c", basis: documented},
}
