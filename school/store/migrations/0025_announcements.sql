-- Announcements (п. 2.9, 4.7) with whom they are for: target_ids are grade levels, classes, subgroups, pupils or employees, by
-- target. shown_from and shown_until are both inclusive. after_event: the newest event before it was sent, by which a reader's
-- last visit knows whether it came later. reminded_on: the last day on which those who had not answered were reminded.
CREATE TABLE announcements (
    announcement_id BIGINT PRIMARY KEY, written_by BIGINT NOT NULL, sent_at TIMESTAMP NOT NULL, after_event BIGINT NOT NULL,
    target VARCHAR NOT NULL, target_ids BIGINT[] NOT NULL, target_roles VARCHAR[] NOT NULL,
    for_staff BOOLEAN NOT NULL, for_pupils BOOLEAN NOT NULL, for_guardians BOOLEAN NOT NULL,
    subject VARCHAR NOT NULL, text VARCHAR NOT NULL, shown_from DATE NOT NULL, shown_until DATE NOT NULL,
    is_pinned BOOLEAN NOT NULL, is_important BOOLEAN NOT NULL, wanted VARCHAR NOT NULL,
    withdrawn_at TIMESTAMP, withdrawn_by BIGINT, reminded_on DATE
);
-- The content lies beside the database, as of homework_files.
CREATE TABLE announcement_files (
    file_id BIGINT PRIMARY KEY, announcement_id BIGINT NOT NULL, stored_name VARCHAR NOT NULL, title VARCHAR NOT NULL,
    kind VARCHAR NOT NULL, size_bytes BIGINT NOT NULL, sha256 VARCHAR NOT NULL
);
-- Whom an announcement reached, a row a person and child: owner_id is the child that it is about, of staff the employee.
-- joined_at: came to the audience later. paper_by: who noted that the person has signed on paper.
CREATE TABLE announcement_recipients (
    announcement_id BIGINT, part VARCHAR, person_id BIGINT, owner_id BIGINT, class_id BIGINT, joined_at TIMESTAMP,
    seen_at TIMESTAMP, confirmed_at TIMESTAMP, paper_by BIGINT, reminded_at TIMESTAMP,
    PRIMARY KEY (announcement_id, part, person_id, owner_id)
);
