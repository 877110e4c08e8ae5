-- The public half of the key that a token signs snapshots with. Null for tokens from before, until they are next used.
alter table tokens add column signing_key bytea check (length(signing_key) = 32);

-- What a snapshot's signature was worth when it was received.
alter table snapshots
  add column signature text not null default 'none' check (signature in ('none', 'proven', 'ended', 'unknown')),
  add column signing_key_id text not null default '' check (length(signing_key_id) <= 64), -- as its trailer names it
  add column signed_by uuid; -- the token; null where none is known

-- The newest reading of each node, to be put into the cluster's snapshots. They are no snapshots: a node knows nothing of its cluster.
create table node_readings (
  organization_id   uuid not null,
  platform_id       uuid not null,
  name              text not null check (length(name) between 1 and 512),
  id                uuid not null, -- of the node here, whatever its newest reading
  uid               text not null default '' check (length(uid) <= 512), -- empty where the machine did not know it
  cluster_uid       text not null default '' check (length(cluster_uid) <= 128),
  digest            text not null check (digest ~ '^[0-9a-f]{64}$'), -- SHA-256 of the expanded lines
  collector_version text not null default '' check (length(collector_version) <= 120),
  taken_at          timestamptz not null,
  figures           jsonb not null,
  signature         text not null default 'none' check (signature in ('none', 'proven', 'ended', 'unknown')),
  signing_key_id    text not null default '' check (length(signing_key_id) <= 64),
  signed_by         uuid,
  uploaded_by       uuid references people (id) on delete set null,
  token_id          uuid,
  received_at       timestamptz not null default now(),
  primary key (organization_id, platform_id, name),
  unique (organization_id, id),
  foreign key (organization_id, platform_id) references platforms (organization_id, id) on delete cascade
);
create index node_readings_received_idx on node_readings (organization_id, platform_id, received_at);
create index node_readings_uploaded_by_idx on node_readings (uploaded_by);

-- The readings that a cluster's snapshot was last assessed with. They stay with it when newer ones come, so that it can be assessed
-- again to the same result.
create table snapshot_overlays (
  organization_id uuid not null,
  snapshot_id     uuid not null,
  readings        jsonb not null,
  nodes           integer not null check (nodes >= 0), -- none where what came fits none of the snapshot's
  oldest          timestamptz,
  newest          timestamptz,
  computed_at     timestamptz not null,
  primary key (organization_id, snapshot_id),
  foreign key (organization_id, snapshot_id) references snapshots (organization_id, id) on delete cascade
);

alter table node_readings enable row level security;
alter table node_readings force row level security;
create policy tenant on node_readings
  using (organization_id = nullif(current_setting('app.organization_id', true), '')::uuid)
  with check (organization_id = nullif(current_setting('app.organization_id', true), '')::uuid);

alter table snapshot_overlays enable row level security;
alter table snapshot_overlays force row level security;
create policy tenant on snapshot_overlays
  using (organization_id = nullif(current_setting('app.organization_id', true), '')::uuid)
  with check (organization_id = nullif(current_setting('app.organization_id', true), '')::uuid);

grant select, insert, update, delete on node_readings to plimsoll_app;
grant select, insert, update on snapshot_overlays to plimsoll_app;

-- A result may have been made because readings of nodes came.
alter table assessments drop constraint assessments_cause_check;
alter table assessments add constraint assessments_cause_check check (cause in ('snapshot', 'answers', 'content', 'nodes'));
