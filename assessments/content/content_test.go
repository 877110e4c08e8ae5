package content

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments"
	"plimsoll/assessments/questionnaire"
)

func TestV1HoldsTogether(t *testing.T) {
	c := V1()
	require.Equal(t, "1", c.Version)
	require.Len(t, c.Hash, 64)
	require.Same(t, c, V1())
	again, err := hashOf(c)
	require.NoError(t, err)
	require.Equal(t, c.Hash, again)
}

func TestTheHashNamesEveryPart(t *testing.T) {
	changed := *V1()
	changed.Controls = slices.Clone(changed.Controls)
	changed.Controls[0].Weight--
	controls, err := hashOf(&changed)
	require.NoError(t, err)
	require.NotEqual(t, V1().Hash, controls)
	changed = *V1()
	changed.Pairs = changed.Pairs[1:]
	pairs, err := hashOf(&changed)
	require.NoError(t, err)
	require.NotEqual(t, V1().Hash, pairs)
	changed = *V1()
	changed.Rules = &assessments.Registry{}
	rules, err := hashOf(&changed)
	require.NoError(t, err)
	require.NotEqual(t, V1().Hash, rules)
}

func TestWhatDoesNotHoldTogetherIsRefused(t *testing.T) {
	base := func() *assessments.Content {
		c := *V1()
		c.Controls = slices.Clone(c.Controls)
		return &c
	}
	require.NoError(t, Check(base()))
	for want, spoil := range map[string]func(*assessments.Content){
		"Z1 is no scored question": func(c *assessments.Content) {
			c.Controls[0].Questions = []assessments.Declares{{Question: "Z1", ShareParts: 1}}
		},
		"C1 is no scored question": func(c *assessments.Content) {
			c.Controls[0].Questions = []assessments.Declares{{Question: "C1", ShareParts: 1}}
		},
		"question C2 has no option C2.z": func(c *assessments.Content) { c.Controls[0].OutBy = []string{"C2.z"} },
		"L3.a is no context option":      func(c *assessments.Content) { c.Controls[0].OutBy = []string{"L3.a"} },
		"no pair K-99":                   func(c *assessments.Content) { c.Controls[0].Pairs = []string{"K-99"} },
		"stands twice":                   func(c *assessments.Content) { c.Pairs = append(slices.Clone(c.Pairs), c.Pairs[0]) },
		"question L6 declares no control": func(c *assessments.Content) {
			c.Controls = slices.DeleteFunc(c.Controls, func(c assessments.Control) bool { return c.ID == "lifecycle/etcd-backup" })
		},
		"no control lifecycle/drain-blocked": func(c *assessments.Content) {
			c.Controls = slices.DeleteFunc(c.Controls, func(c assessments.Control) bool { return c.ID == "lifecycle/drain-blocked" })
		},
	} {
		c := base()
		spoil(c)
		require.ErrorContains(t, Check(c), want)
	}
}

// The counts that the catalogue names: a table that lost a row would still hold together.
func TestTheCatalogueIsWhole(t *testing.T) {
	c := V1()
	require.Len(t, c.Controls, 84)
	require.Len(t, c.Pairs, 32)
	n := map[assessments.Pillar]int{}
	for _, control := range c.Controls {
		n[control.Pillar()]++
	}
	require.Equal(t, map[assessments.Pillar]int{assessments.Lifecycle: 26, assessments.Delivery: 18, assessments.JVM: 12, assessments.Probes: 12, assessments.Networking: 16}, n)
}

// Only the questions that the design names can be claimed without anything ever looking: the report says so of them.
func TestQuestionsWithoutAPairSayThatNobodyCanVerifyThem(t *testing.T) {
	held := map[string]bool{}
	for _, pair := range V1().Pairs {
		for _, q := range pair.Questions {
			held[q] = true
		}
	}
	var unheld []string
	for _, section := range V1().Questionnaire.Sections {
		for _, q := range section.Questions {
			require.Equal(t, q.Verifiable, held[q.ID], q.ID)
			if !held[q.ID] && section.ID != questionnaire.Context {
				unheld = append(unheld, q.ID)
			}
		}
	}
	require.ElementsMatch(t, []string{"G1", "G7", "G8", "G11", "G13", "L8", "B7", "B8", "N7"}, unheld)
}
