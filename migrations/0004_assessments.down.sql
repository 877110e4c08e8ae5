drop table findings, assessments;
