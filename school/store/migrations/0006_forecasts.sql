-- A fitted model lies as a file in the models folder; only a file with this very sha256 is opened. card: how it did, as JSON.
CREATE TABLE forecast_models (
    model_id BIGINT PRIMARY KEY, fitted_at TIMESTAMP NOT NULL, data_as_of DATE NOT NULL, first_day DATE, last_day DATE,
    seed BIGINT NOT NULL, file_name VARCHAR NOT NULL, sha256 VARCHAR NOT NULL, program VARCHAR NOT NULL,
    libraries VARCHAR NOT NULL, card VARCHAR NOT NULL
);
-- Each fitting asked for: by a person, by a closed term, by a new version of the program.
CREATE TABLE forecast_fits (
    fit_id BIGINT PRIMARY KEY, asked_at TIMESTAMP NOT NULL, asked_by BIGINT, cause VARCHAR NOT NULL,
    state VARCHAR NOT NULL, attempts TINYINT NOT NULL DEFAULT 0, stage VARCHAR NOT NULL DEFAULT '', started_at TIMESTAMP,
    ended_at TIMESTAMP, model_id BIGINT
);
-- Forecasts as they were made, so that afterwards what was said can be held against what came. model_id NULL: fixed constants.
CREATE TABLE forecast_snapshots (
    snapshot_id BIGINT PRIMARY KEY, as_of DATE NOT NULL, made_at TIMESTAMP NOT NULL, model_id BIGINT,
    is_replayed BOOLEAN NOT NULL
);
-- rounded_mean is what every register showed that day; NULL before the first mark.
CREATE TABLE forecast_snapshot_rows (
    snapshot_id BIGINT NOT NULL, class_id BIGINT NOT NULL, subject_id BIGINT NOT NULL, pupil_id BIGINT NOT NULL,
    term_id BIGINT NOT NULL, p2 FLOAT NOT NULL, p3 FLOAT NOT NULL, p4 FLOAT NOT NULL, p5 FLOAT NOT NULL,
    rounded_mean TINYINT
);
