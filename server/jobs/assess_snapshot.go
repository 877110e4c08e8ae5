package jobs

import (
	"context"
	"errors"
	"fmt"

	"github.com/riverqueue/river"

	"plimsoll/assessments/snapshot"
	"plimsoll/server/store"
)

// snapshotArgs names a snapshot that came and is to be assessed.
type snapshotArgs struct {
	Organization store.OrganizationID `json:"organization"`
	Snapshot     store.SnapshotID     `json:"snapshot"`
}

func (snapshotArgs) Kind() string { return "assess_snapshot" }

type snapshotWorker struct {
	river.WorkerDefaults[snapshotArgs]
	assessor *Assessor
}

// Work assesses the snapshot. A fault that trying again can't mend, and the last try's, are told in the snapshot's state.
func (w *snapshotWorker) Work(ctx context.Context, job *river.Job[snapshotArgs]) error {
	err := w.assessor.Snapshot(ctx, job.Args.Organization, job.Args.Snapshot, func(t *store.Tx) error { return done(ctx, t, job) })
	var bad *snapshot.Error
	switch {
	case err == nil:
		return nil
	case errors.Is(err, store.ErrNotFound): // erased meanwhile
		return river.JobCancel(err)
	case errors.Is(err, errLargeBusy):
		return river.JobSnooze(snooze)
	case errors.As(err, &bad), job.Attempt >= job.MaxAttempts:
		return river.JobCancel(errors.Join(err, w.fail(context.WithoutCancel(ctx), job.Args, err)))
	}
	return err
}

func (w *snapshotWorker) fail(ctx context.Context, args snapshotArgs, cause error) error {
	reason := "The result could not be worked out. The operator finds the reason in the log."
	var bad *snapshot.Error
	if errors.As(cause, &bad) {
		reason = bad.Error()
	}
	return w.assessor.Store.InOrganization(ctx, args.Organization, func(t *store.Tx) error {
		return t.SetSnapshotState(ctx, args.Snapshot, store.Failed, reason)
	})
}

// Snapshot assesses one snapshot with the platform's answers. finish runs in the transaction of the result.
func (a *Assessor) Snapshot(ctx context.Context, organization store.OrganizationID, id store.SnapshotID, finish func(*store.Tx) error) error {
	pick := func(ctx context.Context, t *store.Tx) (store.PlatformID, *store.Snapshot, error) {
		found, err := t.SnapshotByID(ctx, id)
		return found.PlatformID, &found, err
	}
	err := a.assess(ctx, organization, store.CauseSnapshot, pick, func(t *store.Tx) error {
		if err := t.SetSnapshotState(ctx, id, store.Assessed, ""); err != nil {
			return err
		}
		return finish(t)
	})
	if err != nil {
		return fmt.Errorf("assess snapshot %s: %w", id, err)
	}
	return nil
}
