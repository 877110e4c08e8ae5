// Command gen writes the page of the allow-list into docs.
package main

import (
	"log"
	"os"

	"plimsoll/collectors/allow"
)

func main() {
	if err := os.WriteFile("../../docs/collector-fields.md", []byte(allow.Listed().Page()), 0o644); err != nil {
		log.Fatal(err)
	}
}
