package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"plimsoll/assessments"
)

// Organization is a tenant.
type Organization struct {
	ID        OrganizationID       `db:"id"`
	Slug      string               `db:"slug"` // stands for it in addresses
	Name      string               `db:"name"`
	Settings  assessments.Settings `db:"settings"`
	CreatedAt time.Time            `db:"created_at"`
}

const organizationColumns = "o.id, o.slug, o.name, o.settings, o.created_at"

// Membership is an organization with the role that a person has in it.
type Membership struct {
	Organization
	Role Role `db:"role"`
}

// CreateOrganization makes an organization and its first owner. Its slug is made from its name, with a number where that is taken.
func (s *Store) CreateOrganization(ctx context.Context, owner PersonID, name string) (Organization, error) {
	organization := Organization{ID: NewID[Organization](), Name: name}
	err := s.InOrganization(ctx, organization.ID, func(t *Tx) error {
		err := withFreeSlug(ctx, t.tx, slugOf(name, "organization"), func(tx pgx.Tx, slug string) (err error) {
			organization, err = one[Organization](ctx, tx, "create organization", slug, `
				insert into organizations as o (id, slug, name) values ($1, $2, $3) returning `+organizationColumns, t.organization, slug, name)
			return err
		})
		if err != nil {
			return err
		}
		return t.AddMember(ctx, owner, Owner)
	})
	return organization, err
}

// OrganizationsOf lists a person's organizations by name.
func (s *Store) OrganizationsOf(ctx context.Context, person PersonID) (memberships []Membership, err error) {
	err = s.asPerson(ctx, person, func(tx pgx.Tx) error {
		memberships, err = many[Membership](ctx, tx, "organizations of", person, `
			select `+organizationColumns+`, m.role from organizations o join members m on m.organization_id = o.id
			where m.person_id = $1 order by o.name, o.id`, person)
		return err
	})
	return memberships, err
}

// MembershipBySlug returns an organization and the person's role in it. One that the person is no member of is not found.
func (s *Store) MembershipBySlug(ctx context.Context, person PersonID, slug string) (membership Membership, err error) {
	err = s.asPerson(ctx, person, func(tx pgx.Tx) error {
		membership, err = one[Membership](ctx, tx, "organization", slug, `
			select `+organizationColumns+`, m.role from organizations o join members m on m.organization_id = o.id
			where m.person_id = $1 and o.slug = $2`, person, text(slug))
		return err
	})
	return membership, err
}

// VisitorOf returns a person with the organization of a slug and their role in it, in one transaction. One that the person is no
// member of is not found.
func (s *Store) VisitorOf(ctx context.Context, id PersonID, slug string) (person Person, membership Membership, err error) {
	type visitor struct {
		PersonID      PersonID  `db:"person_id"`
		Issuer        string    `db:"issuer"`
		Subject       string    `db:"subject"`
		Email         string    `db:"email"`
		PersonName    string    `db:"person_name"`
		PersonCreated time.Time `db:"person_created_at"`
		SeenAt        time.Time `db:"seen_at"`
		Membership
	}
	err = s.asPerson(ctx, id, func(tx pgx.Tx) error {
		found, err := one[visitor](ctx, tx, "organization", slug, `
			select p.id as person_id, p.issuer, p.subject, p.email, p.name as person_name, p.created_at as person_created_at, p.seen_at,
			  `+organizationColumns+`, m.role
			from people p join members m on m.person_id = p.id join organizations o on o.id = m.organization_id
			where p.id = $1 and o.slug = $2`, id, slug)
		person = Person{found.PersonID, found.Issuer, found.Subject, found.Email, found.PersonName, found.PersonCreated, found.SeenAt}
		membership = found.Membership
		return err
	})
	return person, membership, err
}

// CurrentOrganization returns the organization that the transaction works as.
func (t *Tx) CurrentOrganization(ctx context.Context) (Organization, error) {
	return one[Organization](ctx, t.tx, "organization", t.organization, "select "+organizationColumns+" from organizations o where o.id = $1", t.organization)
}

// RenameOrganization changes the name; the slug, and with it every address, stays.
func (t *Tx) RenameOrganization(ctx context.Context, name string) error {
	return change(ctx, t.tx, "rename organization", t.organization, "update organizations set name = $2 where id = $1", t.organization, name)
}

// SetSettings replaces the organization's choices.
func (t *Tx) SetSettings(ctx context.Context, settings assessments.Settings) error {
	value, err := document(settings)
	if err != nil {
		return named(err, "settings of", t.organization)
	}
	if err := change(ctx, t.tx, "settings of", t.organization, "update organizations set settings = $2 where id = $1", t.organization, value); err != nil {
		return err
	}
	return t.touchInputs(ctx, nil)
}
