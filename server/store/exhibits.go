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
	body, err := document(e.Exhibits)
	if err != nil {
		return named(err, "exhibits of snapshot", snapshot)
	}
	_, err = t.tx.Exec(ctx, `
		insert into snapshot_exhibits (organization_id, snapshot_id, content_version, exhibits, computed_at) values ($1, $2, $3, $4, $5)
		on conflict (organization_id, snapshot_id) do update set content_version = excluded.content_version, exhibits = excluded.exhibits, computed_at = excluded.computed_at`,
		t.organization, snapshot, e.ContentVersion, body, e.ComputedAt)
	if err != nil {
		return named(err, "exhibits of snapshot", snapshot)
	}
	return nil
}

// Exhibits returns what the engines computed of a snapshot; ErrNotFound where it was assessed by a version without engines.
func (t *Tx) Exhibits(ctx context.Context, snapshot SnapshotID) (StoredExhibits, error) {
	return one[StoredExhibits](ctx, t.tx, "exhibits of snapshot", snapshot,
		"select content_version, exhibits, computed_at from snapshot_exhibits where snapshot_id = $1", snapshot)
}
