package jobs

import (
	"context"
	"errors"
	"log/slog"

	"github.com/riverqueue/river"

	"plimsoll/server/store"
)

// Sampler fills a sample platform that has nothing yet, in the name of a person. It gives store.ErrNotFound where the platform was thrown
// away meanwhile.
type Sampler func(ctx context.Context, assessor *Assessor, organization store.OrganizationID, platform store.PlatformID, person store.PersonID) error

// sampleArgs names a sample platform that is to be filled, and who asked for it.
type sampleArgs struct {
	Organization store.OrganizationID `json:"organization"`
	Platform     store.PlatformID     `json:"platform"`
	Person       store.PersonID       `json:"person"`
}

func (sampleArgs) Kind() string { return "make_sample" }

// MakeSample adds the job of filling a sample platform to the transaction that creates it.
func (q *Queue) MakeSample(ctx context.Context, t *store.Tx, platform store.PlatformID, person store.PersonID) error {
	return q.insert(ctx, t, sampleArgs{t.Organization(), platform, person}, nil)
}

type sampleWorker struct {
	river.WorkerDefaults[sampleArgs]
	assessor *Assessor
	sampler  Sampler
	log      *slog.Logger
}

var errNoSampler = errors.New("this server makes no samples")

// Work fills the sample. What an earlier try left half-way is emptied first; where the last one fails, the platform says so.
func (w *sampleWorker) Work(ctx context.Context, job *river.Job[sampleArgs]) error {
	err := w.fill(ctx, job)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, store.ErrNotFound): // thrown away meanwhile
		return river.JobCancel(err)
	case job.Attempt < job.MaxAttempts && !errors.Is(err, errPanicked) && !errors.Is(err, errNoSampler):
		return err
	}
	w.log.LogAttrs(ctx, slog.LevelError, "a sample was not made", slog.String("platform", job.Args.Platform.String()), slog.String("error", err.Error()))
	ctx = context.WithoutCancel(ctx)
	return river.JobCancel(errors.Join(err, w.assessor.Store.InOrganization(ctx, job.Args.Organization, func(t *store.Tx) error {
		return t.SetMaking(ctx, job.Args.Platform, store.MakingFailed)
	})))
}

func (w *sampleWorker) fill(ctx context.Context, job *river.Job[sampleArgs]) error {
	if w.sampler == nil {
		return errNoSampler
	}
	of := job.Args
	if job.Attempt > 1 {
		err := w.assessor.Store.InOrganization(ctx, of.Organization, func(t *store.Tx) error { return t.EmptySample(ctx, of.Platform) })
		if err != nil {
			return err
		}
	}
	if err := w.sampler(ctx, w.assessor, of.Organization, of.Platform, of.Person); err != nil {
		return err
	}
	return w.assessor.Store.InOrganization(ctx, of.Organization, func(t *store.Tx) error {
		if err := t.SetMaking(ctx, of.Platform, ""); err != nil {
			return err
		}
		return done(ctx, t, job)
	})
}
