-- Receipts without a key, so that one is a plain append; the newest of a cell counts.
DROP TABLE entry_receipts;
CREATE TABLE entry_receipts (
    client_id VARCHAR NOT NULL, lesson_id BIGINT NOT NULL, pupil_id BIGINT NOT NULL, client_seq BIGINT NOT NULL,
    cell_text VARCHAR NOT NULL, entered_at TIMESTAMP NOT NULL
);
