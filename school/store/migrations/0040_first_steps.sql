-- In which roles somebody has closed the three steps that a first visit shows.
CREATE TABLE first_steps (
    user_id BIGINT NOT NULL, role VARCHAR NOT NULL, closed_at TIMESTAMP NOT NULL, PRIMARY KEY (user_id, role)
);
-- Whoever has worked here before is no newcomer.
INSERT INTO first_steps SELECT user_id, role, max(created_at) FROM user_roles JOIN sessions USING (user_id) GROUP BY ALL;
