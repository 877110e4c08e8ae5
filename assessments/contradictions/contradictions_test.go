package contradictions

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
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
	Many      []manyFile          `yaml:"many"`
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

// manyFile is one record several times over, the copies numbered behind its name.
type manyFile struct {
	Times  int            `yaml:"times"`
	Record map[string]any `yaml:"record"`
}

type sibling struct {
	Platform      string            `yaml:"platform"`
	ServerVersion string            `yaml:"serverVersion"`
	Provider      string            `yaml:"provider"`
	Region        string            `yaml:"region"`
	Components    map[string]string `yaml:"components"`
}

type javaFile struct {
	Version   string   `yaml:"version"` // 17, 8u181, 11.0.16
	InTag     bool     `yaml:"inTag"`
	Bundled   bool     `yaml:"bundled"`
	Perhaps   bool     `yaml:"perhaps"`
	Product   string   `yaml:"product"`
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
	About     string                 `yaml:"about"`    // the first subject
	Evidence  string                 `yaml:"evidence"` // stands somewhere in the evidence
	Lacks     string                 `yaml:"lacks"`    // stands nowhere in it
	BecauseOf string                 `yaml:"because"`  // stands in the reason
	Sights    int                    `yaml:"sights"`   // how many there must be; with more than one, Decisive says which is meant
}

func TestPairs(t *testing.T) {
	for _, f := range files(t) {
		t.Run(f.Pair, func(t *testing.T) { f.run(t, f.pair(t)) })
	}
}

// files reads the cases of all pairs.
func files(t *testing.T) []file {
	t.Helper()
	paths, err := filepath.Glob("testdata/*.yaml")
	require.NoError(t, err)
	require.Len(t, paths, len(All()), "each pair has its cases")
	all := make([]file, len(paths))
	for i, path := range paths {
		data, err := os.ReadFile(path)
		require.NoError(t, err)
		decoder := yaml.NewDecoder(bytes.NewReader(data))
		decoder.KnownFields(true)
		require.NoError(t, decoder.Decode(&all[i]), path)
		require.True(t, strings.HasPrefix(filepath.Base(path), strings.ToLower(strings.ReplaceAll(all[i].Pair, "-", ""))), path)
	}
	return all
}

func (f file) pair(t *testing.T) assessments.Pair {
	t.Helper()
	pairs := All()
	i := slices.IndexFunc(pairs, func(p assessments.Pair) bool { return p.ID == f.Pair })
	require.GreaterOrEqual(t, i, 0, f.Pair)
	return pairs[i]
}

// blindTo is what a pair needs to have been read, for each of its questions.
var blindTo = map[string]map[string][]string{
	"K-01": {"G2": workloads}, "K-02": {"G3": workloads}, "K-03": {"G4": {"horizontalpodautoscalers"}}, "K-04": {"G5": append(workloads, "services")},
	"K-05": {"G6": {"nodes"}}, "K-08": {"G12": workloads}, "K-14": {"L6": workloads}, "K-15": {"L7": workloads, "P5": append(workloads, "poddisruptionbudgets")},
	"K-16": {"B1": workloads}, "K-17": {"B2": workloads, "B5": workloads}, "K-18": {"B3": workloads, "B4": workloads}, "K-19": {"B6": workloads},
	"K-20": {"J1": workloads, "J6": workloads}, "K-21": {"J2": workloads, "J3": workloads}, "K-22": {"J4": {"pods"}, "P6": {"pods"}}, "K-23": {"J5": workloads},
	"K-24": {"P1": workloads}, "K-25": {"P2": workloads, "P3": workloads}, "K-26": {"P4": workloads}, "K-28": {"N2": {"services"}, "N3": {"services"}},
	"K-31": {"C3": workloads},
}

var workloads = []string{"deployments", "statefulsets", "daemonsets"}

// Whatever a pair says of a case, it says nothing once the collector was refused what it would have to read.
func TestAPairThatCouldNotReadSaysSo(t *testing.T) {
	for _, f := range files(t) {
		for question, resources := range blindTo[f.Pair] {
			for _, c := range f.Cases {
				for _, resource := range resources {
					if c.sees(question) {
						blinded := c
						blinded.Refused = append(slices.Clone(c.Refused), resource)
						blinded.isBlind(t, f.pair(t), question, "could not read "+said(resource))
					}
				}
			}
		}
	}
}

// said is the word that a person reads for a resource.
func said(resource string) string {
	switch resource {
	case "horizontalpodautoscalers":
		return "autoscalers"
	case "poddisruptionbudgets":
		return "disruption budgets"
	}
	return resource
}

// Questions that only a cluster's state answers: the same records from files settle nothing.
func TestFilesSayNothingOfWhatOnlyAClusterShows(t *testing.T) {
	live := map[string][]string{
		"K-01": {"G2"}, "K-02": {"G3"}, "K-03": {"G4"}, "K-05": {"G6"}, "K-06": {"G9"}, "K-09": {"L1"}, "K-10": {"L2"}, "K-11": {"L3"}, "K-12": {"L4"}, "K-14": {"L6"},
		"K-16": {"B1"}, "K-22": {"J4", "P6"}, "K-27": {"N6"}, "K-29": {"N4"}, "K-30": {"N5"}, "K-31": {"C2"},
	}
	for _, f := range files(t) {
		for _, question := range live[f.Pair] {
			for _, c := range f.Cases {
				if c.sees(question) {
					c.Source = snapshot.SourceManifests
					c.isBlind(t, f.pair(t), question, "")
				}
			}
		}
	}
}

// A pair says the same whether it is handed what the rules said or has to ask them itself.
func TestAPairReadsWhatTheRulesSaid(t *testing.T) {
	var controls []assessments.Control
	for _, rule := range registry.All() {
		controls = append(controls, assessments.Control{ID: rule.Control, Weight: 1, Severity: assessments.Low, AlphaPercent: 100, Adding: assessments.Share})
	}
	for _, f := range files(t) {
		pair := f.pair(t)
		if len(pair.Reads) == 0 {
			continue
		}
		for _, c := range f.Cases {
			in := c.input(t, pair)
			alone := assessments.Assess(in).Contradictions
			in.Content.Rules, in.Content.Controls = registry, controls
			require.Equal(t, alone, assessments.Assess(in).Contradictions, "%s: %s", pair.ID, c.Name)
		}
	}
}

// sees reports whether the pair says something of the question in the case.
func (c caseFile) sees(question string) bool {
	switch c.Want[question].Result {
	case assessments.Confirmed, assessments.Contradicted, assessments.PartlyTrue, assessments.BetterThanSaid:
		return true
	}
	return false
}

func (c caseFile) isBlind(t *testing.T, pair assessments.Pair, question, because string) {
	t.Helper()
	in := c.input(t, pair)
	sheet, err := in.Content.Questionnaire.Sheet(in.Answers)
	require.NoError(t, err)
	for _, sight := range pair.Look(assessments.PairView{View: assessments.ViewOf(in), Answers: sheet, Siblings: in.Siblings}) {
		if sight.Question == question {
			require.Equal(t, assessments.CannotSee, sight.Looked, "%s, %s: %s", pair.ID, c.Name, question)
			require.Contains(t, sight.Reason, because, "%s, %s: %s", pair.ID, c.Name, question)
			return
		}
	}
	require.Fail(t, "nothing is said of the question", "%s, %s: %s", pair.ID, c.Name, question)
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
	// What workloads request of the nodes says nothing of whether a yearly total is written down and approved: it can bear out no
	// option of G10 and deny none, so that K-07 is a note beside the answer.
	informs := f.Pair == "K-07"
	require.True(t, denied || informs, "a case that denies the claim")
	require.True(t, agreed || informs, "a case that agrees with the claim")
	require.True(t, blind, "a case that can't be seen")
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
		if w.About != "" {
			require.NotEmpty(t, got.Subjects)
			require.Equal(t, w.About, got.Subjects[0].Kind+" "+got.Subjects[0].String())
		}
		var seen strings.Builder
		for _, e := range got.Evidence {
			seen.WriteString(e.What + ": " + e.Value + "\n")
		}
		require.Contains(t, seen.String(), w.Evidence)
		if w.Lacks != "" {
			require.NotContains(t, seen.String(), w.Lacks)
		}
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
		in.Siblings = append(in.Siblings, assessments.Sibling(s))
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
	add := func(fields map[string]any) {
		line, err := json.Marshal(fields)
		require.NoError(t, err)
		record, err := snapshot.DecodeRecord(line)
		require.NoError(t, err, "%s", line)
		records = append(records, record)
	}
	for i := range c.Records {
		var fields map[string]any
		require.NoError(t, c.Records[i].Decode(&fields))
		add(fields)
	}
	for _, m := range c.Many {
		for i := range m.Times {
			one := maps.Clone(m.Record)
			one["name"] = fmt.Sprintf("%s-%d", m.Record["name"], i)
			add(one)
		}
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
		Certainty: facts.CertainJava, Bundled: j.Bundled, Product: j.Product, VersionSource: "a variable", TagExplicit: j.InTag, OptionsRead: j.Read,
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

// The share scale of the questionnaire: all, nearly all from 95 % on, most from half on, and few or none.
func TestAShareFallsIntoItsClass(t *testing.T) {
	for _, c := range []struct {
		good, total int
		want        string
	}{
		{7, 7, "B2.a"}, {1000, 1000, "B2.a"}, {999, 1000, "B2.b"}, {19, 20, "B2.b"}, {950, 1000, "B2.b"}, {949, 1000, "B2.c"},
		{1, 2, "B2.c"}, {500, 1000, "B2.c"}, {499, 1000, "B2.d"}, {0, 3, "B2.d"},
	} {
		require.Equal(t, c.want, share{c.good, c.total}.option("B2"), "%d of %d", c.good, c.total)
	}
}

func TestOfManyNamesSixAreSaid(t *testing.T) {
	require.Equal(t, "a, b, c, d, e, f", someOf([]string{"f", "a", "b", "a", "c", "d", "e"}), "each once, in order")
	require.Equal(t, "a, b, c, d, e, f and 1 more", someOf([]string{"g", "a", "b", "c", "d", "e", "f"}))
	require.Empty(t, someOf(nil))
}

// What the table of pairs promises, whatever they see.
func TestTableOfPairs(t *testing.T) {
	pairs := All()
	require.Len(t, pairs, 32)
	decisive := 0
	var reopening []string
	paired := map[string]bool{}
	for i, pair := range pairs {
		require.Equal(t, pair.ID, "K-"+string(rune('0'+(i+1)/10))+string(rune('0'+(i+1)%10)))
		require.NotEmpty(t, pair.Observes)
		require.NotEmpty(t, pair.Guard)
		require.NotNil(t, pair.Look)
		if pair.Decisive {
			decisive++
		}
		if pair.Reopens {
			reopening = append(reopening, pair.ID)
		}
		for _, id := range pair.Questions {
			_, ok := questionnaire.Current().Question(id)
			require.True(t, ok, "%s: %s", pair.ID, id)
			paired[id] = true
		}
	}
	require.Equal(t, []string{"K-31", "K-32"}, reopening, "the rest leave what an answer takes out as it is")
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
