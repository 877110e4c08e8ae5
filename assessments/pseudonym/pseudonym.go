package pseudonym

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"strings"
	"unicode/utf8"
)

// ivBytes is how much of the sum stands in a pseudonym: it starts the encryption and authenticates it. Two of 2^40 names share 80
// bits, which shows how these two differ; a made-up word passes once in 2^80. It is 16 letters, and 128 bits would be 26.
const ivBytes = 10

// MaxName is the longest name in bytes that is mapped back whole, MaxText the longest text (class Text).
const (
	MaxName = 253
	MaxText = 1024
)

// Host is what is put behind the pseudonym of a host, so that it can still be told from a folder. No such domain can be (RFC 2606).
const Host = ".invalid"

// Text is the class of what is no name but a sentence.
const Text = "text"

var letters = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// Of is the pseudonym of a name: its class, a dash, then small letters and digits, so that it can stand where a name of Kubernetes
// can. The class is a word of small letters. An empty name has none and stays empty.
func (k *Key) Of(class, name string) string {
	if name == "" {
		return ""
	}
	name = bounded(class, name)
	text, form := pack(name)
	iv := k.sum(class, form, text)[:ivBytes]
	sealed := make([]byte, ivBytes+len(text))
	copy(sealed, iv)
	k.stream(iv).XORKeyStream(sealed[ivBytes:], text)
	return class + "-" + letters.EncodeToString(sealed)
}

// stream is the key stream that belongs to a sum.
func (k *Key) stream(iv []byte) cipher.Stream {
	var start [aes.BlockSize]byte // the last six bytes count blocks
	copy(start[:], iv)
	return cipher.NewCTR(k.block, start[:])
}

// bounded cuts off what is longer than any name, and marks it by a digest of the whole so that two stay two.
func bounded(class, name string) string {
	most := MaxName
	if class == Text {
		most = MaxText
	}
	if len(name) <= most {
		return name
	}
	digest := sha256.Sum256([]byte(name))
	mark := "… " + hex.EncodeToString(digest[:8])
	cut := most - len(mark)
	for cut > 0 && !utf8.RuneStart(name[cut]) {
		cut--
	}
	return name[:cut] + mark
}

// Open reads a pseudonym; it reports false for what this key did not make.
func (k *Key) Open(word string) (class, name string, ok bool) {
	class, body, found := strings.Cut(word, "-")
	if !found || len(class) > maxClass {
		return "", "", false
	}
	sealed, err := letters.DecodeString(body)
	if err != nil || len(sealed) <= ivBytes || letters.EncodeToString(sealed) != body {
		return "", "", false
	}
	iv, text := sealed[:ivBytes], make([]byte, len(sealed)-ivBytes)
	k.stream(iv).XORKeyStream(text, sealed[ivBytes:])
	for _, form := range []byte{formPacked, formRaw} {
		if hmac.Equal(k.sum(class, form, text)[:ivBytes], iv) {
			return class, unpack(form, text), true
		}
	}
	return "", "", false
}

// alphabet are the characters of Kubernetes' names: three of them fit into two bytes. Nought ends a name early.
const alphabet = "\x00abcdefghijklmnopqrstuvwxyz0123456789-."

// pack writes a name in as few bytes as a pseudonym can have: a name of the alphabet takes two thirds of its length, so that letters
// of five bits hold it in hardly more than it had itself.
func pack(name string) (text []byte, form byte) {
	if strings.Trim(name, alphabet[1:]) != "" {
		return []byte(name), formRaw
	}
	const radix = len(alphabet)
	for i := 0; i < len(name); i += 3 {
		group := 0
		for j := i; j < i+3; j++ {
			group *= radix
			if j < len(name) {
				group += strings.IndexByte(alphabet, name[j])
			}
		}
		text = append(text, byte(group>>8), byte(group))
	}
	return text, formPacked
}

func unpack(form byte, text []byte) string {
	if form == formRaw {
		return string(text)
	}
	const radix = len(alphabet)
	var name []byte
	for i := 0; i+1 < len(text); i += 2 {
		group := int(text[i])<<8 | int(text[i+1])
		for _, digit := range []int{group / radix / radix % radix, group / radix % radix, group % radix} {
			if digit > 0 {
				name = append(name, alphabet[digit])
			}
		}
	}
	return string(name)
}
