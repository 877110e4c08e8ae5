package store

import (
	"context"
	"errors"
	"slices"
	"time"

	"plimsoll/assessments"
)

// TimelineRow is an assessment with what it changed against the one before it.
type TimelineRow struct {
	AssessmentRow
	New    int `db:"added"`
	Mended int `db:"mended"`
}

// lastOfItsKind takes platform $1's assessments, those that answers or readings of nodes caused joined to the last of each
// snapshot and day: a sitting over the questionnaire is one step in time, not fifty, and so is a day of readings.
const lastOfItsKind = `
	select distinct on (snapshot_id, cause, case when cause in ('answers', 'nodes') then (created_at at time zone 'utc')::date::text else id::text end) *
	from assessments where platform_id = $1
	order by snapshot_id, cause, case when cause in ('answers', 'nodes') then (created_at at time zone 'utc')::date::text else id::text end, created_at desc, id desc`

// TimelinePage says which part of a timeline is asked for: what follows After, or what precedes Before, else the beginning.
type TimelinePage struct {
	After, Before *AssessmentRow
	Limit         int
}

// timelineOrder is the place of an assessment in time.
const timelineOrder = "(coalesce(taken_at, created_at), created_at, id)"

// Timeline lists a platform's assessments with their movements, the last moment first. Of those that answers or readings caused it lists
// the last of each snapshot and day. Beside the page it says how many there are and how many stand before the page's first.
func (t *Tx) Timeline(ctx context.Context, platform PlatformID, page TimelinePage) (rows []TimelineRow, ahead, total int, err error) {
	where, order, args := "true", "desc", []any{platform, page.Limit}
	switch {
	case page.After != nil:
		where, args = timelineOrder+" < ($3, $4, $5)", append(args, page.After.Moment(), page.After.CreatedAt, page.After.ID)
	case page.Before != nil:
		where, order, args = timelineOrder+" > ($3, $4, $5)", "asc", append(args, page.Before.Moment(), page.Before.CreatedAt, page.Before.ID)
	}
	rows, err = many[TimelineRow](ctx, t.tx, "timeline of platform", platform, `
		select `+assessmentColumns+`, coalesce(m.added, 0) as added, coalesce(m.mended, 0) as mended
		from (`+lastOfItsKind+`) a left join assessment_movements m on m.organization_id = a.organization_id and m.assessment_id = a.id
		where `+where+` order by coalesce(taken_at, created_at) `+order+`, created_at `+order+`, id `+order+` limit $2`, args...)
	if err != nil || len(rows) == 0 {
		return nil, 0, 0, err
	}
	if order == "asc" {
		slices.Reverse(rows)
	}
	first := rows[0]
	err = t.tx.QueryRow(ctx, "select count(*), count(*) filter (where "+timelineOrder+" > ($2, $3, $4)) from ("+lastOfItsKind+") a",
		platform, first.Moment(), first.CreatedAt, first.ID).Scan(&total, &ahead)
	if err != nil {
		return nil, 0, 0, named(err, "timeline of platform", platform)
	}
	return rows, ahead, total, nil
}

// LatestAssessmentRow returns the figures of the assessment of a platform that counts.
func (t *Tx) LatestAssessmentRow(ctx context.Context, platform PlatformID) (AssessmentRow, error) {
	return one[AssessmentRow](ctx, t.tx, "latest assessment of platform", platform,
		"select "+assessmentColumns+" from assessments where platform_id = $1 order by "+current+" limit 1", platform)
}

// AssessmentBefore returns the assessment of the same platform before this one in time; false where this is the first.
func (t *Tx) AssessmentBefore(ctx context.Context, a AssessmentRow) (StoredAssessment, bool, error) {
	before, err := one[StoredAssessment](ctx, t.tx, "assessment before", a.ID, "select "+assessmentColumns+", "+wholeResult+` from assessments
		where platform_id = $1 and (coalesce(taken_at, created_at), created_at, id) < ($2, $3, $4)
		order by coalesce(taken_at, created_at) desc, created_at desc, id desc limit 1`, a.PlatformID, a.Moment(), a.CreatedAt, a.ID)
	if errors.Is(err, ErrNotFound) {
		return before, false, nil
	}
	return before, err == nil, err
}

// insertMovement counts what is new and what is mended in an assessment against the one before it. The first changes nothing.
func (t *Tx) insertMovement(ctx context.Context, a AssessmentRow) error {
	_, err := t.tx.Exec(ctx, `
		with before as (
		  select id from assessments
		  where platform_id = $2 and (coalesce(taken_at, created_at), created_at, id) < ($3, $4, $5)
		  order by coalesce(taken_at, created_at) desc, created_at desc, id desc limit 1),
		now as (select distinct fingerprint from findings where assessment_id = $5 and not waived),
		old as (select distinct fingerprint from findings where assessment_id = (select id from before) and not waived)
		insert into assessment_movements (organization_id, assessment_id, added, mended)
		select $1, $5, (select count(*) from now where fingerprint not in (select fingerprint from old)),
		  (select count(*) from old where fingerprint not in (select fingerprint from now))
		from before`, t.organization, a.PlatformID, a.Moment(), a.CreatedAt, a.ID)
	if err != nil {
		return named(err, "movement of assessment", a.ID)
	}
	return nil
}

// TopFindings are the gravest open findings of each rule of an assessment, at most each of them, and how many there are by rule.
func (t *Tx) TopFindings(ctx context.Context, assessment AssessmentID, each int) (top []assessments.Finding, open map[string]int, err error) {
	type row struct {
		Finding assessments.Finding `db:"finding"`
		Open    int                 `db:"open"`
	}
	rows, err := many[row](ctx, t.tx, "findings of assessment", assessment, `
		select finding, open from (
		  select finding, severity, place, id, count(*) over (partition by rule) as open,
		    row_number() over (partition by rule order by severity desc, place, id) as nth
		  from findings where assessment_id = $1 and not waived) ranked
		where nth <= $2 order by severity desc, place, id`, assessment, each)
	open = map[string]int{}
	for _, r := range rows {
		top = append(top, r.Finding)
		open[r.Finding.Rule] = r.Open
	}
	return top, open, err
}

// Movement is what an assessment changed against the one before it in time; zeros for the first.
func (t *Tx) Movement(ctx context.Context, assessment AssessmentID) (added, mended int, err error) {
	err = t.tx.QueryRow(ctx, `select coalesce(max(added), 0), coalesce(max(mended), 0) from assessment_movements where assessment_id = $1`, assessment).Scan(&added, &mended)
	if err != nil {
		return 0, 0, named(err, "movement of assessment", assessment)
	}
	return added, mended, nil
}

// WorkloadsWithFindings lists workloads that an assessment has findings about, as namespace/name, at most limit of them.
func (t *Tx) WorkloadsWithFindings(ctx context.Context, assessment AssessmentID, limit int) ([]string, error) {
	type workload struct {
		Name string `db:"name"`
	}
	rows, err := many[workload](ctx, t.tx, "workloads of assessment", assessment, `
		select distinct namespace || '/' || name as name from findings where assessment_id = $1 and namespace <> '' order by 1 limit $2`, assessment, limit)
	names := make([]string, len(rows))
	for i, row := range rows {
		names[i] = row.Name
	}
	return names, err
}

// AssessmentsBySnapshot returns the last assessment of each snapshot of a platform that has one.
func (t *Tx) AssessmentsBySnapshot(ctx context.Context, platform PlatformID) (map[SnapshotID]AssessmentID, error) {
	type pair struct {
		Snapshot   SnapshotID   `db:"snapshot_id"`
		Assessment AssessmentID `db:"id"`
	}
	rows, err := many[pair](ctx, t.tx, "assessments of platform", platform, `
		select distinct on (snapshot_id) snapshot_id, id from assessments where platform_id = $1 and snapshot_id is not null
		order by snapshot_id, created_at desc, id desc`, platform)
	last := make(map[SnapshotID]AssessmentID, len(rows))
	for _, row := range rows {
		last[row.Snapshot] = row.Assessment
	}
	return last, err
}

// Uploaders names who or what brought each snapshot of a platform.
func (t *Tx) Uploaders(ctx context.Context, platform PlatformID) (map[SnapshotID]string, error) {
	type uploader struct {
		Snapshot SnapshotID `db:"id"`
		Name     string     `db:"name"`
	}
	rows, err := many[uploader](ctx, t.tx, "uploaders of platform", platform, `
		select n.id, coalesce(p.name, 'token ' || k.name, '') as name from snapshots n
		left join people p on p.id = n.uploaded_by
		left join tokens k on k.organization_id = n.organization_id and k.id = n.token_id
		where n.platform_id = $1`, platform)
	names := make(map[SnapshotID]string, len(rows))
	for _, row := range rows {
		names[row.Snapshot] = row.Name
	}
	return names, err
}

// CountHistory counts what a platform would take with it.
func (t *Tx) CountHistory(ctx context.Context, platform PlatformID) (snapshots, results int, err error) {
	err = t.tx.QueryRow(ctx, `
		select (select count(*) from snapshots where platform_id = $1), (select count(*) from assessments where platform_id = $1)`, platform).Scan(&snapshots, &results)
	if err != nil {
		return 0, 0, named(err, "history of platform", platform)
	}
	return snapshots, results, nil
}

// PlatformState is what a platform's pages say beside its result.
type PlatformState struct {
	Answered     int        `db:"answered"` // questions with an answer of any kind
	Plan         bool       `db:"plan"`     // no cluster yet, by answer C1
	Queued       bool       `db:"queued"`   // a snapshot waits to be scored
	LastSnapshot *time.Time `db:"last_snapshot"`
}

const platformState = `
	(select count(distinct question) from answers w where w.platform_id = p.id and answer->>'state' <> 'unanswered')::int as answered,
	exists (select from answers w where w.platform_id = p.id and question = 'C1' and answer->'options' ? 'C1.a') as plan,
	exists (select from snapshots n join snapshot_states s on s.organization_id = n.organization_id and s.snapshot_id = n.id
	  where n.platform_id = p.id and s.state = 'queued') as queued,
	(select max(n.taken_at) from snapshots n join snapshot_states s on s.organization_id = n.organization_id and s.snapshot_id = n.id
	  where n.platform_id = p.id and s.state <> 'foreign') as last_snapshot`

// PlatformState returns the state of one platform.
func (t *Tx) PlatformState(ctx context.Context, platform PlatformID) (PlatformState, error) {
	return one[PlatformState](ctx, t.tx, "state of platform", platform, "select "+platformState+" from platforms p where p.id = $1", platform)
}

// PlatformOverview is a platform's line in its organization's list.
type PlatformOverview struct {
	PlatformState
	Assessment *AssessmentRow            // nil: no result yet
	Pillars    []assessments.PillarScore // of that assessment
}

// PlatformOverviews returns the overview of every platform of the organization.
func (t *Tx) PlatformOverviews(ctx context.Context) (map[PlatformID]PlatformOverview, error) {
	type state struct {
		ID PlatformID `db:"id"`
		PlatformState
	}
	states, err := many[state](ctx, t.tx, "states of platforms", t.organization, "select p.id, "+platformState+" from platforms p")
	if err != nil {
		return nil, err
	}
	type latest struct {
		AssessmentRow
		Pillars []assessments.PillarScore `db:"pillars"`
	}
	rows, err := many[latest](ctx, t.tx, "latest assessments of", t.organization,
		"select "+assessmentColumns+", "+memberOf("pillars")+" as pillars from (select distinct on (platform_id) * from assessments order by platform_id, "+current+") assessments")
	if err != nil {
		return nil, err
	}
	overview := make(map[PlatformID]PlatformOverview, len(states))
	for _, s := range states {
		overview[s.ID] = PlatformOverview{PlatformState: s.PlatformState}
	}
	for _, row := range rows {
		o := overview[row.PlatformID]
		o.Assessment, o.Pillars = &row.AssessmentRow, row.Pillars
		overview[row.PlatformID] = o
	}
	return overview, nil
}
