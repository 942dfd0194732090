-- Consultations (п. 4.7). A parents' evening: times that the deputy head makes for all teachers at once. cancelled_at: it does
-- not take place.
CREATE TABLE parents_evenings (
    evening_id BIGINT PRIMARY KEY, begins_at TIMESTAMP NOT NULL, ends_at TIMESTAMP NOT NULL, minutes TINYINT NOT NULL,
    planned_at TIMESTAMP NOT NULL, planned_by BIGINT NOT NULL, cancelled_at TIMESTAMP
);

-- A time that somebody of the staff has for a family. evening_id: of a parents' evening. place: where or how, as typed.
-- removed_at: offered no longer.
CREATE TABLE consultation_slots (
    slot_id BIGINT PRIMARY KEY, staff_id BIGINT NOT NULL, evening_id BIGINT, begins_at TIMESTAMP NOT NULL,
    ends_at TIMESTAMP NOT NULL, place VARCHAR NOT NULL, offered_at TIMESTAMP NOT NULL, offered_by BIGINT NOT NULL,
    removed_at TIMESTAMP
);

-- Who of the families comes: a time is taken while one of its bookings is not cancelled. question: what the family wants to
-- speak of. cancel_words: from one side to the other; is_by_school says from which. note: the teacher's, after the talk.
CREATE TABLE consultation_bookings (
    booking_id BIGINT PRIMARY KEY, slot_id BIGINT NOT NULL, pupil_id BIGINT NOT NULL, class_id BIGINT NOT NULL,
    question VARCHAR NOT NULL, booked_at TIMESTAMP NOT NULL, booked_by BIGINT NOT NULL, cancelled_at TIMESTAMP,
    cancelled_by BIGINT, is_by_school BOOLEAN NOT NULL DEFAULT false, cancel_words VARCHAR NOT NULL DEFAULT '',
    note VARCHAR NOT NULL DEFAULT '', noted_at TIMESTAMP
);
