-- National tests (ВПР, ОГЭ, ЕГЭ): one row a test of a school, subject and day.
CREATE TABLE external_tests (
    test_id BIGINT PRIMARY KEY, kind VARCHAR NOT NULL, subject_id BIGINT NOT NULL, held_on DATE NOT NULL
);
-- mark is 2..5 where the test has such a scale, score what was reached; loaded again, a result is replaced.
CREATE TABLE external_test_results (
    test_id BIGINT, pupil_id BIGINT, mark TINYINT, score DOUBLE, recorded_at TIMESTAMP NOT NULL, recorded_by BIGINT,
    PRIMARY KEY (test_id, pupil_id)
);
