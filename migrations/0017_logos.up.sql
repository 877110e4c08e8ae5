-- The picture that an organization stands under, on its pages and on the cover of its reports: drawn anew from what was uploaded.
create table logos (
  organization_id uuid primary key references organizations (id) on delete cascade,
  digest          bytea not null check (length(digest) = 32), -- SHA-256 of the PNG
  png             bytea not null check (length(png) between 1 and 1048576),
  width           integer not null check (width between 1 and 480), -- pixels
  height          integer not null check (height between 1 and 240),
  dark            boolean not null, -- the ground that it was drawn on
  alt             text not null check (length(alt) between 1 and 160), -- what it shows, for those who can't see it
  person_id       uuid references people (id) on delete set null,
  uploaded_at     timestamptz not null default now()
);
alter table logos alter column png set storage external; -- a PNG is compressed in itself
create index logos_person_id_idx on logos (person_id);

alter table logos enable row level security;
alter table logos force row level security;
create policy tenant on logos
  using (organization_id = nullif(current_setting('app.organization_id', true), '')::uuid)
  with check (organization_id = nullif(current_setting('app.organization_id', true), '')::uuid);

grant select, insert, update, delete on logos to plimsoll_app;
