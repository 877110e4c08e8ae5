package server

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"plimsoll/assessments"
	"plimsoll/server/store"
	"plimsoll/web"
)

func milestone(m store.Milestone) web.Milestone {
	return web.Milestone{HistoryEntry: historyEntry(m.AssessmentRow), Name: m.Name, By: m.By, NamedAt: m.NamedAt}
}

// nameOf is the name of a moment in the trend: of the result itself, else of another one of the same snapshot or the same day of answers,
// for of several the trend shows the last alone.
func nameOf(row store.AssessmentRow, milestones []store.Milestone) string {
	name := ""
	for _, m := range milestones {
		switch {
		case m.ID == row.ID:
			return m.Name
		case name == "" && sameOccasion(m.AssessmentRow, row):
			name = m.Name
		}
	}
	return name
}

func sameOccasion(a, b store.AssessmentRow) bool {
	if a.SnapshotID != nil && b.SnapshotID != nil {
		return *a.SnapshotID == *b.SnapshotID
	}
	return a.SnapshotID == nil && b.SnapshotID == nil && a.CreatedAt.UTC().Format(time.DateOnly) == b.CreatedAt.UTC().Format(time.DateOnly)
}

// showMilestone is the page on which a result gets its name.
func (s *Server) showMilestone(c echo.Context, v *visit) error {
	return s.milestonePage(c, v, http.StatusOK, nil)
}

// milestonePage shows the name that the result has, or in its place what could not be taken.
func (s *Server) milestonePage(c echo.Context, v *visit, status int, wrong *web.NameForm) error {
	var page web.MilestonePage
	err := s.onAssessment(c, v, func(ctx context.Context, tx *store.Tx, platform store.Platform, found store.StoredAssessment) error {
		page.Shell = s.around(c, "Name a result", web.TabHistory, &platform)
		page.Milestone = web.Milestone{HistoryEntry: historyEntry(found.AssessmentRow)}
		all, err := tx.Milestones(ctx, platform.ID)
		for _, m := range all {
			if m.ID == found.ID {
				page.Milestone = milestone(m)
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	page.Form = web.NameForm{Name: page.Milestone.Name}
	if wrong != nil {
		page.Form = *wrong
	}
	return render(c, status, web.NameResult(page))
}

// onAssessment runs do for the result in the address.
func (s *Server) onAssessment(c echo.Context, v *visit, do func(context.Context, *store.Tx, store.Platform, store.StoredAssessment) error) error {
	return s.inPlatform(c, v, func(ctx context.Context, tx *store.Tx, platform store.Platform) error {
		id, err := store.ParseID[store.AssessmentRow](c.Param("assessment"))
		if err != nil {
			return err
		}
		found, err := tx.AssessmentByID(ctx, id)
		if err == nil && found.PlatformID != platform.ID {
			err = store.ErrNotFound
		}
		if err != nil {
			return err
		}
		return do(ctx, tx, platform, found)
	})
}

func (s *Server) nameAssessment(c echo.Context, v *visit) error {
	form, ok := nameFrom(c, "name")
	if !ok {
		return s.milestonePage(c, v, http.StatusUnprocessableEntity, &form)
	}
	err := s.changeMilestone(c, v, "named", "assessment.name", func(ctx context.Context, tx *store.Tx, platform store.PlatformID, id store.AssessmentID) error {
		return tx.NameAssessment(ctx, platform, id, form.Name, v.person.ID)
	})
	if errors.Is(err, store.ErrConflict) {
		form.Problem = fmt.Sprintf("A platform has at most %d named results. Take a name away first.", store.MaxMilestones)
		return s.milestonePage(c, v, http.StatusConflict, &form)
	}
	return err
}

func (s *Server) unnameAssessment(c echo.Context, v *visit) error {
	return s.changeMilestone(c, v, "unnamed", "assessment.unname", func(ctx context.Context, tx *store.Tx, platform store.PlatformID, id store.AssessmentID) error {
		return tx.UnnameAssessment(ctx, platform, id)
	})
}

func (s *Server) changeMilestone(c echo.Context, v *visit, done, action string, do func(context.Context, *store.Tx, store.PlatformID, store.AssessmentID) error) error {
	var shown web.Platform
	err := s.onAssessment(c, v, func(ctx context.Context, tx *store.Tx, platform store.Platform, found store.StoredAssessment) error {
		shown = web.Platform{Key: platform.Slug}
		if err := do(ctx, tx, platform.ID, found.ID); err != nil {
			return err
		}
		return tx.Audit(ctx, s.event(c, v, action, "assessment", found.ID.String(), map[string]any{"platform": platform.ID.String()}))
	})
	if err != nil {
		return err
	}
	return seeOther(c, shown.Path(v.shown(), "history")+"?done="+done)
}

// parted puts what came back apart from what is new. The list may be cut; the counts are whole.
func parted(added []assessments.Finding, total int, back map[string]bool) (fresh, cameBack web.FindingList) {
	for _, f := range added {
		list := &fresh
		if back[f.Fingerprint] {
			list = &cameBack
		}
		list.Items = append(list.Items, f)
	}
	fresh.Pages.Total, cameBack.Pages.Total = total-len(back), len(back)
	return fresh, cameBack
}

// factMovements are the figures of the snapshots of two results that differ; none where one of them has no snapshot.
func factMovements(ctx context.Context, tx *store.Tx, from, to store.AssessmentRow) ([]web.FactMovement, error) {
	if from.SnapshotID == nil || to.SnapshotID == nil {
		return nil, nil
	}
	before, err := tx.SnapshotByID(ctx, *from.SnapshotID)
	if err != nil {
		return nil, err
	}
	now, err := tx.SnapshotByID(ctx, *to.SnapshotID)
	if err != nil {
		return nil, err
	}
	var movements []web.FactMovement
	add := func(what, from, to string) {
		if from != to {
			movements = append(movements, web.FactMovement{What: what, From: from, To: to})
		}
	}
	a, b := before.Summary, now.Summary
	add("Kubernetes", a.ServerVersion, b.ServerVersion)
	add("Kubelets", strings.Join(a.KubeletMinors, ", "), strings.Join(b.KubeletMinors, ", "))
	add("Nodes", fmt.Sprint(a.Nodes), fmt.Sprint(b.Nodes))
	add("Workloads", fmt.Sprint(a.Workloads), fmt.Sprint(b.Workloads))
	add("Pods", fmt.Sprint(a.Pods), fmt.Sprint(b.Pods))
	add("Service addresses", fmt.Sprint(a.ServiceAddresses), fmt.Sprint(b.ServiceAddresses))
	components := maps.Clone(a.Components)
	if components == nil {
		components = map[string]string{}
	}
	maps.Copy(components, b.Components)
	for _, name := range slices.Sorted(maps.Keys(components)) {
		add(name, a.Components[name], b.Components[name])
	}
	return movements, nil
}
