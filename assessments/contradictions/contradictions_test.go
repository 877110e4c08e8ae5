package contradictions

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"plimsoll/assessments"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/questionnaire"
	"plimsoll/assessments/snapshot"
)

// file is the cases of one pair, as data: records in the shape of the wire.
type file struct {
	Pair  string     `yaml:"pair"`
	Cases []caseFile `yaml:"cases"`
}

type caseFile struct {
	Name      string              `yaml:"name"`
	Answers   map[string]string   `yaml:"answers"` // question → option, or not_applicable
	Figures   map[string]int64    `yaml:"figures"`
	Source    snapshot.Source     `yaml:"source"` // cluster where nothing is said
	AsOf      time.Time           `yaml:"asOf"`   // 2026-11-22 where nothing is said
	Refused   []string            `yaml:"refused"`
	Collected []string            `yaml:"collected"` // resources that were read whole; every one where nothing is said
	Scope     []string            `yaml:"scope"`
	Managers  []string            `yaml:"pipelineManagers"`
	Own       []string            `yaml:"ownRegistries"`
	Flat      bool                `yaml:"flatHeadroom"`
	History   []earlier           `yaml:"history"`
	Siblings  []sibling           `yaml:"siblings"`
	Java      map[string]javaFile `yaml:"java"` // container → its JVM
	Records   []yaml.Node         `yaml:"records"`
	Want      map[string]want     `yaml:"want"`
}

type earlier struct {
	TakenAt          time.Time         `yaml:"takenAt"`
	ServerVersion    string            `yaml:"serverVersion"`
	KubeletMinors    []string          `yaml:"kubeletMinors"`
	Nodes            int               `yaml:"nodes"`
	Pods             int               `yaml:"pods"`
	NodeRanges       int               `yaml:"nodeRanges"`
	ServiceAddresses int               `yaml:"serviceAddresses"`
	Restarts         map[string]int64  `yaml:"restarts"`
	Components       map[string]string `yaml:"components"`
}

type sibling struct {
	Provider string `yaml:"provider"`
	Region   string `yaml:"region"`
}

type javaFile struct {
	Version   string   `yaml:"version"` // 17, 8u181, 11.0.16
	InTag     bool     `yaml:"inTag"`
	Bundled   bool     `yaml:"bundled"`
	Perhaps   bool     `yaml:"perhaps"`
	Read      bool     `yaml:"read"`
	HeapBytes *int64   `yaml:"heapBytes"`
	Percent   *float64 `yaml:"percent"`
	Flags     []string `yaml:"flags"`
}

// want is what must come of comparing; an empty Result means that the pair must say nothing of the question.
type want struct {
	Result    assessments.PairResult `yaml:"result"`
	Allows    string                 `yaml:"allows"`
	Severity  assessments.Severity   `yaml:"severity"`
	Decisive  *bool                  `yaml:"decisive"` // the pair's own kind where nothing is said
	Asks      bool                   `yaml:"asks"`
	Subjects  *int                   `yaml:"subjects"`
	Evidence  string                 `yaml:"evidence"` // stands somewhere in the evidence
	BecauseOf string                 `yaml:"because"`  // stands in the reason
	Sights    int                    `yaml:"sights"`   // how many there must be; with more than one, Decisive says which is meant
}

func TestPairs(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.yaml")
	require.NoError(t, err)
	pairs := All()
	require.Len(t, paths, len(pairs), "each pair has its cases")
	for _, path := range paths {
		data, err := os.ReadFile(path)
		require.NoError(t, err)
		var f file
		decoder := yaml.NewDecoder(bytes.NewReader(data))
		decoder.KnownFields(true)
		require.NoError(t, decoder.Decode(&f), path)
		i := slices.IndexFunc(pairs, func(p assessments.Pair) bool { return p.ID == f.Pair })
		require.GreaterOrEqual(t, i, 0, path)
		require.True(t, strings.HasPrefix(filepath.Base(path), strings.ToLower(strings.ReplaceAll(f.Pair, "-", ""))), path)
		t.Run(f.Pair, func(t *testing.T) { f.run(t, pairs[i]) })
	}
}

func (f file) run(t *testing.T, pair assessments.Pair) {
	denied, agreed, blind := false, false, false
	for _, c := range f.Cases {
		t.Run(c.Name, func(t *testing.T) { c.run(t, pair) })
		for _, w := range c.Want {
			denied = denied || w.Result == assessments.Contradicted || w.Result == assessments.PartlyTrue
			agreed = agreed || w.Result == assessments.Confirmed
			blind = blind || w.Result == assessments.PairCannotSee || w.Result == assessments.PairNotChecked
		}
	}
	informs := f.Pair == "K-07" // a note that never contradicts
	looks := f.Pair == "K-32"   // it speaks only where it found something
	require.True(t, denied || informs, "a case that denies the claim")
	require.True(t, agreed || informs || looks, "a case that agrees with the claim")
	require.True(t, blind || looks, "a case that can't be seen")
}

func (c caseFile) run(t *testing.T, pair assessments.Pair) {
	result := assessments.Assess(c.input(t, pair))
	for question, w := range c.Want {
		sights := 0
		for _, x := range result.Contradictions {
			if x.Question == question {
				sights++
			}
		}
		if w.Sights > 0 {
			require.Equal(t, w.Sights, sights)
		}
		i := slices.IndexFunc(result.Contradictions, func(x assessments.Contradiction) bool {
			return x.Question == question && (w.Decisive == nil || sights == 1 || x.Decisive == *w.Decisive)
		})
		if w.Result == "" {
			require.Negative(t, i, "%s: %+v", question, result.Contradictions)
			continue
		}
		require.GreaterOrEqual(t, i, 0, "%s is not among %+v", question, result.Contradictions)
		got := result.Contradictions[i]
		require.Equal(t, w.Result, got.Result, "%+v", got)
		require.Equal(t, w.Allows, got.AllowsID, "%+v", got)
		if w.Severity != 0 {
			require.Equal(t, w.Severity, got.Severity)
		}
		decisive := pair.Decisive
		if w.Decisive != nil {
			decisive = *w.Decisive
		}
		require.Equal(t, decisive, got.Decisive, "decisive: %+v", got)
		require.Equal(t, w.Asks, got.Asks != "", "asks: %+v", got)
		if w.Subjects != nil {
			require.Len(t, got.Subjects, *w.Subjects)
		}
		var seen strings.Builder
		for _, e := range got.Evidence {
			seen.WriteString(e.What + ": " + e.Value + "\n")
		}
		require.Contains(t, seen.String(), w.Evidence)
		require.Contains(t, got.Reason, w.BecauseOf)
		if w.Result == assessments.PairCannotSee || w.Result == assessments.PairNotChecked {
			require.NotEmpty(t, got.Reason)
		}
	}
}

func (c caseFile) input(t *testing.T, pair assessments.Pair) assessments.Input {
	t.Helper()
	if c.AsOf.IsZero() {
		c.AsOf = time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	}
	in := assessments.Input{
		Content: &assessments.Content{
			Version: "1", Rules: &assessments.Registry{}, Pairs: []assessments.Pair{pair}, Questionnaire: questionnaire.Current(),
		},
		Facts: c.facts(t), Surveyed: true, AsOf: c.AsOf,
		Settings: assessments.Settings{PipelineManagers: c.Managers, OwnRegistries: c.Own, FlatHeadroom: c.Flat},
	}
	for question, option := range c.Answers {
		in.Answers = append(in.Answers, answer(question, option, c.Figures)...)
	}
	_, err := in.Content.Questionnaire.Sheet(in.Answers)
	require.NoError(t, err)
	for _, e := range c.History {
		in.History = append(in.History, assessments.Earlier{TakenAt: e.TakenAt, ServerVersion: e.ServerVersion, KubeletMinors: e.KubeletMinors,
			Nodes: e.Nodes, Pods: e.Pods, NodeRanges: e.NodeRanges, ServiceAddresses: e.ServiceAddresses, Restarts: e.Restarts, Components: e.Components})
	}
	for _, s := range c.Siblings {
		in.Siblings = append(in.Siblings, assessments.Sibling{Provider: s.Provider, Region: s.Region})
	}
	return in
}

// answer writes a choice from every seat that is asked.
func answer(question, option string, figures map[string]int64) []questionnaire.Answer {
	a := questionnaire.Answer{Question: question, State: questionnaire.Answered, Options: strings.Split(option, " ")}
	if option == "not_applicable" {
		a.State, a.Options, a.Reason, a.Sentence = questionnaire.NotApplicable, nil, questionnaire.NoSuchWorkload, "there is none"
	}
	if option == "out_of_scope" {
		a.State, a.Options, a.Reason, a.Sentence = questionnaire.NotApplicable, nil, questionnaire.OutOfScope, "agreed so"
	}
	if n, ok := figures[question]; ok {
		a.Figure = &n
	}
	if asked, _ := questionnaire.Current().Question(question); asked.Who != questionnaire.Both {
		return []questionnaire.Answer{a}
	}
	manager, engineer := a, a
	manager.Seat, engineer.Seat = questionnaire.Manager, questionnaire.Engineer
	return []questionnaire.Answer{manager, engineer}
}

// collected is what the case's collector read: everything but what was refused, where the case says nothing.
func (c caseFile) collected() []string {
	if c.Collected != nil {
		return c.Collected
	}
	return slices.DeleteFunc(slices.Clone(snapshot.Resources), func(r string) bool { return slices.Contains(c.Refused, r) })
}

func (c caseFile) facts(t *testing.T) *facts.Facts {
	t.Helper()
	if c.Source == "" {
		c.Source = snapshot.SourceCluster
	}
	records := []snapshot.Record{snapshot.Header{
		Schema: snapshot.Schema, CollectorVersion: "cases", Source: c.Source, TakenAt: c.AsOf,
		Scope: snapshot.Scope{Namespaces: c.Scope, Refused: c.Refused, Collected: c.collected()},
	}}
	for i := range c.Records {
		var fields map[string]any
		require.NoError(t, c.Records[i].Decode(&fields))
		line, err := json.Marshal(fields)
		require.NoError(t, err)
		record, err := snapshot.DecodeRecord(line)
		require.NoError(t, err, "line %d", c.Records[i].Line)
		records = append(records, record)
	}
	f := facts.FromRecords(facts.Options{AsOf: c.AsOf}, records...)
	for _, w := range f.Workloads {
		for _, container := range w.Containers {
			container.Java = nil
			if written, ok := c.Java[container.Name]; ok {
				container.Java = written.java(t)
			}
		}
	}
	return f
}

func (j javaFile) java(t *testing.T) *facts.Java {
	t.Helper()
	java := &facts.Java{
		Certainty: facts.CertainJava, Bundled: j.Bundled, VersionSource: "a variable", TagExplicit: j.InTag, OptionsRead: j.Read,
		MaxHeapBytes: j.HeapBytes, MaxRAMPercent: j.Percent,
	}
	if j.Perhaps {
		java.Certainty = facts.PerhapsJava
	}
	if j.InTag {
		java.VersionSource = "the image's tag"
	}
	for _, flag := range j.Flags {
		java.Options = append(java.Options, facts.JavaOption{Name: flag})
	}
	java.Version = versionOf(t, j.Version)
	return java
}

func versionOf(t *testing.T, text string) facts.JavaVersion {
	t.Helper()
	var v facts.JavaVersion
	if text == "" {
		return v
	}
	number := func(digits string) int {
		var n int
		require.NoError(t, json.Unmarshal([]byte(digits), &n))
		return n
	}
	if line, update, found := strings.Cut(text, "u"); found {
		return facts.JavaVersion{Feature: number(line), Update: number(update), HasUpdate: true}
	}
	parts := strings.Split(text, ".")
	v.Feature = number(parts[0])
	if len(parts) == 3 {
		v.Interim, v.Update, v.HasUpdate = number(parts[1]), number(parts[2]), true
	}
	return v
}

// What the table of pairs promises, whatever they see.
func TestTableOfPairs(t *testing.T) {
	pairs := All()
	require.Len(t, pairs, 32)
	decisive := 0
	paired := map[string]bool{}
	for i, pair := range pairs {
		require.Equal(t, pair.ID, "K-"+string(rune('0'+(i+1)/10))+string(rune('0'+(i+1)%10)))
		require.NotEmpty(t, pair.Observes)
		require.NotEmpty(t, pair.Guard)
		require.NotNil(t, pair.Look)
		if pair.Decisive {
			decisive++
		}
		for _, id := range pair.Questions {
			_, ok := questionnaire.Current().Question(id)
			require.True(t, ok, "%s: %s", pair.ID, id)
			paired[id] = true
		}
	}
	require.Equal(t, 21, decisive, "and K-04, about workloads that are marked critical")
	for _, q := range questionnaire.Current().Questions() {
		require.Equal(t, q.Verifiable, paired[q.ID], "%s: verifiable is what a pair holds", q.ID)
	}
}

// A plan has no cluster: no pair is due, and none may look.
func TestNoPairIsDueInAPlan(t *testing.T) {
	sheet, err := questionnaire.Current().Sheet([]questionnaire.Answer{{Question: "C1", State: questionnaire.Answered, Options: []string{"C1.a"}}})
	require.NoError(t, err)
	for _, view := range []assessments.PairView{
		{View: assessments.View{Plan: true, Facts: facts.FromRecords(facts.Options{})}, Answers: sheet},
		{Answers: sheet},
	} {
		for _, pair := range All() {
			for _, sight := range pair.Look(view) {
				require.Equal(t, assessments.NotChecked, sight.Looked, pair.ID)
				require.NotEmpty(t, sight.Reason, pair.ID)
			}
		}
	}
}

// An empty snapshot shows nothing: no pair may deny or confirm anything by it, but those that count what should be there.
func TestAnEmptySnapshotDeniesNothing(t *testing.T) {
	var answers []questionnaire.Answer
	for _, q := range questionnaire.Current().Questions() {
		option := q.Options[len(q.Options)-1].ID
		if q.Section == questionnaire.Context {
			option = q.Options[0].ID
		}
		if q.ID == "C1" {
			option = "C1.c"
		}
		answers = append(answers, answer(q.ID, option, nil)...)
	}
	for _, source := range []snapshot.Source{snapshot.SourceCluster, snapshot.SourceManifests} {
		result := assessments.Assess(assessments.Input{
			Content: &assessments.Content{Rules: &assessments.Registry{}, Pairs: All(), Questionnaire: questionnaire.Current()},
			Facts:   facts.FromRecords(facts.Options{}, snapshot.Header{Source: source}), Answers: answers, Surveyed: true,
			AsOf: time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC),
		})
		for _, c := range result.Contradictions {
			require.False(t, c.Decisive && (c.Result == assessments.Contradicted || c.Result == assessments.PartlyTrue), "%+v", c)
		}
	}
}
