package published

import (
	"fmt"
	"maps"
	"slices"
)

// Change is a difference between a record and the content of the same version.
type Change struct {
	Kind     string // control, rule, pair, question
	ID       string
	Field    string // empty: the id itself
	From, To string // empty: not there
	Allowed  bool   // wording, and cases more: what the id means stays
}

// String says the change in words.
func (c Change) String() string {
	name := c.Kind + " " + c.ID
	switch {
	case c.Field == "wording":
		return name + ": its wording changed, its meaning did not"
	case c.Field == "" && c.From == "":
		return name + ": is new"
	case c.Field == "":
		return name + ": is gone"
	case c.From == "":
		return fmt.Sprintf("%s: %s is new (%s)", name, c.Field, c.To)
	case c.To == "":
		return fmt.Sprintf("%s: %s is gone (it was %s)", name, c.Field, c.From)
	}
	return fmt.Sprintf("%s: %s changed from %s to %s", name, c.Field, c.From, c.To)
}

// Compare lists what changed from a record to another of the same version, ordered by kind, id and field.
func Compare(record, now Record) []Change {
	var changes []Change
	for _, part := range []struct {
		kind     string
		from, to map[string]Entry
	}{
		{"control", record.Controls, now.Controls}, {"rule", record.Rules, now.Rules},
		{"pair", record.Pairs, now.Pairs}, {"question", record.Questions, now.Questions},
	} {
		for _, id := range union(part.from, part.to) {
			from, was := part.from[id]
			to, is := part.to[id]
			switch {
			case !was:
				changes = append(changes, Change{Kind: part.kind, ID: id, To: "there"})
			case !is:
				changes = append(changes, Change{Kind: part.kind, ID: id, From: "there"})
			default:
				changes = append(changes, compareEntry(part.kind, id, from, to)...)
			}
		}
	}
	return changes
}

func compareEntry(kind, id string, from, to Entry) []Change {
	var changes []Change
	for _, field := range union(from.Means, to.Means) {
		if from.Means[field] != to.Means[field] {
			changes = append(changes, Change{Kind: kind, ID: id, Field: field, From: from.Means[field], To: to.Means[field]})
		}
	}
	for _, name := range union(from.Cases, to.Cases) {
		if from.Cases[name] != to.Cases[name] {
			changes = append(changes, Change{Kind: kind, ID: id, Field: fmt.Sprintf("case %q", name), From: from.Cases[name], To: to.Cases[name], Allowed: from.Cases[name] == ""})
		}
	}
	if from.Wording != to.Wording {
		changes = append(changes, Change{Kind: kind, ID: id, Field: "wording", From: from.Wording, To: to.Wording, Allowed: true})
	}
	return changes
}

func union[V any](a, b map[string]V) []string {
	all := maps.Clone(a)
	if all == nil {
		all = map[string]V{}
	}
	maps.Copy(all, b)
	return slices.Sorted(maps.Keys(all))
}

// Refused are the changes that a released version may not have.
func Refused(changes []Change) []Change {
	return slices.DeleteFunc(slices.Clone(changes), func(c Change) bool { return c.Allowed })
}
