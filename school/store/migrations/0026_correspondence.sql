-- Threads (п. 2.9, 4.7) and calls for help (п. 8.1), by kind. pupil_id: the child it is about. about: what it was asked from, in words.
-- taken_* and closed_* are of calls for help: an administrator has taken it, it is done.
CREATE TABLE threads (
    thread_id BIGINT PRIMARY KEY, kind VARCHAR NOT NULL, title VARCHAR NOT NULL, about VARCHAR NOT NULL DEFAULT '', pupil_id BIGINT,
    started_at TIMESTAMP NOT NULL, started_by BIGINT NOT NULL, taken_at TIMESTAMP, taken_by BIGINT, closed_at TIMESTAMP, closed_by BIGINT
);
-- Who writes in a thread, in which role; unread_since: when the first message that they have not read was, or will be, delivered.
CREATE TABLE thread_people (
    thread_id BIGINT, user_id BIGINT, role VARCHAR NOT NULL, read_at TIMESTAMP, unread_since TIMESTAMP, PRIMARY KEY (thread_id, user_id)
);
-- Never edited. Others see a message from delivered_at on, by the clock; withdrawn_at: a trace stays in its place.
CREATE TABLE messages (
    message_id BIGINT PRIMARY KEY, thread_id BIGINT NOT NULL, text VARCHAR NOT NULL, written_at TIMESTAMP NOT NULL, written_by BIGINT NOT NULL,
    delivered_at TIMESTAMP NOT NULL, is_urgent BOOLEAN NOT NULL DEFAULT false, withdrawn_at TIMESTAMP
);
-- The content lies beside the database, as of homework_files; a letter to many names one content in each of its threads.
CREATE TABLE message_files (
    file_id BIGINT PRIMARY KEY, message_id BIGINT NOT NULL, stored_name VARCHAR NOT NULL, title VARCHAR NOT NULL, kind VARCHAR NOT NULL,
    size_bytes BIGINT NOT NULL, sha256 VARCHAR NOT NULL
);
-- A complaint to the deputy head with a sealed copy of the last messages: it stays as it was, whatever becomes of the thread.
CREATE TABLE complaints (
    complaint_id BIGINT PRIMARY KEY, thread_id BIGINT NOT NULL, made_at TIMESTAMP NOT NULL, made_by BIGINT NOT NULL, reason VARCHAR NOT NULL,
    copy VARCHAR NOT NULL, sha256 VARCHAR NOT NULL, answered_at TIMESTAMP, answered_by BIGINT, answer VARCHAR NOT NULL DEFAULT ''
);
-- Who may not write, up to a day, that day included.
CREATE TABLE mutes (
    mute_id BIGINT PRIMARY KEY, user_id BIGINT NOT NULL, muted_at TIMESTAMP NOT NULL, until DATE NOT NULL, reason VARCHAR NOT NULL,
    muted_by BIGINT NOT NULL, lifted_at TIMESTAMP, lifted_by BIGINT
);
-- The head reads a thread by a written request, whose number stands here.
CREATE TABLE request_readings (
    reading_id BIGINT PRIMARY KEY, thread_id BIGINT NOT NULL, request_number VARCHAR NOT NULL, reason VARCHAR NOT NULL,
    read_at TIMESTAMP NOT NULL, read_by BIGINT NOT NULL
);
