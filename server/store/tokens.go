package store

import (
	"context"
	"time"
)

// Token is an API token as it is listed: its text was shown once and is not kept.
type Token struct {
	ID         TokenID     `db:"id"`
	PlatformID *PlatformID `db:"platform_id"` // nil: every platform of the organization
	Name       string      `db:"name"`
	Scope      Scope       `db:"scope"`
	Hint       string      `db:"hint"` // its last characters
	CreatedAt  time.Time   `db:"created_at"`
	ExpiresAt  *time.Time  `db:"expires_at"`
	RevokedAt  *time.Time  `db:"revoked_at"`
	UsedAt     *time.Time  `db:"used_at"`
	Signs      bool        `db:"signs"` // the public half of its signing key is known
}

// Scope is what a token is good for.
type Scope string

// UploadScope lets a token bring snapshots in, and see what became of them.
const UploadScope Scope = "upload"

const tokenColumns = "id, platform_id, name, scope, hint, created_at, expires_at, revoked_at, used_at, signing_key is not null as signs"

// NewToken is a token to be stored: its hash, never its text.
type NewToken struct {
	Platform   *PlatformID
	Name       string
	Scope      Scope
	Hash       [32]byte
	Hint       string
	SigningKey []byte // the public half; nil: not known until the token is used
	ExpiresAt  *time.Time
}

// CreateToken stores a token.
func (t *Tx) CreateToken(ctx context.Context, person PersonID, token NewToken) (Token, error) {
	return one[Token](ctx, t.tx, "create token", token.Name, `
		insert into tokens (organization_id, id, platform_id, name, scope, hash, hint, created_by, expires_at, signing_key)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) returning `+tokenColumns,
		t.organization, NewID[Token](), token.Platform, token.Name, token.Scope, token.Hash[:], token.Hint, person, token.ExpiresAt, token.SigningKey)
}

// Tokens lists the organization's tokens, the newest first; revoked and expired ones too.
func (t *Tx) Tokens(ctx context.Context) ([]Token, error) {
	return many[Token](ctx, t.tx, "tokens of", t.organization, "select "+tokenColumns+" from tokens order by created_at desc, id desc")
}

// RevokeToken ends a token at once.
func (t *Tx) RevokeToken(ctx context.Context, id TokenID) error {
	return change(ctx, t.tx, "revoke token", id, "update tokens set revoked_at = coalesce(revoked_at, now()) where id = $1", id)
}

// UseToken returns the token of a hash where it is still good, and notes, to the minute, that it was used.
func (t *Tx) UseToken(ctx context.Context, hash [32]byte) (Token, error) {
	token, err := one[Token](ctx, t.tx, "token", "by its hash", `
		select `+tokenColumns+` from tokens where organization_id = $1 and hash = $2 and revoked_at is null and (expires_at is null or expires_at > now())`,
		t.organization, hash[:])
	if err != nil {
		return token, err
	}
	_, err = t.tx.Exec(ctx, "update tokens set used_at = now() where id = $1 and (used_at is null or used_at < now() - interval '1 minute')", token.ID)
	if err != nil {
		return token, named(err, "token", token.ID)
	}
	return token, nil
}
