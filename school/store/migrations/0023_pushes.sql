-- Notices on phones (Web Push). One row: the keys by which push services know this school, made when the school first turns them on.
CREATE TABLE push_keys (
    public_key VARCHAR NOT NULL, encrypted_private_key VARCHAR NOT NULL, made_at TIMESTAMP NOT NULL
);

-- A browser that wants them: an address at its maker's service and the two keys that its words are encrypted with.
-- sent_at: when it was last told of something new, at first when it was entered; failing_since: of tries since the last that
-- came through; next_try_at: not before then.
CREATE TABLE push_devices (
    push_device_id BIGINT PRIMARY KEY, user_id BIGINT NOT NULL, device_hash VARCHAR NOT NULL, endpoint VARCHAR NOT NULL UNIQUE,
    public_key VARCHAR NOT NULL, shared_secret VARCHAR NOT NULL, browser VARCHAR NOT NULL, created_at TIMESTAMP NOT NULL,
    sent_at TIMESTAMP NOT NULL, failures INTEGER NOT NULL, failing_since TIMESTAMP, next_try_at TIMESTAMP
);
