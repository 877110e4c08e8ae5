// Command gen writes the documentation page of every rule, and their list, under docs/rules. The pages are committed; a test
// holds them to the rules' own text. It runs in its own folder, by go generate.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"plimsoll/assessments"
	"plimsoll/assessments/controls"
	"plimsoll/assessments/rules"
	"plimsoll/assessments/rules/delivery"
	"plimsoll/assessments/rules/lifecycle"
	"plimsoll/assessments/rules/networking"
	"plimsoll/assessments/rules/probes"
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
	registry := &assessments.Registry{}
	for _, register := range []func(*assessments.Registry){lifecycle.Register, delivery.Register, probes.Register, networking.Register} {
		register(registry)
	}
	rows := map[string]assessments.Control{}
	for _, control := range controls.All() {
		rows[control.ID] = control
	}
	pages := map[string][]byte{"README.md": rules.Index(registry.All())}
	for _, rule := range registry.All() {
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
	for name, content := range pages {
		path := filepath.Join(target, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return fmt.Errorf("folder of %s: %w", path, err)
		}
		if err := os.WriteFile(path, content, 0o644); err != nil {
			return fmt.Errorf("page %s: %w", path, err)
		}
	}
	return nil
}
