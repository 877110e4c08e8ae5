package published_test

import (
	"maps"
	"os"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments"
	"plimsoll/assessments/content"
	"plimsoll/assessments/content/published"
)

func taken(t *testing.T) published.Record {
	t.Helper()
	record, err := published.Take(content.V1(), os.DirFS("../.."))
	require.NoError(t, err)
	return record
}

// changed is a record with one entry in the place of another.
func changed(entries map[string]published.Entry, id string, change func(*published.Entry)) map[string]published.Entry {
	entries = maps.Clone(entries)
	entry := entries[id]
	entry.Means, entry.Cases = maps.Clone(entry.Means), maps.Clone(entry.Cases)
	change(&entry)
	entries[id] = entry
	return entries
}

func TestEveryIdIsOnRecord(t *testing.T) {
	record, err := published.Of(content.Version)
	require.NoError(t, err)
	now := taken(t)
	for _, part := range []struct{ on, is map[string]published.Entry }{
		{record.Controls, now.Controls}, {record.Rules, now.Rules}, {record.Pairs, now.Pairs}, {record.Questions, now.Questions},
	} {
		require.NotEmpty(t, part.on)
		for id := range part.is {
			require.Contains(t, part.on, id)
		}
	}
	require.Equal(t, map[string]string{
		"weight": "5", "severity": "high", "alphaPercent": "70", "adding": "share", "questions": "B3/1 B4/1", "pairs": "K-18", "outBy": "",
	}, record.Controls["delivery/release-map"].Means)
	require.Equal(t, "333333", record.Questions["B3"].Means["option B3.c"])
	require.Len(t, record.Rules["delivery/rollout-stuck"].Cases, 6)
	_, err = published.Of("999")
	require.ErrorContains(t, err, "content version 999 is not on record")
}

func TestAChangedMeaningIsRefusedWithItsIdAndField(t *testing.T) {
	record := taken(t)
	for want, change := range map[string]func(*published.Record){
		"control delivery/release-map: weight changed from 5 to 3": func(r *published.Record) {
			r.Controls = changed(r.Controls, "delivery/release-map", func(e *published.Entry) { e.Means["weight"] = "3" })
		},
		"pair K-17: decisive changed from true to false": func(r *published.Record) {
			r.Pairs = changed(r.Pairs, "K-17", func(e *published.Entry) { e.Means["decisive"] = "false" })
		},
		"question B3: option B3.c changed from 333333 to 666667": func(r *published.Record) {
			r.Questions = changed(r.Questions, "B3", func(e *published.Entry) { e.Means["option B3.c"] = "666667" })
		},
		"question B3: option B3.e is new (0)": func(r *published.Record) {
			r.Questions = changed(r.Questions, "B3", func(e *published.Entry) { e.Means["option B3.e"] = "0" })
		},
		"rule delivery/release-map: is gone": func(r *published.Record) {
			r.Rules = maps.Clone(r.Rules)
			delete(r.Rules, "delivery/release-map")
		},
		"rule delivery/novelty: is new": func(r *published.Record) {
			r.Rules = changed(r.Rules, "delivery/novelty", func(*published.Entry) {})
		},
		`rule delivery/rollout-stuck: case "a rollout that got through" changed`: func(r *published.Record) {
			r.Rules = changed(r.Rules, "delivery/rollout-stuck", func(e *published.Entry) { e.Cases["a rollout that got through"] = "0" })
		},
		`rule delivery/rollout-stuck: case "a rollout that got through" is gone`: func(r *published.Record) {
			r.Rules = changed(r.Rules, "delivery/rollout-stuck", func(e *published.Entry) { delete(e.Cases, "a rollout that got through") })
		},
	} {
		now := record
		change(&now)
		refused := published.Refused(published.Compare(record, now))
		require.Len(t, refused, 1, want)
		require.Contains(t, refused[0].String(), want)
	}
	require.Empty(t, published.Compare(record, record))
}

func TestWordingAndCasesMoreAreAllowedAndSaid(t *testing.T) {
	record := taken(t)
	now := record
	now.Rules = changed(now.Rules, "delivery/rollout-stuck", func(e *published.Entry) {
		e.Wording, e.Cases["one more"] = "0", "1"
	})
	changes := published.Compare(record, now)
	require.Empty(t, published.Refused(changes))
	require.Len(t, changes, 2)
	require.Equal(t, `rule delivery/rollout-stuck: case "one more" is new (1)`, changes[0].String())
	require.Equal(t, "rule delivery/rollout-stuck: its wording changed, its meaning did not", changes[1].String())
}

// TestACaseIsHeldByWhatItDecides takes one rule's cases apart: what words they want may change, what they decide may not.
func TestACaseIsHeldByWhatItDecides(t *testing.T) {
	c := &assessments.Content{Version: "1", Rules: &assessments.Registry{}, Questionnaire: content.V1().Questionnaire}
	c.Rules.Register(assessments.Rule{ID: "delivery/example", Judge: func(assessments.View) []assessments.Outcome { return nil }})
	take := func(text string) (string, error) {
		record, err := published.Take(c, fstest.MapFS{"rules/delivery/testdata/example.yaml": {Data: []byte("cases:\n" + text)}})
		return record.Rules["delivery/example"].Cases["a"], err
	}
	const base = "- {name: a, outcome: fail, records: [{kind: node, name: n}], want: [{subject: n, result: fail, severity: high, message: old words}]}\n"
	was, err := take(base)
	require.NoError(t, err)
	for text, same := range map[string]bool{
		"- {name: a, outcome: fail, records: [{kind: node, name: n}], want: [{subject: n, result: fail, severity: high, message: new, evidence: more}]}":   true,
		"- {name: a, outcome: fail, records: [{kind: node, name: n}], want: [{subject: n, result: fail, severity: low, message: old words}]}":              false,
		"- {name: a, outcome: fail, records: [{kind: node, name: m}], want: [{subject: n, result: fail, severity: high, message: old words}]}":             false,
		"- {name: a, outcome: fail, records: [{kind: node, name: n}], want: [{subject: n, result: pass}]}":                                                 false,
		"- {name: a, outcome: fail, asOf: 2026-01-01, records: [{kind: node, name: n}], want: [{subject: n, result: fail, severity: high, message: old}]}": false,
	} {
		now, err := take(text)
		require.NoError(t, err)
		require.Equal(t, same, now == was, text)
	}
	_, err = take(base + base)
	require.ErrorContains(t, err, "a name of its own")
	_, err = published.Take(c, fstest.MapFS{})
	require.ErrorContains(t, err, "delivery/example: cases")
}

func TestARecordIsSealedByItsRelease(t *testing.T) {
	record, err := taken(t).Release("2027-01-31")
	require.NoError(t, err)
	require.True(t, record.IsReleased())
	data, err := record.Encode()
	require.NoError(t, err)
	read, err := published.Decode(data)
	require.NoError(t, err)
	require.Equal(t, record, read)

	record.Controls = changed(record.Controls, "delivery/release-map", func(e *published.Entry) { e.Means["weight"] = "3" })
	data, err = record.Encode()
	require.NoError(t, err)
	_, err = published.Decode(data)
	require.ErrorContains(t, err, "it was edited after its release")

	for text, want := range map[string]string{
		`{"version": "1", "released": "soon"}`: `want a day such as 2027-01-31, got "soon"`,
		`{"version": "1", "more": 1}`:          `unknown field "more"`,
		`[`:                                    "unexpected EOF",
	} {
		_, err := published.Decode([]byte(text))
		require.ErrorContains(t, err, want)
	}
	_, err = taken(t).Release("31.1.2027")
	require.ErrorContains(t, err, "want a day")
}
