-- A made report keeps its figures as a document in a file under this name and sha256; every form is drawn from it.
-- about_id: the class or the employee that it is about, by kind; NULL for the whole school. made_by NULL: by schedule.
-- schedule_key: what the schedule made it for; a key is used once, so that a restart makes nothing twice.
CREATE TABLE made_reports (
    report_id BIGINT PRIMARY KEY, kind VARCHAR NOT NULL, school_year SMALLINT NOT NULL, term_kind VARCHAR NOT NULL,
    term_number SMALLINT NOT NULL, about_id BIGINT, about_name VARCHAR NOT NULL, made_at TIMESTAMP NOT NULL,
    made_by BIGINT, made_of VARCHAR NOT NULL, stored_name VARCHAR NOT NULL, sha256 VARCHAR NOT NULL,
    schedule_key VARCHAR UNIQUE
);
