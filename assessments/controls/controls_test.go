package controls

import (
	"testing"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments"
)

func TestTheTableIsRead(t *testing.T) {
	byID := map[string]assessments.Control{}
	for _, c := range All() {
		byID[c.ID] = c
	}
	require.Equal(t, assessments.Control{
		ID: "lifecycle/drain-blocked", Title: "Every disruption budget lets a node be drained", Weight: 5, Severity: assessments.High,
		AlphaPercent: 100, Adding: assessments.Any, Pairs: []string{"K-15"},
		Questions: []assessments.Declares{{Question: "L7", ShareParts: 2}, {Question: "P5", ShareParts: 2}},
	}, byID["lifecycle/drain-blocked"])
	require.Equal(t, []string{"C2.a", "C2.b"}, byID["lifecycle/control-plane-ha"].OutBy)
	require.Equal(t, 70, byID["delivery/release-map"].AlphaPercent)
}

func TestARowThatContradictsTheModelIsRefused(t *testing.T) {
	good := row{"jvm/version", 5, high, 80, share, "J1 J2/3", "K-20", "Java is new enough"}
	_, err := parse([]row{good})
	require.NoError(t, err)
	_, err = parse([]row{good, good})
	require.ErrorContains(t, err, "stands twice")
	for want, spoil := range map[string]func(*row){
		"known pillar":                 func(r *row) { r.id = "java/version" },
		"pillar/slug":                  func(r *row) { r.id = "jvm/Version" },
		"title is missing":             func(r *row) { r.title = "" },
		"weight 4":                     func(r *row) { r.weight = 4 },
		"severity 0":                   func(r *row) { r.severity = 0 },
		"evidence share 101":           func(r *row) { r.alpha = 101 },
		`adds up by ""`:                func(r *row) { r.adding = "" },
		"neither evidence nor a quest": func(r *row) { r.alpha, r.questions = 0, "" },
		`question "J1/4"`:              func(r *row) { r.questions = "J1/4" },
		`pair "K-33"`:                  func(r *row) { r.pairs = "K-33" },
	} {
		r := good
		spoil(&r)
		_, err := parse([]row{r})
		require.ErrorContains(t, err, want)
	}
}
