-- Inspections of the registers (п. 3.5, 6.2–6.4). scope: JSON of what was asked for: term_ids, class_ids, subject_ids, teacher_ids, aspects.
CREATE TABLE inspections (
    inspection_id BIGINT PRIMARY KEY, title VARCHAR NOT NULL, school_year SMALLINT NOT NULL, starts_on DATE NOT NULL,
    ends_on DATE NOT NULL, scope VARCHAR NOT NULL, started_at TIMESTAMP NOT NULL, started_by BIGINT NOT NULL,
    conclusion VARCHAR NOT NULL DEFAULT '', recommendations VARCHAR NOT NULL DEFAULT '', published_at TIMESTAMP,
    published_by BIGINT
);
-- As found that day, with what the inspector added. is_kept: stands in the report.
CREATE TABLE inspection_findings (
    finding_id BIGINT PRIMARY KEY, inspection_id BIGINT NOT NULL, check_code VARCHAR NOT NULL, class_id BIGINT,
    subject_id BIGINT, teacher_id BIGINT, found_count INTEGER NOT NULL, found_total INTEGER NOT NULL,
    found_text VARCHAR NOT NULL DEFAULT '', is_kept BOOLEAN NOT NULL DEFAULT true, note VARCHAR NOT NULL DEFAULT '',
    mend_until DATE
);
-- What became of the findings of the inspection before, as seen when this one began.
CREATE TABLE inspection_rechecks (
    inspection_id BIGINT NOT NULL, finding_id BIGINT NOT NULL, state VARCHAR NOT NULL, PRIMARY KEY (inspection_id, finding_id)
);
CREATE TABLE inspection_readings (
    inspection_id BIGINT NOT NULL, staff_id BIGINT NOT NULL, read_at TIMESTAMP NOT NULL, answer VARCHAR NOT NULL DEFAULT '',
    answered_at TIMESTAMP, PRIMARY KEY (inspection_id, staff_id)
);
