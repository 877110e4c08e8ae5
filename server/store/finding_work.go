package store

import (
	"context"
	"time"

	"plimsoll/assessments"
)

// FindingWork is who answers for a finding of a platform, and until when. It hangs on the fingerprint and outlives results.
type FindingWork struct {
	Fingerprint string     `db:"fingerprint"`
	AssigneeID  *PersonID  `db:"assignee_id"` // nil: nobody
	Assignee    string     `db:"assignee"`
	Due         *time.Time `db:"due"`
	By          string     `db:"by"` // who said so; empty where they were erased
	AssignedAt  time.Time  `db:"assigned_at"`
}

// FindingWork returns what people do about the findings of these fingerprints; what nobody touched is not there.
func (t *Tx) FindingWork(ctx context.Context, platform PlatformID, fingerprints []string) (map[string]FindingWork, error) {
	rows, err := many[FindingWork](ctx, t.tx, "work on findings of platform", platform, `
		select w.fingerprint, w.assignee_id, coalesce(a.name, '') as assignee, w.due, coalesce(p.name, '') as by, w.assigned_at
		from finding_assignments w left join people a on a.id = w.assignee_id left join people p on p.id = w.person_id
		where w.platform_id = $1 and w.fingerprint = any($2)`, platform, texts(fingerprints))
	work := make(map[string]FindingWork, len(rows))
	for _, row := range rows {
		work[row.Fingerprint] = row
	}
	return work, err
}

// AssignFinding says who answers for a finding and until when, in place of what was said before. A nil assignee is nobody, a nil day
// none; both nil leave nothing. Who is no member is not found.
func (t *Tx) AssignFinding(ctx context.Context, platform PlatformID, fingerprint string, assignee *PersonID, due *time.Time, by PersonID) error {
	if assignee == nil && due == nil {
		_, err := t.tx.Exec(ctx, "delete from finding_assignments where platform_id = $1 and fingerprint = $2", platform, text(fingerprint))
		if err != nil {
			return named(err, "assign finding", fingerprint)
		}
		return nil
	}
	return change(ctx, t.tx, "assign finding", fingerprint, `
		insert into finding_assignments (organization_id, platform_id, fingerprint, assignee_id, due, person_id) values ($1, $2, $3, $4, $5, $6)
		on conflict (organization_id, platform_id, fingerprint) do update
		set assignee_id = excluded.assignee_id, due = excluded.due, person_id = excluded.person_id, assigned_at = now()`,
		t.organization, platform, text(fingerprint), assignee, due, by)
}

// CommentID names a comment.
type CommentID = ID[Comment]

// Comment is what a person said about a finding.
type Comment struct {
	ID          CommentID  `db:"id"`
	PersonID    *PersonID  `db:"person_id"` // nil where they were erased
	Author      string     `db:"author"`    // empty where they left or were erased
	Body        string     `db:"body"`      // empty once withdrawn
	CreatedAt   time.Time  `db:"created_at"`
	WithdrawnAt *time.Time `db:"withdrawn_at"`
}

// MaxComments bounds how many comments one finding holds.
const MaxComments = 200

// Comments are those on a finding, the oldest first.
func (t *Tx) Comments(ctx context.Context, platform PlatformID, fingerprint string) ([]Comment, error) {
	return many[Comment](ctx, t.tx, "comments on finding", fingerprint, `
		select c.id, c.person_id, coalesce(p.name, '') as author, c.body, c.created_at, c.withdrawn_at
		from finding_comments c left join people p on p.id = c.person_id
		where c.platform_id = $1 and c.fingerprint = $2 order by c.id limit $3`, platform, text(fingerprint), MaxComments)
}

// AddComment adds a comment to a finding; ErrConflict where it holds as many as it can.
func (t *Tx) AddComment(ctx context.Context, platform PlatformID, fingerprint string, person PersonID, body string) (CommentID, error) {
	id := NewID[Comment]()
	tag, err := t.tx.Exec(ctx, `
		insert into finding_comments (organization_id, id, platform_id, fingerprint, person_id, body)
		select $1, $2, $3, $4, $5, $6 where (select count(*) from finding_comments where platform_id = $3 and fingerprint = $4) < $7`,
		t.organization, id, platform, text(fingerprint), person, text(body), MaxComments)
	if err == nil && tag.RowsAffected() == 0 {
		err = ErrConflict
	}
	if err != nil {
		return id, named(err, "comment on finding", fingerprint)
	}
	return id, nil
}

// WithdrawComment takes back what the person said themselves: the words go, that they stood there stays.
func (t *Tx) WithdrawComment(ctx context.Context, platform PlatformID, fingerprint string, id CommentID, person PersonID) error {
	return change(ctx, t.tx, "withdraw comment", id, `
		update finding_comments set body = '', withdrawn_at = now()
		where id = $1 and platform_id = $2 and fingerprint = $3 and person_id = $4 and withdrawn_at is null`, id, platform, text(fingerprint), person)
}

// Grouping is what findings are put together by.
type Grouping string

// The groupings of findings.
const (
	ByWorkload  Grouping = "workload" // the object, whatever its kind
	ByNamespace Grouping = "namespace"
	ByRule      Grouping = "rule"
	ByOwner     Grouping = "owner" // who they are assigned to
)

// FindingGroup is findings that share an object, a namespace, a rule or an assignee, with their counts by severity. Only what the
// grouping is by is filled in.
type FindingGroup struct {
	Kind       string               `db:"kind"`
	Namespace  string               `db:"namespace"`
	Name       string               `db:"name"`
	Rule       string               `db:"rule"`
	AssigneeID *PersonID            `db:"assignee_id"`
	Assignee   string               `db:"assignee"`
	Gravest    assessments.Severity `db:"gravest"`
	Critical   int                  `db:"critical"`
	High       int                  `db:"high"`
	Medium     int                  `db:"medium"`
	Low        int                  `db:"low"`
	Groups     int                  `db:"groups"` // how many there are in all
}

// keys are the columns of each grouping, in a fixed order: kind, namespace, name, rule, assignee.
var keys = map[Grouping]string{
	ByWorkload:  "kind, namespace, name, '' as rule, null::uuid as assignee_id",
	ByNamespace: "'' as kind, namespace, '' as name, '' as rule, null::uuid as assignee_id",
	ByRule:      "'' as kind, '' as namespace, '' as name, rule, null::uuid as assignee_id",
	ByOwner: `'' as kind, '' as namespace, '' as name, '' as rule,
		(select w.assignee_id from finding_assignments w where w.platform_id = $12 and w.fingerprint = findings.fingerprint) as assignee_id`,
}

// FindingGroups puts the findings that pass the filter together, the group with the gravest first, at most limit of them.
func (t *Tx) FindingGroups(ctx context.Context, assessment AssessmentID, filter FindingFilter, by Grouping, limit int) ([]FindingGroup, error) {
	columns, known := keys[by]
	if !known {
		columns = keys[ByRule]
	}
	args := append(filter.arguments(assessment), min(max(limit, 1), MaxFindingsPage))
	return many[FindingGroup](ctx, t.tx, "groups of findings of assessment", assessment, `
		select g.kind, g.namespace, g.name, g.rule, g.assignee_id, coalesce(p.name, '') as assignee, g.gravest, g.critical, g.high, g.medium, g.low, g.groups
		from (
		  select kind, namespace, name, rule, assignee_id, max(severity) as gravest,
		    count(*) filter (where severity = 4) as critical, count(*) filter (where severity = 3) as high,
		    count(*) filter (where severity = 2) as medium, count(*) filter (where severity = 1) as low, count(*) over () as groups
		  from (select `+columns+`, severity from findings`+findingsWhere+`) f
		  group by kind, namespace, name, rule, assignee_id
		  order by max(severity) desc, count(*) desc, namespace, name, kind, rule, assignee_id limit $14) g
		left join people p on p.id = g.assignee_id
		order by g.gravest desc, g.critical + g.high + g.medium + g.low desc, g.namespace, g.name, g.kind, g.rule, g.assignee_id`, args...)
}

// FindingNamespaces lists the namespaces that an assessment has findings in, at most limit of them.
func (t *Tx) FindingNamespaces(ctx context.Context, assessment AssessmentID, limit int) ([]string, error) {
	rows, err := many[struct {
		Namespace string `db:"namespace"`
	}](ctx, t.tx, "namespaces of assessment", assessment, `
		select distinct namespace from findings where assessment_id = $1 and namespace <> '' order by 1 limit $2`, assessment, limit)
	var names []string
	for _, row := range rows {
		names = append(names, row.Namespace)
	}
	return names, err
}

func texts(all []string) []string {
	clean := make([]string, len(all))
	for i, s := range all {
		clean[i] = text(s)
	}
	return clean
}
