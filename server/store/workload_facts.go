package store

import (
	"context"

	"plimsoll/assessments/facts"
)

// WorkloadFacts are what people stated of single workloads of a platform, by workload and key.
func (t *Tx) WorkloadFacts(ctx context.Context, platform PlatformID) ([]facts.WorkloadFact, error) {
	return many[facts.WorkloadFact](ctx, t.tx, "workload facts of platform", platform, `
		select f.namespace, f.kind, f.name, f.key, f.value, f.basis, coalesce(p.name, '') as author,
		  f.stated_at as at, coalesce(f.review_by, '0001-01-01'::timestamptz) as review_by
		from workload_facts f left join people p on p.id = f.person_id
		where f.platform_id = $1 order by f.namespace, f.kind, f.name, f.key`, platform)
}

// PutWorkloadFact states a fact, in the place of an earlier one of the same workload and key.
func (t *Tx) PutWorkloadFact(ctx context.Context, platform PlatformID, person PersonID, fact facts.WorkloadFact) error {
	err := change(ctx, t.tx, "workload fact", fact.Name, `
		insert into workload_facts (organization_id, platform_id, namespace, kind, name, key, value, basis, person_id, stated_at, review_by)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, nullif($11, '0001-01-01'::timestamptz))
		on conflict (organization_id, platform_id, namespace, kind, name, key) do update
		set value = excluded.value, basis = excluded.basis, person_id = excluded.person_id, stated_at = excluded.stated_at, review_by = excluded.review_by`,
		t.organization, platform, fact.Namespace, fact.Kind, fact.Name, fact.Key, fact.Value, fact.Basis, person, fact.At, fact.ReviewBy)
	if err != nil {
		return err
	}
	return t.touchInputs(ctx, &platform)
}

// DeleteWorkloadFact takes a stated fact back.
func (t *Tx) DeleteWorkloadFact(ctx context.Context, platform PlatformID, fact facts.WorkloadFact) error {
	err := change(ctx, t.tx, "delete workload fact", fact.Name, `
		delete from workload_facts where platform_id = $1 and namespace = $2 and kind = $3 and name = $4 and key = $5`,
		platform, fact.Namespace, fact.Kind, fact.Name, fact.Key)
	if err != nil {
		return err
	}
	return t.touchInputs(ctx, &platform)
}
