-- What people call a result, to find it again.
create table milestones (
  organization_id uuid not null,
  assessment_id   uuid not null,
  platform_id     uuid not null,
  name            text not null check (length(name) between 1 and 120),
  person_id       uuid references people (id) on delete set null,
  named_at        timestamptz not null default now(),
  primary key (organization_id, assessment_id),
  foreign key (organization_id, assessment_id) references assessments (organization_id, id) on delete cascade,
  foreign key (organization_id, platform_id) references platforms (organization_id, id) on delete cascade
);
create index milestones_platform_idx on milestones (organization_id, platform_id);
create index milestones_person_id_idx on milestones (person_id);

alter table milestones enable row level security;
alter table milestones force row level security;
create policy tenant on milestones
  using (organization_id = nullif(current_setting('app.organization_id', true), '')::uuid)
  with check (organization_id = nullif(current_setting('app.organization_id', true), '')::uuid);

grant select, insert, update, delete on milestones to plimsoll_app;
