-- The app connects as a role that owns nothing, so that row security holds for it. A role belongs to the whole server: another
-- database of the same server, or an administrator, may have made it already.
do $$
begin
  if not exists (select from pg_roles where rolname = 'plimsoll_app') then
    create role plimsoll_app nologin nosuperuser nobypassrls nocreatedb nocreaterole;
    execute format('grant plimsoll_app to %I', current_user);
  end if;
exception when duplicate_object then null;
end $$;

grant usage on schema public to plimsoll_app;
grant select on schema_migrations to plimsoll_app;

-- A person is (issuer, subject) of an identity provider, whatever their e-mail address. People stand above organizations; a row is
-- seen by the person, by who shares an organization with them, and while signing in by the identity that the provider vouches for.
create table people (
  id         uuid primary key,
  issuer     text not null check (length(issuer) between 1 and 2000),
  subject    text not null check (length(subject) between 1 and 255),
  email      text not null default '' check (length(email) <= 320),
  name       text not null default '' check (length(name) <= 200),
  created_at timestamptz not null default now(),
  seen_at    timestamptz not null default now(),
  unique (issuer, subject)
);

create table organizations (
  id         uuid primary key,
  slug       text not null unique check (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  name       text not null check (length(name) between 1 and 120),
  settings   jsonb not null default '{}',
  created_at timestamptz not null default now()
);

create table members (
  organization_id uuid not null references organizations (id) on delete cascade,
  person_id       uuid not null references people (id) on delete cascade,
  role            text not null check (role in ('owner', 'admin', 'assessor', 'viewer')),
  created_at      timestamptz not null default now(),
  primary key (organization_id, person_id)
);
create index members_person_id_idx on members (person_id);

alter table organizations enable row level security;
alter table organizations force row level security;
create policy tenant on organizations
  using (id = nullif(current_setting('app.organization_id', true), '')::uuid)
  with check (id = nullif(current_setting('app.organization_id', true), '')::uuid);

alter table members enable row level security;
alter table members force row level security;
create policy tenant on members
  using (organization_id = nullif(current_setting('app.organization_id', true), '')::uuid)
  with check (organization_id = nullif(current_setting('app.organization_id', true), '')::uuid);

-- What a person sees before an organization is chosen: their own memberships, and the organizations of these.
create policy own on members for select
  using (person_id = nullif(current_setting('app.person_id', true), '')::uuid);
create policy own on organizations for select
  using (exists (
    select from members m
    where m.organization_id = organizations.id
      and m.person_id = nullif(current_setting('app.person_id', true), '')::uuid));

alter table people enable row level security;
alter table people force row level security;
create policy own on people
  using (id = nullif(current_setting('app.person_id', true), '')::uuid)
  with check (id = nullif(current_setting('app.person_id', true), '')::uuid);
create policy identity on people
  using (issuer = current_setting('app.issuer', true) and subject = current_setting('app.subject', true))
  with check (issuer = current_setting('app.issuer', true) and subject = current_setting('app.subject', true));
create policy fellows on people for select
  using (exists (
    select from members m
    where m.person_id = people.id
      and m.organization_id = nullif(current_setting('app.organization_id', true), '')::uuid));

-- Web sessions, by the hash of their token. They hold no tenant's data, only who signed in.
create table sessions (
  token  text primary key,
  data   bytea not null,
  expiry timestamptz not null
);
create index sessions_expiry_idx on sessions (expiry);

grant select, insert, update on people, organizations to plimsoll_app;
grant select, insert, update, delete on members, sessions to plimsoll_app;
