-- A leave: a pupil misses these days (both inclusive) for this reason; lesson_numbers is empty for whole days (п. 4.3).
-- certified_on dates the paper; withdrawn_at: entered cells stay, later lessons no longer take the reason from it.
CREATE TABLE leaves (
    leave_id BIGINT PRIMARY KEY, class_id BIGINT NOT NULL, pupil_id BIGINT NOT NULL, starts_on DATE NOT NULL,
    ends_on DATE NOT NULL, lesson_numbers TINYINT[] NOT NULL, reason VARCHAR NOT NULL, note VARCHAR NOT NULL,
    certified_on DATE, created_at TIMESTAMP NOT NULL, created_by BIGINT, withdrawn_at TIMESTAMP
);

-- What a homeroom teacher asked a colleague to fill, through the deputy head (п. 4.3); closed_at: closed by the deputy.
CREATE TABLE gap_requests (
    request_id BIGINT PRIMARY KEY, class_id BIGINT NOT NULL, subject_id BIGINT NOT NULL, teacher_id BIGINT NOT NULL,
    term_id BIGINT NOT NULL, comment VARCHAR NOT NULL, due_on DATE NOT NULL, short_pupils SMALLINT NOT NULL,
    sent_at TIMESTAMP NOT NULL, sent_by BIGINT, closed_at TIMESTAMP, closed_by BIGINT, closing_note VARCHAR
);
-- The lessons that were not filled when the request was sent: it is done once all of them are.
CREATE TABLE gap_request_lessons (request_id BIGINT, lesson_id BIGINT, PRIMARY KEY (request_id, lesson_id));

-- Remarks and recommendations to a family (п. 3.6, 4.7); a withdrawn one is no longer shown.
CREATE TABLE remarks (
    remark_id BIGINT PRIMARY KEY, pupil_id BIGINT NOT NULL, class_id BIGINT NOT NULL, subject_id BIGINT,
    kind VARCHAR NOT NULL, text VARCHAR NOT NULL, written_at TIMESTAMP NOT NULL, written_by BIGINT NOT NULL,
    withdrawn_at TIMESTAMP
);
CREATE TABLE remark_readings (
    remark_id BIGINT, user_id BIGINT, read_at TIMESTAMP NOT NULL, PRIMARY KEY (remark_id, user_id)
);
