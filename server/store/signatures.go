package store

import (
	"context"
	"time"
)

// Signature is what the signature of something uploaded was worth when it was received. A token that ends later changes nothing of it.
type Signature string

// What a signature can be worth.
const (
	Unsigned   Signature = "none"
	Proven     Signature = "proven"  // by a token that was good
	ProvenLate Signature = "ended"   // by a token that had been revoked or had expired
	UnknownKey Signature = "unknown" // by a key that no token of the platform has
)

// Signed says who signed something uploaded. The zero value is that nobody did.
type Signed struct {
	Signature    Signature `db:"signature"`
	SigningKeyID string    `db:"signing_key_id"` // as the trailer names it
	SignedBy     *TokenID  `db:"signed_by"`      // nil where no token is known
}

// SigningToken is a token that may have signed.
type SigningToken struct {
	ID         TokenID `db:"id"`
	SigningKey []byte  `db:"signing_key"` // the public half
	Ended      bool    `db:"ended"`
}

// SigningTokenOf returns the token that has a signing key of this id and may speak for the platform, revoked and expired ones too;
// ErrNotFound where there is none.
func (t *Tx) SigningTokenOf(ctx context.Context, platform PlatformID, keyID string, now time.Time) (SigningToken, error) {
	return one[SigningToken](ctx, t.tx, "token of signing key", keyID, `
		select id, signing_key, (revoked_at is not null or coalesce(expires_at <= $3, false)) as ended from tokens
		where left(encode(sha256(signing_key), 'hex'), 32) = $2 and (platform_id is null or platform_id = $1)`, platform, text(keyID), now)
}

// SetSigningKey keeps the public half of a token's signing key where the token has none yet.
func (t *Tx) SetSigningKey(ctx context.Context, id TokenID, public []byte) error {
	return change(ctx, t.tx, "signing key of token", id, "update tokens set signing_key = coalesce(signing_key, $2) where id = $1", id, public)
}

// TokenNames names the tokens of the organization, revoked ones too.
func (t *Tx) TokenNames(ctx context.Context) (map[TokenID]string, error) {
	tokens, err := t.Tokens(ctx)
	names := make(map[TokenID]string, len(tokens))
	for _, token := range tokens {
		names[token.ID] = token.Name
	}
	return names, err
}

// Provenance is where a result's evidence comes from: who signed its snapshot, and the readings of nodes that it was assessed with.
type Provenance struct {
	Signature Signature  `db:"signature"`
	Signer    string     `db:"signer"` // the token's name; empty where none is known
	Nodes     int        `db:"nodes"`  // with readings
	Of        int        `db:"of"`     // nodes in the snapshot
	Oldest    *time.Time `db:"oldest"`
	Newest    *time.Time `db:"newest"`
}

// ProvenanceOf returns a snapshot's provenance.
func (t *Tx) ProvenanceOf(ctx context.Context, id SnapshotID) (Provenance, error) {
	return one[Provenance](ctx, t.tx, "provenance of snapshot", id, `
		select n.signature, coalesce(t.name, '') as signer, coalesce(o.nodes, 0) as nodes, coalesce((c.body->>'node')::int, 0) as of, o.oldest, o.newest
		from snapshots n
		join contents c on c.organization_id = n.organization_id and c.platform_id = n.platform_id and c.digest = n.records_digest
		left join tokens t on t.organization_id = n.organization_id and t.id = n.signed_by
		left join snapshot_overlays o on o.organization_id = n.organization_id and o.snapshot_id = n.id
		where n.id = $1`, id)
}
