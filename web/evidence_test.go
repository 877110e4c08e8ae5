package web

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestWordsOfASignature(t *testing.T) {
	for want, s := range map[string]Signature{
		"":                        {},
		"not signed":              {State: SignatureNone},
		"signed by token nightly": {State: SignatureProven, By: "nightly"},
		"signed by a token":       {State: SignatureProven},
		"signed by token old, which had ended when the file came":       {State: SignatureEnded, By: "old"},
		"signature not verified: no token of this platform has its key": {State: SignatureUnknown},
	} {
		require.Equal(t, want, s.Words())
	}
}

func TestWordsOfReadings(t *testing.T) {
	at := func(day, hour int) time.Time { return time.Date(2026, 11, day, hour, 5, 0, 0, time.UTC) }
	for want, r := range map[string]NodeReadings{
		"1 of 1 node, 2 November 2026, 03:05 UTC":                                {Nodes: 1, Of: 1, Oldest: at(2, 3), Newest: at(2, 3)},
		"3 of 4 nodes, 2 November 2026, 03:05 UTC to 05:05 UTC":                  {Nodes: 3, Of: 4, Oldest: at(2, 3), Newest: at(2, 5)},
		"3 of 4 nodes, 2 November 2026, 23:05 UTC to 3 November 2026, 01:05 UTC": {Nodes: 3, Of: 4, Oldest: at(2, 23), Newest: at(3, 1)},
	} {
		require.Equal(t, want, r.Words())
	}
	now := at(10, 12)
	for want, r := range map[string]NodeReadings{
		"Taken just now.":   {Oldest: now, Newest: now.Add(time.Minute)},
		"Taken 1 hour ago.": {Oldest: at(10, 11), Newest: at(10, 11)},
		"The newest was taken 30 minutes ago, the oldest 47 hours ago.": {Oldest: at(8, 13), Newest: now.Add(-30 * time.Minute)},
		"The newest was taken 1 hour ago, the oldest 2 days ago.":       {Oldest: at(8, 12), Newest: at(10, 11)},
	} {
		require.Equal(t, want, r.ages(now))
	}
}
