package store

import (
	"context"
	"time"

	"plimsoll/assessments"
)

// Waiver is an accepted finding of one platform, or of all where none is named.
type Waiver struct {
	ID         WaiverID    `db:"id"`
	PlatformID *PlatformID `db:"platform_id"`
	Rule       string      `db:"rule"`
	Kind       string      `db:"kind"`
	Namespace  string      `db:"namespace"`
	Name       string      `db:"name"`
	Container  string      `db:"container"`
	Reason     string      `db:"reason"`
	Until      time.Time   `db:"until"`
	Author     string      `db:"author"`
	CreatedAt  time.Time   `db:"created_at"`
}

// Waives is the waiver as an assessment takes it.
func (w Waiver) Waives() assessments.Waiver {
	return assessments.Waiver{
		Rule: w.Rule, Kind: w.Kind, Namespace: w.Namespace, Name: w.Name, Container: w.Container,
		Reason: w.Reason, Author: w.Author, Until: assessments.Day(w.Until),
	}
}

// Waivers are those that bear on a platform, the newest first; expired ones too, as a result names them.
func (t *Tx) Waivers(ctx context.Context, platform PlatformID) ([]Waiver, error) {
	return many[Waiver](ctx, t.tx, "waivers of platform", platform, `
		select w.id, w.platform_id, w.rule, w.kind, w.namespace, w.name, w.container, w.reason, w.until, coalesce(p.name, '') as author, w.created_at
		from waivers w left join people p on p.id = w.person_id
		where w.platform_id = $1 or w.platform_id is null order by w.created_at desc, w.id desc`, platform)
}

// CreateWaiver accepts findings until a day. A nil platform is every platform of the organization.
func (t *Tx) CreateWaiver(ctx context.Context, platform *PlatformID, person PersonID, waiver assessments.Waiver) (WaiverID, error) {
	id := NewID[Waiver]()
	err := change(ctx, t.tx, "create waiver for", waiver.Rule, `
		insert into waivers (organization_id, id, platform_id, rule, kind, namespace, name, container, reason, until, person_id)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		t.organization, id, platform, waiver.Rule, waiver.Kind, waiver.Namespace, waiver.Name, waiver.Container, waiver.Reason, waiver.Until, person)
	if err != nil {
		return id, err
	}
	return id, t.touchInputs(ctx, platform)
}

// DeleteWaiver takes a waiver back.
func (t *Tx) DeleteWaiver(ctx context.Context, id WaiverID) error {
	var platform *PlatformID
	if err := t.tx.QueryRow(ctx, "delete from waivers where id = $1 returning platform_id", id).Scan(&platform); err != nil {
		return named(err, "delete waiver", id)
	}
	return t.touchInputs(ctx, platform)
}
