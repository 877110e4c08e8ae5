// Command gen writes the documentation page of every rule, and their list, under docs/rules. The pages are committed; a test
// holds them to the rules' own text. It runs in its own folder, by go generate.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"plimsoll/assessments"
	"plimsoll/assessments/content"
	"plimsoll/assessments/rules"
)

//go:generate go run .

const target = "../../../docs/rules"

func main() {
	pages, err := allPages()
	if err == nil {
		err = write(pages)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// allPages makes every page by its path under docs/rules.
func allPages() (map[string][]byte, error) {
	published := content.V1()
	rows := map[string]assessments.Control{}
	for _, control := range published.Controls {
		rows[control.ID] = control
	}
	all := published.Rules.All()
	pages := map[string][]byte{"README.md": rules.Index(all)}
	for _, rule := range all {
		control, found := rows[rule.Control]
		if !found {
			return nil, fmt.Errorf("page of %s: no control %s", rule.ID, rule.Control)
		}
		if err := rules.Whole(rule); err != nil {
			return nil, fmt.Errorf("page of %s: %w", rule.ID, err)
		}
		pages[rule.ID+".md"] = rules.Page(rule, control)
	}
	return pages, nil
}

// write replaces the whole folder, so that no page outlives its rule.
func write(pages map[string][]byte) error {
	if err := os.RemoveAll(target); err != nil {
		return fmt.Errorf("clear %s: %w", target, err)
	}
	for name, page := range pages {
		path := filepath.Join(target, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return fmt.Errorf("folder of %s: %w", path, err)
		}
		if err := os.WriteFile(path, page, 0o644); err != nil {
			return fmt.Errorf("page %s: %w", path, err)
		}
	}
	return nil
}
