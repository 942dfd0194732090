-- Who has looked at what of a pupil (152-ФЗ, ст. 14, 19): no change, so no event. pupil_id NULL: at all pupils of the school.
CREATE TABLE viewings (
    viewed_at TIMESTAMP NOT NULL, user_id BIGINT NOT NULL, kind VARCHAR NOT NULL, pupil_id BIGINT, title VARCHAR NOT NULL
);
-- What went wrong with personal data (ст. 21 ч. 3.1); found_at starts the clocks of 24 and 72 hours where it is a leak.
CREATE TABLE incidents (
    incident_id BIGINT PRIMARY KEY, found_at TIMESTAMP NOT NULL, is_leak BOOLEAN NOT NULL, what VARCHAR NOT NULL,
    whose VARCHAR NOT NULL, people_count INTEGER, cause VARCHAR NOT NULL, harm VARCHAR NOT NULL, measures VARCHAR NOT NULL,
    told VARCHAR NOT NULL, findings VARCHAR NOT NULL, first_notice_at TIMESTAMP, second_notice_at TIMESTAMP,
    closed_at TIMESTAMP, recorded_at TIMESTAMP NOT NULL, recorded_by BIGINT NOT NULL
);
-- What was erased after its term: kind, how many, what was older than that day. erased_by NULL: by the nightly job.
CREATE TABLE erasures (
    erased_at TIMESTAMP NOT NULL, kind VARCHAR NOT NULL, erased_count BIGINT NOT NULL, older_than DATE NOT NULL, erased_by BIGINT
);
