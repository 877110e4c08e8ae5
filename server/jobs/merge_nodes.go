package jobs

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"plimsoll/assessments/snapshot"
	"plimsoll/server/store"
)

// When readings of nodes are merged: what comes within the first minute shares one result, and after a result the next one waits an hour, so
// that thousands of nodes which send one reading after the other cost an assessment an hour.
const (
	firstMerge = time.Minute
	nextMerge  = time.Hour
)

// nodesArgs names a platform whose nodes sent readings.
type nodesArgs struct {
	Organization store.OrganizationID `json:"organization"`
	Platform     store.PlatformID     `json:"platform"`
}

func (nodesArgs) Kind() string { return "merge_nodes" }

// MergeNodes adds the job of merging a platform's readings to the transaction that keeps one. Readings that come before it is begun share it.
func (q *Queue) MergeNodes(ctx context.Context, t *store.Tx, platform store.PlatformID) error {
	at := q.now().Add(firstMerge)
	target, err := t.MergeTarget(ctx, platform)
	switch {
	case errors.Is(err, store.ErrNotFound): // one may be on its way; without any, the job finds nothing to do
	case err != nil:
		return err
	case target.MergedAt != nil && target.MergedAt.Add(nextMerge).After(at):
		at = target.MergedAt.Add(nextMerge)
	}
	return addMerge(ctx, q.client, t, platform, at)
}

// addMerge adds the job unless one is there that is not done.
func addMerge(ctx context.Context, client *river.Client[pgx.Tx], t *store.Tx, platform store.PlatformID, at time.Time) error {
	args := nodesArgs{t.Organization(), platform}
	_, err := client.InsertTx(ctx, t.Queue(), args, &river.InsertOpts{ScheduledAt: at, UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: []rivertype.JobState{
		rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRunning, rivertype.JobStateScheduled, rivertype.JobStateRetryable,
	}}})
	if err != nil {
		return fmt.Errorf("job %s: %w", args.Kind(), err)
	}
	return nil
}

type nodesWorker struct {
	river.WorkerDefaults[nodesArgs]
	assessor *Assessor
}

// Work assesses the platform's snapshot with what its nodes sent.
func (w *nodesWorker) Work(ctx context.Context, job *river.Job[nodesArgs]) error {
	client := river.ClientFromContext[pgx.Tx](ctx)
	end := func(t *store.Tx) error { return done(ctx, t, job) }
	again := func(t *store.Tx) error {
		return addMerge(ctx, client, t, job.Args.Platform, w.assessor.Now().Add(nextMerge))
	}
	err := w.assessor.Nodes(ctx, job.Args.Organization, job.Args.Platform, end, again)
	switch {
	case errors.Is(err, store.ErrNotFound): // erased meanwhile
		return river.JobCancel(err)
	case errors.Is(err, errLargeBusy):
		return river.JobSnooze(snooze)
	}
	return err
}

// Nodes assesses a platform's latest snapshot with what its nodes sent, where that makes a difference to what it was last assessed with.
// finish runs in the transaction of the result, and after it again where further readings came meanwhile.
//
// No reading is lost: whoever keeps one then adds a job unless one is there that is not done. finish ends the job, for which it waits for
// those who hold it, and the readings are looked at after that: either theirs are seen, or they find the job done and add one.
func (a *Assessor) Nodes(ctx context.Context, organization store.OrganizationID, platform store.PlatformID, finish, again func(*store.Tx) error) error {
	mark := ""
	pick := func(ctx context.Context, t *store.Tx) (store.PlatformID, *store.Snapshot, error) {
		var err error
		if mark, err = t.NodeReadingsMark(ctx, platform); err != nil { // before they are read
			return platform, nil, err
		}
		target, err := t.MergeTarget(ctx, platform)
		if errors.Is(err, store.ErrNotFound) {
			return platform, nil, nil
		}
		if err != nil {
			return platform, nil, err
		}
		found, err := t.SnapshotByID(ctx, target.ID)
		return platform, &found, err
	}
	err := a.assess(ctx, organization, store.CauseNodes, pick, func(t *store.Tx) error {
		if err := finish(t); err != nil {
			return err
		}
		now, err := t.NodeReadingsMark(ctx, platform)
		if err != nil || now == mark {
			return err
		}
		return again(t)
	})
	if err != nil {
		return fmt.Errorf("merge nodes of platform %s: %w", platform, err)
	}
	return nil
}

// overlay is what is merged into a cluster's snapshot.
type overlay struct {
	readings snapshot.NodeReadings
	before   []snapshot.NodeReading // that it was last assessed with
	version  string                 // of before
	news     bool                   // there are others now
}

// gatherOverlay reads what a snapshot was last assessed with and, where present asks for it, what its nodes sent since.
func gatherOverlay(ctx context.Context, t *store.Tx, of store.Snapshot, present bool) (*overlay, error) {
	found := &overlay{}
	if of.Source != string(snapshot.SourceCluster) {
		return found, nil
	}
	var err error
	if found.before, found.version, err = t.OverlayReadings(ctx, of.ID); err != nil {
		return nil, err
	}
	for _, reading := range found.before {
		found.readings.Put(reading)
	}
	if !present {
		return found, nil
	}
	sent, err := t.NodeReadings(ctx, of.PlatformID)
	if err != nil {
		return nil, err
	}
	known := found.known()
	for _, stored := range sent {
		if reading := stored.Reading(); !known[reading.From] && reading.Belongs(of.ClusterUID, of.TakenAt) {
			found.readings.Put(reading)
			found.news = true
		}
	}
	return found, nil
}

// known are the readings that the snapshot was last assessed with, by the digest of what was sent.
func (o *overlay) known() map[string]bool {
	known := make(map[string]bool, len(o.before))
	for _, reading := range o.before {
		known[reading.From] = true
	}
	return known
}

// changed reports whether other readings were merged than the last time.
func (o *overlay) changed() bool {
	if o == nil || !o.news {
		return false
	}
	known := o.known()
	return slices.ContainsFunc(o.readings.Merged(), func(r snapshot.NodeReading) bool { return !known[r.From] })
}

// overtaken reports whether the snapshot was assessed with other readings since they were gathered. The platform's inputs are locked.
func (o *overlay) overtaken(ctx context.Context, t *store.Tx, of *store.Snapshot) (bool, error) {
	if o == nil || of == nil {
		return false, nil
	}
	version, err := t.OverlayVersion(ctx, of.ID)
	return version != o.version, err
}

// save keeps what was merged, and when: also that nothing was, so that what fits nothing is not tried again at once.
func (o *overlay) save(ctx context.Context, t *store.Tx, of store.SnapshotID, at time.Time) error {
	if o == nil || !o.news {
		return nil
	}
	return t.SaveOverlay(ctx, of, o.readings.Merged(), at)
}
