package delivery

import (
	"testing"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments/snapshot"
)

func TestWhatATagDeliversIsAllSinceTheTagBefore(t *testing.T) {
	change := func(templates, values, tagged bool) snapshot.ChartVersion {
		return snapshot.ChartVersion{Templates: templates, Values: values, Tagged: tagged}
	}
	chart := &snapshot.Chart{Versions: []snapshot.ChartVersion{
		change(true, true, true), change(true, false, false), change(false, true, true), change(false, true, false), change(false, false, true)}}
	require.Equal(t, []snapshot.ChartVersion{change(false, false, true), change(true, true, true), change(false, true, true)}, delivered(chart))
}
