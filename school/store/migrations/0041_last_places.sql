-- Where each employee was last, for the search that opens empty: pages of the program, nothing of pupils.
CREATE TABLE last_places (
    user_id BIGINT NOT NULL,
    path VARCHAR NOT NULL,
    used_at TIMESTAMP NOT NULL,
    PRIMARY KEY (user_id, path)
);
