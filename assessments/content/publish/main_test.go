package main

import (
	"bytes"
	"maps"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments/content"
	"plimsoll/assessments/content/published"
)

// TestTheRecordIsCurrentOrItsMeaningStands is what a release must pass: while the version is not released its record follows the
// content; from the release on no id may mean anything else.
func TestTheRecordIsCurrentOrItsMeaningStands(t *testing.T) {
	require.NoError(t, run(t.Output(), true, ""), "go generate ./assessments/content/publish")
}

func TestAReleasedVersionKeepsItsMeaning(t *testing.T) {
	now, err := published.Take(content.V1(), os.DirFS(assessmentsFolder))
	require.NoError(t, err)
	var said bytes.Buffer
	released, err := advance(&said, published.Record{}, now, "2027-01-31")
	require.NoError(t, err)
	require.Contains(t, said.String(), "content version 1: released on 2027-01-31")

	next := now
	next.Controls = maps.Clone(now.Controls)
	control := next.Controls["delivery/registry"]
	control.Means = maps.Clone(control.Means)
	control.Means["weight"] = "5"
	next.Controls["delivery/registry"] = control
	kept, err := advance(&said, released, next, "")
	require.ErrorContains(t, err, "control delivery/registry: weight changed from 2 to 5")
	require.Equal(t, released, kept)

	control = now.Controls["delivery/registry"]
	control.Wording = "other"
	next.Controls["delivery/registry"] = control
	kept, err = advance(&said, released, next, "")
	require.NoError(t, err)
	require.Equal(t, released, kept, "the record of a released version is never edited")
	require.Contains(t, said.String(), "control delivery/registry: its wording changed, its meaning did not")

	_, err = advance(&said, released, now, "2027-02-01")
	require.ErrorContains(t, err, "can't be released again")
	_, err = advance(&said, published.Record{}, now, "soon")
	require.ErrorContains(t, err, "want a day")
	said.Reset()
	_, err = advance(&said, published.Record{}, now, "")
	require.NoError(t, err)
	require.Contains(t, said.String(), "not released yet")
}
