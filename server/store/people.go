package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
)

// Person is somebody who signed in: an identity provider's subject. E-mail address and name are what the provider last said, and
// identify nobody.
type Person struct {
	ID        PersonID  `db:"id"`
	Issuer    string    `db:"issuer"`
	Subject   string    `db:"subject"`
	Email     string    `db:"email"`
	Name      string    `db:"name"`
	CreatedAt time.Time `db:"created_at"`
	SeenAt    time.Time `db:"seen_at"`
}

// Identity is what an identity provider vouches for.
type Identity struct{ Issuer, Subject, Email, Name string }

// SignIn returns the person of an identity, made where it comes for the first time, with e-mail address and name brought up to date.
func (s *Store) SignIn(ctx context.Context, identity Identity) (person Person, err error) {
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, "select set_config('app.issuer', $1, true), set_config('app.subject', $2, true)", identity.Issuer, identity.Subject)
		if err != nil {
			return named(err, "sign in", identity.Subject)
		}
		person, err = one[Person](ctx, tx, "sign in", identity.Subject, `
			insert into people (id, issuer, subject, email, name) values ($1, $2, $3, $4, $5)
			on conflict (issuer, subject) do update set email = excluded.email, name = excluded.name, seen_at = now()
			returning id, issuer, subject, email, name, created_at, seen_at`,
			NewID[Person](), identity.Issuer, identity.Subject, text(identity.Email), text(identity.Name))
		return err
	})
	return person, err
}

// PersonByID returns a person as they see themselves.
func (s *Store) PersonByID(ctx context.Context, id PersonID) (person Person, err error) {
	err = s.asPerson(ctx, id, func(tx pgx.Tx) error {
		person, err = one[Person](ctx, tx, "person", id, `
			select id, issuer, subject, email, name, created_at, seen_at from people where id = $1`, id)
		return err
	})
	return person, err
}
