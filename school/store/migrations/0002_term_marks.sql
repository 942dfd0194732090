-- Term marks with their receipts, rounding by subject, retired work types, permissions to correct a closed term.

-- An event about a register rather than a lesson names the class and the subject.
ALTER TABLE events ADD COLUMN class_id BIGINT;
ALTER TABLE events ADD COLUMN subject_id BIGINT;

-- The school's own rounding stands in settings under 'marking.rounding'; here are the subjects that differ.
CREATE TABLE subject_roundings (subject_id BIGINT PRIMARY KEY, rounding VARCHAR NOT NULL);

-- A work type that marks stand on is never deleted: it is no longer offered.
CREATE TABLE retired_work_types (work_type_id BIGINT PRIMARY KEY, retired_at TIMESTAMP NOT NULL);

-- As entry_receipts, for cells of term marks; term_id 0 is the year.
CREATE TABLE term_mark_receipts (
    client_id VARCHAR, class_id BIGINT, subject_id BIGINT, term_id BIGINT, pupil_id BIGINT, client_seq BIGINT NOT NULL,
    cell_text VARCHAR NOT NULL, entered_at TIMESTAMP NOT NULL,
    PRIMARY KEY (client_id, class_id, subject_id, term_id, pupil_id)
);

-- is_granted is NULL while the request waits; expires_at is the last moment of a granted one.
CREATE TABLE correction_permissions (
    permission_id BIGINT PRIMARY KEY, class_id BIGINT NOT NULL, subject_id BIGINT NOT NULL, subgroup_id BIGINT,
    term_id BIGINT NOT NULL, teacher_id BIGINT NOT NULL, reason VARCHAR NOT NULL, asked_at TIMESTAMP NOT NULL,
    is_granted BOOLEAN, decided_at TIMESTAMP, decided_by BIGINT, expires_at TIMESTAMP, answer VARCHAR NOT NULL DEFAULT '',
    used_at TIMESTAMP
);
