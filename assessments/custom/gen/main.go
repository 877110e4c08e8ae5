// Command gen writes docs/custom-rules.md: how custom rules are written, and everything that their expressions see. The page is committed;
// a test holds it to the types. It runs in its own folder, by go generate.
package main

import (
	"fmt"
	"os"

	"plimsoll/assessments/custom"
)

//go:generate go run .

func main() {
	example, err := os.ReadFile("../testdata/example.yaml")
	if err == nil {
		err = os.WriteFile("../../../docs/custom-rules.md", custom.Page(string(example)), 0o644)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
