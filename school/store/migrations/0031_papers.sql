-- The printed documents of a class, the newest of each kind; a new print takes the place of the earlier one.
-- made_from: the newest event of the data that it was made of; pages: of its PDF.
CREATE TABLE papers (
    paper_id BIGINT NOT NULL, kind VARCHAR NOT NULL, class_id BIGINT NOT NULL, made_at TIMESTAMP NOT NULL, made_by BIGINT NOT NULL,
    made_from BIGINT NOT NULL, pages INTEGER NOT NULL, PRIMARY KEY (kind, class_id)
);
-- Its forms (pdf, xlsx), each in a file under this name and sha256.
CREATE TABLE paper_files (
    kind VARCHAR NOT NULL, class_id BIGINT NOT NULL, form VARCHAR NOT NULL, stored_name VARCHAR NOT NULL, sha256 VARCHAR NOT NULL,
    PRIMARY KEY (kind, class_id, form)
);
-- What is asked for and not made yet, with what was made since the queue was last empty: state waiting, running, done or failed.
CREATE TABLE paper_orders (
    order_id BIGINT PRIMARY KEY, kind VARCHAR NOT NULL, class_id BIGINT NOT NULL, asked_at TIMESTAMP NOT NULL, asked_by BIGINT NOT NULL,
    state VARCHAR NOT NULL, attempts SMALLINT NOT NULL DEFAULT 0, problem VARCHAR NOT NULL DEFAULT ''
);
