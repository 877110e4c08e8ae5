package jobs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"sync"
	"time"

	"plimsoll/assessments"
	"plimsoll/assessments/engines"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/snapshot"
	"plimsoll/server/store"
)

// maxHistory is how many earlier snapshots a result looks back on.
const maxHistory = 60

// Assessor brings a platform's evidence and answers from the store to a stored result.
type Assessor struct {
	Store   *store.Store
	Content *assessments.Content
	Now     func() time.Time

	large sync.Mutex // held while a large snapshot is assessed
}

// At is the assessor by another clock.
func (a *Assessor) At(now func() time.Time) *Assessor {
	return &Assessor{Store: a.Store, Content: a.Content, Now: now}
}

// largeBytes is from which expanded size on snapshots are assessed one at a time: what is made of one takes some fifty times its
// size in memory, and all workers may be busy at once.
const largeBytes = 8 << 20

// errLargeBusy says that another large snapshot is being assessed: come again.
var errLargeBusy = errors.New("another large snapshot is being assessed")

// gathered is everything that one result is made of.
type gathered struct {
	cause    store.Cause
	input    assessments.Input
	snapshot *store.Snapshot // nil: answers alone
	overlay  *overlay        // what its nodes sent; nil without a snapshot
	revision int64           // of the platform's inputs
}

// errNothing says that a platform has neither answers nor evidence.
var errNothing = errors.New("nothing to assess")

// assess makes a result of a platform with one of its snapshots, or of its answers alone where pick finds none, and stores it.
// finish runs in the transaction of the result. Where inputs changed while it was made, it is made again of the newer ones.
func (a *Assessor) assess(ctx context.Context, organization store.OrganizationID, cause store.Cause, pick func(context.Context, *store.Tx) (store.PlatformID, *store.Snapshot, error), finish func(*store.Tx) error) error {
	held := false
	defer func() {
		if held {
			a.large.Unlock()
		}
	}()
	for {
		var platform store.PlatformID
		found := gathered{cause: cause}
		err := a.Store.InOrganization(ctx, organization, func(t *store.Tx) (err error) {
			if platform, found.snapshot, err = pick(ctx, t); err != nil {
				return err
			}
			if err := a.hold(found.snapshot, &held); err != nil {
				return err
			}
			return a.gather(ctx, t, platform, &found)
		})
		nothing := errors.Is(err, errNothing)
		if err != nil && !nothing {
			return err
		}
		nothing = nothing || cause == store.CauseNodes && !found.overlay.changed()
		var result assessments.Assessment
		var exhibits []engines.Exhibit
		if !nothing {
			if result, exhibits, err = assessed(found.input); err != nil {
				return err
			}
		}
		overtaken := false
		err = a.Store.InOrganization(ctx, organization, func(t *store.Tx) error {
			revision, err := t.LockInputs(ctx, platform)
			if err != nil {
				return err
			}
			if overtaken, err = found.overlay.overtaken(ctx, t, found.snapshot); err != nil {
				return err
			}
			if overtaken = overtaken || revision != found.revision; overtaken {
				return nil
			}
			if !nothing {
				_, err = t.SaveAssessment(ctx, store.NewAssessment{
					Platform: platform, Snapshot: found.snapshot, Cause: cause, Inputs: revision, CreatedAt: a.Now(), Result: result,
				})
				if err == nil && found.snapshot != nil {
					err = t.SaveExhibits(ctx, found.snapshot.ID, store.StoredExhibits{ContentVersion: result.ContentVersion, Exhibits: exhibits, ComputedAt: a.Now()})
				}
				if err != nil {
					return err
				}
			}
			if found.snapshot != nil {
				if err := found.overlay.save(ctx, t, found.snapshot.ID, a.Now()); err != nil {
					return err
				}
			}
			return finish(t)
		})
		if err != nil || !overtaken {
			return err
		}
	}
}

// hold takes the place of the one large snapshot that is assessed at a time, unless the snapshot is small or it is held already.
func (a *Assessor) hold(snapshot *store.Snapshot, held *bool) error {
	if snapshot == nil || snapshot.ExpandedBytes <= largeBytes || *held {
		return nil
	}
	if *held = a.large.TryLock(); !*held {
		return errLargeBusy
	}
	return nil
}

// errPanicked says that a rule or an engine panicked: it would again.
var errPanicked = errors.New("panic")

// caught, deferred, turns a panic into an error, so that whoever waits can be told of it.
func caught(err *error) {
	if cause := recover(); cause != nil {
		*err = fmt.Errorf("%w: %v\n%s", errPanicked, cause, debug.Stack())
	}
}

func assessed(input assessments.Input) (result assessments.Assessment, exhibits []engines.Exhibit, err error) {
	defer caught(&err)
	return assessments.Assess(input), engines.Run(input), nil
}

// gather reads what a result is made of.
func (a *Assessor) gather(ctx context.Context, t *store.Tx, platform store.PlatformID, into *gathered) error {
	current, err := t.PlatformByID(ctx, platform)
	if err != nil {
		return err
	}
	organization, err := t.CurrentOrganization(ctx)
	if err != nil {
		return err
	}
	into.revision = current.InputRevision
	in := &into.input
	in.Content, in.AsOf, in.Settings = a.Content, assessments.Day(a.Now()), organization.Settings
	if in.Answers, err = t.Answers(ctx, platform); err != nil {
		return err
	}
	in.Surveyed = true // in the app a question without an answer is unanswered, not out of the question
	waivers, err := t.Waivers(ctx, platform)
	if err != nil {
		return err
	}
	for _, w := range waivers {
		in.Waivers = append(in.Waivers, w.Waives())
	}
	if into.snapshot == nil {
		if len(in.Answers) == 0 {
			return errNothing
		}
		return nil
	}
	in.AsOf = assessments.Day(into.snapshot.TakenAt) // evidence is judged at the day it was taken
	if into.overlay, err = gatherOverlay(ctx, t, *into.snapshot, true); err != nil {
		return err
	}
	if into.cause == store.CauseNodes && !into.overlay.news { // before the whole snapshot is read
		return errNothing
	}
	return a.gatherEvidence(ctx, t, *into.snapshot, into.overlay, in)
}

func (a *Assessor) gatherEvidence(ctx context.Context, t *store.Tx, stored store.Snapshot, nodes *overlay, in *assessments.Input) error {
	declared, err := t.WorkloadFacts(ctx, stored.PlatformID)
	if err != nil {
		return err
	}
	siblings, err := t.SiblingSnapshots(ctx, stored.PlatformID)
	if err != nil {
		return err
	}
	return a.readEvidence(ctx, t, stored, nodes, declared, siblings, in)
}

// readEvidence reads a snapshot with what its nodes sent, the ones before it and those beside it.
func (a *Assessor) readEvidence(ctx context.Context, t *store.Tx, stored store.Snapshot, nodes *overlay, declared []facts.WorkloadFact, siblings []store.SiblingSnapshot,
	in *assessments.Input) (err error) {
	if in.Facts, err = readFacts(t.SnapshotContent(ctx, stored.ID), &nodes.readings, facts.Options{Declared: declared, AsOf: in.AsOf}); err != nil {
		return fmt.Errorf("snapshot %s: %w", stored.ID, err)
	}
	earlier, err := t.EarlierSnapshots(ctx, stored, maxHistory)
	if err != nil {
		return err
	}
	for _, e := range earlier {
		in.History = append(in.History, e.Summary.At(e.TakenAt))
	}
	for _, s := range siblings {
		in.Siblings = append(in.Siblings, assessments.Sibling{
			Platform: s.Platform, ServerVersion: s.Summary.ServerVersion, Provider: s.Summary.Provider, Region: s.Summary.Region,
			Components: s.Summary.Components,
		})
	}
	return nil
}

// readFacts reads a snapshot to its end, where its digest is proven, into facts. Its nodes are given what was read on them.
func readFacts(content io.Reader, nodes *snapshot.NodeReadings, options facts.Options) (*facts.Facts, error) {
	reader := snapshot.NewReader(content, snapshot.DefaultLimits())
	builder := facts.NewBuilder(options)
	var merged snapshot.Merged // its remarks are for who merges files by hand: here a reading that fits no node waits for one
	for record, err := range reader.Pointers() {
		if err != nil {
			return nil, err
		}
		if node, ok := record.(*snapshot.Node); ok {
			*node = nodes.Into(*node, reader.Header(), &merged)
		}
		builder.Add(record)
	}
	built := builder.Build()
	built.Digest = reader.Digest()
	return built, nil
}
