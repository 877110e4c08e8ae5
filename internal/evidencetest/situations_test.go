package evidencetest

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments"
	"plimsoll/assessments/content"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/questionnaire"
	"plimsoll/assessments/snapshot"
	"plimsoll/collectors/cluster"
	"plimsoll/internal/kubetest"
)

// moment is when the snapshots are taken and judged, whatever the clock of the machine says: the times in the manifests and the
// reference's dates belong to it.
var moment = time.Date(2026, time.November, 23, 12, 0, 0, 0, time.UTC)

// situation is a snapshot with what else is judged with it.
type situation struct {
	assessments.Input
	told string // the release that stood in the place of the server's own; empty: nothing was said in its place
}

// Names of situations.
const (
	sound        = "sound"
	soundAsOlder = "sound, as if it were v1.35.9"
	soundAtEnd   = "sound, ten days before its certificate ends"
	faulty       = "faulty"
	faultyDay    = "faulty, a day later"
	faultyLater  = "faulty, a week later"
	faultyAsOld  = "faulty, as if it were v1.34.2"
	faultyRanges = "faulty, as if it were v1.32.9, which has no ServiceCIDRs"
	withMachines = "faulty, with what was read on its machines"
	kept         = "a repository that keeps the rules"
	broken       = "a repository that breaks them"
)

// situations takes all snapshots.
func situations(t *testing.T) map[string]situation {
	t.Helper()
	all := map[string]situation{}
	maps.Copy(all, soundSituations(t))
	maps.Copy(all, faultySituations(t))
	maps.Copy(all, repositorySituations(t))
	return all
}

func soundSituations(t *testing.T) map[string]situation {
	server := world(t, "sound")
	all := map[string]situation{
		sound:        {Input: judged(t, collect(t, server.Kubeconfig, moment), moment, 100)},
		soundAsOlder: {Input: judged(t, collect(t, saying(t, server, "v1.35.9"), moment), moment, 100), told: "v1.35.9"},
	}
	atEnd := all[sound].Facts.Cluster.ServingCertEnd.AddDate(0, 0, -10)
	all[soundAtEnd] = situation{Input: judged(t, collect(t, server.Kubeconfig, atEnd), atEnd, 100)}
	return all
}

func faultySituations(t *testing.T) map[string]situation {
	server := world(t, "faulty")
	before := collect(t, server.Kubeconfig, moment)
	all := map[string]situation{
		faulty:       {Input: judged(t, before, moment, 1_000_000)},
		faultyAsOld:  {Input: judged(t, collect(t, saying(t, server, "v1.34.2"), moment), moment, 100), told: "v1.34.2"},
		faultyRanges: {Input: judged(t, collect(t, saying(t, server, "v1.32.9", "servicecidrs"), moment), moment, 100), told: "v1.32.9"},
		withMachines: {Input: judged(t, merged(t, before), moment, 100)},
	}
	for _, later := range []struct {
		situation, folder string
		days              int
	}{{faultyDay, "day", 1}, {faultyLater, "week", 7}} {
		apply(t, server, later.folder)
		at := moment.AddDate(0, 0, later.days)
		input := judged(t, collect(t, server.Kubeconfig, at), at, 100)
		input.History = []assessments.Earlier{earlier(t, before)}
		all[later.situation] = situation{Input: input}
	}
	return all
}

// world is a server with the objects of a folder of testdata.
func world(t *testing.T, folder string, options ...kubetest.Option) *kubetest.Server {
	t.Helper()
	server := kubetest.Start(t, options...)
	text, err := os.ReadFile(filepath.Join("testdata", "extensions.yaml"))
	require.NoError(t, err)
	server.Apply(t, text)
	apply(t, server, folder)
	return server
}

// apply writes the objects of a folder, those of the cluster itself first.
func apply(t *testing.T, server *kubetest.Server, folder string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", folder, "*.yaml"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		server.Apply(t, text)
	}
}

// collect takes a snapshot as the user of a kubeconfig.
func collect(t *testing.T, kubeconfig string, at time.Time) []byte {
	t.Helper()
	client, err := cluster.Connect(cluster.Connection{Kubeconfig: kubeconfig, QPS: 1000})
	require.NoError(t, err)
	var out bytes.Buffer
	_, err = cluster.Collect(t.Context(), client, cluster.Options{CollectorVersion: "test", TakenAt: at, APIMetrics: true}, &out)
	require.NoError(t, err)
	return out.Bytes()
}

func records(t *testing.T, raw []byte) []snapshot.Record {
	t.Helper()
	var all []snapshot.Record
	for record, err := range snapshot.NewReader(bytes.NewReader(raw), snapshot.DefaultLimits()).Records() {
		require.NoError(t, err)
		all = append(all, record)
	}
	return all
}

// judged is a snapshot with an organization's settings, and an answer to the one question that a rule goes by: how many connections
// a second come at the peak.
func judged(t *testing.T, raw []byte, at time.Time, peak int64) assessments.Input {
	t.Helper()
	builder := facts.NewBuilder(facts.Options{AsOf: at})
	for _, record := range records(t, raw) {
		builder.Add(record)
	}
	answer := questionnaire.Answer{Question: "N6", State: questionnaire.Answered, Options: []string{"N6.a"}, Figure: &peak, Basis: questionnaire.Measured}
	v1 := content.V1()
	require.NoError(t, v1.Questionnaire.Validate(answer))
	return assessments.Input{
		Content: v1, Facts: builder.Build(), AsOf: at, Surveyed: true, Answers: []questionnaire.Answer{answer},
		Settings: assessments.Settings{OwnRegistries: []string{"registry.example.com"}},
	}
}

func earlier(t *testing.T, raw []byte) (e assessments.Earlier) {
	t.Helper()
	for _, record := range records(t, raw) {
		e.Add(record)
	}
	return e
}

// saying is a kubeconfig that leads to the server through a front which says another release in answer to /version, lacks what that release
// lacks, and passes on everything else: an API server can be built from the sources of one release alone.
func saying(t *testing.T, server *kubetest.Server, release string, lacks ...string) string {
	t.Helper()
	front := server.Front(t, func(w http.ResponseWriter, r *http.Request) bool {
		switch {
		case r.URL.Path == "/version":
			w.Header().Set("Content-Type", "application/json")
			_ = json.NewEncoder(w).Encode(map[string]string{"gitVersion": release})
		case slices.Contains(lacks, path.Base(r.URL.Path)):
			http.NotFound(w, r)
		default:
			return false
		}
		return true
	})
	return kubetest.WriteKubeconfig(t, front.URL, "", server.Token)
}
