-- A report that somebody asked for: made by a job, kept for a while, taken from here as often as wanted.
create table reports (
  organization_id uuid not null,
  id              uuid not null,
  platform_id     uuid not null,
  assessment_id   uuid not null,
  format          text not null check (format in ('full', 'short', 'markdown', 'csv', 'json', 'xlsx')),
  state           text not null default 'queued' check (state in ('queued', 'done', 'failed')),
  problem         text not null default '' check (length(problem) <= 2000),
  content         bytea, -- the file, once it is made
  person_id       uuid references people (id) on delete set null, -- who asked first
  created_at      timestamptz not null default now(),
  primary key (organization_id, id),
  foreign key (organization_id, platform_id) references platforms (organization_id, id) on delete cascade,
  foreign key (organization_id, assessment_id) references assessments (organization_id, id) on delete cascade,
  check ((state = 'done') = (content is not null))
);
alter table reports alter column content set storage external; -- a PDF or a workbook is compressed in itself
create index reports_platform_idx on reports (organization_id, platform_id, id);
create index reports_assessment_idx on reports (organization_id, assessment_id);
create index reports_person_id_idx on reports (person_id);
create unique index reports_waiting_idx on reports (organization_id, assessment_id, format) where state = 'queued'; -- who asks again waits for the same

alter table reports enable row level security;
alter table reports force row level security;
create policy tenant on reports
  using (organization_id = nullif(current_setting('app.organization_id', true), '')::uuid)
  with check (organization_id = nullif(current_setting('app.organization_id', true), '')::uuid);

grant select, insert, update, delete on reports to plimsoll_app;

create trigger announce after insert or update on reports for each row execute function announce_platform();
