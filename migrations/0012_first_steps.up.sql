-- A platform that was made to be looked at and thrown away. An organization has at most one.
alter table platforms add column sample boolean not null default false;
create unique index platforms_sample_idx on platforms (organization_id) where sample;

-- Whoever watches a platform is told that there is something new about it: which platform, and nothing else. What is new is read by
-- whoever may read it. It is sent when the transaction commits, and once for each platform.
create function announce_snapshot() returns trigger language plpgsql as $$
begin
  perform pg_notify('plimsoll_live', 'platform ' || n.platform_id) from snapshots n
    where n.organization_id = new.organization_id and n.id = new.snapshot_id;
  return null;
end $$;
create trigger announce after insert or update on snapshot_states for each row execute function announce_snapshot();

create function announce_platform() returns trigger language plpgsql as $$
begin
  perform pg_notify('plimsoll_live', 'platform ' || new.platform_id);
  return null;
end $$;
create trigger announce after insert on assessments for each row execute function announce_platform();
create trigger announce after insert or update on node_readings for each row execute function announce_platform();
