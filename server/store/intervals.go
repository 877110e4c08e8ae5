package store

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"

	"plimsoll/assessments"
)

// stillOpen is the last sequence of a finding that stands in the newest assessment. It is the default of its column.
const stillOpen = 1<<31 - 1

// findingsBlock is how many findings one statement stores.
const findingsBlock = 2000

// findingKey tells whether a finding is the one that stood there before, word for word.
type findingKey struct {
	digest [sha256.Size]byte
	copy   int32 // of equal ones
}

// keyedFindings are findings as they are written, each with its key.
type keyedFindings struct {
	findings []assessments.Finding
	bodies   []json.RawMessage
	keys     []findingKey
}

func keyed(findings []assessments.Finding) (keyedFindings, error) {
	k := keyedFindings{findings, make([]json.RawMessage, len(findings)), make([]findingKey, len(findings))}
	copies := map[[sha256.Size]byte]int32{}
	for i, f := range findings {
		body, err := document(f)
		if err != nil {
			return k, err
		}
		digest := sha256.Sum256(body)
		copies[digest]++
		k.bodies[i], k.keys[i] = body, findingKey{digest, copies[digest]}
	}
	return k, nil
}

// standing is a finding that stands in the newest assessment of a platform.
type standing struct {
	ID     int32  `db:"id"`
	Digest []byte `db:"digest"`
	Copy   int32  `db:"copy"`
}

// moveFindings makes the findings those of the platform's assessment of this sequence: what is gone is closed, what is new is opened,
// what stands as it was costs nothing. The platform must be locked.
func (t *Tx) moveFindings(ctx context.Context, platform PlatformID, sequence int, findings []assessments.Finding) error {
	now, err := keyed(findings)
	if err != nil {
		return named(err, "findings of platform", platform)
	}
	before, err := many[standing](ctx, t.tx, "findings of platform", platform,
		"select id, digest, copy from finding_intervals where platform_id = $1 and last_sequence = $2", platform, stillOpen)
	if err != nil {
		return err
	}
	gone := make(map[findingKey]int32, len(before))
	for _, b := range before {
		gone[findingKey{[sha256.Size]byte(b.Digest), b.Copy}] = b.ID
	}
	var fresh []int
	for i, key := range now.keys {
		if _, stands := gone[key]; !stands {
			fresh = append(fresh, i)
		}
		delete(gone, key)
	}
	if err := t.closeFindings(ctx, platform, sequence, gone); err != nil {
		return err
	}
	return t.openFindings(ctx, platform, sequence, now, fresh)
}

func (t *Tx) closeFindings(ctx context.Context, platform PlatformID, sequence int, gone map[findingKey]int32) error {
	if len(gone) == 0 {
		return nil
	}
	ids := make([]int32, 0, len(gone))
	for _, id := range gone {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	_, err := t.tx.Exec(ctx, "update finding_intervals set last_sequence = $3 where platform_id = $1 and id = any($2)", platform, ids, sequence-1)
	if err != nil {
		return named(err, "findings of platform", platform)
	}
	return nil
}

// openFindings stores those of the findings in blocks, a column an array: COPY does not work under row security.
func (t *Tx) openFindings(ctx context.Context, platform PlatformID, sequence int, k keyedFindings, fresh []int) error {
	if len(fresh) == 0 {
		return nil
	}
	var id int
	err := t.tx.QueryRow(ctx, "select coalesce(max(id), 0) from finding_intervals where platform_id = $1", platform).Scan(&id)
	if err != nil {
		return named(err, "findings of platform", platform)
	}
	for block := range slices.Chunk(fresh, findingsBlock) {
		c := k.columns(block)
		_, err := t.tx.Exec(ctx, `
			insert into finding_intervals (organization_id, platform_id, id, first_sequence, digest, copy, fingerprint, severity, pillar, rule, kind, namespace, name,
			  container, waived, place, finding)
			select $1, $2, $3 + number, $4, digest, copy, fingerprint, severity, split_part(rule, '/', 1), rule, kind, namespace, name, container, waived, place, finding::jsonb
			from unnest($5::bytea[], $6::integer[], $7::text[], $8::smallint[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::boolean[], $15::bytea[], $16::text[])
			with ordinality as f (digest, copy, fingerprint, severity, rule, kind, namespace, name, container, waived, place, finding, number)`,
			t.organization, platform, id, sequence, c.digest, c.copy, c.fingerprint, c.severity, c.rule, c.kind, c.namespace, c.name, c.container, c.waived, c.place, c.body)
		if err != nil {
			return named(err, "findings of platform", platform)
		}
		id += len(block)
	}
	return nil
}

// findingColumns are findings, a column a slice.
type findingColumns struct {
	severity                                                  []int16
	rule, kind, namespace, name, container, fingerprint, body []string
	waived                                                    []bool
	digest, place                                             [][]byte
	copy                                                      []int32
}

func (k keyedFindings) columns(which []int) (c findingColumns) {
	for _, i := range which {
		f := k.findings[i]
		c.severity = append(c.severity, int16(max(f.Severity, assessments.Low)))
		c.rule = append(c.rule, text(f.Rule))
		c.kind = append(c.kind, text(f.Subject.Kind))
		c.namespace = append(c.namespace, text(f.Subject.Namespace))
		c.name = append(c.name, text(f.Subject.Name))
		c.container = append(c.container, text(f.Subject.Container))
		c.fingerprint = append(c.fingerprint, text(f.Fingerprint))
		c.waived = append(c.waived, f.Waived)
		c.body = append(c.body, string(k.bodies[i]))
		c.digest = append(c.digest, k.keys[i].digest[:])
		c.copy = append(c.copy, k.keys[i].copy)
		c.place = append(c.place, placeOf(f))
	}
	return c
}

// placeOf orders findings, byte by byte, as assessments.Arrange does. Migration 14 writes the same.
func placeOf(f assessments.Finding) []byte {
	return fmt.Appendf([]byte{byte(assessments.Critical - f.Severity)}, "%s\x00%s\x00%s\x00%s\x00%s\x00%s\x00%010d%s",
		text(f.Rule), text(f.Subject.Namespace), text(f.Subject.Name), text(f.Subject.Kind), text(f.Subject.Container),
		text(f.Source.File), f.Source.Line, text(f.Message))
}
