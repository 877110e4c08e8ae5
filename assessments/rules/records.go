package rules

import (
	"fmt"
	"slices"

	"go.yaml.in/yaml/v3"

	"plimsoll/assessments"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/snapshot"
)

// facts builds the case's facts on the road that a snapshot takes: decoded records, added one by one, joined at the end.
func (c *Case) facts(reversed bool) (*facts.Facts, error) {
	records, err := c.records()
	if err != nil {
		return nil, err
	}
	if reversed {
		slices.Reverse(records)
	}
	return facts.FromRecords(facts.Options{Declared: c.Declared, AsOf: assessments.Day(c.AsOf)}, records...), nil
}

// records decodes the case's records, behind a header made from its source, day and refusals.
func (c *Case) records() ([]snapshot.Record, error) {
	records := []snapshot.Record{snapshot.Header{
		Schema: snapshot.Schema, CollectorVersion: "cases", Source: c.Source, TakenAt: c.AsOf,
		Scope: snapshot.Scope{Namespaces: c.Scope, Refused: c.Refused, Collected: c.collected()},
	}}
	for i := range c.Records {
		record, err := decodeRecord(&c.Records[i])
		if err != nil {
			return nil, fmt.Errorf("record %d: %w", i+1, err)
		}
		if _, double := record.(snapshot.Header); double {
			return nil, fmt.Errorf("record %d: the header is made from the case's source, asOf and refused", i+1)
		}
		records = append(records, record)
	}
	return records, nil
}

// decodeRecord reads a record as strictly as snapshot.DecodeRecord does, and names the line of the case.
func decodeRecord(node *yaml.Node) (snapshot.Record, error) {
	data, err := asJSON(node)
	if err != nil {
		return nil, err
	}
	record, err := snapshot.DecodeRecord(data)
	if err != nil {
		return nil, fmt.Errorf("line %d: %w", node.Line, err)
	}
	return record, nil
}

// collected is what the case's collector read: everything that it may read, where the case says nothing.
func (c *Case) collected() []string {
	if c.Collected != nil {
		return c.Collected
	}
	return slices.DeleteFunc(slices.Clone(snapshot.Resources), func(r string) bool { return slices.Contains(c.Refused, r) })
}

// history decodes the case's earlier snapshots, strictly.
func (c *Case) history() ([]assessments.Earlier, error) {
	earlier := make([]assessments.Earlier, 0, len(c.History))
	for i := range c.History {
		var e assessments.Earlier
		if err := strictJSON(&c.History[i], &e); err != nil {
			return nil, fmt.Errorf("line %d: earlier snapshot %d: %w", c.History[i].Line, i+1, err)
		}
		earlier = append(earlier, e)
	}
	return earlier, nil
}
