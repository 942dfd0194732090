-- No foreign keys: they break updates of referenced rows; the writer checks, and identifiers are surrogates.
-- external_id is the opaque id of an imported record, unique within its school; an export gives it back.
CREATE SEQUENCE record_ids START 1;
CREATE SEQUENCE event_ids START 1;

CREATE TABLE settings (name VARCHAR PRIMARY KEY, value VARCHAR NOT NULL);
CREATE TABLE schools (school_id BIGINT PRIMARY KEY, external_id VARCHAR, name VARCHAR NOT NULL);

CREATE TABLE school_years (
    school_year SMALLINT PRIMARY KEY, starts_on DATE NOT NULL, ends_on DATE NOT NULL, days_a_week TINYINT NOT NULL
);
CREATE TABLE days_off (day DATE PRIMARY KEY, name VARCHAR NOT NULL);
CREATE TABLE terms (
    term_id BIGINT PRIMARY KEY, school_id BIGINT NOT NULL, external_id VARCHAR, school_year SMALLINT NOT NULL,
    kind VARCHAR NOT NULL, number SMALLINT NOT NULL, starts_on DATE NOT NULL, ends_on DATE NOT NULL,
    closed_at TIMESTAMP, closed_by BIGINT
);
CREATE TABLE bell_times (number TINYINT PRIMARY KEY, starts_at TIME NOT NULL, ends_at TIME NOT NULL);

CREATE TABLE staff (
    staff_id BIGINT PRIMARY KEY, external_id VARCHAR, last_name VARCHAR NOT NULL, first_name VARCHAR NOT NULL,
    middle_name VARCHAR NOT NULL DEFAULT '', position VARCHAR NOT NULL DEFAULT '', hired_on DATE, dismissed_on DATE, school_id BIGINT
);
CREATE TABLE classes (
    class_id BIGINT PRIMARY KEY, school_id BIGINT NOT NULL, external_id VARCHAR, school_year SMALLINT NOT NULL,
    name VARCHAR NOT NULL, grade_level TINYINT, term_kind VARCHAR, homeroom_id BIGINT
);
-- Which terms a class reports by: quarters for grades 1 to 9, half-years for 10 and 11.
CREATE TABLE class_terms (class_id BIGINT, term_id BIGINT, PRIMARY KEY (class_id, term_id));
CREATE TABLE pupils (
    pupil_id BIGINT PRIMARY KEY, school_id BIGINT NOT NULL, external_id VARCHAR, last_name VARCHAR NOT NULL,
    first_name VARCHAR NOT NULL DEFAULT '', middle_name VARCHAR NOT NULL DEFAULT '', born_on DATE
);
-- ends_on is the day of leaving: the pupil is in the class up to the day before it.
CREATE TABLE enrolments (
    enrolment_id BIGINT PRIMARY KEY, pupil_id BIGINT NOT NULL, class_id BIGINT NOT NULL, starts_on DATE, ends_on DATE
);
CREATE TABLE subjects (
    subject_id BIGINT PRIMARY KEY, school_id BIGINT NOT NULL, external_id VARCHAR, name VARCHAR NOT NULL, area VARCHAR
);
CREATE TABLE subgroups (
    subgroup_id BIGINT PRIMARY KEY, class_id BIGINT NOT NULL, subject_id BIGINT NOT NULL, name VARCHAR NOT NULL
);
CREATE TABLE subgroup_members (
    subgroup_id BIGINT NOT NULL, pupil_id BIGINT NOT NULL, starts_on DATE, ends_on DATE
);
CREATE TABLE work_types (
    work_type_id BIGINT PRIMARY KEY, name VARCHAR NOT NULL, short_name VARCHAR NOT NULL, weight DOUBLE NOT NULL,
    is_written_control BOOLEAN NOT NULL
);

CREATE TABLE guardians (
    guardian_id BIGINT PRIMARY KEY, last_name VARCHAR NOT NULL, first_name VARCHAR NOT NULL,
    middle_name VARCHAR NOT NULL DEFAULT ''
);
CREATE TABLE guardian_pupils (guardian_id BIGINT, pupil_id BIGINT, PRIMARY KEY (guardian_id, pupil_id));
CREATE TABLE users (
    user_id BIGINT PRIMARY KEY, login VARCHAR NOT NULL UNIQUE, password_hash VARCHAR NOT NULL,
    staff_id BIGINT, guardian_id BIGINT, pupil_id BIGINT, blocked_at TIMESTAMP
);
CREATE TABLE user_roles (user_id BIGINT, role VARCHAR, PRIMARY KEY (user_id, role));
-- Only a hash of the session's secret is kept: reading the table signs nobody in.
CREATE TABLE sessions (
    session_hash VARCHAR PRIMARY KEY, user_id BIGINT NOT NULL, created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL, revoked_at TIMESTAMP
);
CREATE TABLE sign_in_attempts (
    attempted_at TIMESTAMP NOT NULL, login_hash VARCHAR NOT NULL, address VARCHAR NOT NULL, succeeded BOOLEAN NOT NULL
);

CREATE TABLE teaching_load (
    load_id BIGINT PRIMARY KEY, school_year SMALLINT NOT NULL, class_id BIGINT NOT NULL, subgroup_id BIGINT,
    subject_id BIGINT NOT NULL, teacher_id BIGINT, hours_a_week DOUBLE NOT NULL, starts_on DATE, ends_on DATE
);
CREATE TABLE timetable (
    slot_id BIGINT PRIMARY KEY, load_id BIGINT NOT NULL, weekday TINYINT NOT NULL, number TINYINT NOT NULL,
    room VARCHAR NOT NULL DEFAULT '', starts_on DATE, ends_on DATE
);
-- recorded_at: when anything was first entered for the lesson.
CREATE TABLE lessons (
    lesson_id BIGINT PRIMARY KEY, class_id BIGINT NOT NULL, subgroup_id BIGINT, subject_id BIGINT NOT NULL,
    teacher_id BIGINT, term_id BIGINT NOT NULL, held_on DATE NOT NULL, number TINYINT NOT NULL,
    status VARCHAR NOT NULL DEFAULT 'planned', topic VARCHAR NOT NULL DEFAULT '', work_type_id BIGINT,
    homework_state VARCHAR NOT NULL DEFAULT 'unset', homework VARCHAR NOT NULL DEFAULT '',
    attendance_taken_at TIMESTAMP, recorded_at TIMESTAMP
);
-- work_type_id and weight are the mark's own only where they differ from the lesson's.
CREATE TABLE marks (
    lesson_id BIGINT, pupil_id BIGINT, slot TINYINT, value TINYINT NOT NULL, work_type_id BIGINT, weight DOUBLE,
    recorded_at TIMESTAMP, recorded_by BIGINT, PRIMARY KEY (lesson_id, pupil_id, slot)
);
CREATE TABLE absences (
    lesson_id BIGINT, pupil_id BIGINT, reason VARCHAR NOT NULL, recorded_at TIMESTAMP, recorded_by BIGINT,
    PRIMARY KEY (lesson_id, pupil_id)
);
CREATE TABLE term_marks (
    class_id BIGINT, subject_id BIGINT, term_id BIGINT, pupil_id BIGINT, value TINYINT NOT NULL, teacher_id BIGINT,
    reason VARCHAR NOT NULL DEFAULT '', recorded_at TIMESTAMP, recorded_by BIGINT,
    PRIMARY KEY (class_id, subject_id, term_id, pupil_id)
);
CREATE TABLE year_marks (
    class_id BIGINT, subject_id BIGINT, school_year SMALLINT, pupil_id BIGINT, value TINYINT NOT NULL,
    reason VARCHAR NOT NULL DEFAULT '', recorded_at TIMESTAMP, recorded_by BIGINT,
    PRIMARY KEY (class_id, subject_id, school_year, pupil_id)
);
-- Entries of a browser tab in a cell, the newest counts: a batch sent twice is recognised, a tab's own earlier value is
-- no conflict. Without a key, so that a receipt is a plain append.
CREATE TABLE entry_receipts (
    client_id VARCHAR NOT NULL, lesson_id BIGINT NOT NULL, pupil_id BIGINT NOT NULL, client_seq BIGINT NOT NULL,
    cell_text VARCHAR NOT NULL, entered_at TIMESTAMP NOT NULL
);
CREATE TABLE events (
    event_id BIGINT DEFAULT nextval('event_ids'), happened_at TIMESTAMP NOT NULL, user_id BIGINT, kind VARCHAR NOT NULL,
    lesson_id BIGINT, pupil_id BIGINT, record_id BIGINT, old_value VARCHAR, new_value VARCHAR,
    reason VARCHAR NOT NULL DEFAULT ''
);

-- The frames that analytics and forecasts read: one row a fact, with the dimensions people filter by.
CREATE VIEW lesson_rows AS
SELECT l.lesson_id, c.school_id, l.class_id, l.subgroup_id, l.subject_id, l.teacher_id, l.term_id, l.held_on,
    l.number, l.topic, l.topic <> '' AS has_topic, l.homework_state, l.attendance_taken_at, l.recorded_at,
    l.status <> 'cancelled' AS is_held, l.work_type_id,
    c.name AS class_name, c.grade_level, c.homeroom_id, t.school_year, t.kind AS term_kind, t.number AS term_number
FROM lessons l JOIN classes c USING (class_id) JOIN terms t USING (term_id);

CREATE VIEW mark_rows AS
SELECT m.lesson_id, m.pupil_id, m.slot, m.value, m.recorded_at, m.recorded_by, l.held_on AS given_on, c.school_id,
    l.class_id, l.subgroup_id, l.subject_id, l.teacher_id, l.term_id,
    coalesce(m.weight, w.weight, 1.0) AS weight, w.name AS work_type,
    coalesce(w.is_written_control, false) AS is_written_control,
    c.grade_level, t.school_year, t.kind AS term_kind, t.number AS term_number
FROM marks m JOIN lessons l USING (lesson_id) JOIN classes c ON c.class_id = l.class_id
    JOIN terms t ON t.term_id = l.term_id
    LEFT JOIN work_types w ON w.work_type_id = coalesce(m.work_type_id, l.work_type_id);

CREATE VIEW absence_rows AS
SELECT a.lesson_id, a.pupil_id, a.reason, a.recorded_at, l.held_on AS missed_on, c.school_id, l.class_id,
    l.subgroup_id, l.subject_id, l.teacher_id, l.term_id, c.grade_level, t.school_year, t.kind AS term_kind,
    t.number AS term_number
FROM absences a JOIN lessons l USING (lesson_id) JOIN classes c ON c.class_id = l.class_id
    JOIN terms t ON t.term_id = l.term_id;

CREATE VIEW term_mark_rows AS
SELECT m.class_id, m.subject_id, m.teacher_id, m.term_id, m.pupil_id, m.value, m.recorded_at, c.school_id,
    c.grade_level, t.school_year, t.kind AS term_kind, t.number AS term_number
FROM term_marks m JOIN classes c USING (class_id) JOIN terms t USING (term_id);
