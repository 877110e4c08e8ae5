-- What did not change is kept once. The owner is no tenant: while the rows are moved, it sees all of them.
alter table assessments no force row level security;
alter table findings no force row level security;
alter table snapshots no force row level security;
alter table snapshot_exhibits no force row level security;

-- A platform's assessments are numbered as they are stored.
alter table assessments add column sequence integer;
update assessments a set sequence = n.sequence
from (select organization_id, id, row_number() over (partition by organization_id, platform_id order by created_at, id) as sequence from assessments) n
where n.organization_id = a.organization_id and n.id = a.id;
alter table assessments alter column sequence set not null;
create unique index assessments_sequence_idx on assessments (organization_id, platform_id, sequence);

-- Parts of documents, by their digest: the large members of results, exhibits, the figures of snapshots.
create table contents (
  organization_id uuid not null,
  platform_id     uuid not null,
  digest          bytea not null check (length(digest) = 32), -- SHA-256 of the part's name and body, as they were written
  part            text not null,
  body            jsonb not null,
  primary key (organization_id, platform_id, digest),
  foreign key (organization_id, platform_id) references platforms (organization_id, id) on delete cascade
);

create function pg_temp.digest_of(part text, body jsonb) returns bytea language sql immutable as
$$ select sha256(convert_to(part || E'\x01' || body::text, 'UTF8')) $$;

-- A result is its small members and the digests of the others.
insert into contents (organization_id, platform_id, digest, part, body)
select a.organization_id, a.platform_id, pg_temp.digest_of(m.key, m.value), m.key, m.value
from assessments a, jsonb_each(a.result) m where length(m.value::text) > 100
on conflict do nothing;
alter table assessments add column parts bytea[] not null default '{}';
update assessments a set
  parts = (select coalesce(array_agg(pg_temp.digest_of(m.key, m.value) order by m.key), '{}') from jsonb_each(a.result) m where length(m.value::text) > 100),
  result = (select coalesce(jsonb_object_agg(m.key, m.value), '{}') from jsonb_each(a.result) m where length(m.value::text) <= 100);

insert into contents (organization_id, platform_id, digest, part, body)
select n.organization_id, n.platform_id, pg_temp.digest_of('exhibit', m.value), 'exhibit', m.value
from snapshot_exhibits e join snapshots n on n.organization_id = e.organization_id and n.id = e.snapshot_id,
  jsonb_array_elements(case when jsonb_typeof(e.exhibits) = 'array' then e.exhibits else '[]' end) m
on conflict do nothing;
alter table snapshot_exhibits add column parts bytea[] not null default '{}';
update snapshot_exhibits e set parts = (
  select coalesce(array_agg(pg_temp.digest_of('exhibit', m.value) order by m.place), '{}')
  from jsonb_array_elements(case when jsonb_typeof(e.exhibits) = 'array' then e.exhibits else '[]' end) with ordinality m (value, place));
alter table snapshot_exhibits drop column exhibits;

insert into contents (organization_id, platform_id, digest, part, body)
select organization_id, platform_id, pg_temp.digest_of('records', records), 'records', records from snapshots
union all
select organization_id, platform_id, pg_temp.digest_of('summary', summary), 'summary', summary from snapshots
on conflict do nothing;
alter table snapshots add column records_digest bytea, add column summary_digest bytea;
update snapshots set records_digest = pg_temp.digest_of('records', records), summary_digest = pg_temp.digest_of('summary', summary);
alter table snapshots alter column records_digest set not null, alter column summary_digest set not null, drop column records, drop column summary;

-- A finding, for as long as it stood unchanged in one assessment after the other.
create table finding_intervals (
  organization_id uuid not null,
  platform_id     uuid not null,
  id              integer not null, -- within the platform
  digest          bytea not null check (length(digest) = 32), -- SHA-256 of the finding, as it was written
  copy            integer not null, -- tells equal findings of one assessment apart
  fingerprint     text not null, -- what the finding is known by, over all of its intervals
  severity        smallint not null check (severity between 1 and 4),
  pillar          text not null,
  rule            text not null,
  kind            text not null,
  namespace       text not null,
  name            text not null,
  container       text not null,
  waived          boolean not null,
  place           bytea not null, -- orders the findings of an assessment
  finding         jsonb not null,
  first_sequence  integer not null,
  last_sequence   integer not null default 2147483647, -- that: it stands in the newest, and will in those to come
  primary key (organization_id, platform_id, id),
  foreign key (organization_id, platform_id) references platforms (organization_id, id) on delete cascade,
  check (first_sequence <= last_sequence)
);

insert into finding_intervals (organization_id, platform_id, id, digest, copy, fingerprint, severity, pillar, rule, kind, namespace, name, container,
  waived, place, finding, first_sequence, last_sequence)
with told as (
  select f.*, a.platform_id, a.sequence, sha256(convert_to(f.finding::text, 'UTF8')) as digest
  from findings f join assessments a on a.organization_id = f.organization_id and a.id = f.assessment_id),
counted as (
  select *, row_number() over (partition by organization_id, assessment_id, digest order by ordinal) as copy from told),
islands as (
  select *, sequence - row_number() over (partition by organization_id, platform_id, digest, copy order by sequence) as island from counted),
spans as (
  select *, min(sequence) over span as first, max(sequence) over span as last from islands
  window span as (partition by organization_id, platform_id, digest, copy, island))
select s.organization_id, s.platform_id, row_number() over (partition by s.organization_id, s.platform_id order by s.first, s.ordinal),
  s.digest, s.copy, s.fingerprint, s.severity, s.pillar, s.rule, s.kind, s.namespace, s.name, s.container, s.waived,
  decode(case s.finding->>'severity' when 'critical' then '00' when 'high' then '01' when 'medium' then '02' when 'low' then '03' else '04' end, 'hex')
    || convert_to(s.rule, 'UTF8') || '\x00' || convert_to(s.namespace, 'UTF8') || '\x00' || convert_to(s.name, 'UTF8') || '\x00'
    || convert_to(s.kind, 'UTF8') || '\x00' || convert_to(s.container, 'UTF8') || '\x00'
    || convert_to(coalesce(s.finding->'source'->>'file', ''), 'UTF8') || '\x00'
    || convert_to(lpad(coalesce(s.finding->'source'->>'line', '0'), 10, '0'), 'UTF8') || convert_to(coalesce(s.finding->>'message', ''), 'UTF8'),
  s.finding, s.first, case when s.last = n.newest then 2147483647 else s.last end
from spans s
join (select organization_id, platform_id, max(sequence) as newest from assessments group by 1, 2) n
  on n.organization_id = s.organization_id and n.platform_id = s.platform_id
where s.sequence = s.first;

create index finding_intervals_standing_idx on finding_intervals (organization_id, platform_id, last_sequence, first_sequence);
create index finding_intervals_fingerprint_idx on finding_intervals (organization_id, platform_id, fingerprint);

drop function pg_temp.digest_of(text, jsonb);
drop table findings;

-- The findings of each assessment. What it reads is guarded below it.
create view findings with (security_invoker = true) as
select a.organization_id, a.id as assessment_id, a.platform_id, f.id, f.severity, f.place, f.pillar, f.rule, f.kind, f.namespace, f.name, f.container,
  f.fingerprint, f.waived, f.finding
from assessments a join finding_intervals f on f.organization_id = a.organization_id and f.platform_id = a.platform_id
  and f.first_sequence <= a.sequence and f.last_sequence >= a.sequence;

alter table assessments force row level security;
alter table snapshots force row level security;
alter table snapshot_exhibits force row level security;

alter table contents enable row level security;
alter table contents force row level security;
create policy tenant on contents
  using (organization_id = nullif(current_setting('app.organization_id', true), '')::uuid)
  with check (organization_id = nullif(current_setting('app.organization_id', true), '')::uuid);

alter table finding_intervals enable row level security;
alter table finding_intervals force row level security;
create policy tenant on finding_intervals
  using (organization_id = nullif(current_setting('app.organization_id', true), '')::uuid)
  with check (organization_id = nullif(current_setting('app.organization_id', true), '')::uuid);

grant select, insert on contents, finding_intervals to plimsoll_app;
grant update (last_sequence) on finding_intervals to plimsoll_app;
grant select on findings to plimsoll_app;
