-- The package of a school year (п. 6.5, 6.6): state asked, made or failed. file_name: in the folder «archives» beside the database,
-- its sha256 and size once it is whole. reason: why the year is packed once more; problem: in Russian, where it failed.
CREATE TABLE archives (
    archive_id BIGINT PRIMARY KEY, school_year SMALLINT NOT NULL, asked_at TIMESTAMP NOT NULL, asked_by BIGINT NOT NULL,
    reason VARCHAR NOT NULL DEFAULT '', state VARCHAR NOT NULL, problem VARCHAR NOT NULL DEFAULT '', made_at TIMESTAMP,
    file_name VARCHAR NOT NULL DEFAULT '', sha256 VARCHAR NOT NULL DEFAULT '', size_bytes BIGINT NOT NULL DEFAULT 0
);
-- Its documents, with how far each is on paper (п. 6.6). path: inside the package; class_id is NULL for those of the school.
CREATE TABLE archive_documents (
    document_id BIGINT PRIMARY KEY, archive_id BIGINT NOT NULL, kind VARCHAR NOT NULL, class_id BIGINT, class_name VARCHAR NOT NULL,
    title VARCHAR NOT NULL, path VARCHAR NOT NULL, pages INTEGER NOT NULL, kept_until DATE NOT NULL, sha256 VARCHAR NOT NULL,
    state VARCHAR NOT NULL
);
-- The steps of a document on paper, none changed later: words: where it lies, or by which act it was destroyed. A step
-- taken back is one more row, with the state it is back in.
CREATE TABLE archive_steps (
    document_id BIGINT NOT NULL, state VARCHAR NOT NULL, made_at TIMESTAMP NOT NULL, made_by BIGINT NOT NULL, sheets INTEGER,
    words VARCHAR NOT NULL DEFAULT ''
);
-- Detached signatures made outside, as found when they were attached. The content lies beside the database, as of homework_files.
CREATE TABLE archive_signatures (
    signature_id BIGINT PRIMARY KEY, document_id BIGINT NOT NULL, title VARCHAR NOT NULL, verdict VARCHAR NOT NULL, trust VARCHAR NOT NULL,
    signer VARCHAR NOT NULL, valid_from DATE, valid_until DATE, stored_name VARCHAR NOT NULL, sha256 VARCHAR NOT NULL,
    added_at TIMESTAMP NOT NULL, added_by BIGINT NOT NULL
);
