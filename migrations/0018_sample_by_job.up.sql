-- A sample is made by a job; until then its pages say so. Empty: there is nothing left to make.
alter table platforms add column making text not null default '' check (making in ('', 'under way', 'failed'));
alter table platforms add constraint platforms_making_sample_check check (making = '' or sample);

create function announce_making() returns trigger language plpgsql as $$
begin
  perform pg_notify('plimsoll_live', 'platform ' || new.id);
  return null;
end $$;
create trigger announce after update of making on platforms for each row
  when (old.making is distinct from new.making) execute function announce_making();
