package jobs

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/riverqueue/river"

	"plimsoll/server/store"
)

// reassessArgs names a platform whose answers, facts or waivers changed.
type reassessArgs struct {
	Organization store.OrganizationID `json:"organization"`
	Platform     store.PlatformID     `json:"platform"`
}

func (reassessArgs) Kind() string { return "reassess" }

type reassessWorker struct {
	river.WorkerDefaults[reassessArgs]
	assessor *Assessor
}

// Work assesses the platform again.
func (w *reassessWorker) Work(ctx context.Context, job *river.Job[reassessArgs]) error {
	err := w.assessor.Platform(ctx, job.Args.Organization, job.Args.Platform, store.CauseAnswers, func(t *store.Tx) error { return done(ctx, t, job) })
	if errors.Is(err, store.ErrNotFound) { // erased meanwhile
		return river.JobCancel(err)
	}
	if errors.Is(err, errLargeBusy) {
		return river.JobSnooze(snooze)
	}
	return err
}

// maxFailed is how many snapshots that failed, or are of another cluster, are passed over in the search for one that can be assessed.
const maxFailed = 50

// Platform assesses a platform as it stands: its latest snapshot, or its answers alone where it has none. A platform with neither
// has no result. finish runs in the transaction of the result.
//
// No change is lost: whoever changes inputs first raises the platform's revision, which holds its row, and then adds a job unless one
// is there. A job that is running holds the same row while it compares the revision with the one it read, and ends in that
// transaction: it either sees the change, or is done before a new job is asked for.
func (a *Assessor) Platform(ctx context.Context, organization store.OrganizationID, platform store.PlatformID, cause store.Cause, finish func(*store.Tx) error) error {
	pick := func(ctx context.Context, t *store.Tx) (store.PlatformID, *store.Snapshot, error) {
		return latest(ctx, t, platform)
	}
	if err := a.assess(ctx, organization, cause, pick, finish); err != nil {
		return fmt.Errorf("assess platform %s: %w", platform, err)
	}
	return nil
}

// latest picks the snapshot that a platform is assessed by; nil where it has none.
func latest(ctx context.Context, t *store.Tx, platform store.PlatformID) (store.PlatformID, *store.Snapshot, error) {
	all, err := t.Snapshots(ctx, platform, maxFailed)
	if i := slices.IndexFunc(all, func(s store.Snapshot) bool { return s.State != store.Failed && s.State != store.Foreign }); i >= 0 {
		return platform, &all[i], err
	}
	return platform, nil, err
}
