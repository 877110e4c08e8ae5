package store

import (
	"context"
	"time"
)

// MaxMilestones bounds how many results of a platform have names.
const MaxMilestones = 100

// Milestone is a result that somebody named.
type Milestone struct {
	AssessmentRow
	Name    string    `db:"name"`
	By      string    `db:"by"` // empty where they were erased
	NamedAt time.Time `db:"named_at"`
}

// Milestones are the results of a platform that have names, the last moment first.
func (t *Tx) Milestones(ctx context.Context, platform PlatformID) ([]Milestone, error) {
	return many[Milestone](ctx, t.tx, "milestones of platform", platform, `
		select a.*, m.name, coalesce(p.name, '') as by, m.named_at
		from (select `+assessmentColumns+` from assessments where platform_id = $1) a
		join milestones m on m.platform_id = $1 and m.assessment_id = a.id
		left join people p on p.id = m.person_id
		order by coalesce(a.taken_at, a.created_at) desc, a.created_at desc, a.id desc limit $2`, platform, MaxMilestones)
}

// NameAssessment names a result, in place of the name that it had. ErrConflict where the platform has as many names as it can.
func (t *Tx) NameAssessment(ctx context.Context, platform PlatformID, assessment AssessmentID, name string, by PersonID) error {
	tag, err := t.tx.Exec(ctx, `
		insert into milestones (organization_id, assessment_id, platform_id, name, person_id)
		select $1, id, platform_id, $4, $5 from assessments
		where id = $3 and platform_id = $2 and (select count(*) from milestones where platform_id = $2 and assessment_id <> $3) < $6
		on conflict (organization_id, assessment_id) do update set name = excluded.name, person_id = excluded.person_id, named_at = now()`,
		t.organization, platform, assessment, text(name), by, MaxMilestones)
	if err == nil && tag.RowsAffected() == 0 {
		var full bool
		if err = t.tx.QueryRow(ctx, "select true from assessments where id = $1 and platform_id = $2", assessment, platform).Scan(&full); err == nil {
			err = ErrConflict
		}
	}
	if err != nil {
		return named(err, "name assessment", assessment)
	}
	return nil
}

// UnnameAssessment takes a result's name away.
func (t *Tx) UnnameAssessment(ctx context.Context, platform PlatformID, assessment AssessmentID) error {
	return change(ctx, t.tx, "name of assessment", assessment, "delete from milestones where platform_id = $1 and assessment_id = $2", platform, assessment)
}

// CameBack are the fingerprints of findings that stand open in one result and not in another, and did in one of an earlier moment than
// the other's: what was mended once and is there again.
func (t *Tx) CameBack(ctx context.Context, assessment, other AssessmentID) (map[string]bool, error) {
	type row struct {
		Fingerprint string `db:"fingerprint"`
	}
	rows, err := many[row](ctx, t.tx, "findings that came back in", assessment, `
		select distinct f.fingerprint from findings f
		join assessments o on o.id = $2 and o.platform_id = f.platform_id
		where f.assessment_id = $1 and not f.waived
		  and not exists (select from findings g where g.assessment_id = $2 and g.fingerprint = f.fingerprint and not g.waived)
		  and exists (
		    select from finding_intervals e join assessments a on a.organization_id = e.organization_id and a.platform_id = e.platform_id
		      and a.sequence between e.first_sequence and e.last_sequence
		    where e.platform_id = f.platform_id and e.fingerprint = f.fingerprint
		      and coalesce(a.taken_at, a.created_at) < coalesce(o.taken_at, o.created_at))`, assessment, other)
	back := make(map[string]bool, len(rows))
	for _, r := range rows {
		back[r.Fingerprint] = true
	}
	return back, err
}
