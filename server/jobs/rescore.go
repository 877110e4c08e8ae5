package jobs

import (
	"context"
	"fmt"
	"slices"
	"time"

	"plimsoll/assessments"
	"plimsoll/assessments/facts"
	"plimsoll/server/store"
)

// Rescoring scores history again by the present content version. The results that are there stay; each new one stands beside the old
// one of the same snapshot, and is what lists and trends show from then on. It can be broken off and begun again at any time: a
// result that was scored again is passed over.
type Rescoring struct {
	Platform     string // slug; empty: every platform of the organization
	SameVersion  bool   // also results of the present version that another wording or other reference data made
	DryRun       bool   // count, and store nothing
	Limit        int    // results to make at most; 0: all
	Report       func(Rescored)
	organization store.OrganizationID
	made         int
}

// Rescored is what became of one platform.
type Rescored struct {
	Platform string // slug
	Outdated int    // results that another content made
	Made     int    // of these, scored again
	Passed   int    // of these, passed over: newer news came between
	Failed   []error
}

// Done reports whether nothing is left.
func (r Rescored) Done() bool { return r.Made+r.Passed == r.Outdated }

// Rescore scores one organization's history again, platform after platform and from old to new, one result at a time. A result that
// can't be made is told in the report and costs no other; an error means that the database can't be worked with.
func (a *Assessor) Rescore(ctx context.Context, organization store.OrganizationID, r Rescoring) (made int, err error) {
	r.organization = organization
	var platforms []store.Platform
	err = a.Store.InOrganization(ctx, organization, func(t *store.Tx) error {
		if r.Platform == "" {
			platforms, err = t.Platforms(ctx)
			return err
		}
		one, err := t.PlatformBySlug(ctx, r.Platform)
		platforms = []store.Platform{one}
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("score again: %w", err)
	}
	for _, platform := range platforms {
		if err := a.rescorePlatform(ctx, platform, &r); err != nil {
			return r.made, fmt.Errorf("score platform %s again: %w", platform.Slug, err)
		}
	}
	return r.made, nil
}

func (a *Assessor) rescorePlatform(ctx context.Context, platform store.Platform, r *Rescoring) error {
	hash := ""
	if r.SameVersion {
		hash = a.Content.Hash
	}
	var outdated []store.AssessmentRow
	err := a.Store.InOrganization(ctx, r.organization, func(t *store.Tx) (err error) {
		outdated, err = t.Outdated(ctx, platform.ID, a.Content.Version, hash)
		return err
	})
	if err != nil {
		return err
	}
	done := Rescored{Platform: platform.Slug, Outdated: len(outdated)}
	for _, old := range outdated {
		if r.DryRun || r.Limit > 0 && r.made >= r.Limit {
			break
		}
		stored, err := a.again(ctx, r.organization, old)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			done.Failed = append(done.Failed, fmt.Errorf("result of %s: %w", old.Moment().UTC().Format(time.RFC3339), err))
		case stored:
			done.Made++
			r.made++
		default:
			done.Passed++
		}
	}
	if r.Report != nil {
		r.Report(done)
	}
	return nil
}

// again makes a result once more of what the old one was made of, by the present content, and stores it beside the old one. It stores
// nothing where the old result is no longer the last of its snapshot: whoever made the newer one had the present content.
func (a *Assessor) again(ctx context.Context, organization store.OrganizationID, old store.AssessmentRow) (stored bool, err error) {
	var found gathered
	err = a.Store.InOrganization(ctx, organization, func(t *store.Tx) error { return a.gatherAgain(ctx, t, old, &found) })
	if err != nil {
		return false, err
	}
	result, exhibits, err := assessed(found.input)
	if err != nil {
		return false, err
	}
	err = a.Store.InOrganization(ctx, organization, func(t *store.Tx) error {
		if _, err := t.LockInputs(ctx, old.PlatformID); err != nil {
			return err
		}
		last, err := t.IsLast(ctx, old)
		if err != nil || !last {
			return err
		}
		stored = true
		_, err = t.SaveAssessment(ctx, store.NewAssessment{
			Platform: old.PlatformID, Snapshot: found.snapshot, Cause: store.CauseContent, Inputs: old.InputRevision, CreatedAt: a.Now(), Result: result,
		})
		if err != nil || found.snapshot == nil {
			return err
		}
		return t.SaveExhibits(ctx, found.snapshot.ID, store.StoredExhibits{ContentVersion: result.ContentVersion, Exhibits: exhibits, ComputedAt: a.Now()})
	})
	return stored && err == nil, err
}

// gatherAgain reads what the old result was made of, as it stood when that was made: answers by their revisions, facts and waivers by
// their dates, the snapshots of the time, with the readings of nodes that were last merged into them. What was taken back since is not known any more; settings are the present ones.
func (a *Assessor) gatherAgain(ctx context.Context, t *store.Tx, old store.AssessmentRow, into *gathered) error {
	organization, err := t.CurrentOrganization(ctx)
	if err != nil {
		return err
	}
	in := &into.input
	in.Content, in.AsOf, in.Settings, in.Surveyed = a.Content, assessments.Day(old.AsOf), organization.Settings, true
	if in.Answers, err = t.AnswersAt(ctx, old.PlatformID, old.CreatedAt); err != nil {
		return err
	}
	waivers, err := t.Waivers(ctx, old.PlatformID)
	if err != nil {
		return err
	}
	for _, w := range waivers {
		if !w.CreatedAt.After(old.CreatedAt) {
			in.Waivers = append(in.Waivers, w.Waives())
		}
	}
	if old.SnapshotID == nil {
		return nil
	}
	snapshot, err := t.SnapshotByID(ctx, *old.SnapshotID)
	if err != nil {
		return err
	}
	into.snapshot = &snapshot
	declared, err := t.WorkloadFacts(ctx, old.PlatformID)
	if err != nil {
		return err
	}
	declared = slices.DeleteFunc(declared, func(f facts.WorkloadFact) bool { return f.At.After(old.CreatedAt) })
	siblings, err := t.SiblingSnapshotsAt(ctx, old.PlatformID, old.CreatedAt)
	if err != nil {
		return err
	}
	if into.overlay, err = gatherOverlay(ctx, t, snapshot, false); err != nil {
		return err
	}
	return a.readEvidence(ctx, t, snapshot, into.overlay, declared, siblings, in)
}
