-- Invitation codes (п. 3.1): of a code only its hash is kept. person_kind: staff, guardian, pupil; whoever has no
-- account yet gets one on accepting. A user whose password_hash is empty has not accepted a code yet.
CREATE TABLE invitations (
    invitation_id BIGINT PRIMARY KEY, person_kind VARCHAR NOT NULL, person_id BIGINT NOT NULL, code_hash VARCHAR NOT NULL,
    issued_at TIMESTAMP NOT NULL, issued_by BIGINT, expires_at TIMESTAMP NOT NULL, accepted_at TIMESTAMP,
    withdrawn_at TIMESTAMP
);

ALTER TABLE guardians ADD COLUMN phone VARCHAR DEFAULT '';
-- What the guardian is to the child: мать, отец, опекун.
ALTER TABLE guardian_pupils ADD COLUMN relation VARCHAR DEFAULT '';

-- Arrivals, departures and transfers with their orders (п. 4.6); who is in a class on a day stands in enrolments.
-- happened_on: the first day in the new class, or the first day out of the school; withdrawn_at: entered by mistake.
-- left_behind: JSON of what stood in the class that was left: subgroups with their days, absences that were removed.
CREATE TABLE pupil_movements (
    movement_id BIGINT PRIMARY KEY, pupil_id BIGINT NOT NULL, kind VARCHAR NOT NULL, happened_on DATE NOT NULL,
    from_class_id BIGINT, to_class_id BIGINT, order_title VARCHAR NOT NULL, reason VARCHAR NOT NULL,
    recorded_at TIMESTAMP NOT NULL, recorded_by BIGINT, withdrawn_at TIMESTAMP,
    left_behind VARCHAR
);
