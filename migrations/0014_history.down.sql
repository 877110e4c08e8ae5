-- Every result gets its whole copy back.
alter table assessments no force row level security;
alter table snapshots no force row level security;
alter table snapshot_exhibits no force row level security;
alter table contents no force row level security;
alter table finding_intervals no force row level security;

alter view findings rename to findings_by_interval;
create table findings (
  organization_id uuid not null,
  assessment_id   uuid not null,
  ordinal         integer not null check (ordinal >= 0),
  severity        smallint not null check (severity between 1 and 4),
  pillar          text not null,
  rule            text not null,
  kind            text not null,
  namespace       text not null,
  name            text not null,
  container       text not null,
  fingerprint     text not null,
  waived          boolean not null,
  finding         jsonb not null,
  primary key (organization_id, assessment_id, ordinal),
  foreign key (organization_id, assessment_id) references assessments (organization_id, id) on delete cascade
);
insert into findings (organization_id, assessment_id, ordinal, severity, pillar, rule, kind, namespace, name, container, fingerprint, waived, finding)
select organization_id, assessment_id, row_number() over (partition by organization_id, assessment_id order by severity desc, place, id) - 1,
  severity, pillar, rule, kind, namespace, name, container, fingerprint, waived, finding
from findings_by_interval;
create index findings_page_idx on findings (organization_id, assessment_id, severity desc, ordinal);
create index findings_fingerprint_idx on findings (organization_id, assessment_id, fingerprint);
alter table findings enable row level security;
alter table findings force row level security;
create policy tenant on findings
  using (organization_id = nullif(current_setting('app.organization_id', true), '')::uuid)
  with check (organization_id = nullif(current_setting('app.organization_id', true), '')::uuid);
grant select, insert on findings to plimsoll_app;

drop view findings_by_interval;
drop table finding_intervals;

alter table snapshots add column records jsonb, add column summary jsonb;
update snapshots n set
  records = (select c.body from contents c where c.organization_id = n.organization_id and c.platform_id = n.platform_id and c.digest = n.records_digest),
  summary = (select c.body from contents c where c.organization_id = n.organization_id and c.platform_id = n.platform_id and c.digest = n.summary_digest);
alter table snapshots alter column records set not null, alter column summary set not null, drop column records_digest, drop column summary_digest;

alter table snapshot_exhibits add column exhibits jsonb;
update snapshot_exhibits e set exhibits = (
  select coalesce(jsonb_agg(c.body order by p.place), '[]')
  from unnest(e.parts) with ordinality p (digest, place)
  join snapshots n on n.organization_id = e.organization_id and n.id = e.snapshot_id
  join contents c on c.organization_id = n.organization_id and c.platform_id = n.platform_id and c.digest = p.digest);
alter table snapshot_exhibits alter column exhibits set not null, drop column parts;

update assessments a set result = a.result || coalesce((
  select jsonb_object_agg(c.part, c.body) from contents c
  where c.organization_id = a.organization_id and c.platform_id = a.platform_id and c.digest = any(a.parts)), '{}');
drop index assessments_sequence_idx;
alter table assessments drop column parts, drop column sequence;
drop table contents;

alter table assessments force row level security;
alter table snapshots force row level security;
alter table snapshot_exhibits force row level security;
