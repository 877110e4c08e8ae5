-- What an assessment changed against the one before it in time. It is worked out once, when the assessment is stored.
create table assessment_movements (
  organization_id uuid not null,
  assessment_id   uuid not null,
  added           integer not null check (added >= 0),
  mended          integer not null check (mended >= 0),
  primary key (organization_id, assessment_id),
  foreign key (organization_id, assessment_id) references assessments (organization_id, id) on delete cascade
);

alter table assessment_movements enable row level security;
alter table assessment_movements force row level security;
create policy tenant on assessment_movements
  using (organization_id = nullif(current_setting('app.organization_id', true), '')::uuid)
  with check (organization_id = nullif(current_setting('app.organization_id', true), '')::uuid);

grant select, insert on assessment_movements to plimsoll_app;

-- A snapshot of another cluster is kept and not scored, until somebody says what it is.
alter table snapshot_states drop constraint snapshot_states_state_check;
alter table snapshot_states add constraint snapshot_states_state_check check (state in ('queued', 'assessed', 'failed', 'foreign'));

-- The app's role deletes no snapshots; this one thing it may: throw away one that was never taken over. The policies hold inside too.
create function discard_foreign_snapshot(snapshot uuid) returns boolean language sql security definer set search_path = public as $$
  with gone as (
    delete from snapshots n using snapshot_states s
    where n.id = snapshot and n.organization_id = nullif(current_setting('app.organization_id', true), '')::uuid
      and s.organization_id = n.organization_id and s.snapshot_id = n.id and s.state = 'foreign'
    returning n.id)
  select exists (select from gone)
$$;
revoke all on function discard_foreign_snapshot(uuid) from public;
grant execute on function discard_foreign_snapshot(uuid) to plimsoll_app;
