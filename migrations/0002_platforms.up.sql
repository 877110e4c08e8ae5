create table platforms (
  organization_id uuid not null references organizations (id) on delete cascade,
  id              uuid not null,
  slug            text not null check (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  name            text not null check (length(name) between 1 and 120),
  description     text not null default '' check (length(description) <= 2000),
  cluster_uid     text check (length(cluster_uid) between 1 and 128), -- bound by the first snapshot that names a cluster
  input_revision  bigint not null default 0, -- grows with each answer, fact and waiver: a result of an older one is out of date
  created_at      timestamptz not null default now(),
  archived_at     timestamptz,
  primary key (organization_id, id),
  unique (organization_id, slug)
);

-- The answer that counts, one for each question and seat; a change names the revision that it was made from.
create table answers (
  organization_id uuid not null,
  platform_id     uuid not null,
  question        text not null check (length(question) between 1 and 16),
  seat            text not null check (seat in ('', 'manager', 'engineer')), -- which of two blind answers
  revision        integer not null check (revision > 0),
  answer          jsonb not null,
  person_id       uuid references people (id) on delete set null,
  answered_at     timestamptz not null,
  primary key (organization_id, platform_id, question, seat),
  foreign key (organization_id, platform_id) references platforms (organization_id, id) on delete cascade
);
create index answers_person_id_idx on answers (person_id);

-- Every answer that ever counted.
create table answer_revisions (
  organization_id uuid not null,
  platform_id     uuid not null,
  question        text not null,
  seat            text not null,
  revision        integer not null,
  answer          jsonb not null,
  person_id       uuid references people (id) on delete set null,
  answered_at     timestamptz not null,
  primary key (organization_id, platform_id, question, seat, revision),
  foreign key (organization_id, platform_id) references platforms (organization_id, id) on delete cascade
);
create index answer_revisions_person_id_idx on answer_revisions (person_id);

-- What a person knows of a single workload.
create table workload_facts (
  organization_id uuid not null,
  platform_id     uuid not null,
  namespace       text not null check (length(namespace) <= 253),
  kind            text not null check (length(kind) between 1 and 63),
  name            text not null check (length(name) between 1 and 253),
  key             text not null check (length(key) between 1 and 63),
  value           text not null check (length(value) between 1 and 200),
  basis           text not null default '' check (basis in ('', 'measured', 'documented', 'believed')),
  person_id       uuid references people (id) on delete set null,
  stated_at       timestamptz not null,
  review_by       timestamptz,
  primary key (organization_id, platform_id, namespace, kind, name, key),
  foreign key (organization_id, platform_id) references platforms (organization_id, id) on delete cascade
);
create index workload_facts_person_id_idx on workload_facts (person_id);

-- Findings that somebody accepted until a day; for one platform, or for all where none is named.
create table waivers (
  organization_id uuid not null references organizations (id) on delete cascade,
  id              uuid not null,
  platform_id     uuid,
  rule            text not null check (length(rule) between 1 and 120),
  kind            text not null default '' check (length(kind) <= 63),
  namespace       text not null default '' check (length(namespace) <= 253),
  name            text not null default '' check (length(name) <= 253),
  container       text not null default '' check (length(container) <= 253),
  reason          text not null check (length(reason) between 1 and 2000),
  until           date not null,
  person_id       uuid references people (id) on delete set null,
  created_at      timestamptz not null default now(),
  primary key (organization_id, id),
  foreign key (organization_id, platform_id) references platforms (organization_id, id) on delete cascade
);
create index waivers_platform_idx on waivers (organization_id, platform_id);
create index waivers_person_id_idx on waivers (person_id);

alter table platforms enable row level security;
alter table platforms force row level security;
create policy tenant on platforms
  using (organization_id = nullif(current_setting('app.organization_id', true), '')::uuid)
  with check (organization_id = nullif(current_setting('app.organization_id', true), '')::uuid);

alter table answers enable row level security;
alter table answers force row level security;
create policy tenant on answers
  using (organization_id = nullif(current_setting('app.organization_id', true), '')::uuid)
  with check (organization_id = nullif(current_setting('app.organization_id', true), '')::uuid);

alter table answer_revisions enable row level security;
alter table answer_revisions force row level security;
create policy tenant on answer_revisions
  using (organization_id = nullif(current_setting('app.organization_id', true), '')::uuid)
  with check (organization_id = nullif(current_setting('app.organization_id', true), '')::uuid);

alter table workload_facts enable row level security;
alter table workload_facts force row level security;
create policy tenant on workload_facts
  using (organization_id = nullif(current_setting('app.organization_id', true), '')::uuid)
  with check (organization_id = nullif(current_setting('app.organization_id', true), '')::uuid);

alter table waivers enable row level security;
alter table waivers force row level security;
create policy tenant on waivers
  using (organization_id = nullif(current_setting('app.organization_id', true), '')::uuid)
  with check (organization_id = nullif(current_setting('app.organization_id', true), '')::uuid);

grant select, insert, update, delete on platforms, workload_facts, waivers to plimsoll_app;
grant select, insert, update on answers to plimsoll_app;
grant select, insert on answer_revisions to plimsoll_app;
