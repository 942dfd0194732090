-- What a family is told outside the diary (п. 3.6, 4.7): nothing until it chooses. An address gets letters once a code sent to
-- it was typed; the code's hash is kept for as long as it may be typed. refused_at: a mail server has said that nobody has the
-- address. told_until, told_event: up to when, and up to which
-- event, the digest has told what is new.
CREATE TABLE notice_settings (
    user_id BIGINT PRIMARY KEY, address VARCHAR NOT NULL DEFAULT '', confirmed_at TIMESTAMP, refused_at TIMESTAMP,
    code_hash VARCHAR NOT NULL DEFAULT '', code_made_at TIMESTAMP, code_tries TINYINT NOT NULL DEFAULT 0,
    digest VARCHAR NOT NULL DEFAULT 'none', digest_hour TINYINT NOT NULL, digest_weekday TINYINT NOT NULL,
    tells_absence BOOLEAN NOT NULL DEFAULT false, tells_cancelled BOOLEAN NOT NULL DEFAULT false,
    tells_announcement BOOLEAN NOT NULL DEFAULT false, names_child BOOLEAN NOT NULL DEFAULT false,
    told_until TIMESTAMP NOT NULL, told_event BIGINT NOT NULL,
    at_once_since TIMESTAMP NOT NULL
);

-- Letters that wait, and for a month those that ended: neither text nor address. A letter is known by user, kind and period, so that it is queued once.
CREATE TABLE notice_letters (
    letter_id BIGINT PRIMARY KEY, user_id BIGINT NOT NULL, kind VARCHAR NOT NULL, period VARCHAR NOT NULL, pupil_id BIGINT,
    queued_at TIMESTAMP NOT NULL, next_try_at TIMESTAMP NOT NULL, tries SMALLINT NOT NULL DEFAULT 0,
    problem VARCHAR NOT NULL DEFAULT '', ended_at TIMESTAMP, outcome VARCHAR NOT NULL DEFAULT ''
);

-- Private calendars, one a user and child: whoever has the address reads it, of which a hash is kept. label: typed by the family.
CREATE TABLE calendar_feeds (
    feed_id BIGINT PRIMARY KEY, user_id BIGINT NOT NULL, pupil_id BIGINT NOT NULL, token_hash VARCHAR NOT NULL,
    label VARCHAR NOT NULL, created_at TIMESTAMP NOT NULL, last_read_on DATE
);
