-- Papers of pupils (п. 4.6). The number of a pupil's personal file, and where who comes or leaves came from or goes to.
ALTER TABLE pupils ADD COLUMN file_number VARCHAR DEFAULT '';
ALTER TABLE pupil_movements ADD COLUMN from_where VARCHAR DEFAULT '';
ALTER TABLE pupil_movements ADD COLUMN to_where VARCHAR DEFAULT '';

-- The register of issue: a number is given once, in order by kind and calendar year, and never again; a paper is cancelled,
-- never deleted. words: what it says, as JSON, so that a copy equals the first. pupil_id: NULL of a letter of the school.
CREATE TABLE certificates (
    certificate_id BIGINT PRIMARY KEY, kind VARCHAR NOT NULL, number_year SMALLINT NOT NULL, number INTEGER NOT NULL,
    pupil_id BIGINT, to_whom VARCHAR NOT NULL, basis VARCHAR NOT NULL, words VARCHAR NOT NULL, issued_at TIMESTAMP NOT NULL,
    issued_by BIGINT NOT NULL, cancelled_at TIMESTAMP, cancelled_by BIGINT, cancel_reason VARCHAR NOT NULL DEFAULT ''
);

-- What a guardian asks for: certificate_id is the paper that was issued for it, answer why there is none.
CREATE TABLE certificate_requests (
    request_id BIGINT PRIMARY KEY, pupil_id BIGINT NOT NULL, kind VARCHAR NOT NULL, to_whom VARCHAR NOT NULL,
    note VARCHAR NOT NULL, asked_at TIMESTAMP NOT NULL, asked_by BIGINT NOT NULL, decided_at TIMESTAMP, decided_by BIGINT,
    certificate_id BIGINT, answer VARCHAR NOT NULL DEFAULT ''
);
