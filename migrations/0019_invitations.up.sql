-- An invitation lets whoever holds its link into an organization, in one role, once. It is kept by the hash of what the link holds.
create table invitations (
  organization_id uuid not null references organizations (id) on delete cascade,
  id              uuid not null,
  role            text not null check (role in ('owner', 'admin', 'assessor', 'viewer')),
  note            text not null default '' check (length(note) <= 320), -- whom it is for: it decides nothing
  hash            bytea not null check (length(hash) = 32),
  invited_by      uuid references people (id) on delete set null,
  created_at      timestamptz not null default now(),
  expires_at      timestamptz not null,
  accepted_by     uuid references people (id) on delete set null,
  ended_at        timestamptz, -- taken up, or taken back
  primary key (organization_id, id),
  unique (organization_id, hash),
  check (accepted_by is null or ended_at is not null)
);
create index invitations_invited_by_idx on invitations (invited_by);
create index invitations_accepted_by_idx on invitations (accepted_by);

alter table invitations enable row level security;
alter table invitations force row level security;
create policy tenant on invitations
  using (organization_id = nullif(current_setting('app.organization_id', true), '')::uuid)
  with check (organization_id = nullif(current_setting('app.organization_id', true), '')::uuid);

grant select, insert, update on invitations to plimsoll_app;
