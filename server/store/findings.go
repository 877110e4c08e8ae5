package store

import (
	"context"
	"slices"
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
	Ordinal  int
}

// FindingRow is a finding with its place in the assessment.
type FindingRow struct {
	Ordinal int                 `db:"ordinal"`
	Finding assessments.Finding `db:"finding"`
}

// findingsBlock is how many findings one statement stores.
const findingsBlock = 2000

// insertFindings stores findings in blocks, a column an array: COPY does not work under row security.
func (t *Tx) insertFindings(ctx context.Context, assessment AssessmentID, findings []assessments.Finding) error {
	ordinal := 0
	for block := range slices.Chunk(findings, findingsBlock) {
		columns, err := columnsOf(block)
		if err == nil {
			_, err = t.tx.Exec(ctx, `
				insert into findings (organization_id, assessment_id, ordinal, severity, pillar, rule, kind, namespace, name, container, fingerprint, waived, finding)
				select $1, $2, $3 + place - 1, severity, split_part(rule, '/', 1), rule, kind, namespace, name, container, fingerprint, waived, finding::jsonb
				from unnest($4::smallint[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::boolean[], $12::text[])
				with ordinality as f (severity, rule, kind, namespace, name, container, fingerprint, waived, finding, place)`,
				t.organization, assessment, ordinal, columns.severity, columns.rule, columns.kind, columns.namespace, columns.name, columns.container,
				columns.fingerprint, columns.waived, columns.body)
		}
		if err != nil {
			return named(err, "findings of assessment", assessment)
		}
		ordinal += len(block)
	}
	return nil
}

type findingColumns struct {
	severity                                                  []int16
	rule, kind, namespace, name, container, fingerprint, body []string
	waived                                                    []bool
}

func columnsOf(findings []assessments.Finding) (c findingColumns, err error) {
	for _, f := range findings {
		body, err := document(f)
		if err != nil {
			return c, err
		}
		c.severity = append(c.severity, int16(max(f.Severity, assessments.Low)))
		c.rule = append(c.rule, text(f.Rule))
		c.kind = append(c.kind, text(f.Subject.Kind))
		c.namespace = append(c.namespace, text(f.Subject.Namespace))
		c.name = append(c.name, text(f.Subject.Name))
		c.container = append(c.container, text(f.Subject.Container))
		c.fingerprint = append(c.fingerprint, text(f.Fingerprint))
		c.waived = append(c.waived, f.Waived)
		c.body = append(c.body, string(body))
	}
	return c, nil
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
	args := append(filter.arguments(assessment), int16(after.Severity), after.Ordinal, limit+1)
	page, err = many[FindingRow](ctx, t.tx, "findings of assessment", assessment, `
		select ordinal, finding from findings`+findingsWhere+`
		and ($14 = 0 or severity < $14 or (severity = $14 and ordinal > $15))
		order by severity desc, ordinal limit $16`, args...)
	if err != nil {
		return nil, next, false, err
	}
	if len(page) > limit {
		page, more = page[:limit], true
		last := page[limit-1]
		next = FindingCursor{max(last.Finding.Severity, assessments.Low), last.Ordinal}
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
		order by f.severity desc, f.ordinal limit $3`, assessment, other, min(max(limit, 1), MaxFindingsPage))
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
		"select ordinal, finding from findings where assessment_id = $1 and fingerprint = $2 order by ordinal limit 1", assessment, text(fingerprint))
}
