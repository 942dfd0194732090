-- An entry of a browser tab is known by its event: a batch sent twice is recognised, a tab's own earlier value is no conflict.
ALTER TABLE events ADD COLUMN client_id VARCHAR;
ALTER TABLE events ADD COLUMN client_seq BIGINT;
DROP TABLE entry_receipts;
DROP TABLE term_mark_receipts;
