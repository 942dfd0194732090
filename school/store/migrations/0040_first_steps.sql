-- In which roles somebody has closed the three steps that a first visit shows.
CREATE TABLE first_steps (
    user_id BIGINT NOT NULL, role VARCHAR NOT NULL, closed_at TIMESTAMP NOT NULL, PRIMARY KEY (user_id, role)
);
