-- API tokens, by the hash of what was shown once. A token names its organization, so that it is looked up as that tenant.
create table tokens (
  organization_id uuid not null references organizations (id) on delete cascade,
  id              uuid not null,
  platform_id     uuid, -- null: every platform of the organization
  name            text not null check (length(name) between 1 and 120),
  scope           text not null check (scope in ('upload')),
  hash            bytea not null check (length(hash) = 32),
  hint            text not null check (length(hint) <= 8), -- its last characters, to tell tokens apart
  created_by      uuid references people (id) on delete set null,
  created_at      timestamptz not null default now(),
  expires_at      timestamptz,
  revoked_at      timestamptz,
  used_at         timestamptz,
  primary key (organization_id, id),
  unique (organization_id, hash),
  foreign key (organization_id, platform_id) references platforms (organization_id, id) on delete cascade
);
create index tokens_platform_idx on tokens (organization_id, platform_id);
create index tokens_created_by_idx on tokens (created_by);

-- Who did what. Rows are only ever added. People are named by id alone, so that one can be erased and the events stay.
create table audit_events (
  organization_id uuid not null references organizations (id) on delete cascade,
  id              uuid not null,
  at              timestamptz not null default now(),
  person_id       uuid,
  token_id        uuid,
  action          text not null check (length(action) between 1 and 80),
  subject_kind    text not null default '' check (length(subject_kind) <= 40),
  subject_id      text not null default '' check (length(subject_id) <= 200),
  details         jsonb not null default '{}',
  request_id      text not null default '' check (length(request_id) <= 100),
  address         text not null default '' check (length(address) <= 64),
  primary key (organization_id, id)
);

alter table tokens enable row level security;
alter table tokens force row level security;
create policy tenant on tokens
  using (organization_id = nullif(current_setting('app.organization_id', true), '')::uuid)
  with check (organization_id = nullif(current_setting('app.organization_id', true), '')::uuid);

alter table audit_events enable row level security;
alter table audit_events force row level security;
create policy tenant on audit_events
  using (organization_id = nullif(current_setting('app.organization_id', true), '')::uuid)
  with check (organization_id = nullif(current_setting('app.organization_id', true), '')::uuid);

grant select, insert, update, delete on tokens to plimsoll_app;
grant select, insert on audit_events to plimsoll_app;
