package main

import (
	"fmt"
	"os"
	"regexp"
)

// printed is a mutant as a run lists it.
var printed = regexp.MustCompile(`(?m)^(\S+):\d+: in (\S+): .*\n    from: (.*)\n      to: (.*)$`)

// listed tells which mutants to try: those that a former run lists, wherever their lines are now, or all.
func (o options) listed() (func(mutant) bool, error) {
	if o.again == "" {
		return func(mutant) bool { return true }, nil
	}
	text, err := os.ReadFile(o.again)
	if err != nil {
		return nil, fmt.Errorf("the former run: %w", err)
	}
	known := map[string]bool{}
	for _, found := range printed.FindAllStringSubmatch(string(text), -1) {
		known[Survivor{File: found[1], In: found[2], From: found[3], To: found[4]}.key()] = true
	}
	return func(m mutant) bool { return known[m.survivor().key()] }, nil
}
