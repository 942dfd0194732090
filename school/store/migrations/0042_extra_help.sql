-- Who has taken up a pupil whom a forecast warned of, in a subject of a term, and how it stood on that day (п. 4.2, 4.5).
CREATE TABLE extra_help (
    class_id BIGINT NOT NULL,
    subject_id BIGINT NOT NULL,
    term_id BIGINT NOT NULL,
    pupil_id BIGINT NOT NULL,
    helper_id BIGINT NOT NULL,
    taken_at TIMESTAMP NOT NULL,
    taken_by BIGINT NOT NULL,
    feared_mark TINYINT NOT NULL,
    chance DOUBLE NOT NULL,
    mean_before DOUBLE,
    marks_before INTEGER NOT NULL,
    agreed VARCHAR NOT NULL DEFAULT '',
    PRIMARY KEY (class_id, subject_id, term_id, pupil_id)
);
