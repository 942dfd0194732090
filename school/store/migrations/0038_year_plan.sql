-- The plan of a year and of control (п. 3.5, 4.2, 6.2). With an empty code: an entry that people typed. With the code of a
-- standard entry: what people changed of it; due_on is NULL where its day follows from the calendar, user_id where whoever has
-- its role does it. done_on: ticked by hand; is_dropped: not needed this year.
CREATE TABLE plan_entries (
    entry_id BIGINT PRIMARY KEY, school_year SMALLINT NOT NULL, code VARCHAR NOT NULL, title VARCHAR NOT NULL,
    note VARCHAR NOT NULL, due_on DATE, user_id BIGINT, remind_days SMALLINT NOT NULL, done_on DATE, done_by BIGINT,
    is_dropped BOOLEAN NOT NULL, changed_at TIMESTAMP NOT NULL, changed_by BIGINT NOT NULL
);
