package store

import (
	"context"
	"errors"
	"time"

	"plimsoll/assessments/snapshot"
)

// NodeReading is the newest that was read on one node of a platform's cluster. It is no snapshot: it is put into the cluster's.
type NodeReading struct {
	ID               NodeID        `db:"id"` // of the node here, whatever its newest reading
	PlatformID       PlatformID    `db:"platform_id"`
	Name             string        `db:"name"`
	UID              string        `db:"uid"`         // empty where the machine did not know it
	ClusterUID       string        `db:"cluster_uid"` // empty where the machine did not know it
	Digest           string        `db:"digest"`
	CollectorVersion string        `db:"collector_version"`
	TakenAt          time.Time     `db:"taken_at"`
	Figures          snapshot.Node `db:"figures"`
	Signed
	UploadedBy *PersonID `db:"uploaded_by"`
	TokenID    *TokenID  `db:"token_id"`
	ReceivedAt time.Time `db:"received_at"`
}

// Reading is the reading as it is merged.
func (r NodeReading) Reading() snapshot.NodeReading {
	return snapshot.NodeReading{From: r.Digest, Cluster: r.ClusterUID, At: r.TakenAt.UTC(), Node: r.Figures}
}

const nodeColumns = `id, platform_id, name, uid, cluster_uid, digest, collector_version, taken_at, figures, signature, signing_key_id, signed_by,
	uploaded_by, token_id, received_at`

// Bounds of what is kept of a platform's nodes: the newest reading of each, until none came for so long, and of no more than so many.
const (
	maxNodes      = snapshot.MaxElements
	nodesKeptDays = 7
)

// PutNodeReading keeps a reading where it is newer than what there is of its node. Otherwise fresh is false, and what there is is
// returned. A node that changed its name is told by its uid, and its old name forgotten.
func (t *Tx) PutNodeReading(ctx context.Context, r NodeReading) (stored NodeReading, fresh bool, err error) {
	figures, err := document(r.Figures)
	if err != nil {
		return stored, false, named(err, "reading of node", r.Name)
	}
	name, uid := text(r.Name), text(r.UID)
	_, err = t.tx.Exec(ctx, `
		delete from node_readings where platform_id = $1 and (uid = $2 and uid <> '' and name <> $3 and taken_at <= $4
		  or received_at < now() - make_interval(days => $5))`, r.PlatformID, uid, name, r.TakenAt, nodesKeptDays)
	if err != nil {
		return stored, false, named(err, "reading of node", r.Name)
	}
	tag, err := t.tx.Exec(ctx, `
		insert into node_readings (organization_id, `+nodeColumns+`) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, coalesce(nullif($11, ''), 'none'), $12, $13, $14, $15, now())
		on conflict (organization_id, platform_id, name) do update set uid = excluded.uid, cluster_uid = excluded.cluster_uid, digest = excluded.digest,
		  collector_version = excluded.collector_version, taken_at = excluded.taken_at, figures = excluded.figures, signature = excluded.signature,
		  signing_key_id = excluded.signing_key_id, signed_by = excluded.signed_by, uploaded_by = excluded.uploaded_by, token_id = excluded.token_id,
		  received_at = excluded.received_at
		where node_readings.taken_at < excluded.taken_at`,
		t.organization, NewID[NodeReading](), r.PlatformID, name, uid, text(r.ClusterUID), r.Digest, text(r.CollectorVersion), r.TakenAt, figures,
		r.Signature, r.SigningKeyID, r.SignedBy, r.UploadedBy, r.TokenID)
	if err != nil {
		return stored, false, named(err, "reading of node", r.Name)
	}
	if fresh = tag.RowsAffected() == 1; fresh {
		_, err = t.tx.Exec(ctx, `
			delete from node_readings where platform_id = $1 and received_at < (
			  select received_at from node_readings where platform_id = $1 order by received_at desc offset $2 limit 1)`, r.PlatformID, maxNodes-1)
		if err != nil {
			return stored, false, named(err, "readings of platform", r.PlatformID)
		}
	}
	stored, err = one[NodeReading](ctx, t.tx, "reading of node", r.Name, "select "+nodeColumns+" from node_readings where platform_id = $1 and name = $2", r.PlatformID, name)
	return stored, fresh, err
}

// NodeReadingByID returns the newest reading of a node.
func (t *Tx) NodeReadingByID(ctx context.Context, id NodeID) (NodeReading, error) {
	return one[NodeReading](ctx, t.tx, "node", id, "select "+nodeColumns+" from node_readings where id = $1", id)
}

// NodeReadings lists the newest reading of each of a platform's nodes, by name.
func (t *Tx) NodeReadings(ctx context.Context, platform PlatformID) ([]NodeReading, error) {
	return many[NodeReading](ctx, t.tx, "readings of platform", platform, "select "+nodeColumns+" from node_readings where platform_id = $1 order by name", platform)
}

// NodeReadingsMark changes whenever a reading of the platform comes.
func (t *Tx) NodeReadingsMark(ctx context.Context, platform PlatformID) (mark string, err error) {
	err = t.tx.QueryRow(ctx, "select coalesce(md5(string_agg(digest, ' ' order by name)), '') from node_readings where platform_id = $1", platform).Scan(&mark)
	if err != nil {
		return "", named(err, "readings of platform", platform)
	}
	return mark, nil
}

// NodesHeard says how many nodes sent readings, and when the readings were taken.
type NodesHeard struct {
	Nodes  int        `db:"nodes"`
	Oldest *time.Time `db:"oldest"` // nil where there are none
	Newest *time.Time `db:"newest"`
}

// NodesHeard counts the platform's readings.
func (t *Tx) NodesHeard(ctx context.Context, platform PlatformID) (NodesHeard, error) {
	return one[NodesHeard](ctx, t.tx, "readings of platform", platform,
		"select count(*)::int as nodes, min(taken_at) as oldest, max(taken_at) as newest from node_readings where platform_id = $1", platform)
}

// Overlay is what was read on the nodes of a cluster, as one of its snapshots was last assessed with it.
type Overlay struct {
	SnapshotID SnapshotID `db:"snapshot_id"`
	Nodes      int        `db:"nodes"`  // 0: readings came, and fitted none of the snapshot's nodes
	Oldest     *time.Time `db:"oldest"` // nil where there are none
	Newest     *time.Time `db:"newest"`
	ComputedAt time.Time  `db:"computed_at"`
}

const overlayColumns = "o.snapshot_id, o.nodes, o.oldest, o.newest, o.computed_at"

// SaveOverlay stores the readings that a snapshot was assessed with, in place of those of its last time.
func (t *Tx) SaveOverlay(ctx context.Context, id SnapshotID, readings []snapshot.NodeReading, at time.Time) error {
	if readings == nil {
		readings = []snapshot.NodeReading{}
	}
	body, err := document(readings)
	if err != nil {
		return named(err, "overlay of snapshot", id)
	}
	var oldest, newest *time.Time
	for _, r := range readings {
		if oldest == nil || r.At.Before(*oldest) {
			oldest = &r.At
		}
		if newest == nil || r.At.After(*newest) {
			newest = &r.At
		}
	}
	_, err = t.tx.Exec(ctx, `
		insert into snapshot_overlays (organization_id, snapshot_id, readings, nodes, oldest, newest, computed_at) values ($1, $2, $3, $4, $5, $6, $7)
		on conflict (organization_id, snapshot_id) do update set readings = excluded.readings, nodes = excluded.nodes, oldest = excluded.oldest,
		  newest = excluded.newest, computed_at = excluded.computed_at`,
		t.organization, id, body, len(readings), oldest, newest, at)
	if err != nil {
		return named(err, "overlay of snapshot", id)
	}
	return nil
}

// OverlayReadings are the readings that a snapshot was last assessed with; none where it was assessed by itself. Their version is another
// whenever they are saved.
func (t *Tx) OverlayReadings(ctx context.Context, id SnapshotID) (readings []snapshot.NodeReading, version string, err error) {
	type row struct {
		Readings []snapshot.NodeReading `db:"readings"`
		Version  string                 `db:"version"`
	}
	found, err := one[row](ctx, t.tx, "overlay of snapshot", id, "select readings, xmin::text as version from snapshot_overlays where snapshot_id = $1", id)
	if errors.Is(err, ErrNotFound) {
		return nil, "", nil
	}
	return found.Readings, found.Version, err
}

// OverlayVersion is the version of a snapshot's overlay; empty where it has none.
func (t *Tx) OverlayVersion(ctx context.Context, id SnapshotID) (version string, err error) {
	err = t.tx.QueryRow(ctx, "select coalesce((select xmin::text from snapshot_overlays where snapshot_id = $1), '')", id).Scan(&version)
	if err != nil {
		return "", named(err, "overlay of snapshot", id)
	}
	return version, nil
}

// OverlaysOf says what each of a platform's snapshots was last assessed with; one that was assessed by itself has none.
func (t *Tx) OverlaysOf(ctx context.Context, platform PlatformID) (map[SnapshotID]Overlay, error) {
	rows, err := many[Overlay](ctx, t.tx, "overlays of platform", platform, "select "+overlayColumns+` from snapshot_overlays o
		join snapshots n on n.organization_id = o.organization_id and n.id = o.snapshot_id where n.platform_id = $1`, platform)
	found := make(map[SnapshotID]Overlay, len(rows))
	for _, row := range rows {
		found[row.SnapshotID] = row
	}
	return found, err
}

// IsMerged reports whether a reading is part of what a snapshot was last assessed with.
func (t *Tx) IsMerged(ctx context.Context, id SnapshotID, digest string) (merged bool, err error) {
	err = t.tx.QueryRow(ctx, `select exists (select from snapshot_overlays where snapshot_id = $1 and readings @> jsonb_build_array(jsonb_build_object('from', $2::text)))`,
		id, digest).Scan(&merged)
	if err != nil {
		return false, named(err, "overlay of snapshot", id)
	}
	return merged, nil
}

// MergeTarget is the snapshot that readings of nodes are merged into.
type MergeTarget struct {
	ID         SnapshotID `db:"id"`
	ClusterUID string     `db:"cluster_uid"`
	TakenAt    time.Time  `db:"taken_at"`
	MergedAt   *time.Time `db:"merged_at"` // the last time; nil: never
}

// MergeTarget returns the snapshot that the platform is assessed by, where it is of a cluster; ErrNotFound otherwise.
func (t *Tx) MergeTarget(ctx context.Context, platform PlatformID) (MergeTarget, error) {
	return one[MergeTarget](ctx, t.tx, "snapshot to merge into of platform", platform, `
		select n.id, n.cluster_uid, n.taken_at, o.computed_at as merged_at from (
		  select n.* from snapshots n join snapshot_states s on s.organization_id = n.organization_id and s.snapshot_id = n.id
		  where n.platform_id = $1 and s.state not in ('foreign', 'failed') order by n.taken_at desc, n.id desc limit 1) n
		left join snapshot_overlays o on o.organization_id = n.organization_id and o.snapshot_id = n.id
		where n.source = 'cluster'`, platform)
}
