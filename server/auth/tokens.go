package auth

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"strings"

	"plimsoll/server/store"
)

// TokenPrefix begins every API token, so that scanners for secrets know one when they see it; invitationPrefix begins what the link of an
// invitation holds.
const (
	TokenPrefix      = "plim_"
	invitationPrefix = "plimin_"
)

// A token is the prefix and 64 characters of base 32: the organization's id, 20 random bytes, and a checksum by which a scanner
// tells a token from a look-alike. It names its organization, so that it is looked up as that tenant and no other.
const (
	tokenIDBytes     = 16
	tokenRandomBytes = 20
	tokenBytes       = tokenIDBytes + tokenRandomBytes + 4
	tokenHintLength  = 4
)

var tokenEncoding = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// ErrBadToken says that a text is no token of ours.
var ErrBadToken = errors.New("not a token")

// NewToken makes a token of an organization: the text, to be shown once, and its hash and hint, to be stored.
func NewToken(organization store.OrganizationID) (text string, hash [32]byte, hint string) {
	text, hash = newSecret(TokenPrefix, organization)
	return text, hash, text[len(text)-tokenHintLength:]
}

// ReadToken takes a token apart: the organization that it names, and the hash that it is stored by. That the token is good is for
// the store to say.
func ReadToken(text string) (store.OrganizationID, [32]byte, error) {
	return readSecret(TokenPrefix, text)
}

// NewInvitation makes what the link of an invitation holds, and its hash, to be stored.
func NewInvitation(organization store.OrganizationID) (text string, hash [32]byte) {
	return newSecret(invitationPrefix, organization)
}

// ReadInvitation takes it apart as ReadToken does a token.
func ReadInvitation(text string) (store.OrganizationID, [32]byte, error) {
	return readSecret(invitationPrefix, text)
}

func newSecret(prefix string, organization store.OrganizationID) (text string, hash [32]byte) {
	body := make([]byte, tokenBytes)
	id := organization.Bytes()
	copy(body, id[:])
	_, _ = rand.Read(body[tokenIDBytes : tokenIDBytes+tokenRandomBytes]) // never fails: the program ends instead
	binary.BigEndian.PutUint32(body[tokenBytes-4:], crc32.ChecksumIEEE(body[:tokenBytes-4]))
	text = prefix + tokenEncoding.EncodeToString(body)
	return text, sha256.Sum256([]byte(text))
}

func readSecret(prefix, text string) (store.OrganizationID, [32]byte, error) {
	encoded, found := strings.CutPrefix(text, prefix)
	body, err := tokenEncoding.DecodeString(encoded)
	if !found || err != nil || len(encoded) != tokenEncoding.EncodedLen(tokenBytes) || len(body) != tokenBytes || crc32.ChecksumIEEE(body[:tokenBytes-4]) != binary.BigEndian.Uint32(body[tokenBytes-4:]) {
		return store.OrganizationID{}, [32]byte{}, ErrBadToken
	}
	return store.IDFromBytes[store.Organization]([16]byte(body[:tokenIDBytes])), sha256.Sum256([]byte(text)), nil
}
