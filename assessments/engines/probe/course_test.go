package probe

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// The default probe: the first try after a period of 10 s, the third kills. A second start waits for nothing, a third for 10 s.
func TestACourseHoldsWhatFallsOnItsLastSecond(t *testing.T) {
	r := planned(figuresOf(defaultProbe()), 1000, 0)
	r.horizonSeconds = 30
	c := r.course()
	require.Equal(t, 1, c.Kills)
	require.Equal(t, Event{AtSeconds: 30, Kind: Started, Start: 2}, c.Events[len(c.Events)-1])
}

func TestATryThatFallsOnTheRecoveryDoesNotFail(t *testing.T) {
	f := figuresOf(defaultProbe())
	c := planned(f, 10, 0).course()
	require.Equal(t, []Event{{AtSeconds: 0, Kind: Started, Start: 1}, {AtSeconds: 10, Kind: Recovered, Start: 1}}, c.Events)
	require.Equal(t, Failing, planned(f, 11, 0).course().Events[1].Kind)
}

// The kubelet forgets its waiting after ten minutes of running, of which the time until the process is gone is a part.
func TestTheTimeToEndCountsAsRunning(t *testing.T) {
	f := figuresOf(asks(0, 10, 1, 59))
	waits := func(stopSeconds int64) (n int) {
		for _, e := range planned(f, 2000, stopSeconds).course().Events {
			if e.Kind == BackOff {
				n++
			}
		}
		return n
	}
	require.Zero(t, waits(11), "590 s to the kill and 11 s to the end")
	require.Positive(t, waits(10))
}

func TestOnlyAStartThatComesThroughIsProven(t *testing.T) {
	f := Figures{PeriodSeconds: 10, FailureThreshold: 3}
	require.True(t, proven(f, 20), "the third try falls on the twentieth second")
	require.False(t, proven(f, 21))
	require.False(t, proven(f, 90_000), "longer than the hour that is looked at")
}

func TestAMarginIsRoundedUp(t *testing.T) {
	require.EqualValues(t, 2, WithMargin(1, 101))
	require.EqualValues(t, 1, WithMargin(1, 100))
	require.EqualValues(t, 900, WithMargin(600, 150))
}
