package store

import (
	"context"
	"time"
)

// InvitationID names an invitation.
type InvitationID = ID[Invitation]

// Invitation is an open door into an organization: whoever holds its link comes in with its role, once.
type Invitation struct {
	ID        InvitationID `db:"id"`
	Role      Role         `db:"role"`
	Note      string       `db:"note"`       // whom it is for; it decides nothing
	InvitedBy string       `db:"invited_by"` // a name; empty where they were erased
	CreatedAt time.Time    `db:"created_at"`
	ExpiresAt time.Time    `db:"expires_at"`
}

// MaxInvitations bounds how many invitations of an organization are open at once.
const MaxInvitations = 100

const invitationColumns = "i.id, i.role, i.note, coalesce(p.name, '') as invited_by, i.created_at, i.expires_at"

// Invite opens an invitation, kept by the hash of its link's secret; ErrConflict where as many are open as can be.
func (t *Tx) Invite(ctx context.Context, by PersonID, role Role, note string, hash [32]byte, expires time.Time) (InvitationID, error) {
	id := NewID[Invitation]()
	tag, err := t.tx.Exec(ctx, `
		insert into invitations (organization_id, id, role, note, hash, invited_by, expires_at)
		select $1, $2, $3, $4, $5, $6, $7
		where (select count(*) from invitations where organization_id = $1 and ended_at is null and expires_at > now()) < $8`,
		t.organization, id, role, text(note), hash[:], by, expires, MaxInvitations)
	if err == nil && tag.RowsAffected() == 0 {
		err = ErrConflict
	}
	if err != nil {
		return id, named(err, "invite", role)
	}
	return id, nil
}

// Invitations lists what is open, the newest first.
func (t *Tx) Invitations(ctx context.Context) ([]Invitation, error) {
	return many[Invitation](ctx, t.tx, "invitations of", t.organization, `
		select `+invitationColumns+` from invitations i left join people p on p.id = i.invited_by
		where i.organization_id = $1 and i.ended_at is null and i.expires_at > now() order by i.id desc`, t.organization)
}

// InvitationByID returns an open invitation.
func (t *Tx) InvitationByID(ctx context.Context, id InvitationID) (Invitation, error) {
	return one[Invitation](ctx, t.tx, "invitation", id, `
		select `+invitationColumns+` from invitations i left join people p on p.id = i.invited_by
		where i.organization_id = $1 and i.id = $2 and i.ended_at is null and i.expires_at > now()`, t.organization, id)
}

// InvitationByHash returns the open invitation of a secret's hash. Who invited is named to one who holds it.
func (t *Tx) InvitationByHash(ctx context.Context, hash [32]byte) (Invitation, error) {
	return one[Invitation](ctx, t.tx, "invitation", "by its link", `
		select `+invitationColumns+` from invitations i left join people p on p.id = i.invited_by
		where i.organization_id = $1 and i.hash = $2 and i.ended_at is null and i.expires_at > now()`, t.organization, hash[:])
}

// AcceptInvitation makes the person a member in the invitation's role, and ends it. Of two who hold the same link one comes in; who is a
// member already is told so (ErrExists), and leaves it open.
func (t *Tx) AcceptInvitation(ctx context.Context, hash [32]byte, person PersonID) (Invitation, error) {
	type taken struct {
		ID   InvitationID `db:"id"`
		Role Role         `db:"role"`
	}
	found, err := one[taken](ctx, t.tx, "invitation", "by its link", `
		update invitations set ended_at = now(), accepted_by = $3
		where organization_id = $1 and hash = $2 and ended_at is null and expires_at > now() returning id, role`, t.organization, hash[:], person)
	if err != nil {
		return Invitation{}, err
	}
	return Invitation{ID: found.ID, Role: found.Role}, t.AddMember(ctx, person, found.Role)
}

// EndInvitation takes an invitation back.
func (t *Tx) EndInvitation(ctx context.Context, id InvitationID) error {
	return change(ctx, t.tx, "end invitation", id, "update invitations set ended_at = coalesce(ended_at, now()) where id = $1", id)
}
