package store

import (
	"context"
	"time"
)

// FindingLife is when a finding stood in a platform's results, by the moments that these are about. Of each snapshot its last result
// counts: what a new content version finds in an old snapshot was there then. Answers alone count where there is no snapshot, the last
// result of each day.
type FindingLife struct {
	Spells []FindingSpell // the first first; none where it never stood
}

// FindingSpell is a time through which every result had the finding, waived or not.
type FindingSpell struct {
	First time.Time  `db:"first"`
	Last  time.Time  `db:"last"`
	Gone  *time.Time `db:"gone"` // the first result without it; nil while it lasts
}

// FirstSeen is the zero time where the finding never stood.
func (l FindingLife) FirstSeen() time.Time {
	if len(l.Spells) == 0 {
		return time.Time{}
	}
	return l.Spells[0].First
}

// LastSeen is the zero time where the finding never stood.
func (l FindingLife) LastSeen() time.Time {
	if len(l.Spells) == 0 {
		return time.Time{}
	}
	return l.Spells[len(l.Spells)-1].Last
}

// Mended reports whether the finding stood once, and stands no more.
func (l FindingLife) Mended() bool {
	return len(l.Spells) > 0 && l.Spells[len(l.Spells)-1].Gone != nil
}

// CameBack counts how often the finding stood again after it was gone.
func (l FindingLife) CameBack() int { return max(len(l.Spells)-1, 0) }

// maxSpells bounds a life to its latest spells.
const maxSpells = 1000

// FindingLife returns the life of a finding of a platform, by its fingerprint.
func (t *Tx) FindingLife(ctx context.Context, platform PlatformID, fingerprint string) (FindingLife, error) {
	spells, err := many[FindingSpell](ctx, t.tx, "life of finding", fingerprint, `
		with steps as (
		  select distinct on (`+occasion+`) sequence, coalesce(taken_at, created_at) as moment, created_at, id
		  from assessments
		  where platform_id = $1 and (snapshot_id is not null or not exists (select from assessments o where o.platform_id = $1 and o.snapshot_id is not null))
		  order by `+occasion+`, created_at desc, id desc),
		marked as (
		  select moment, row_number() over time as step, lead(moment) over time as next, exists (
		    select from finding_intervals f
		    where f.platform_id = $1 and f.fingerprint = $2 and s.sequence between f.first_sequence and f.last_sequence) as stands
		  from steps s window time as (order by moment, created_at, id)),
		grouped as (
		  select moment, step, next, step - row_number() over (order by step) as spell from marked where stands)
		select first, last, gone from (
		  select min(moment) as first, max(moment) as last, (array_agg(next order by step desc))[1] as gone
		  from grouped group by spell order by first desc limit $3) newest
		order by first`, platform, text(fingerprint), maxSpells)
	return FindingLife{spells}, err
}
