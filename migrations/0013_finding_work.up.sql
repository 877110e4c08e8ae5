-- What people do about a finding. It hangs on the platform and the finding's fingerprint, not on a result: it stays when the platform is
-- scored again, and is there once more when a mended finding comes back.
create table finding_assignments (
  organization_id uuid not null,
  platform_id     uuid not null,
  fingerprint     text not null check (length(fingerprint) between 1 and 128),
  assignee_id     uuid, -- null: nobody; who leaves the organization answers for nothing in it
  due             date,
  person_id       uuid references people (id) on delete set null, -- who said so
  assigned_at     timestamptz not null default now(),
  primary key (organization_id, platform_id, fingerprint),
  foreign key (organization_id, platform_id) references platforms (organization_id, id) on delete cascade,
  foreign key (organization_id, assignee_id) references members (organization_id, person_id) on delete set null (assignee_id)
);
create index finding_assignments_assignee_idx on finding_assignments (organization_id, assignee_id);
create index finding_assignments_person_id_idx on finding_assignments (person_id);

create table finding_comments (
  organization_id uuid not null,
  id              uuid not null,
  platform_id     uuid not null,
  fingerprint     text not null check (length(fingerprint) between 1 and 128),
  person_id       uuid references people (id) on delete set null,
  body            text not null check (length(body) <= 4000),
  created_at      timestamptz not null default now(),
  withdrawn_at    timestamptz,
  primary key (organization_id, id),
  foreign key (organization_id, platform_id) references platforms (organization_id, id) on delete cascade,
  check ((body = '') = (withdrawn_at is not null)) -- what is withdrawn is gone, and that it was there is not
);
create index finding_comments_finding_idx on finding_comments (organization_id, platform_id, fingerprint, id);
create index finding_comments_person_id_idx on finding_comments (person_id);

-- What a platform would score if some findings were mended: asked on a page, worked out by a job.
create table what_ifs (
  organization_id uuid not null,
  id              uuid not null,
  platform_id     uuid not null,
  rules           text[] not null check (cardinality(rules) <= 200), -- every open finding of these
  fingerprints    text[] not null check (cardinality(fingerprints) <= 500),
  state           text not null default 'queued' check (state in ('queued', 'done', 'failed')),
  problem         text not null default '' check (length(problem) <= 2000),
  summary         jsonb, -- once it is done
  person_id       uuid references people (id) on delete set null,
  created_at      timestamptz not null default now(),
  primary key (organization_id, id),
  foreign key (organization_id, platform_id) references platforms (organization_id, id) on delete cascade,
  check (cardinality(rules) + cardinality(fingerprints) > 0)
);
create index what_ifs_platform_idx on what_ifs (organization_id, platform_id, id);
create index what_ifs_person_id_idx on what_ifs (person_id);

alter table finding_assignments enable row level security;
alter table finding_assignments force row level security;
create policy tenant on finding_assignments
  using (organization_id = nullif(current_setting('app.organization_id', true), '')::uuid)
  with check (organization_id = nullif(current_setting('app.organization_id', true), '')::uuid);

alter table finding_comments enable row level security;
alter table finding_comments force row level security;
create policy tenant on finding_comments
  using (organization_id = nullif(current_setting('app.organization_id', true), '')::uuid)
  with check (organization_id = nullif(current_setting('app.organization_id', true), '')::uuid);

alter table what_ifs enable row level security;
alter table what_ifs force row level security;
create policy tenant on what_ifs
  using (organization_id = nullif(current_setting('app.organization_id', true), '')::uuid)
  with check (organization_id = nullif(current_setting('app.organization_id', true), '')::uuid);

grant select, insert, update, delete on finding_assignments, what_ifs to plimsoll_app;
grant select, insert, update on finding_comments to plimsoll_app;

-- Waiving in bulk asks by the whole name of what is waived.
create index waivers_exact_idx on waivers (organization_id, platform_id, rule, namespace, name);
