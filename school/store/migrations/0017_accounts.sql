-- Who signs in from which device (п. 3.2, 8.5, 8.7). A device is a random cookie of a browser, of which a hash is kept: no
-- fingerprint. All of it goes after 90 days, but second factors, which stay until they are turned off.

-- address is shortened; browser: «Windows, Chrome»; last_seen_at is written some seconds after the visit.
ALTER TABLE sessions ADD COLUMN device_hash VARCHAR;
ALTER TABLE sessions ADD COLUMN address VARCHAR;
ALTER TABLE sessions ADD COLUMN browser VARCHAR;
ALTER TABLE sessions ADD COLUMN last_seen_at TIMESTAMP;

-- user_id: whose name it was, where that is known; step: «password», or «code» after a right password.
ALTER TABLE sign_in_attempts ADD COLUMN user_id BIGINT;
ALTER TABLE sign_in_attempts ADD COLUMN device_hash VARCHAR;
ALTER TABLE sign_in_attempts ADD COLUMN browser VARCHAR;
ALTER TABLE sign_in_attempts ADD COLUMN step VARCHAR DEFAULT 'password';

-- A sign-in from a device that the user had not signed in from before, until the user has seen it elsewhere.
CREATE TABLE device_notices (
    notice_id BIGINT PRIMARY KEY, user_id BIGINT NOT NULL, happened_at TIMESTAMP NOT NULL, device_hash VARCHAR NOT NULL,
    address VARCHAR NOT NULL, browser VARCHAR NOT NULL, seen_at TIMESTAMP
);

-- The secret is encrypted with the key file beside the database; last_counter: the newest half-minute whose code was used.
CREATE TABLE second_factors (
    user_id BIGINT PRIMARY KEY, encrypted_secret VARCHAR NOT NULL, last_counter BIGINT NOT NULL, turned_on_at TIMESTAMP NOT NULL
);
CREATE TABLE recovery_codes (code_hash VARCHAR PRIMARY KEY, user_id BIGINT NOT NULL, used_at TIMESTAMP);
CREATE TABLE trusted_devices (
    user_id BIGINT, device_hash VARCHAR, trusted_until TIMESTAMP NOT NULL, PRIMARY KEY (user_id, device_hash)
);

-- A question about shared or leaked credentials that was looked into, up to its newest evidence then; newer evidence asks again.
CREATE TABLE account_signal_checks (
    kind VARCHAR, subject VARCHAR, evidence_until TIMESTAMP NOT NULL, checked_at TIMESTAMP NOT NULL, checked_by BIGINT NOT NULL,
    note VARCHAR NOT NULL, PRIMARY KEY (kind, subject)
);
