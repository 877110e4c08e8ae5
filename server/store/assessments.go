package store

import (
	"context"
	"errors"
	"time"

	"plimsoll/assessments"
)

// Cause is why an assessment was made.
type Cause string

// The causes of an assessment.
const (
	CauseSnapshot Cause = "snapshot" // a snapshot came
	CauseAnswers  Cause = "answers"  // answers, workload facts, waivers or settings changed
	CauseContent  Cause = "content"  // a new content version
	CauseNodes    Cause = "nodes"    // readings of nodes came
)

// AssessmentRow is the figures of an assessment, as lists and trends show them.
type AssessmentRow struct {
	ID             AssessmentID `db:"id"`
	PlatformID     PlatformID   `db:"platform_id"`
	SnapshotID     *SnapshotID  `db:"snapshot_id"` // nil where only answers were assessed
	SnapshotDigest string       `db:"snapshot_digest"`
	TakenAt        *time.Time   `db:"taken_at"` // of the snapshot
	ContentVersion string       `db:"content_version"`
	AsOf           time.Time    `db:"as_of"`
	Cause          Cause        `db:"cause"`
	InputRevision  int64        `db:"input_revision"` // of the platform, as it was read: a platform with a later one has news
	Verdict        string       `db:"verdict"`        // empty without answers
	LoadLineLow    string       `db:"load_line_low"`
	LoadLineHigh   string       `db:"load_line_high"`

	ScoreValue    *assessments.Micros `db:"score_value_micros"` // nil where there is no point
	ScoreLow      *assessments.Micros `db:"score_low_micros"`
	ScoreHigh     *assessments.Micros `db:"score_high_micros"`
	ScoreCoverage *assessments.Micros `db:"score_coverage_micros"`
	EvidenceShare *assessments.Micros `db:"evidence_share_micros"`

	CriticalFindings int       `db:"critical_findings"` // not waived, by severity
	HighFindings     int       `db:"high_findings"`
	MediumFindings   int       `db:"medium_findings"`
	LowFindings      int       `db:"low_findings"`
	WaivedFindings   int       `db:"waived_findings"`
	CreatedAt        time.Time `db:"created_at"`
}

// Moment is when what was assessed stood so: when the snapshot was taken, or for answers alone when they were assessed.
func (a AssessmentRow) Moment() time.Time {
	if a.TakenAt != nil {
		return *a.TakenAt
	}
	return a.CreatedAt
}

// StoredAssessment is a whole result but for its findings, which are paged.
type StoredAssessment struct {
	AssessmentRow
	Result assessments.Assessment `db:"result"`
}

const assessmentColumns = `id, platform_id, snapshot_id, snapshot_digest, taken_at, content_version, as_of, cause, input_revision, verdict, load_line_low,
	load_line_high, score_value_micros, score_low_micros, score_high_micros, score_coverage_micros, evidence_share_micros,
	critical_findings, high_findings, medium_findings, low_findings, waived_findings, created_at`

// wholeResult puts a result together again, of its row and its parts.
const wholeResult = `result || coalesce((
	select jsonb_object_agg(c.part, c.body) from contents c where c.platform_id = assessments.platform_id and c.digest = any(assessments.parts)), '{}') as result`

// memberOf is one member of a result; null where it has none.
func memberOf(name string) string {
	return `coalesce(result->'` + name + `', (
		select c.body from contents c where c.platform_id = assessments.platform_id and c.digest = any(assessments.parts) and c.part = '` + name + `'))`
}

// current orders a platform's assessments so that the one that counts stands first: the last made of the snapshot that was taken
// last. A snapshot that is brought in late does not hide a newer one; answers alone count until there is a snapshot.
const current = "taken_at desc nulls last, created_at desc, id desc"

// NewAssessment is a result to be stored.
type NewAssessment struct {
	Platform  PlatformID
	Snapshot  *Snapshot // nil where only answers were assessed
	Cause     Cause
	Inputs    int64     // the platform's input revision that the result was made of
	CreatedAt time.Time // zero: now
	Result    assessments.Assessment
}

// SaveAssessment stores a result and its findings.
func (t *Tx) SaveAssessment(ctx context.Context, a NewAssessment) (AssessmentID, error) {
	row, err := rowOf(a)
	if err != nil {
		return row.ID, named(err, "assessment of platform", a.Platform)
	}
	result := a.Result
	result.Findings = nil
	rest, large, err := split(result)
	if err != nil {
		return row.ID, named(err, "assessment of platform", a.Platform)
	}
	sequence, err := t.nextSequence(ctx, a.Platform)
	if err != nil {
		return row.ID, err
	}
	parts, err := t.keepParts(ctx, a.Platform, large...)
	if err != nil {
		return row.ID, err
	}
	_, err = t.tx.Exec(ctx, `
		insert into assessments (organization_id, `+assessmentColumns+`, content_hash, result, parts, sequence)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28)`,
		t.organization, row.ID, row.PlatformID, row.SnapshotID, row.SnapshotDigest, row.TakenAt, row.ContentVersion, row.AsOf, row.Cause, row.InputRevision,
		row.Verdict, row.LoadLineLow, row.LoadLineHigh, row.ScoreValue, row.ScoreLow, row.ScoreHigh, row.ScoreCoverage, row.EvidenceShare,
		row.CriticalFindings, row.HighFindings, row.MediumFindings, row.LowFindings, row.WaivedFindings, row.CreatedAt, a.Result.ContentHash, rest, parts, sequence)
	if err != nil {
		return row.ID, named(err, "assessment of platform", a.Platform)
	}
	if err := t.moveFindings(ctx, a.Platform, sequence, a.Result.Findings); err != nil {
		return row.ID, err
	}
	return row.ID, t.insertMovement(ctx, row)
}

// nextSequence is the number of the platform's next assessment. The platform is held until the transaction ends: its assessments are
// stored one after the other.
func (t *Tx) nextSequence(ctx context.Context, platform PlatformID) (sequence int, err error) {
	if _, err := t.LockInputs(ctx, platform); err != nil {
		return 0, err
	}
	err = t.tx.QueryRow(ctx, "select coalesce(max(sequence), 0) + 1 from assessments where platform_id = $1", platform).Scan(&sequence)
	if err != nil {
		return 0, named(err, "assessments of platform", platform)
	}
	return sequence, nil
}

func rowOf(a NewAssessment) (AssessmentRow, error) {
	r := a.Result
	row := AssessmentRow{
		ID: NewID[AssessmentRow](), PlatformID: a.Platform, ContentVersion: r.ContentVersion, AsOf: r.AsOf, Cause: a.Cause, InputRevision: a.Inputs, CreatedAt: a.CreatedAt,
	}
	if row.CreatedAt.IsZero() {
		row.CreatedAt = time.Now()
	}
	if a.Snapshot != nil {
		if a.Snapshot.PlatformID != a.Platform {
			return row, errors.New("the snapshot is of another platform")
		}
		row.SnapshotID, row.SnapshotDigest, row.TakenAt = &a.Snapshot.ID, a.Snapshot.Digest, &a.Snapshot.TakenAt
	}
	if r.Need != nil {
		row.Verdict = string(r.Need.Code)
	}
	if r.LoadLine != nil {
		row.LoadLineLow, row.LoadLineHigh = string(r.LoadLine.Low), string(r.LoadLine.High)
	}
	if r.Score != nil {
		row.ScoreValue, row.ScoreLow, row.ScoreHigh = r.Score.Value, &r.Score.Low, &r.Score.High
		row.ScoreCoverage, row.EvidenceShare = &r.Score.Coverage, &r.Score.EvidenceCoverage
	}
	for _, f := range r.Findings {
		switch {
		case f.Waived:
			row.WaivedFindings++
		case f.Severity == assessments.Critical:
			row.CriticalFindings++
		case f.Severity == assessments.High:
			row.HighFindings++
		case f.Severity == assessments.Medium:
			row.MediumFindings++
		default:
			row.LowFindings++
		}
	}
	return row, nil
}

// AssessmentByID returns one assessment.
func (t *Tx) AssessmentByID(ctx context.Context, id AssessmentID) (StoredAssessment, error) {
	return one[StoredAssessment](ctx, t.tx, "assessment", id, "select "+assessmentColumns+", "+wholeResult+" from assessments where id = $1", id)
}

// LeftOut are the findings that an assessment counts and does not list.
func (t *Tx) LeftOut(ctx context.Context, id AssessmentID) ([]assessments.LeftOut, error) {
	found, err := one[struct{ LeftOut []assessments.LeftOut }](ctx, t.tx, "findings left out of assessment", id,
		"select coalesce("+memberOf("leftOut")+", '[]') as left_out from assessments where id = $1", id)
	return found.LeftOut, err
}

// LatestAssessment returns the assessment of a platform that counts.
func (t *Tx) LatestAssessment(ctx context.Context, platform PlatformID) (StoredAssessment, error) {
	return one[StoredAssessment](ctx, t.tx, "latest assessment of platform", platform,
		"select "+assessmentColumns+", "+wholeResult+" from assessments where platform_id = $1 order by "+current+" limit 1", platform)
}

// AssessmentOfSnapshot returns the last assessment of a snapshot.
func (t *Tx) AssessmentOfSnapshot(ctx context.Context, snapshot SnapshotID) (StoredAssessment, error) {
	return one[StoredAssessment](ctx, t.tx, "assessment of snapshot", snapshot,
		"select "+assessmentColumns+", "+wholeResult+" from assessments where snapshot_id = $1 order by created_at desc, id desc limit 1", snapshot)
}

// Assessments lists a platform's assessments, the one that counts first, at most limit of them.
func (t *Tx) Assessments(ctx context.Context, platform PlatformID, limit int) ([]AssessmentRow, error) {
	return many[AssessmentRow](ctx, t.tx, "assessments of platform", platform,
		"select "+assessmentColumns+" from assessments where platform_id = $1 order by "+current+" limit $2", platform, limit)
}

// occasion is what several assessments are of, the last of which counts: a snapshot, or a day of answers alone.
const occasion = "coalesce(snapshot_id::text, (created_at at time zone 'utc')::date::text)"

// Trend lists one assessment for each snapshot of a platform, its last, and one a day of answers alone, by the moment they stand for: the
// newest limit of them, the oldest first.
func (t *Tx) Trend(ctx context.Context, platform PlatformID, limit int) ([]AssessmentRow, error) {
	return many[AssessmentRow](ctx, t.tx, "trend of platform", platform, `
		select * from (
		  select * from (
		    select distinct on (`+occasion+`) `+assessmentColumns+` from assessments where platform_id = $1
		    order by `+occasion+`, created_at desc, id desc) last
		  order by coalesce(taken_at, created_at) desc, id desc limit $2) newest
		order by coalesce(taken_at, created_at), id`, platform, limit)
}
