// Command gen writes what the allow-list says into docs: its page, and the table in the collector's guide.
package main

import (
	"bytes"
	"fmt"
	"log"
	"os"

	"plimsoll/collectors/allow"
)

const (
	page  = "../../docs/collector-fields.md"
	guide = "../../docs/collector-in-detail.md"

	begin = "<!-- generated from collectors/allow/allow.yaml -->\n"
	end   = "<!-- end -->\n"
)

func main() {
	if err := os.WriteFile(page, []byte(allow.Listed().Page()), 0o644); err != nil {
		log.Fatal(err)
	}
	if err := renew(); err != nil {
		log.Fatal(err)
	}
}

// renew puts the table between its marks.
func renew() error {
	text, err := os.ReadFile(guide)
	if err != nil {
		return err
	}
	before, rest, found := bytes.Cut(text, []byte(begin))
	_, after, closed := bytes.Cut(rest, []byte(end))
	if !found || !closed {
		return fmt.Errorf("%s: no place for the table", guide)
	}
	return os.WriteFile(guide, []byte(string(before)+begin+allow.Listed().Summary()+end+string(after)), 0o644)
}
