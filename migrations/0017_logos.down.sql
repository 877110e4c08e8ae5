drop table logos;
