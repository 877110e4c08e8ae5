package store

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/jackc/pgx/v5"

	"plimsoll/assessments"
)

// Snapshot is one accepted snapshot of a platform. It never changes, but for its state.
type Snapshot struct {
	ID               SnapshotID      `db:"id"`
	PlatformID       PlatformID      `db:"platform_id"`
	Digest           string          `db:"digest"` // hex SHA-256 of the expanded lines
	Source           string          `db:"source"`
	ClusterUID       string          `db:"cluster_uid"` // empty where there is no cluster
	CollectorVersion string          `db:"collector_version"`
	TakenAt          time.Time       `db:"taken_at"`
	StoredBytes      int64           `db:"stored_bytes"`
	ExpandedBytes    int64           `db:"expanded_bytes"`
	Records          map[string]int  `db:"records"` // number of records by kind
	Summary          SnapshotSummary `db:"summary"`
	UploadedBy       *PersonID       `db:"uploaded_by"`
	TokenID          *TokenID        `db:"token_id"`
	Signed
	ReceivedAt time.Time     `db:"received_at"` // zero when it is inserted: now
	State      SnapshotState `db:"state"`
	Reason     string        `db:"reason"` // why it failed
}

// SnapshotSummary is what later snapshots and other platforms are compared with.
type SnapshotSummary struct {
	assessments.Earlier
	Workloads int    `json:"workloads,omitzero"`
	Provider  string `json:"provider,omitzero"`
	Region    string `json:"region,omitzero"`

	ClusterCreatedAt *time.Time `json:"clusterCreatedAt,omitzero"`
}

// SnapshotState is how far the work on a snapshot is.
type SnapshotState string

// The states of a snapshot.
const (
	Queued   SnapshotState = "queued"
	Assessed SnapshotState = "assessed"
	Failed   SnapshotState = "failed"
	Foreign  SnapshotState = "foreign" // of another cluster: kept, not scored, until somebody says what it is
)

const snapshotSelect = `
	select n.id, n.platform_id, n.digest, n.source, n.cluster_uid, n.collector_version, n.taken_at, n.stored_bytes, n.expanded_bytes,
	  (select c.body from contents c where c.platform_id = n.platform_id and c.digest = n.records_digest) as records,
	  (select c.body from contents c where c.platform_id = n.platform_id and c.digest = n.summary_digest) as summary, n.uploaded_by, n.token_id, n.signature, n.signing_key_id, n.signed_by,
	  n.received_at, s.state, s.reason
	from snapshots n join snapshot_states s on s.organization_id = n.organization_id and s.snapshot_id = n.id `

// pieceBytes is the size of the pieces that content is stored in.
const pieceBytes = 1 << 20

// InsertSnapshot stores a snapshot with its content. One that the platform has already, told by its digest, is returned as it is,
// and fresh is false; what another platform or organization has makes no difference.
func (t *Tx) InsertSnapshot(ctx context.Context, snapshot Snapshot, content io.Reader) (stored Snapshot, fresh bool, err error) {
	records, errRecords := document(snapshot.Records)
	summary, errSummary := document(snapshot.Summary)
	if err := errors.Join(errRecords, errSummary); err != nil {
		return stored, false, named(err, "snapshot", snapshot.Digest)
	}
	digests, err := t.keepParts(ctx, snapshot.PlatformID, part{"records", records}, part{"summary", summary})
	if err != nil {
		return stored, false, err
	}
	id := NewID[Snapshot]()
	tag, err := t.tx.Exec(ctx, `
		insert into snapshots (organization_id, id, platform_id, digest, source, cluster_uid, collector_version, taken_at, stored_bytes,
		  expanded_bytes, records_digest, summary_digest, uploaded_by, token_id, received_at, signature, signing_key_id, signed_by)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, coalesce(nullif($15, '0001-01-01'::timestamptz), now()), coalesce(nullif($16, ''), 'none'), $17, $18)
		on conflict (organization_id, platform_id, digest) do nothing`,
		t.organization, id, snapshot.PlatformID, snapshot.Digest, snapshot.Source, text(snapshot.ClusterUID), text(snapshot.CollectorVersion),
		snapshot.TakenAt, snapshot.StoredBytes, snapshot.ExpandedBytes, digests[0], digests[1], snapshot.UploadedBy, snapshot.TokenID, snapshot.ReceivedAt,
		snapshot.Signature, snapshot.SigningKeyID, snapshot.SignedBy)
	if err != nil {
		return stored, false, named(err, "snapshot", snapshot.Digest)
	}
	if tag.RowsAffected() == 1 {
		fresh = true
		if err := t.insertContent(ctx, id, content); err != nil {
			return stored, false, named(err, "content of snapshot", snapshot.Digest)
		}
		if err := t.SetSnapshotState(ctx, id, Queued, ""); err != nil {
			return stored, false, err
		}
	}
	stored, err = t.SnapshotByDigest(ctx, snapshot.PlatformID, snapshot.Digest)
	return stored, fresh, err
}

func (t *Tx) insertContent(ctx context.Context, id SnapshotID, content io.Reader) error {
	piece := make([]byte, pieceBytes)
	for ordinal := 0; ; ordinal++ {
		n, err := io.ReadFull(content, piece)
		if n > 0 {
			_, err := t.tx.Exec(ctx, "insert into snapshot_blobs (organization_id, snapshot_id, ordinal, content) values ($1, $2, $3, $4)",
				t.organization, id, ordinal, piece[:n])
			if err != nil {
				return err
			}
		}
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return nil
		case err != nil:
			return err
		}
	}
}

// SnapshotContent reads a snapshot's bytes as they were uploaded, a piece at a time, while the transaction lasts.
func (t *Tx) SnapshotContent(ctx context.Context, id SnapshotID) io.Reader {
	return &contentReader{ctx: ctx, tx: t.tx, id: id}
}

type contentReader struct {
	ctx   context.Context
	tx    pgx.Tx
	id    SnapshotID
	next  int
	piece []byte
}

func (r *contentReader) Read(p []byte) (int, error) {
	if len(r.piece) == 0 {
		err := r.tx.QueryRow(r.ctx, "select content from snapshot_blobs where snapshot_id = $1 and ordinal = $2", r.id, r.next).Scan(&r.piece)
		switch {
		case errors.Is(err, pgx.ErrNoRows) && r.next == 0:
			return 0, named(ErrNotFound, "content of snapshot", r.id)
		case errors.Is(err, pgx.ErrNoRows):
			return 0, io.EOF
		case err != nil:
			return 0, named(err, "content of snapshot", r.id)
		}
		r.next++
	}
	n := copy(p, r.piece)
	r.piece = r.piece[n:]
	return n, nil
}

// SetSnapshotState says how far the work on a snapshot is; the reason is why it failed.
func (t *Tx) SetSnapshotState(ctx context.Context, id SnapshotID, state SnapshotState, reason string) error {
	reason = text(reason)
	for len(reason) > 2000 {
		reason = text(reason[:2000-3])
	}
	return change(ctx, t.tx, "state of snapshot", id, `
		insert into snapshot_states (organization_id, snapshot_id, state, reason) values ($1, $2, $3, $4)
		on conflict (organization_id, snapshot_id) do update set state = excluded.state, reason = excluded.reason, changed_at = now()`,
		t.organization, id, state, reason)
}

// SnapshotByID returns one snapshot.
func (t *Tx) SnapshotByID(ctx context.Context, id SnapshotID) (Snapshot, error) {
	return one[Snapshot](ctx, t.tx, "snapshot", id, snapshotSelect+"where n.id = $1", id)
}

// SnapshotByDigest returns a platform's snapshot by what is in it.
func (t *Tx) SnapshotByDigest(ctx context.Context, platform PlatformID, digest string) (Snapshot, error) {
	return one[Snapshot](ctx, t.tx, "snapshot", digest, snapshotSelect+"where n.platform_id = $1 and n.digest = $2", platform, text(digest))
}

// LatestSnapshot returns the platform's snapshot that was taken last.
func (t *Tx) LatestSnapshot(ctx context.Context, platform PlatformID) (Snapshot, error) {
	return one[Snapshot](ctx, t.tx, "latest snapshot of platform", platform,
		snapshotSelect+"where n.platform_id = $1 and s.state <> 'foreign' order by n.taken_at desc, n.id desc limit 1", platform)
}

// LatestArrival returns the platform's snapshot that was received last, whatever became of it.
func (t *Tx) LatestArrival(ctx context.Context, platform PlatformID) (Snapshot, error) {
	return one[Snapshot](ctx, t.tx, "latest arrival of platform", platform,
		snapshotSelect+"where n.platform_id = $1 order by n.received_at desc, n.id desc limit 1", platform)
}

// Snapshots lists a platform's snapshots, the last taken first, at most limit of them.
func (t *Tx) Snapshots(ctx context.Context, platform PlatformID, limit int) ([]Snapshot, error) {
	return many[Snapshot](ctx, t.tx, "snapshots of platform", platform,
		snapshotSelect+"where n.platform_id = $1 order by n.taken_at desc, n.id desc limit $2", platform, limit)
}

// EarlierSnapshots lists what a platform's snapshot is compared with: those taken before it, the last first, at most limit of them.
func (t *Tx) EarlierSnapshots(ctx context.Context, snapshot Snapshot, limit int) ([]Snapshot, error) {
	return many[Snapshot](ctx, t.tx, "snapshots before", snapshot.ID,
		snapshotSelect+"where n.platform_id = $1 and n.taken_at < $2 and s.state <> 'foreign' order by n.taken_at desc, n.id desc limit $3", snapshot.PlatformID, snapshot.TakenAt, limit)
}

// DiscardForeign deletes a snapshot of another cluster that was never taken over.
func (t *Tx) DiscardForeign(ctx context.Context, id SnapshotID) error {
	var gone bool
	err := t.tx.QueryRow(ctx, "select discard_foreign_snapshot($1)", id).Scan(&gone)
	if err == nil && !gone {
		err = ErrNotFound
	}
	if err != nil {
		return named(err, "discard snapshot", id)
	}
	return nil
}

// SiblingSnapshot is the newest snapshot of another platform.
type SiblingSnapshot struct {
	Platform string          `db:"name"`
	Summary  SnapshotSummary `db:"summary"`
}

// siblingSnapshots are those of other platforms than $1, taken until $2; null: until now. A sample is beside nobody.
const siblingSnapshots = `
	select p.name, (select c.body from contents c where c.platform_id = p.id and c.digest = n.summary_digest) as summary from platforms p
	join lateral (
	  select summary_digest from snapshots where organization_id = p.organization_id and platform_id = p.id and source = 'cluster'
	    and ($2::timestamptz is null or taken_at <= $2)
	    and not exists (select from snapshot_states s where s.organization_id = snapshots.organization_id and s.snapshot_id = snapshots.id and s.state in ('foreign', 'failed'))
	  order by taken_at desc, id desc limit 1) n on true
	where p.id <> $1 and p.archived_at is null and not p.sample
	  and not exists (select from platforms sample where sample.id = $1 and sample.sample) order by p.name, p.id`

// SiblingSnapshots lists the newest cluster snapshot of each other platform that is not archived.
func (t *Tx) SiblingSnapshots(ctx context.Context, platform PlatformID) ([]SiblingSnapshot, error) {
	return many[SiblingSnapshot](ctx, t.tx, "siblings of platform", platform, siblingSnapshots, platform, nil)
}
