-- A pupil's own tick «сделано» at the homework of a lesson (п. 2.8); taken back, its row goes and the event stays.
CREATE TABLE homework_ticks (
    lesson_id BIGINT, pupil_id BIGINT, done_at TIMESTAMP NOT NULL, done_by BIGINT NOT NULL, PRIMARY KEY (lesson_id, pupil_id)
);
-- «С дневником ознакомлен»: a guardian has looked through the week of a child that begins on this Monday (п. 3.6, 4.7).
CREATE TABLE week_confirmations (
    pupil_id BIGINT, monday DATE, user_id BIGINT, confirmed_at TIMESTAMP NOT NULL, PRIMARY KEY (pupil_id, monday, user_id)
);
