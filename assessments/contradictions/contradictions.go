// Package contradictions owns the pairs: each holds an answer against what a snapshot shows, and says the best option of its
// question that the evidence still allows. One file a pair, named by its id and a word.
//
// A pair only looks. What comes of it (confirmed, contradicted, how grave) is compared in package assessments.
package contradictions

import (
	"fmt"
	"slices"
	"strings"

	"plimsoll/assessments"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/questionnaire"
	"plimsoll/assessments/rules/delivery"
	"plimsoll/assessments/rules/lifecycle"
	"plimsoll/assessments/rules/probes"
)

// All returns the pairs of content version 1, ordered by id.
func All() []assessments.Pair {
	all := []assessments.Pair{
		k01, k02, k03, k04, k05, k06, k07, k08, k09, k10, k11, k12, k13, k14, k15, k16,
		k17, k18, k19, k20, k21, k22, k23, k24, k25, k26, k27, k28, k29, k30, k31, k32,
	}
	for i := range all {
		all[i].Look = unlessPlan(all[i].Questions, all[i].Look)
	}
	return all
}

// unlessPlan keeps a pair from looking while there is no cluster yet: what a snapshot shows is not what was asked about.
func unlessPlan(questions []string, look func(assessments.PairView) []assessments.Sight) func(assessments.PairView) []assessments.Sight {
	return func(v assessments.PairView) []assessments.Sight {
		switch {
		case v.Facts == nil:
			return notChecked("no snapshot yet", questions...)
		case v.Plan:
			return notChecked("there is no cluster yet: the answers are about the plan", questions...)
		}
		return look(v)
	}
}

// registry holds the rules whose outcomes pairs read, so that a rule and a pair never disagree about one subject.
var registry = func() *assessments.Registry {
	r := &assessments.Registry{}
	lifecycle.Register(r)
	delivery.Register(r)
	probes.Register(r)
	return r
}()

// outcomes are what a rule says of its subjects. A rule that is not there is a programming error.
func outcomes(rule string, v assessments.PairView) []assessments.Outcome {
	said, handed := v.Outcomes[rule]
	if handed {
		return said
	}
	found, ok := registry.ByID(rule)
	if !ok {
		panic("contradictions: no rule " + rule)
	}
	return found.Judge(v.View)
}

// counted sums up outcomes by subjects, each alike: an answer about a share counts containers, whatever they weigh.
type counted struct {
	pass, fail int
	failing    []assessments.Subject
}

func count(all []assessments.Outcome) counted {
	var c counted
	for _, o := range all {
		switch o.Result {
		case assessments.Pass:
			c.pass++
		case assessments.Fail:
			c.fail++
			c.failing = append(c.failing, o.Subject())
		}
	}
	return c
}

// share is good of total.
type share struct{ good, total int }

func (s share) String() string {
	return fmt.Sprintf("%d of %d (%d %%)", s.good, s.total, s.good*100/s.total)
}

// atLeast reports whether the share is so many percent or more.
func (s share) atLeast(percent int) bool { return s.good*100 >= s.total*percent }

// option is the class of the share scale that the share falls into.
func (s share) option(question string) string {
	switch {
	case s.atLeast(100):
		return question + ".a"
	case s.atLeast(95):
		return question + ".b"
	case s.atLeast(50):
		return question + ".c"
	}
	return question + ".d"
}

// atMost is the option that evidence allows where it bounds the answer from above and proves no better one: a claim that is no
// better than the evidence allows stands as it is.
func atMost(v assessments.PairView, allowed string) string {
	question := allowed[:len(allowed)-2]
	if claimed, ok := claim(v, question); ok && letter(claimed) > letter(allowed) {
		return claimed
	}
	return allowed
}

// claim is the option that was chosen, of a question that takes a single one.
func claim(v assessments.PairView, question string) (option string, ok bool) {
	g := v.Answers.Given(question)
	if g.State != questionnaire.Answered {
		return "", false
	}
	return g.Options[0], true
}

// claims reports whether one of the options was chosen.
func claims(v assessments.PairView, options ...string) bool {
	return slices.ContainsFunc(options, func(id string) bool { return v.Answers.Has(id[:len(id)-2], id) })
}

// letter tells how good a scored option is: a is the best.
func letter(option string) byte { return option[len(option)-1] }

// worseOf two options of one question.
func worseOf(a, b string) string {
	if letter(a) > letter(b) {
		return a
	}
	return b
}

func saw(question, allows string, evidence ...assessments.Evidence) assessments.Sight {
	return assessments.Sight{Question: question, Looked: assessments.Saw, Allows: allows, Evidence: evidence}
}

// asks is what a pair saw that settles nothing but is worth a question.
func asks(question, text string, evidence ...assessments.Evidence) assessments.Sight {
	return assessments.Sight{Question: question, Looked: assessments.Saw, Asks: text, Evidence: evidence}
}

func cannotSee(reason string, questions ...string) []assessments.Sight {
	return blank(assessments.CannotSee, reason, questions)
}

func notChecked(reason string, questions ...string) []assessments.Sight {
	return blank(assessments.NotChecked, reason, questions)
}

func blank(looked assessments.Looked, reason string, questions []string) []assessments.Sight {
	sights := make([]assessments.Sight, len(questions))
	for i, question := range questions {
		sights[i] = assessments.Sight{Question: question, Looked: looked, Reason: reason}
	}
	return sights
}

// suggestive marks sights whose evidence is of a weaker sort than their pair's: it asks and lowers nothing.
func suggestive(sights ...assessments.Sight) []assessments.Sight {
	weaker := false
	for i := range sights {
		sights[i].Decisive = &weaker
	}
	return sights
}

// decisive marks a sight whose evidence is of a stronger sort than its pair's.
func decisive(s assessments.Sight) assessments.Sight {
	stronger := true
	s.Decisive = &stronger
	return s
}

func evidence(what, format string, values ...any) assessments.Evidence {
	return assessments.Evidence{What: what, Value: fmt.Sprintf(format, values...)}
}

// maxSubjects bounds the subjects listed with one sight; evidence says how many there are in all.
const maxSubjects = 25

func withSubjects(s assessments.Sight, subjects []assessments.Subject) assessments.Sight {
	s.Subjects = subjects[:min(maxSubjects, len(subjects))]
	return s
}

// someOf names the first of some texts, each once.
func someOf(texts []string) string {
	texts = slices.Compact(slices.Sorted(slices.Values(texts)))
	if len(texts) > 6 {
		return strings.Join(texts[:6], ", ") + fmt.Sprintf(" and %d more", len(texts)-6)
	}
	return strings.Join(texts, ", ")
}

// fromFiles is why a pair can't look at manifests.
const fromFiles = "only a running cluster can tell; files were given"

// unread says why workloads could not be read, so that no share of them can be told.
func unread(v assessments.PairView) (reason string, refused bool) {
	for _, resource := range []string{"deployments", "statefulsets", "daemonsets"} {
		if why, refused := v.Refused(resource); refused {
			return fmt.Sprintf("the collector could not read %s (%s)", resource, why), true
		}
	}
	return "", false
}

// own are the workloads that are not the platform's own and do not run to an end.
func own(v assessments.PairView) []*facts.Workload {
	var all []*facts.Workload
	for _, w := range v.Workloads {
		if !w.System && !w.RunsToEnd() {
			all = append(all, w)
		}
	}
	return all
}

// scaledTo0 reports whether the workload runs nothing at present.
func scaledTo0(w *facts.Workload) bool {
	least := w.LeastReplicas()
	return least != nil && *least == 0
}

func subjectOf(w *facts.Workload) assessments.Subject { return assessments.AboutWorkload(w).Subject() }

func subjectIn(c *facts.Container) assessments.Subject {
	return assessments.AboutContainer(c).Subject()
}

// jvms are the containers of own workloads that run a JVM for certain.
func jvms(v assessments.PairView) []*facts.Container {
	var all []*facts.Container
	for _, w := range own(v) {
		for _, c := range w.Serving() {
			if c.Java != nil && c.Java.Certainty == facts.CertainJava {
				all = append(all, c)
			}
		}
	}
	return all
}

const noJVM = "no container that runs a JVM for certain was seen"
