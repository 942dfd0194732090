-- Whose database this is (a random name, so that a log or a witness of another school is recognised), and the newest moment
-- that the school's clock has shown, with its zone: moments beyond it come from a clock that went wrong (п. 6.1, 8.5).
CREATE TABLE store_marks (store_id VARCHAR NOT NULL, newest_moment TIMESTAMP, zone VARCHAR);
INSERT INTO store_marks SELECT uuid()::VARCHAR, NULL, NULL;
