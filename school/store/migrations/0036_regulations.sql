-- Documents of the school (п. 4.1, 4.2): a version each, those of one document share series_id, the id of the first.
-- state: draft, submitted or approved; body: its text, a line a paragraph, cells of a table between «|»; note: why the head
-- gave it back; replaced_by: the next version; repealed_at: no longer in force. The file lies as of homework_files.
CREATE TABLE regulations (
    regulation_id BIGINT PRIMARY KEY, series_id BIGINT NOT NULL, version SMALLINT NOT NULL, kind VARCHAR NOT NULL,
    number VARCHAR NOT NULL, dated_on DATE, title VARCHAR NOT NULL, basis VARCHAR NOT NULL, body VARCHAR NOT NULL,
    valid_from DATE, valid_until DATE, target VARCHAR NOT NULL, target_ids BIGINT[] NOT NULL, target_roles VARCHAR[] NOT NULL,
    read_by DATE, is_for_families BOOLEAN NOT NULL, state VARCHAR NOT NULL, note VARCHAR NOT NULL DEFAULT '',
    drafted_at TIMESTAMP NOT NULL, drafted_by BIGINT NOT NULL, approved_at TIMESTAMP, approved_by BIGINT, replaced_by BIGINT,
    repealed_at TIMESTAMP, stored_name VARCHAR NOT NULL DEFAULT '', file_name VARCHAR NOT NULL DEFAULT '',
    file_kind VARCHAR NOT NULL DEFAULT '', size_bytes BIGINT NOT NULL DEFAULT 0, sha256 VARCHAR NOT NULL DEFAULT ''
);
-- Who is to be acquainted with a version: given_at: when it reached them; is_late: they came after its approval;
-- confirmed_at: the deliberate act, not the opening (seen_at); paper_by: the account that entered a signature on paper.
CREATE TABLE regulation_readings (
    regulation_id BIGINT, staff_id BIGINT, given_at TIMESTAMP NOT NULL, is_late BOOLEAN NOT NULL, seen_at TIMESTAMP,
    confirmed_at TIMESTAMP, paper_by BIGINT, reminded_at TIMESTAMP, PRIMARY KEY (regulation_id, staff_id)
);
