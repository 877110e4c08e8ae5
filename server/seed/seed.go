// Package seed fills a new installation for one person on one machine with an example organization, so that every page has something
// to show.
package seed

import (
	"context"
	"fmt"

	"plimsoll/server/auth/devidentity"
	"plimsoll/server/jobs"
	"plimsoll/server/store"
)

// organization is the example's name.
const organization = "Harbour Logistics"

// roles of the invented people in the example, by their logins. Who is not named has no organization yet.
var roles = []struct {
	login string
	role  store.Role
}{{"mara", store.Owner}, {"tomas", store.Assessor}, {"ines", store.Viewer}}

// Example makes the example organization, its members and a platform, once: where the first of its people belongs to any organization,
// nothing is done.
func Example(ctx context.Context, s *store.Store, assessor *jobs.Assessor) error {
	people := map[string]store.Person{}
	for _, person := range devidentity.People {
		signed, err := s.SignIn(ctx, store.Identity{Issuer: devidentity.Issuer, Subject: person.Login, Email: person.Email, Name: person.Name})
		if err != nil {
			return fmt.Errorf("example: %w", err)
		}
		people[person.Login] = signed
	}
	owner := people[roles[0].login]
	memberships, err := s.OrganizationsOf(ctx, owner.ID)
	if err != nil || len(memberships) > 0 {
		return err
	}
	made, err := s.CreateOrganization(ctx, owner.ID, organization)
	if err != nil {
		return fmt.Errorf("example: %w", err)
	}
	return s.InOrganization(ctx, made.ID, func(t *store.Tx) error {
		for _, r := range roles[1:] {
			if err := t.AddMember(ctx, people[r.login].ID, r.role); err != nil {
				return fmt.Errorf("example: %w", err)
			}
		}
		_, err := t.CreatePlatform(ctx, "Production", "The cluster that the shop and the warehouse run on.")
		return err
	})
}
