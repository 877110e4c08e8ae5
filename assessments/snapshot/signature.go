package snapshot

import (
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
)

// signingPurpose keeps the key of signatures apart from whatever else may be derived from a token.
const signingPurpose = "plimsoll.snapshot/v1 Ed25519 signature"

// keyIDBytes are those of a public key's SHA-256 that name it.
const keyIDBytes = 16

// SigningKey is the key that a token signs snapshots with: HKDF-SHA256 (RFC 5869) of its text without salt gives the seed of an Ed25519
// key (RFC 8032). Whoever holds the token has the whole key. A server that keeps no token's text keeps the public half.
func SigningKey(token string) ed25519.PrivateKey {
	seed, err := hkdf.Key(sha256.New, []byte(token), nil, signingPurpose, ed25519.SeedSize)
	if err != nil { // it refuses lengths alone, and this one is a constant
		panic(err)
	}
	return ed25519.NewKeyFromSeed(seed)
}

// PublicHalf is the half of a signing key that proves its signatures and makes none.
func PublicHalf(key ed25519.PrivateKey) ed25519.PublicKey {
	return append(ed25519.PublicKey(nil), key[ed25519.PrivateKeySize-ed25519.PublicKeySize:]...)
}

// KeyID names a public key in a trailer: the first half of its SHA-256, in hex.
func KeyID(public ed25519.PublicKey) string {
	sum := sha256.Sum256(public)
	return hex.EncodeToString(sum[:keyIDBytes])
}

// Signature is what a snapshot's trailer says of who signed it.
type Signature struct {
	KeyID  string // of the key that is said to have made it
	bytes  []byte
	signed string // the digest of all lines before the trailer
}

// Proves reports whether the signature was made by the key's other half, over this very snapshot.
func (s Signature) Proves(public ed25519.PublicKey) bool {
	return len(public) == ed25519.PublicKeySize && KeyID(public) == s.KeyID && ed25519.Verify(public, []byte(s.signed), s.bytes)
}

// signatureOf reads a trailer's signature; nil where it has none.
func signatureOf(trailer Trailer) (*Signature, *Error) {
	if trailer.Signature == "" && trailer.KeyID == "" {
		return nil, nil
	}
	signature, err := base64.StdEncoding.Strict().DecodeString(trailer.Signature)
	if err != nil || len(signature) != ed25519.SignatureSize {
		return nil, &Error{Field: "trailer.signature", Kind: ErrOutOfBounds, Reason: fmt.Sprintf("want %d bytes in base64, got %s", ed25519.SignatureSize, quote(trailer.Signature))}
	}
	if id, err := hex.DecodeString(trailer.KeyID); err != nil || len(id) != keyIDBytes {
		return nil, &Error{Field: "trailer.keyId", Kind: ErrOutOfBounds, Reason: fmt.Sprintf("want %d bytes in hex, got %s", keyIDBytes, quote(trailer.KeyID))}
	}
	return &Signature{KeyID: trailer.KeyID, bytes: signature, signed: trailer.SHA256}, nil
}

// sign completes a trailer with a signature of its digest.
func (t *Trailer) sign(key ed25519.PrivateKey) {
	t.Signature = base64.StdEncoding.EncodeToString(ed25519.Sign(key, []byte(t.SHA256)))
	t.KeyID = KeyID(PublicHalf(key))
}
