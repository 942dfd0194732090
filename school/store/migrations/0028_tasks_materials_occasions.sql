-- A task for single pupils without a lesson (п. 4.7); its pupils stand in homework_task_pupils, as those of a lesson's task do.
CREATE TABLE register_tasks (
    task_id BIGINT PRIMARY KEY, class_id BIGINT NOT NULL, subject_id BIGINT NOT NULL, subgroup_id BIGINT, text VARCHAR NOT NULL,
    due_on DATE NOT NULL, created_at TIMESTAMP NOT NULL, created_by BIGINT NOT NULL
);
-- What a family answered to a task, of a lesson or without one, and what the teacher said to it, step by step: never changed.
CREATE TABLE task_steps (
    step_id BIGINT PRIMARY KEY, task_id BIGINT NOT NULL, pupil_id BIGINT NOT NULL, kind VARCHAR NOT NULL, text VARCHAR NOT NULL,
    made_at TIMESTAMP NOT NULL, made_by BIGINT NOT NULL
);
-- Files of an answer; step_id is NULL for those that a task without a lesson was given with. The content lies as of homework_files.
CREATE TABLE task_files (
    file_id BIGINT PRIMARY KEY, task_id BIGINT NOT NULL, step_id BIGINT, stored_name VARCHAR NOT NULL, title VARCHAR NOT NULL,
    kind VARCHAR NOT NULL, size_bytes BIGINT NOT NULL, sha256 VARCHAR NOT NULL
);

-- What a teacher adds to a subject of a class or subgroup (п. 4.7): a file, or a link and no file (stored_name is empty).
-- A newer version has the series_id of the first; all of them stand with their days. removed_at: shown to nobody, the row stays.
CREATE TABLE materials (
    material_id BIGINT PRIMARY KEY, series_id BIGINT NOT NULL, class_id BIGINT NOT NULL, subject_id BIGINT NOT NULL,
    subgroup_id BIGINT, title VARCHAR NOT NULL, link VARCHAR NOT NULL, stored_name VARCHAR NOT NULL, file_name VARCHAR NOT NULL,
    kind VARCHAR NOT NULL, size_bytes BIGINT NOT NULL, sha256 VARCHAR NOT NULL, added_at TIMESTAMP NOT NULL,
    added_by BIGINT NOT NULL, removed_at TIMESTAMP
);

-- What a class, a grade (class_id is NULL) or the school (both are) holds (п. 3.6). starts_at is NULL for whole days; version counts the changes, for calendars;
-- is_staff_only: families do not see it.
CREATE TABLE occasions (
    occasion_id BIGINT PRIMARY KEY, school_year SMALLINT NOT NULL, grade_level SMALLINT, class_id BIGINT, title VARCHAR NOT NULL, text VARCHAR NOT NULL,
    place VARCHAR NOT NULL, starts_on DATE NOT NULL, ends_on DATE NOT NULL, starts_at TIME, ends_at TIME, asks_pupils BOOLEAN NOT NULL,
    asks_guardians BOOLEAN NOT NULL, asks_staff BOOLEAN NOT NULL, is_staff_only BOOLEAN NOT NULL, version SMALLINT NOT NULL, written_at TIMESTAMP NOT NULL,
    written_by BIGINT NOT NULL, changed_at TIMESTAMP NOT NULL, cancelled_at TIMESTAMP, cancel_reason VARCHAR NOT NULL
);
CREATE TABLE occasion_files (
    file_id BIGINT PRIMARY KEY, occasion_id BIGINT NOT NULL, stored_name VARCHAR NOT NULL, title VARCHAR NOT NULL,
    kind VARCHAR NOT NULL, size_bytes BIGINT NOT NULL, sha256 VARCHAR NOT NULL
);
-- Who comes: of a pupil the family's answer and the pupil's own, of the staff (person_id: staff_id) their own. The last answer counts.
CREATE TABLE occasion_answers (
    occasion_id BIGINT, side VARCHAR, person_id BIGINT, is_coming BOOLEAN NOT NULL, answered_at TIMESTAMP NOT NULL,
    answered_by BIGINT NOT NULL, PRIMARY KEY (occasion_id, side, person_id)
);
