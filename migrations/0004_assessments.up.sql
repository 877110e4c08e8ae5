-- One result. Its findings stand in a table of their own, to be paged; the figures of trends and lists are columns.
create table assessments (
  organization_id        uuid not null,
  id                     uuid not null,
  platform_id            uuid not null,
  snapshot_id            uuid,
  snapshot_digest        text not null default '',
  taken_at               timestamptz, -- of the snapshot; null where only answers were assessed
  content_version        text not null,
  content_hash           text not null,
  as_of                  date not null,
  cause                  text not null check (cause in ('snapshot', 'answers', 'content')),
  input_revision         bigint not null default 0, -- of the platform, as it was read
  verdict                text not null default '', -- empty without answers
  load_line_low          text not null default '', -- empty where nothing applies
  load_line_high         text not null default '',
  score_value_micros     bigint, -- millionths of a point; null where there is no point
  score_low_micros       bigint,
  score_high_micros      bigint,
  score_coverage_micros  bigint,
  evidence_share_micros  bigint,
  critical_findings      integer not null default 0, -- not waived, by severity
  high_findings          integer not null default 0,
  medium_findings        integer not null default 0,
  low_findings           integer not null default 0,
  waived_findings        integer not null default 0,
  result                 jsonb not null, -- without findings
  created_at             timestamptz not null default now(),
  primary key (organization_id, id),
  foreign key (organization_id, platform_id) references platforms (organization_id, id) on delete cascade,
  foreign key (organization_id, snapshot_id) references snapshots (organization_id, id) on delete cascade
);
create index assessments_current_idx on assessments (organization_id, platform_id, taken_at desc nulls last, created_at desc, id desc);
create index assessments_snapshot_idx on assessments (organization_id, snapshot_id);

create table findings (
  organization_id uuid not null,
  assessment_id   uuid not null,
  ordinal         integer not null check (ordinal >= 0),
  severity        smallint not null check (severity between 1 and 4),
  pillar          text not null,
  rule            text not null,
  kind            text not null,
  namespace       text not null,
  name            text not null,
  container       text not null,
  fingerprint     text not null,
  waived          boolean not null,
  finding         jsonb not null,
  primary key (organization_id, assessment_id, ordinal),
  foreign key (organization_id, assessment_id) references assessments (organization_id, id) on delete cascade
);
create index findings_page_idx on findings (organization_id, assessment_id, severity desc, ordinal);
create index findings_fingerprint_idx on findings (organization_id, assessment_id, fingerprint);

alter table assessments enable row level security;
alter table assessments force row level security;
create policy tenant on assessments
  using (organization_id = nullif(current_setting('app.organization_id', true), '')::uuid)
  with check (organization_id = nullif(current_setting('app.organization_id', true), '')::uuid);

alter table findings enable row level security;
alter table findings force row level security;
create policy tenant on findings
  using (organization_id = nullif(current_setting('app.organization_id', true), '')::uuid)
  with check (organization_id = nullif(current_setting('app.organization_id', true), '')::uuid);

grant select, insert on assessments, findings to plimsoll_app;
