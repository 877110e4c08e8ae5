drop trigger announce on platforms;
drop function announce_making();

alter table platforms drop constraint platforms_making_sample_check;
alter table platforms drop column making;
