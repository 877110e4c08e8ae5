package store

import (
	"context"
	"time"
)

// Role is what a member may do.
type Role string

// The roles, from the one that may do everything downwards.
const (
	Owner    Role = "owner"
	Admin    Role = "admin"
	Assessor Role = "assessor"
	Viewer   Role = "viewer"
)

// Roles in their order.
var Roles = []Role{Owner, Admin, Assessor, Viewer}

// Member is a person in an organization.
type Member struct {
	PersonID  PersonID  `db:"person_id"`
	Name      string    `db:"name"`
	Email     string    `db:"email"`
	Role      Role      `db:"role"`
	CreatedAt time.Time `db:"created_at"`
}

const memberColumns = "m.person_id, p.name, p.email, m.role, m.created_at"

// AddMember gives a person a role. One who has a role already exists already.
func (t *Tx) AddMember(ctx context.Context, person PersonID, role Role) error {
	return change(ctx, t.tx, "add member", person, "insert into members (organization_id, person_id, role) values ($1, $2, $3)", t.organization, person, role)
}

// Members lists the organization's members by name.
func (t *Tx) Members(ctx context.Context) ([]Member, error) {
	return many[Member](ctx, t.tx, "members of", t.organization, `
		select `+memberColumns+` from members m join people p on p.id = m.person_id
		where m.organization_id = $1 order by p.name, m.person_id`, t.organization)
}

// MemberByID returns one member.
func (t *Tx) MemberByID(ctx context.Context, person PersonID) (Member, error) {
	return one[Member](ctx, t.tx, "member", person, `
		select `+memberColumns+` from members m join people p on p.id = m.person_id where m.organization_id = $1 and m.person_id = $2`,
		t.organization, person)
}

// Belongings are what a member would leave behind.
type Belongings struct {
	Findings int `db:"findings"` // assigned to them
	Tokens   int `db:"tokens"`   // that they made and that are good still
}

// BelongingsOf counts what a member answers for.
func (t *Tx) BelongingsOf(ctx context.Context, person PersonID) (Belongings, error) {
	return one[Belongings](ctx, t.tx, "belongings of", person, `
		select (select count(*)::int from finding_assignments where organization_id = $1 and assignee_id = $2) as findings,
		  (select count(*)::int from tokens where organization_id = $1 and created_by = $2 and revoked_at is null and (expires_at is null or expires_at > now())) as tokens`,
		t.organization, person)
}

// HandOver gives what a member answers for to another; where there is no other, findings are nobody's. Tokens go with it, or end.
func (t *Tx) HandOver(ctx context.Context, from PersonID, to *PersonID, endTokens bool) error {
	_, err := t.tx.Exec(ctx, "update finding_assignments set assignee_id = $3 where organization_id = $1 and assignee_id = $2", t.organization, from, to)
	if err == nil && endTokens {
		_, err = t.tx.Exec(ctx, "update tokens set revoked_at = now() where organization_id = $1 and created_by = $2 and revoked_at is null", t.organization, from)
	} else if err == nil && to != nil {
		_, err = t.tx.Exec(ctx, "update tokens set created_by = $3 where organization_id = $1 and created_by = $2 and revoked_at is null", t.organization, from, to)
	}
	if err != nil {
		return named(err, "hand over what is of", from)
	}
	return nil
}

// SetRole changes a member's role. The last owner stays one.
func (t *Tx) SetRole(ctx context.Context, person PersonID, role Role) error {
	if err := change(ctx, t.tx, "role of", person, "update members set role = $2 where person_id = $1 and organization_id = $3", person, role, t.organization); err != nil {
		return err
	}
	return t.requireOwner(ctx, "role of", person)
}

// RemoveMember ends a membership, and the invitations that the member made and nobody took up. The last owner stays.
func (t *Tx) RemoveMember(ctx context.Context, person PersonID) error {
	_, err := t.tx.Exec(ctx, "update invitations set ended_at = now() where organization_id = $1 and invited_by = $2 and ended_at is null", t.organization, person)
	if err != nil {
		return named(err, "remove member", person)
	}
	if err := change(ctx, t.tx, "remove member", person, "delete from members where person_id = $1 and organization_id = $2", person, t.organization); err != nil {
		return err
	}
	return t.requireOwner(ctx, "remove member", person)
}

// requireOwner fails, and so undoes the transaction, where the change left no owner. The organization's row is locked, so that two
// owners can't step down past each other.
func (t *Tx) requireOwner(ctx context.Context, what string, person PersonID) error {
	if _, err := t.tx.Exec(ctx, "select from organizations where id = $1 for no key update", t.organization); err != nil {
		return named(err, what, person)
	}
	var owners int
	err := t.tx.QueryRow(ctx, "select count(*) from members where organization_id = $1 and role = 'owner'", t.organization).Scan(&owners)
	if err == nil && owners == 0 {
		err = ErrLastOwner
	}
	if err != nil {
		return named(err, what, person)
	}
	return nil
}
