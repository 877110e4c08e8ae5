-- What an operator's command sees to go through all organizations one after the other: which there are, and nothing of theirs. Like the
-- policies for signing in it hangs on a setting of the transaction; each organization's rows are then worked on as that tenant.
create policy directory on organizations for select
  using (current_setting('app.directory', true) = 'on');
