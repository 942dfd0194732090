-- «Меня нет до …»: what an employee says to those who write, up to a day, that day included; a newer note takes its place.
CREATE TABLE away_notes (user_id BIGINT PRIMARY KEY, until DATE NOT NULL, words VARCHAR NOT NULL DEFAULT '', written_at TIMESTAMP NOT NULL);
-- When an employee has said that a message of a family waits for no answer: thanks are not a question.
ALTER TABLE messages ADD COLUMN settled_at TIMESTAMP;
