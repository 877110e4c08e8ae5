package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
)

// Platform is what is assessed: a cluster, or a planned one.
type Platform struct {
	ID          PlatformID `db:"id"`
	Slug        string     `db:"slug"` // stands for it in addresses
	Name        string     `db:"name"`
	Description string     `db:"description"`
	ClusterUID  *string    `db:"cluster_uid"` // nil until a snapshot named its cluster
	// InputRevision grows with each answer, workload fact, waiver and setting that bears on the platform.
	InputRevision int64      `db:"input_revision"`
	CreatedAt     time.Time  `db:"created_at"`
	ArchivedAt    *time.Time `db:"archived_at"`
	Sample        bool       `db:"sample"` // made to be looked at and thrown away
	Making        Making     `db:"making"` // how far the making of a sample is
}

// Making is how far the making of a sample is. The zero value: there is nothing left to make.
type Making string

// States of a sample that is not whole.
const (
	MakingUnderWay Making = "under way"
	MakingFailed   Making = "failed"
)

const platformColumns = "id, slug, name, description, cluster_uid, input_revision, created_at, archived_at, sample, making"

// CreatePlatform makes a platform. Its slug is made from its name, with a number where that is taken.
func (t *Tx) CreatePlatform(ctx context.Context, name, description string) (Platform, error) {
	return t.createPlatform(ctx, Platform{Name: name, Description: description})
}

// CreateSample makes the organization's sample platform, empty and with its making under way; ErrExists where it has one.
func (t *Tx) CreateSample(ctx context.Context, name, description string) (Platform, error) {
	var there bool
	if err := t.tx.QueryRow(ctx, "select exists (select from platforms where sample)").Scan(&there); err != nil {
		return Platform{}, named(err, "sample of", t.organization)
	}
	if there {
		return Platform{}, named(ErrExists, "sample of", t.organization)
	}
	return t.createPlatform(ctx, Platform{Name: name, Description: description, Sample: true, Making: MakingUnderWay})
}

// SetMaking says how far the making of a sample is.
func (t *Tx) SetMaking(ctx context.Context, id PlatformID, making Making) error {
	return change(ctx, t.tx, "making of sample", id, "update platforms set making = $2 where id = $1 and sample", id, making)
}

// EmptySample erases what was made of a sample whose making is under way. The platform keeps its id and its address.
func (t *Tx) EmptySample(ctx context.Context, id PlatformID) error {
	sample, err := one[Platform](ctx, t.tx, "sample", id, "delete from platforms where id = $1 and making = $2 returning "+platformColumns, id, MakingUnderWay)
	if err != nil {
		return err
	}
	_, err = t.tx.Exec(ctx, `
		insert into platforms (organization_id, id, slug, name, description, created_at, sample, making) values ($1, $2, $3, $4, $5, $6, true, $7)`,
		t.organization, id, sample.Slug, sample.Name, sample.Description, sample.CreatedAt, MakingUnderWay)
	if err != nil {
		return named(err, "empty sample", id)
	}
	return nil
}

// Sample returns the organization's sample platform.
func (t *Tx) Sample(ctx context.Context) (Platform, error) {
	return one[Platform](ctx, t.tx, "sample of", t.organization, "select "+platformColumns+" from platforms where sample")
}

func (t *Tx) createPlatform(ctx context.Context, p Platform) (platform Platform, err error) {
	slug := slugOf(p.Name, "platform")
	if slug == "new" { // the address of the form that makes one
		slug = "new-platform"
	}
	err = withFreeSlug(ctx, t.tx, slug, func(tx pgx.Tx, slug string) (err error) {
		platform, err = one[Platform](ctx, tx, "create platform", slug, `
			insert into platforms (organization_id, id, slug, name, description, sample, making) values ($1, $2, $3, $4, $5, $6, $7) returning `+platformColumns,
			t.organization, NewID[Platform](), slug, p.Name, p.Description, p.Sample, p.Making)
		return err
	})
	return platform, err
}

// Platforms lists the platforms by name; archived ones stand last.
func (t *Tx) Platforms(ctx context.Context) ([]Platform, error) {
	return many[Platform](ctx, t.tx, "platforms of", t.organization, `
		select `+platformColumns+` from platforms order by archived_at is not null, name, id`)
}

// PlatformByID returns one platform.
func (t *Tx) PlatformByID(ctx context.Context, id PlatformID) (Platform, error) {
	return one[Platform](ctx, t.tx, "platform", id, "select "+platformColumns+" from platforms where id = $1", id)
}

// PlatformBySlug returns one platform by the word in its address.
func (t *Tx) PlatformBySlug(ctx context.Context, slug string) (Platform, error) {
	return one[Platform](ctx, t.tx, "platform", slug, "select "+platformColumns+" from platforms where slug = $1", text(slug))
}

// RenamePlatform changes name and description; the slug, and with it every address, stays.
func (t *Tx) RenamePlatform(ctx context.Context, id PlatformID, name, description string) error {
	return change(ctx, t.tx, "rename platform", id, "update platforms set name = $2, description = $3 where id = $1", id, name, description)
}

// ArchivePlatform takes a platform out of overviews; nothing of it is lost.
func (t *Tx) ArchivePlatform(ctx context.Context, id PlatformID) error {
	return change(ctx, t.tx, "archive platform", id, "update platforms set archived_at = coalesce(archived_at, now()) where id = $1", id)
}

// UnarchivePlatform brings an archived platform back.
func (t *Tx) UnarchivePlatform(ctx context.Context, id PlatformID) error {
	return change(ctx, t.tx, "unarchive platform", id, "update platforms set archived_at = null where id = $1", id)
}

// DeletePlatform erases a platform with its answers, snapshots, assessments and everything else of it.
func (t *Tx) DeletePlatform(ctx context.Context, id PlatformID) error {
	return change(ctx, t.tx, "delete platform", id, "delete from platforms where id = $1", id)
}

// DiscardSample erases a sample platform with everything of it. One that is none is not found.
func (t *Tx) DiscardSample(ctx context.Context, id PlatformID) error {
	return change(ctx, t.tx, "discard sample", id, "delete from platforms where id = $1 and sample", id)
}

// BindCluster ties a platform to the cluster that its first snapshot names. A platform of another cluster gives ErrOtherCluster.
func (t *Tx) BindCluster(ctx context.Context, id PlatformID, clusterUID string) error {
	platform, err := one[Platform](ctx, t.tx, "platform", id, "select "+platformColumns+" from platforms where id = $1 for no key update", id)
	switch {
	case err != nil:
		return err
	case platform.ClusterUID == nil:
		return t.RebindCluster(ctx, id, clusterUID)
	case *platform.ClusterUID != clusterUID:
		return named(ErrOtherCluster, "platform", id)
	}
	return nil
}

// RebindCluster ties a platform to a cluster, whatever it was tied to: the cluster was rebuilt.
func (t *Tx) RebindCluster(ctx context.Context, id PlatformID, clusterUID string) error {
	return change(ctx, t.tx, "bind cluster to platform", id, "update platforms set cluster_uid = $2 where id = $1", id, clusterUID)
}

// touchInputs notes that what a platform is assessed by changed; a nil platform is every platform. The row stays locked until the
// transaction ends, so that a result is either made of the change or known to be older (LockInputs).
func (t *Tx) touchInputs(ctx context.Context, platform *PlatformID) error {
	_, err := t.tx.Exec(ctx, "update platforms set input_revision = input_revision + 1 where $1::uuid is null or id = $1", platform)
	if err != nil {
		return named(err, "inputs of platform", platform)
	}
	return nil
}

// LockInputs returns a platform's input revision and holds it until the transaction ends.
func (t *Tx) LockInputs(ctx context.Context, platform PlatformID) (revision int64, err error) {
	err = t.tx.QueryRow(ctx, "select input_revision from platforms where id = $1 for no key update", platform).Scan(&revision)
	if err != nil {
		return 0, named(err, "inputs of platform", platform)
	}
	return revision, nil
}
