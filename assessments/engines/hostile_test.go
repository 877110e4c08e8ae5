package engines_test

import (
	"encoding/json"
	"math/rand/v2"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments"
	"plimsoll/assessments/content"
	"plimsoll/assessments/engines"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/snapshot"
	"plimsoll/assessments/snapshot/snapshottest"
)

// Whatever a snapshot of the right form says, every rule, pair and engine comes to a result: no panic, no endless loop, points
// inside their intervals, no figure that went round its type, and the same bytes each time.
func TestAnySnapshotIsJudged(t *testing.T) {
	for seed := range uint64(150) {
		requireJudged(t, rand.New(rand.NewPCG(seed, 7)))
	}
}

func FuzzAnySnapshotIsJudged(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte("a platform that nobody would build"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<10 {
			return
		}
		requireJudged(t, rand.New(&byteSource{data: data, rest: rand.NewPCG(uint64(len(data)), 1)}))
	})
}

// byteSource lets a fuzzer steer: each draw takes a byte while there are some.
type byteSource struct {
	data []byte
	rest *rand.PCG
}

func (s *byteSource) Uint64() uint64 {
	if len(s.data) == 0 {
		return s.rest.Uint64()
	}
	b := uint64(s.data[0])
	s.data = s.data[1:]
	return b<<56 | b<<24
}

func requireJudged(t *testing.T, random *rand.Rand) {
	t.Helper()
	records, err := snapshottest.Hostile(random, 1+random.IntN(60))
	require.NoError(t, err)
	in := hostileInput(records)
	assessment, exhibits := assessments.Assess(in), engines.Run(in)
	requirePointsInside(t, assessment)
	requireSaneWords(t, assessment, exhibits)
	again := hostileInput(records)
	require.Equal(t, bytesOf(t, assessment, exhibits), bytesOf(t, assessments.Assess(again), engines.Run(again)))
}

func hostileInput(records []snapshot.Record) assessments.Input {
	var before assessments.Earlier
	for _, record := range records[:len(records)/2] {
		before.Add(record)
	}
	in := input(records)
	in.Facts = facts.FromRecords(facts.Options{AsOf: in.AsOf}, records...)
	in.Content, in.History = content.V1(), []assessments.Earlier{before.At(in.AsOf.Add(-30 * 24 * time.Hour))}
	return in
}

func bytesOf(t *testing.T, results ...any) string {
	t.Helper()
	data, err := json.Marshal(results)
	require.NoError(t, err)
	return string(data)
}

func requirePointsInside(t *testing.T, a assessments.Assessment) {
	t.Helper()
	inside := func(name string, value *assessments.Micros, low, high, most assessments.Micros) {
		require.GreaterOrEqual(t, low, assessments.Micros(0), name)
		require.LessOrEqual(t, low, high, name)
		require.LessOrEqual(t, high, most, name)
		if value != nil {
			require.LessOrEqual(t, low, *value, name)
			require.LessOrEqual(t, *value, high, name)
		}
	}
	const point = 1_000_000
	for _, r := range []*assessments.Range{a.Score, a.RawScore} {
		if r != nil {
			inside("score", r.Value, r.Low, r.High, 100*point)
		}
	}
	for _, p := range a.Pillars {
		inside(string(p.ID), p.Value, p.Low, p.High, 100*point)
	}
	for _, c := range a.Controls {
		inside(c.ID, c.Value, c.Low, c.High, point)
	}
}

var unsound = regexp.MustCompile(`%!|\bNaN\b|[+-]Inf\b|-?9223372036854775\d{3}\b|\b-\d+ (?:seconds|minutes|hours|days|addresses|nodes|pods|B|KiB|MiB|GiB|TiB)\b`)

// requireSaneWords holds what is written against signs of a figure that went wrong. Words of the snapshot itself are quoted in
// evidence and in rows, and are not ours to judge; none of the hostile ones matches.
func requireSaneWords(t *testing.T, a assessments.Assessment, exhibits []engines.Exhibit) {
	t.Helper()
	for _, f := range a.Findings {
		require.NotRegexp(t, unsound, f.Message, f.Rule)
		require.NotRegexp(t, unsound, f.Expected, f.Rule)
	}
	for _, e := range exhibits {
		require.NotRegexp(t, unsound, e.Lead, e.ID)
		for _, part := range e.Parts {
			for _, text := range part.Text {
				require.NotRegexp(t, unsound, text, "%s: %s", e.ID, part.Title)
			}
			if part.Table == nil {
				continue
			}
			for _, row := range part.Table.Rows {
				require.Len(t, row, len(part.Table.Columns), "%s: %s", e.ID, part.Title)
			}
		}
	}
}
