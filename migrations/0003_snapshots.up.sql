-- A snapshot as it was received. It never changes: what becomes of it stands in snapshot_states.
create table snapshots (
  organization_id   uuid not null,
  id                uuid not null,
  platform_id       uuid not null,
  digest            text not null check (digest ~ '^[0-9a-f]{64}$'), -- SHA-256 of the expanded lines
  source            text not null check (source in ('cluster', 'manifests', 'repository', 'node')),
  cluster_uid       text not null default '' check (length(cluster_uid) <= 128),
  collector_version text not null default '' check (length(collector_version) <= 120),
  taken_at          timestamptz not null,
  stored_bytes      bigint not null check (stored_bytes >= 0),
  expanded_bytes    bigint not null check (expanded_bytes >= 0),
  records           jsonb not null, -- number of records by kind
  summary           jsonb not null, -- what later snapshots and other platforms are compared with
  uploaded_by       uuid references people (id) on delete set null,
  token_id          uuid,
  received_at       timestamptz not null default now(),
  primary key (organization_id, id),
  unique (organization_id, platform_id, digest),
  foreign key (organization_id, platform_id) references platforms (organization_id, id) on delete cascade
);
create index snapshots_platform_taken_idx on snapshots (organization_id, platform_id, taken_at desc, id desc);
create index snapshots_uploaded_by_idx on snapshots (uploaded_by);

create table snapshot_states (
  organization_id uuid not null,
  snapshot_id     uuid not null,
  state           text not null check (state in ('queued', 'assessed', 'failed')),
  reason          text not null default '' check (length(reason) <= 2000), -- why it failed
  changed_at      timestamptz not null default now(),
  primary key (organization_id, snapshot_id),
  foreign key (organization_id, snapshot_id) references snapshots (organization_id, id) on delete cascade
);

-- The bytes as uploaded, in pieces, so that neither side ever holds the whole.
create table snapshot_blobs (
  organization_id uuid not null,
  snapshot_id     uuid not null,
  ordinal         integer not null check (ordinal >= 0),
  content         bytea not null,
  primary key (organization_id, snapshot_id, ordinal),
  foreign key (organization_id, snapshot_id) references snapshots (organization_id, id) on delete cascade
);
alter table snapshot_blobs alter column content set storage external; -- compressed already

alter table snapshots enable row level security;
alter table snapshots force row level security;
create policy tenant on snapshots
  using (organization_id = nullif(current_setting('app.organization_id', true), '')::uuid)
  with check (organization_id = nullif(current_setting('app.organization_id', true), '')::uuid);

alter table snapshot_states enable row level security;
alter table snapshot_states force row level security;
create policy tenant on snapshot_states
  using (organization_id = nullif(current_setting('app.organization_id', true), '')::uuid)
  with check (organization_id = nullif(current_setting('app.organization_id', true), '')::uuid);

alter table snapshot_blobs enable row level security;
alter table snapshot_blobs force row level security;
create policy tenant on snapshot_blobs
  using (organization_id = nullif(current_setting('app.organization_id', true), '')::uuid)
  with check (organization_id = nullif(current_setting('app.organization_id', true), '')::uuid);

grant select, insert on snapshots, snapshot_blobs to plimsoll_app;
grant select, insert, update on snapshot_states to plimsoll_app;
