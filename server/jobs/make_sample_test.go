package jobs_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments/content"
	"plimsoll/assessments/questionnaire"
	"plimsoll/server/jobs"
	"plimsoll/server/store"
)

// asksForASample creates a sample with its job, and works on it with a sampler.
func (y *yard) asksForASample(t *testing.T, sampler jobs.Sampler) (sample store.Platform) {
	t.Helper()
	var err error
	y.queue, err = jobs.New(y.db.App, content.V1(), jobs.Options{Now: y.assessor.Now, Sampler: sampler})
	require.NoError(t, err)
	y.in(t, func(ctx context.Context, x *store.Tx) (err error) {
		if sample, err = x.CreateSample(ctx, "Sample", ""); err != nil {
			return err
		}
		return y.queue.MakeSample(ctx, x, sample.ID, y.person.ID)
	})
	require.Equal(t, store.MakingUnderWay, sample.Making)
	y.work(t)
	return sample
}

func (y *yard) sample(t *testing.T) (sample store.Platform) {
	t.Helper()
	y.in(t, func(ctx context.Context, x *store.Tx) (err error) {
		sample, err = x.Sample(ctx)
		return err
	})
	return sample
}

var errBroke = errors.New("broke half-way")

func TestASampleThatBrokeHalfWayBeginsAgainFromNothing(t *testing.T) {
	y := newYard(t)
	tries := 0
	sample := y.asksForASample(t, func(ctx context.Context, a *jobs.Assessor, organization store.OrganizationID, platform store.PlatformID, person store.PersonID) error {
		tries++
		err := a.Store.InOrganization(ctx, organization, func(x *store.Tx) error {
			_, err := x.PutAnswer(ctx, platform, person, questionnaire.Answer{Question: "G7", State: questionnaire.Unknown, AnsweredAt: now}, 0)
			return err // a second first answer is refused
		})
		if err == nil && tries == 1 {
			err = errBroke
		}
		return err
	})
	eventually(t, func() bool { return y.sample(t).Making == "" })
	made := y.sample(t)
	require.Equal(t, 2, tries)
	require.EqualValues(t, 1, made.InputRevision)
	sample.Making, sample.InputRevision = "", made.InputRevision
	require.Equal(t, sample, made, "it keeps its id, name and address")
}

func TestASampleThatCannotBeMadeSaysSo(t *testing.T) {
	y := newYard(t)
	y.asksForASample(t, nil)
	eventually(t, func() bool { return y.sample(t).Making == store.MakingFailed })
}
