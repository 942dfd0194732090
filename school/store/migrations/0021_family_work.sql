-- A family announces an absence (п. 4.3): a request that the homeroom teacher accepts, it becomes a leave, or declines in words.
-- lesson_numbers is empty for whole days; decided_at NULL and withdrawn_at NULL: it waits.
CREATE TABLE excuses (
    excuse_id BIGINT PRIMARY KEY, pupil_id BIGINT NOT NULL, class_id BIGINT NOT NULL, starts_on DATE NOT NULL,
    ends_on DATE NOT NULL, lesson_numbers TINYINT[] NOT NULL, reason VARCHAR NOT NULL, note VARCHAR NOT NULL,
    sent_at TIMESTAMP NOT NULL, sent_by BIGINT NOT NULL, withdrawn_at TIMESTAMP, decided_at TIMESTAMP, decided_by BIGINT,
    leave_id BIGINT, answer VARCHAR NOT NULL DEFAULT ''
);
-- Photos of certificates: data of health, erased after their term. The content lies beside the database, as of homework_files.
CREATE TABLE excuse_papers (
    paper_id BIGINT PRIMARY KEY, excuse_id BIGINT NOT NULL, stored_name VARCHAR NOT NULL, title VARCHAR NOT NULL,
    kind VARCHAR NOT NULL, size_bytes BIGINT NOT NULL, sha256 VARCHAR NOT NULL
);

-- When somebody of a family last opened the diary of their child: the program's own books, as sessions.last_seen_at.
CREATE TABLE diary_readings (
    user_id BIGINT, pupil_id BIGINT, read_at TIMESTAMP NOT NULL, PRIMARY KEY (user_id, pupil_id)
);

-- When a lesson's homework was written as it stands; is_late: by the school's hour of that time, or on a day off (п. 3.4).
CREATE TABLE homework_times (lesson_id BIGINT PRIMARY KEY, written_at TIMESTAMP NOT NULL, is_late BOOLEAN NOT NULL);
INSERT INTO homework_times
SELECT lesson_id, written_at, written_at::DATE >= held_on AND (hour(written_at) NOT BETWEEN 7 AND 17 OR isodow(written_at) = 7 OR written_at::DATE IN (SELECT day FROM days_off))
FROM (SELECT e.lesson_id, max(e.happened_at) AS written_at FROM events e WHERE e.kind = 'homework' GROUP BY e.lesson_id) t
    JOIN lessons l USING (lesson_id) WHERE l.homework_state = 'set';
