package rules

import (
	"encoding/json"
	"fmt"
	"reflect"
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
		Scope: snapshot.Scope{Refused: c.Refused},
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

// decodeRecord reads a record strictly: a reader of snapshots passes over fields of a newer minor, in a case they are slips.
func decodeRecord(node *yaml.Node) (snapshot.Record, error) {
	data, err := asJSON(node)
	if err != nil {
		return nil, err
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(data, &fields); err != nil {
		return nil, fmt.Errorf("line %d: %w", node.Line, err)
	}
	var kind snapshot.Kind
	if err := json.Unmarshal(fields["kind"], &kind); err != nil {
		return nil, fmt.Errorf("line %d: kind: %w", node.Line, err)
	}
	known := map[snapshot.Kind]any{
		snapshot.KindCluster: snapshot.Cluster{}, snapshot.KindNode: snapshot.Node{}, snapshot.KindNamespace: snapshot.Namespace{},
		snapshot.KindWorkload: snapshot.Workload{}, snapshot.KindWorkloadPods: snapshot.WorkloadPods{}, snapshot.KindService: snapshot.Service{},
		snapshot.KindDisruptionBudget: snapshot.DisruptionBudget{}, snapshot.KindAutoscaler: snapshot.Autoscaler{},
		snapshot.KindNetworkPolicy: snapshot.NetworkPolicy{}, snapshot.KindCustomResource: snapshot.CustomResource{},
		snapshot.KindRelease: snapshot.Release{}, snapshot.KindNetwork: snapshot.Network{}, snapshot.KindNote: snapshot.Note{},
	}[kind]
	if known == nil {
		return nil, fmt.Errorf("line %d: no such record kind: %q", node.Line, kind)
	}
	delete(fields, "kind")
	if kind == snapshot.KindWorkload {
		fields["kind"] = fields["workloadKind"]
		delete(fields, "workloadKind")
	}
	if data, err = json.Marshal(fields); err != nil {
		return nil, fmt.Errorf("line %d: %w", node.Line, err)
	}
	record := reflect.New(reflect.TypeOf(known))
	if err := strictly(data, node.Line, record.Interface()); err != nil {
		return nil, err
	}
	return record.Elem().Interface().(snapshot.Record), nil
}
