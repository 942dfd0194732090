-- A lesson plan belongs to one register: a class of a school year, or its subgroup, × subject.
-- replanned_on: lessons lost up to that day are made up for by the plan itself; compressed_hours: what that cost.
CREATE TABLE lesson_plans (
    plan_id BIGINT PRIMARY KEY, class_id BIGINT NOT NULL, subject_id BIGINT NOT NULL, subgroup_id BIGINT,
    replanned_on DATE, compressed_hours SMALLINT NOT NULL DEFAULT 0, saved_at TIMESTAMP NOT NULL, saved_by BIGINT
);
CREATE TABLE plan_topics (
    topic_id BIGINT PRIMARY KEY, plan_id BIGINT NOT NULL, position SMALLINT NOT NULL, title VARCHAR NOT NULL,
    hours SMALLINT NOT NULL
);
-- The topic of the plan that a lesson was given by, where its teacher took it from there: the words may differ.
CREATE TABLE lesson_plan_topics (lesson_id BIGINT PRIMARY KEY, topic_id BIGINT NOT NULL);

-- lessons.homework is the text for everybody; a day is kept only where it is not the next lesson of the register.
CREATE TABLE homework_due_days (lesson_id BIGINT PRIMARY KEY, due_on DATE NOT NULL);
-- A task of some pupils: those named, or the members of a subgroup.
CREATE TABLE homework_tasks (
    task_id BIGINT PRIMARY KEY, lesson_id BIGINT NOT NULL, subgroup_id BIGINT, text VARCHAR NOT NULL,
    created_at TIMESTAMP NOT NULL, created_by BIGINT
);
CREATE TABLE homework_task_pupils (task_id BIGINT, pupil_id BIGINT, PRIMARY KEY (task_id, pupil_id));
-- The content lies in a folder beside the database under stored_name, which is random; task_id: for its pupils only.
CREATE TABLE homework_files (
    file_id BIGINT PRIMARY KEY, lesson_id BIGINT NOT NULL, task_id BIGINT, stored_name VARCHAR NOT NULL,
    title VARCHAR NOT NULL, kind VARCHAR NOT NULL, size_bytes BIGINT NOT NULL, sha256 VARCHAR NOT NULL,
    added_at TIMESTAMP NOT NULL, added_by BIGINT
);
