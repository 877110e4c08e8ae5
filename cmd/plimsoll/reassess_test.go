package main

import (
	"bytes"
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments/content"
	"plimsoll/assessments/questionnaire"
	"plimsoll/internal/dbtest"
	"plimsoll/server/jobs"
	"plimsoll/server/store"
)

func TestReassessGoesThroughEveryOrganization(t *testing.T) {
	db := dbtest.New(t)
	s := store.New(db.App)
	person, err := s.SignIn(t.Context(), store.Identity{Issuer: "i", Subject: "s"})
	require.NoError(t, err)
	for _, name := range []string{"Ahead", "Behind"} {
		organization, err := s.CreateOrganization(t.Context(), person.ID, name)
		require.NoError(t, err)
		var platform store.PlatformID
		require.NoError(t, s.InOrganization(t.Context(), organization.ID, func(x *store.Tx) error {
			made, err := x.CreatePlatform(t.Context(), "Production", "")
			require.NoError(t, err)
			platform = made.ID
			_, err = x.PutAnswer(t.Context(), platform, person.ID, questionnaire.Answer{Question: "C1", State: questionnaire.Answered,
				Options: []string{"C1.a"}, Basis: questionnaire.Believed, AnsweredAt: time.Now().Add(-time.Hour)}, 0)
			return err
		}))
		assessor := &jobs.Assessor{Store: s, Content: content.V1(), Now: func() time.Time { return time.Now().Add(-time.Minute) }}
		require.NoError(t, assessor.Platform(t.Context(), organization.ID, platform, store.CauseAnswers, func(*store.Tx) error { return nil }))
	}
	run := func(flags rescoreFlags, version string) (string, error) {
		next := *content.V1()
		next.Version = version
		var out bytes.Buffer
		err := reassess(context.Background(), &out, db.OwnerURL, false, flags, &next)
		return out.String(), err
	}

	text, err := run(rescoreFlags{}, content.Version)
	require.NoError(t, err)
	require.Equal(t, "content version 1 (not released yet)\nahead/production: up to date\nbehind/production: up to date\n", text)

	text, err = run(rescoreFlags{organization: "behind", Rescoring: jobs.Rescoring{DryRun: true}}, "2")
	require.NoError(t, err)
	require.Equal(t, "content version 2 (not on record)\nbehind/production: 1 result would be scored again\n", text)

	text, err = run(rescoreFlags{Rescoring: jobs.Rescoring{Limit: 1}}, "2")
	require.NoError(t, err)
	require.Contains(t, text, "ahead/production: 1 of 1 result scored again\n")
	require.Contains(t, text, "the limit is reached")
	require.NotContains(t, text, "behind/")

	text, err = run(rescoreFlags{organization: "behind", Rescoring: jobs.Rescoring{Platform: "production"}}, "2")
	require.NoError(t, err)
	require.Contains(t, text, "behind/production: 1 of 1 result scored again\n")

	text, err = run(rescoreFlags{}, "2")
	require.NoError(t, err)
	require.Contains(t, text, "ahead/production: up to date\nbehind/production: up to date\n")

	for want, flags := range map[string]rescoreFlags{
		"--platform needs --organization":                              {Rescoring: jobs.Rescoring{Platform: "production"}},
		"--limit: want 0 or more, got -1":                              {Rescoring: jobs.Rescoring{Limit: -1}},
		`organization "nobody": not found`:                             {organization: "nobody"},
		"organization ahead: score again: platform harbour: not found": {organization: "ahead", Rescoring: jobs.Rescoring{Platform: "harbour"}},
	} {
		_, err := run(flags, "2")
		require.ErrorContains(t, err, want)
	}
}
