drop index waivers_exact_idx;
drop table what_ifs, finding_comments, finding_assignments;
