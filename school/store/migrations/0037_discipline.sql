-- Measures of the head (п. 4.1; ТК, ст. 191–194), seen by the head and the employee alone. kind is empty until the head decides.
-- source and source_id: the finding of an inspection, the gap request, or neither; found_words: what was found, kept as it was.
-- away_from and away_until: days of illness and leave, in pairs. order_text: of its order, edited. refused columns: days of acts.
CREATE TABLE measures (
    measure_id BIGINT PRIMARY KEY, staff_id BIGINT NOT NULL, source VARCHAR NOT NULL, source_id BIGINT, found_words VARCHAR NOT NULL,
    deed_on DATE NOT NULL, found_on DATE NOT NULL, kind VARCHAR NOT NULL DEFAULT '', asked_on DATE, explained_on DATE,
    explanation VARCHAR NOT NULL DEFAULT '', refused_on DATE, away_from DATE[] NOT NULL DEFAULT [], away_until DATE[] NOT NULL DEFAULT [],
    order_number VARCHAR NOT NULL DEFAULT '', ordered_on DATE, order_text VARCHAR NOT NULL DEFAULT '', acquainted_on DATE,
    order_refused_on DATE, lifted_on DATE, closed_on DATE, recorded_at TIMESTAMP NOT NULL, recorded_by BIGINT NOT NULL
);
