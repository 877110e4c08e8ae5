package store

import (
	"context"
	"time"

	"plimsoll/assessments/engines"
)

// StoredExhibits are what the engines computed of one snapshot.
type StoredExhibits struct {
	ContentVersion string            `db:"content_version"`
	Exhibits       []engines.Exhibit `db:"exhibits"`
	ComputedAt     time.Time         `db:"computed_at"`
}

// SaveExhibits stores what the engines computed of a snapshot, in place of what they had before.
func (t *Tx) SaveExhibits(ctx context.Context, snapshot SnapshotID, e StoredExhibits) error {
	parts := make([]part, len(e.Exhibits))
	for i, exhibit := range e.Exhibits {
		body, err := document(exhibit)
		if err != nil {
			return named(err, "exhibits of snapshot", snapshot)
		}
		parts[i] = part{"exhibit", body}
	}
	var platform PlatformID
	if err := t.tx.QueryRow(ctx, "select platform_id from snapshots where id = $1", snapshot).Scan(&platform); err != nil {
		return named(err, "exhibits of snapshot", snapshot)
	}
	digests, err := t.keepParts(ctx, platform, parts...)
	if err != nil {
		return err
	}
	_, err = t.tx.Exec(ctx, `
		insert into snapshot_exhibits (organization_id, snapshot_id, content_version, parts, computed_at) values ($1, $2, $3, $4, $5)
		on conflict (organization_id, snapshot_id) do update set content_version = excluded.content_version, parts = excluded.parts, computed_at = excluded.computed_at`,
		t.organization, snapshot, e.ContentVersion, digests, e.ComputedAt)
	if err != nil {
		return named(err, "exhibits of snapshot", snapshot)
	}
	return nil
}

// Exhibits returns what the engines computed of a snapshot; ErrNotFound where it was assessed by a version without engines.
func (t *Tx) Exhibits(ctx context.Context, snapshot SnapshotID) (StoredExhibits, error) {
	return one[StoredExhibits](ctx, t.tx, "exhibits of snapshot", snapshot, `
		select e.content_version, e.computed_at, (
		  select coalesce(jsonb_agg(c.body order by p.place), '[]') from unnest(e.parts) with ordinality p (digest, place)
		  join contents c on c.platform_id = n.platform_id and c.digest = p.digest) as exhibits
		from snapshot_exhibits e join snapshots n on n.organization_id = e.organization_id and n.id = e.snapshot_id
		where e.snapshot_id = $1`, snapshot)
}
