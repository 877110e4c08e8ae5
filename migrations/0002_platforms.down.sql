drop table waivers, workload_facts, answer_revisions, answers, platforms;
