package store

import (
	"context"
	"errors"
	"time"
)

// ReportID names a report.
type ReportID = ID[Report]

// ReportState is how far a report is.
type ReportState string

// The states of a report.
const (
	ReportQueued ReportState = "queued"
	ReportDone   ReportState = "done"
	ReportFailed ReportState = "failed"
)

// Bounds of a report, of how many a platform keeps, and of how many wait in an organization.
const (
	MaxReportBytes    = 64 << 20
	maxReports        = 20
	maxReportsWaiting = 8
)

// Report is one result as a file, as it is listed.
type Report struct {
	ID           ReportID     `db:"id"`
	PlatformID   PlatformID   `db:"platform_id"`
	AssessmentID AssessmentID `db:"assessment_id"`
	Format       string       `db:"format"`
	State        ReportState  `db:"state"`
	Problem      string       `db:"problem"` // of one that failed
	Bytes        int          `db:"bytes"`   // 0 until it is made
	AsOf         time.Time    `db:"as_of"`   // of its result
	By           string       `db:"by"`
	CreatedAt    time.Time    `db:"created_at"`
}

const reportSelect = `
	select r.id, r.platform_id, r.assessment_id, r.format, r.state, r.problem, coalesce(length(r.content), 0) as bytes,
	  coalesce(a.taken_at, a.created_at) as as_of, coalesce(p.name, '') as by, r.created_at
	from reports r join assessments a on a.organization_id = r.organization_id and a.id = r.assessment_id left join people p on p.id = r.person_id `

// AskReport asks for a report of a result of the platform. One that waits already is joined, and is not new. The platform keeps its
// newest reports; ErrConflict where too many of the organization wait.
func (t *Tx) AskReport(ctx context.Context, platform PlatformID, assessment AssessmentID, format string, person PersonID) (id ReportID, isNew bool, err error) {
	type key struct {
		ID ReportID `db:"id"`
	}
	waiting, err := one[key](ctx, t.tx, "report of assessment", assessment, `
		select id from reports where assessment_id = $1 and platform_id = $2 and format = $3 and state = 'queued'`, assessment, platform, format)
	if err == nil || !errors.Is(err, ErrNotFound) {
		return waiting.ID, false, err
	}
	id = NewID[Report]()
	tag, err := t.tx.Exec(ctx, `
		insert into reports (organization_id, id, platform_id, assessment_id, format, person_id)
		select $1, $2, platform_id, id, $5, $6 from assessments
		where id = $3 and platform_id = $4 and (select count(*) from reports where state = 'queued') < $7`,
		t.organization, id, assessment, platform, format, person, maxReportsWaiting)
	if err == nil && tag.RowsAffected() == 0 {
		err = ErrConflict
		var there bool
		if found := t.tx.QueryRow(ctx, "select exists (select from assessments where id = $1 and platform_id = $2)", assessment, platform).Scan(&there); found == nil && !there {
			err = ErrNotFound
		}
	}
	if err == nil {
		_, err = t.tx.Exec(ctx, `
			delete from reports where platform_id = $1 and state <> 'queued' and id not in (select id from reports where platform_id = $1 order by id desc limit $2)`,
			platform, maxReports)
	}
	if err != nil {
		return id, false, named(err, "report of assessment", assessment)
	}
	return id, true, nil
}

// Reports lists a platform's reports, the newest first.
func (t *Tx) Reports(ctx context.Context, platform PlatformID) ([]Report, error) {
	return many[Report](ctx, t.tx, "reports of platform", platform, reportSelect+"where r.platform_id = $1 order by r.id desc limit $2", platform, maxReports)
}

// ReportByID returns one report of a platform.
func (t *Tx) ReportByID(ctx context.Context, platform PlatformID, id ReportID) (Report, error) {
	return one[Report](ctx, t.tx, "report", id, reportSelect+"where r.id = $1 and r.platform_id = $2", id, platform)
}

// ReportContent returns the file of a report that is made.
func (t *Tx) ReportContent(ctx context.Context, platform PlatformID, id ReportID) (content []byte, err error) {
	err = t.tx.QueryRow(ctx, "select content from reports where id = $1 and platform_id = $2 and state = 'done'", id, platform).Scan(&content)
	if err != nil {
		return nil, named(err, "content of report", id)
	}
	return content, nil
}

// FinishReport stores a report that waits: its file, or why there is none.
func (t *Tx) FinishReport(ctx context.Context, id ReportID, content []byte, problem string) error {
	state := ReportDone
	if content == nil {
		state = ReportFailed
	}
	return change(ctx, t.tx, "finish report", id, "update reports set state = $2, content = $3, problem = $4 where id = $1 and state = 'queued'", id, state, content, text(problem))
}
