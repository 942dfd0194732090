-- How far a reader has read what is new in a child's diary: all that had appeared by then, and the newest event there was.
CREATE TABLE diary_visits (
    user_id BIGINT, pupil_id BIGINT, seen_at TIMESTAMP NOT NULL, last_event BIGINT NOT NULL, PRIMARY KEY (user_id, pupil_id)
);
