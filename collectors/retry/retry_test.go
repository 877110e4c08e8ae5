package retry_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"plimsoll/collectors/retry"
)

func TestWhatTheServerAsksForIsBounded(t *testing.T) {
	for written, want := range map[string]time.Duration{
		"":                              0,
		"2":                             2 * time.Second,
		"0":                             0,
		"-1":                            0,
		"90":                            time.Minute,
		"9223372036854775807":           time.Minute,
		"99999999999999999999":          0,
		"Fri, 31 Dec 2999 23:59:59 GMT": time.Minute,
		"Fri, 31 Dec 1999 23:59:59 GMT": 0,
		"tomorrow":                      0,
	} {
		require.Equal(t, want, retry.After(http.Header{"Retry-After": {written}}, time.Minute), "%q", written)
	}
	require.Zero(t, retry.After(http.Header{}, time.Minute))
}

func TestWaitsDouble(t *testing.T) {
	for attempt, doubled := range map[int]time.Duration{1: time.Second, 2: 2 * time.Second, 5: 16 * time.Second} {
		for range 100 {
			wait := retry.BackOff(time.Second, attempt)
			require.GreaterOrEqual(t, wait, doubled/2)
			require.Less(t, wait, doubled*3/2)
		}
	}
}

func TestADateIsWaitedFor(t *testing.T) {
	at := time.Now().Add(time.Hour).UTC().Format(http.TimeFormat)
	wait := retry.After(http.Header{"Retry-After": {at}}, 2*time.Hour)
	require.Greater(t, wait, 50*time.Minute)
	require.LessOrEqual(t, wait, time.Hour)
}

func TestAWaitThatManyAreAskedForIsSpread(t *testing.T) {
	seen := map[time.Duration]bool{}
	for range 100 {
		wait := retry.Spread(time.Minute)
		require.GreaterOrEqual(t, wait, time.Minute, "never before the server's time")
		require.LessOrEqual(t, wait, 75*time.Second)
		seen[wait] = true
	}
	require.Greater(t, len(seen), 50)
	require.Zero(t, retry.Spread(0))
}

func TestAPauseEndsWithItsContext(t *testing.T) {
	require.NoError(t, retry.Pause(t.Context(), 0))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, retry.Pause(ctx, time.Hour), context.Canceled)
}
