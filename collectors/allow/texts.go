package allow

import (
	"bytes"

	"github.com/go-json-experiment/json/jsontext"
)

// texts says what the texts of a form look like; what looks otherwise is not let through. It is no grammar: it keeps sentences, addresses with
// credentials and files out of fields in which nobody expects them.
type texts struct {
	most  int        // bytes
	bytes *[256]bool // that it may hold
}

const (
	letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	digits  = "0123456789"
)

// textsOfForms are the forms whose texts are looked at. Numbers, true and false stand for themselves.
var textsOfForms = map[string]*texts{
	"word":    {100, bytesOf(letters + digits + "*._/-")},
	"version": {100, bytesOf(letters + digits + " .,_+~:/()*<>=^|-")}, // osImage is a sentence: Debian GNU/Linux 12 (bookworm)
	"id":      {300, bytesOf(letters + digits + "._:/@-")},
	"range":   {500, bytesOf("abcdefABCDEF" + digits + " ,.:/-")},
	"figure":  {20, bytesOf(digits + "+.%-")},
	"amount":  {30, bytesOf(letters + digits + " +.-")},
	"time":    {40, bytesOf(digits + "TZ:.+-")},
	"yes":     {10, bytesOf(letters)},
}

func bytesOf(allowed string) *[256]bool {
	out := new([256]bool)
	for i := range len(allowed) {
		out[allowed[i]] = true
	}
	return out
}

// fit reports whether a text as it stands in JSON, without its quotation marks, looks like one of these.
func (t *texts) fit(text []byte) bool {
	if bytes.IndexByte(text, '\\') >= 0 {
		unquoted, err := jsontext.AppendUnquote(nil, `"`+string(text)+`"`)
		if err != nil {
			return false
		}
		text = unquoted
	}
	if len(text) > t.most {
		return false
	}
	for _, b := range text {
		if !t.bytes[b] {
			return false
		}
	}
	return true
}
