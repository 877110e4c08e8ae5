package store

import (
	"context"
	"strings"

	"plimsoll/assessments"
)

// MaxFindingsPage bounds a page of findings.
const MaxFindingsPage = 500

// FindingFilter narrows findings; the zero value takes all that are not waived.
type FindingFilter struct {
	Pillar   assessments.Pillar
	Severity assessments.Severity // 0: any
	Rule     string
	Text     string // anywhere in rule, subject or message
	Waived   bool   // the waived ones instead

	Namespace    *string    // nil: any; empty: what stands in no namespace
	Kind, Name   string     // of one object, in its namespace
	Fingerprints []string   // nil: any
	Platform     PlatformID // of the assessment; for what follows
	Assignee     *PersonID  // nil: any; the zero id: nobody's
}

// FindingCursor is where a page starts. The zero value is the beginning.
type FindingCursor struct {
	Severity assessments.Severity
	ID       int // of the last row before it
}

// FindingRow is a finding with the number that its platform knows this state of it by.
type FindingRow struct {
	ID      int                 `db:"id"`
	Finding assessments.Finding `db:"finding"`
}

// findingsWhere is the filter as a condition on parameters $1 to $13.
const findingsWhere = ` where assessment_id = $1 and waived = $2 and ($3 = '' or pillar = $3) and ($4 = 0 or severity = $4) and ($5 = '' or rule = $5)
	and ($6 = '' or concat_ws(' ', rule, kind, namespace || '/' || name, container, finding->>'message') ilike $6)
	and ($7::text is null or namespace = $7) and ($8 = '' or kind = $8) and ($9 = '' or name = $9) and ($10::text[] is null or fingerprint = any($10))
	and (not $11 or fingerprint not in (select w.fingerprint from finding_assignments w where w.platform_id = $12 and w.assignee_id is not null))
	and ($13::uuid is null or fingerprint in (select w.fingerprint from finding_assignments w where w.platform_id = $12 and w.assignee_id = $13)) `

func (f FindingFilter) arguments(assessment AssessmentID) []any {
	pattern := ""
	if f.Text != "" {
		pattern = "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(text(f.Text)) + "%"
	}
	var namespace *string
	if f.Namespace != nil {
		clean := text(*f.Namespace)
		namespace = &clean
	}
	var fingerprints []string
	if f.Fingerprints != nil {
		fingerprints = texts(f.Fingerprints)
	}
	return []any{assessment, f.Waived, string(f.Pillar), int16(f.Severity), text(f.Rule), pattern, namespace, text(f.Kind), text(f.Name), fingerprints,
		f.Assignee != nil && f.Assignee.IsZero(), f.Platform, f.Assignee}
}

// Findings is a page of an assessment's findings, the gravest first, and where the next page starts; more is false on the last.
func (t *Tx) Findings(ctx context.Context, assessment AssessmentID, filter FindingFilter, after FindingCursor, limit int) (page []FindingRow, next FindingCursor, more bool, err error) {
	limit = min(max(limit, 1), MaxFindingsPage)
	args := append(filter.arguments(assessment), int16(after.Severity), after.ID, limit+1)
	page, err = many[FindingRow](ctx, t.tx, "findings of assessment", assessment, `
		select id, finding from findings`+findingsWhere+`
		and ($14 = 0 or severity < $14 or (severity = $14 and
		  (place, id) > (select l.place, l.id from findings l where l.assessment_id = $1 and l.id = $15)))
		order by severity desc, place, id limit $16`, args...)
	if err != nil {
		return nil, next, false, err
	}
	if len(page) > limit {
		page, more = page[:limit], true
		last := page[limit-1]
		next = FindingCursor{max(last.Finding.Severity, assessments.Low), last.ID}
	}
	return page, next, more, nil
}

// CountFindings counts an assessment's findings that pass the filter, by severity.
func (t *Tx) CountFindings(ctx context.Context, assessment AssessmentID, filter FindingFilter) (map[assessments.Severity]int, error) {
	type count struct {
		Severity int `db:"severity"`
		Count    int `db:"count"`
	}
	counts, err := many[count](ctx, t.tx, "findings of assessment", assessment,
		"select severity, count(*) from findings"+findingsWhere+"group by severity", filter.arguments(assessment)...)
	if err != nil {
		return nil, err
	}
	bySeverity := map[assessments.Severity]int{}
	for _, c := range counts {
		bySeverity[assessments.Severity(c.Severity)] = c.Count
	}
	return bySeverity, nil
}

// FindingsOnlyIn lists findings of one assessment that another does not have, told by their fingerprints: what is new, or with the
// two exchanged what is mended. Waived ones are left out. At most limit of them; total counts all.
func (t *Tx) FindingsOnlyIn(ctx context.Context, assessment, other AssessmentID, limit int) (found []assessments.Finding, total int, err error) {
	type row struct {
		Finding assessments.Finding `db:"finding"`
		Total   int                 `db:"total"`
	}
	rows, err := many[row](ctx, t.tx, "findings only in", assessment, `
		select f.finding, count(*) over () as total from findings f
		where f.assessment_id = $1 and not f.waived and not exists (
		  select from findings o where o.organization_id = f.organization_id and o.assessment_id = $2 and o.fingerprint = f.fingerprint and not o.waived)
		order by f.severity desc, f.place, f.id limit $3`, assessment, other, min(max(limit, 1), MaxFindingsPage))
	if err != nil {
		return nil, 0, err
	}
	for _, r := range rows {
		found, total = append(found, r.Finding), r.Total
	}
	return found, total, nil
}

// FindingByFingerprint returns one finding of an assessment.
func (t *Tx) FindingByFingerprint(ctx context.Context, assessment AssessmentID, fingerprint string) (FindingRow, error) {
	return one[FindingRow](ctx, t.tx, "finding", fingerprint,
		"select id, finding from findings where assessment_id = $1 and fingerprint = $2 order by severity desc, place, id limit 1", assessment, text(fingerprint))
}
