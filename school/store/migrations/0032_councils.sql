-- Which subjects of a class end the year with an exam (промежуточная аттестация); the class is of one year.
CREATE TABLE class_exams (class_id BIGINT, subject_id BIGINT, PRIMARY KEY (class_id, subject_id));
CREATE TABLE exam_marks (
    class_id BIGINT, subject_id BIGINT, pupil_id BIGINT, value TINYINT NOT NULL, recorded_at TIMESTAMP, recorded_by BIGINT,
    PRIMARY KEY (class_id, subject_id, pupil_id)
);
-- The final mark follows from the year mark and the exam; here is only what people decided otherwise, and why.
CREATE TABLE final_marks (
    class_id BIGINT, subject_id BIGINT, pupil_id BIGINT, value TINYINT NOT NULL, reason VARCHAR NOT NULL,
    recorded_at TIMESTAMP, recorded_by BIGINT, PRIMARY KEY (class_id, subject_id, pupil_id)
);
-- What the pedagogical council decided about a pupil of a class; without a day it is what the homeroom teacher proposes.
-- debts: the subjects that a conditional move leaves to be passed in the next year (273-ФЗ, ст. 58).
CREATE TABLE council_decisions (
    class_id BIGINT, pupil_id BIGINT, outcome VARCHAR NOT NULL, decided_on DATE, protocol VARCHAR NOT NULL DEFAULT '',
    debts BIGINT[] NOT NULL DEFAULT [], note VARCHAR NOT NULL DEFAULT '', recorded_at TIMESTAMP, recorded_by BIGINT,
    PRIMARY KEY (class_id, pupil_id)
);
