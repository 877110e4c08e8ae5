// Package pseudonym owns the words that stand for names: what a key makes of a name, and how a text with such words in it is read
// with the key. It knows no snapshot and no file.
//
// A pseudonym is deterministic authenticated encryption of the name: the same key, class and name give the same word at any time and
// on any machine; who has no key learns which words are equal and about how long the names are; who has it needs nothing beside it
// to read them (docs/decisions/0037).
package pseudonym

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
)

// LeastKeyBytes is how long a secret is at least: as long as the keys that are made of it.
const LeastKeyBytes = 32

// MostKeyBytes bounds what is taken for a secret: a longer file is something else.
const MostKeyBytes = 4096

// Key makes pseudonyms and reads them. It is not safe for concurrent use.
type Key struct {
	mac   hash.Hash
	block cipher.Block
	id    string
}

// NewKey takes the content of a key's file; blanks and line ends around it do not count. The error says what is wrong with it, and
// nothing of its content.
func NewKey(secret []byte) (*Key, error) {
	secret = bytes.TrimSpace(secret)
	switch {
	case len(secret) < LeastKeyBytes:
		return nil, fmt.Errorf("a key of %d bytes is too short: want %d or more", len(secret), LeastKeyBytes)
	case len(secret) > MostKeyBytes:
		return nil, fmt.Errorf("a key of more than %d bytes: this is some other file", MostKeyBytes)
	case distinct(secret) < 8:
		return nil, fmt.Errorf("a key of %d different characters is no random one", distinct(secret))
	}
	macKey, err := derived(secret, "mac")
	if err != nil {
		return nil, err
	}
	encryptionKey, err := derived(secret, "encryption")
	if err != nil {
		return nil, err
	}
	id, err := derived(secret, "id")
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(encryptionKey)
	if err != nil {
		return nil, fmt.Errorf("make the cipher: %w", err)
	}
	return &Key{mac: hmac.New(sha256.New, macKey), block: block, id: hex.EncodeToString(id[:8])}, nil
}

func derived(secret []byte, purpose string) ([]byte, error) {
	key, err := hkdf.Key(sha256.New, secret, nil, "plimsoll pseudonyms v1 "+purpose, 32)
	if err != nil {
		return nil, fmt.Errorf("derive the key: %w", err)
	}
	return key, nil
}

func distinct(secret []byte) int {
	seen := map[byte]bool{}
	for _, b := range secret {
		seen[b] = true
	}
	return len(seen)
}

// ID tells one key from another and nothing of the key: 16 hexadecimal digits.
func (k *Key) ID() string { return k.id }

// Digest makes a text comparable and not readable, not even with the key: 16 hexadecimal digits.
func (k *Key) Digest(class, text string) string {
	return hex.EncodeToString(k.sum(class, formDigest, []byte(text))[:8])
}

// The forms in which a text goes into the sum, so that no two uses of the key meet.
const (
	formRaw byte = iota
	formPacked
	formDigest
)

// sum authenticates a text of a class: its length stands before the class, so that no two pairs are written alike.
func (k *Key) sum(class string, form byte, text []byte) []byte {
	k.mac.Reset()
	k.mac.Write([]byte{byte(len(class)), form})
	k.mac.Write([]byte(class))
	k.mac.Write(text)
	return k.mac.Sum(nil)
}
