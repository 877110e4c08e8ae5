package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// problemBytes are read of a refusal.
const problemBytes = 64 << 10

// location is where the server tells what becomes of the snapshot.
func location(answer *http.Response) string {
	at, err := answer.Location()
	if err != nil {
		return ""
	}
	return "; what becomes of it: " + printable(at.String())
}

// place is one fault that a problem document lists.
type place struct {
	Line   int    `json:"line"`
	Field  string `json:"field"`
	Reason string `json:"reason"`
}

func (p place) String() string {
	text := p.Reason
	if p.Field != "" {
		text = p.Field + ": " + text
	}
	if p.Line > 0 {
		text = fmt.Sprintf("line %d: %s", p.Line, text)
	}
	return text
}

// hints are for answers that say nothing of themselves, so as not to tell strangers what exists.
var hints = map[int]string{
	http.StatusNotFound:  "there is no such platform, or this token may not send to it",
	http.StatusForbidden: "this token may not upload",
}

// problem makes a sentence of a problem document (RFC 9457).
func problem(answer *http.Response) string {
	var document struct {
		Title  string  `json:"title"`
		Detail string  `json:"detail"`
		Errors []place `json:"errors"`
	}
	text, _ := io.ReadAll(io.LimitReader(answer.Body, problemBytes))
	_ = json.Unmarshal(text, &document) // a proxy in between answers in HTML: the code says enough
	said := cmp.Or(document.Detail, hints[answer.StatusCode], document.Title, http.StatusText(answer.StatusCode))
	if len(document.Errors) > 0 {
		said = document.Errors[0].String()
	}
	return fmt.Sprintf("%s (%d)", strings.TrimRight(printable(said), "."), answer.StatusCode)
}

// printable keeps a foreign text to one line, and from steering the terminal.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if strconv.IsPrint(r) {
			return r
		}
		return ' '
	}, text)
}
