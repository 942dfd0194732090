-- What came from files, so that a load can be taken back as a whole. fingerprint: SHA-256 of the file.
CREATE TABLE import_batches (
    batch_id BIGINT PRIMARY KEY, kind VARCHAR NOT NULL, file_name VARCHAR NOT NULL, fingerprint VARCHAR NOT NULL,
    new_count INTEGER NOT NULL, changed_count INTEGER NOT NULL, unchanged_count INTEGER NOT NULL,
    refused_count INTEGER NOT NULL, loaded_at TIMESTAMP NOT NULL, loaded_by BIGINT, undone_at TIMESTAMP, undone_by BIGINT
);
-- Every row of any table that a load made (old_row is NULL), changed or took away (new_row is NULL), as JSON.
CREATE TABLE import_batch_rows (
    batch_id BIGINT NOT NULL, table_name VARCHAR NOT NULL, old_row VARCHAR, new_row VARCHAR
);
-- How a kind of file is read, settled once: sheet, columns, values (п. 4.6).
CREATE TABLE import_profiles (
    profile_id BIGINT PRIMARY KEY, kind VARCHAR NOT NULL, name VARCHAR NOT NULL, mapping VARCHAR NOT NULL,
    saved_at TIMESTAMP NOT NULL, saved_by BIGINT
);
