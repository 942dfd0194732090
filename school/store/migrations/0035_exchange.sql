-- How often a profile of columns was settled anew; NULL: once.
ALTER TABLE import_profiles ADD COLUMN version INTEGER;
-- Files exchanged by a profile (п. 4.6): direction is «in» or «out»; batch_id: the load that can be taken back.
CREATE TABLE exchanges (
    exchange_id BIGINT PRIMARY KEY, profile_id BIGINT NOT NULL, profile_name VARCHAR NOT NULL, kind VARCHAR NOT NULL,
    direction VARCHAR NOT NULL, file_name VARCHAR NOT NULL, row_count INTEGER NOT NULL, written_count INTEGER NOT NULL,
    refused_count INTEGER NOT NULL, batch_id BIGINT, exchanged_at TIMESTAMP NOT NULL, exchanged_by BIGINT NOT NULL
);
-- The rows of the last exchange by a profile: digests of what identifies a row and of all that it said, no texts.
CREATE TABLE exchanged_rows (profile_id BIGINT NOT NULL, row_key BIGINT NOT NULL, content BIGINT NOT NULL);
-- The number of a pupil in ЕСИА, by which «Моя школа» asks for a timetable; NULL: not known.
ALTER TABLE pupils ADD COLUMN esia_id VARCHAR;
-- Systems that may ask for timetables; secret_hash: of a secret that was shown once.
CREATE TABLE schedule_clients (
    client_id VARCHAR PRIMARY KEY, name VARCHAR NOT NULL, secret_hash VARCHAR NOT NULL, made_at TIMESTAMP NOT NULL,
    made_by BIGINT NOT NULL, closed_at TIMESTAMP, closed_by BIGINT
);
-- Which system asked for whose timetable on a day, and how often; kept like the viewings of people.
CREATE TABLE schedule_readings (
    client_id VARCHAR NOT NULL, pupil_id BIGINT NOT NULL, read_on DATE NOT NULL, times INTEGER NOT NULL,
    PRIMARY KEY (client_id, pupil_id, read_on)
);
