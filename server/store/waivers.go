package store

import (
	"context"
	"strings"
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

// MaxWaivers bounds how many waivers one platform has: each is held against every outcome of its rule.
const MaxWaivers = 5000

// exact is a pattern that matches the text alone.
var exact = strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`)

// Exactly is a waiver of one finding and nothing else.
func Exactly(f assessments.Finding, reason string, until time.Time) assessments.Waiver {
	return assessments.Waiver{
		Rule: exact.Replace(f.Rule), Kind: exact.Replace(f.Subject.Kind), Namespace: exact.Replace(f.Subject.Namespace), Name: exact.Replace(f.Subject.Name),
		Container: exact.Replace(f.Subject.Container), Reason: reason, Until: until,
	}
}

// WaiveFindings accepts each of the findings by itself until a day. ErrConflict where the platform would have too many waivers.
func (t *Tx) WaiveFindings(ctx context.Context, platform PlatformID, person PersonID, findings []assessments.Finding, reason string, until time.Time) error {
	names := namesOf(findings)
	ids := make([]WaiverID, len(findings))
	for i := range ids {
		ids[i] = NewID[Waiver]()
	}
	tag, err := t.tx.Exec(ctx, `
		insert into waivers (organization_id, id, platform_id, rule, kind, namespace, name, container, reason, until, person_id)
		select $1, id, $2, rule, kind, namespace, name, container, $3, $4, $5
		from unnest($6::uuid[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[]) as f (id, rule, kind, namespace, name, container)
		where (select count(*) from waivers where platform_id = $2) + $12 <= $13`,
		t.organization, platform, text(reason), until, person, ids, names.rule, names.kind, names.namespace, names.name, names.container, len(findings), MaxWaivers)
	if err == nil && int(tag.RowsAffected()) < len(findings) {
		err = ErrConflict
	}
	if err != nil {
		return named(err, "waive findings of platform", platform)
	}
	return t.touchInputs(ctx, &platform)
}

// UnwaiveFindings takes back the waivers that are for one of these findings alone, and says how many. Those that cover more stay.
func (t *Tx) UnwaiveFindings(ctx context.Context, platform PlatformID, findings []assessments.Finding) (int, error) {
	names := namesOf(findings)
	tag, err := t.tx.Exec(ctx, `
		delete from waivers w using unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[]) as f (rule, kind, namespace, name, container)
		where w.platform_id = $1 and w.rule = f.rule and w.kind = f.kind and w.namespace = f.namespace and w.name = f.name and w.container = f.container`,
		platform, names.rule, names.kind, names.namespace, names.name, names.container)
	if err != nil {
		return 0, named(err, "unwaive findings of platform", platform)
	}
	if tag.RowsAffected() == 0 {
		return 0, nil
	}
	return int(tag.RowsAffected()), t.touchInputs(ctx, &platform)
}

// namesOf are the findings' names as patterns.
func namesOf(findings []assessments.Finding) (c findingColumns) {
	for _, f := range findings {
		w := Exactly(f, "", time.Time{})
		c.rule, c.kind, c.namespace = append(c.rule, text(w.Rule)), append(c.kind, text(w.Kind)), append(c.namespace, text(w.Namespace))
		c.name, c.container = append(c.name, text(w.Name)), append(c.container, text(w.Container))
	}
	return c
}

// DeleteWaiver takes a waiver back.
func (t *Tx) DeleteWaiver(ctx context.Context, id WaiverID) error {
	var platform *PlatformID
	if err := t.tx.QueryRow(ctx, "delete from waivers where id = $1 returning platform_id", id).Scan(&platform); err != nil {
		return named(err, "delete waiver", id)
	}
	return t.touchInputs(ctx, platform)
}
