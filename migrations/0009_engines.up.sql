-- What the engines computed of a snapshot, as it is shown. It is made anew with each assessment of the snapshot, since people
-- declare recovery times and Java versions after it was taken.
create table snapshot_exhibits (
  organization_id uuid not null,
  snapshot_id     uuid not null,
  content_version text not null,
  exhibits        jsonb not null,
  computed_at     timestamptz not null,
  primary key (organization_id, snapshot_id),
  foreign key (organization_id, snapshot_id) references snapshots (organization_id, id) on delete cascade
);

alter table snapshot_exhibits enable row level security;
alter table snapshot_exhibits force row level security;
create policy tenant on snapshot_exhibits
  using (organization_id = nullif(current_setting('app.organization_id', true), '')::uuid)
  with check (organization_id = nullif(current_setting('app.organization_id', true), '')::uuid);

grant select, insert, update on snapshot_exhibits to plimsoll_app;
