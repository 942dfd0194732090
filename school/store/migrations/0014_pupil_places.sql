-- A pupil's marks count in the class that the pupil is in, whichever class of the school gave them (п. 5.2, 5.4).

-- The stays of pupils who were in several classes of a school year, by first and last day, both inclusive.
CREATE VIEW moved_stays AS
WITH stays AS MATERIALIZED (
    SELECT e.pupil_id, e.class_id, c.school_id, c.school_year, coalesce(e.starts_on, DATE '0001-01-01') AS first_day,
        coalesce(e.ends_on - 1, DATE '9999-12-31') AS last_day
    FROM enrolments e JOIN classes c USING (class_id) WHERE (e.ends_on > e.starts_on) IS NOT FALSE
)
SELECT * FROM stays SEMI JOIN (
    SELECT pupil_id, school_id, school_year FROM stays
    GROUP BY pupil_id, school_id, school_year HAVING min(class_id) <> max(class_id)
) USING (pupil_id, school_id, school_year);

-- The days of former classes that count in a class: a row a pupil × term of the class × class of the same school year in which
-- the pupil was before; first_day and last_day are inclusive, up to the pupil's last day in the class.
CREATE VIEW former_places AS
WITH here AS (
    SELECT m.pupil_id, m.class_id, m.school_id, m.school_year, t.term_id, t.starts_on AS first_day,
        least(t.ends_on, max(m.last_day)) AS last_day
    FROM moved_stays m JOIN class_terms k USING (class_id) JOIN terms t USING (term_id)
    WHERE m.first_day <= t.ends_on
    GROUP BY m.pupil_id, m.class_id, m.school_id, m.school_year, t.term_id, t.starts_on, t.ends_on
    HAVING bool_or(m.last_day >= t.starts_on)
)
SELECT DISTINCT h.pupil_id, h.class_id, h.term_id, o.class_id AS from_class_id, h.first_day, h.last_day
FROM here h JOIN moved_stays o ON o.pupil_id = h.pupil_id AND o.school_id = h.school_id AND o.school_year = h.school_year
    AND o.class_id <> h.class_id AND o.first_day <= h.last_day AND o.last_day >= h.first_day;

-- The terms of a class that a pupil who was there ended in another class of the school: the pupil counts there, not here.
CREATE VIEW left_places AS
SELECT o.pupil_id, o.class_id, k.term_id
FROM moved_stays o JOIN class_terms k USING (class_id)
    JOIN terms t ON t.term_id = k.term_id AND o.first_day <= t.ends_on AND o.last_day >= t.starts_on
    JOIN moved_stays m ON m.pupil_id = o.pupil_id AND m.school_id = o.school_id AND m.school_year = o.school_year
        AND m.first_day <= t.ends_on
GROUP BY o.pupil_id, o.class_id, k.term_id HAVING arg_max(m.class_id, m.first_day) <> o.class_id;

-- Term marks of the former school, which a pupil who comes during the year brings; they count in the year mark alone.
CREATE TABLE former_school_marks (
    pupil_id BIGINT, subject_id BIGINT, term_id BIGINT, value TINYINT NOT NULL, recorded_at TIMESTAMP NOT NULL,
    recorded_by BIGINT, PRIMARY KEY (pupil_id, subject_id, term_id)
);
