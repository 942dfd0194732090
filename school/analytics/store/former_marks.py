"""Where pupils' marks count after a move between classes, as tables for measures (п. 5.2): ``school.register.store.pupil_marks``."""

from school.store.connection import Store
from school.store.selection import held_within, was_there

# Kept, so that only a change of enrolments or terms works the moves out again.
FORMER_PLACES = "SELECT *, NULL::BIGINT AS subject_id FROM former_places"
LEFT_PLACES = "SELECT *, NULL::BIGINT AS subject_id FROM left_places"

# The register in which a pupil has a subject in a term: the last one of the term. Its teacher gives the term mark.
_TAUGHT = f"""(SELECT p.pupil_id, p.class_id, p.term_id, l.subject_id,
        arg_max({{'subgroup': l.subgroup_id, 'teacher': l.teacher_id}},
            {{'ends': coalesce(l.ends_on, DATE '9999-12-31'), 'load': l.load_id}}) AS register
    FROM (SELECT DISTINCT pupil_id, class_id, term_id FROM kept.former_places) p JOIN terms t USING (term_id)
        JOIN teaching_load l ON l.class_id = p.class_id AND {held_within("l", "t.starts_on", "t.ends_on")}
        LEFT JOIN subgroup_members g ON g.subgroup_id = l.subgroup_id AND g.pupil_id = p.pupil_id
            AND {was_there("g", "t.starts_on", "t.ends_on")}
    WHERE l.subgroup_id IS NULL OR g.pupil_id IS NOT NULL
    GROUP BY p.pupil_id, p.class_id, p.term_id, l.subject_id)"""

# The marks that pupils brought from former classes, as marks of the class and term in which they count.
FORMER_MARKS = f"""(SELECT f.class_id, r.register.subgroup AS subgroup_id, l.subject_id, r.register.teacher AS teacher_id, f.term_id,
        f.pupil_id, l.held_on AS given_on, m.lesson_id, m.slot, m.value, coalesce(m.weight, w.weight, 1.0) AS weight,
        coalesce(w.is_written_control, false) AS is_written_control, c.school_id, c.grade_level, t.school_year,
        t.kind AS term_kind, t.number AS term_number
    FROM kept.former_places f JOIN classes c ON c.class_id = f.class_id JOIN terms t ON t.term_id = f.term_id
        JOIN lessons l ON l.class_id = f.from_class_id AND l.held_on BETWEEN f.first_day AND f.last_day
        JOIN marks m ON m.lesson_id = l.lesson_id AND m.pupil_id = f.pupil_id
        LEFT JOIN work_types w ON w.work_type_id = coalesce(m.work_type_id, l.work_type_id)
        LEFT JOIN {_TAUGHT} r ON r.pupil_id = f.pupil_id AND r.class_id = f.class_id AND r.term_id = f.term_id
            AND r.subject_id = l.subject_id
    WHERE l.term_id = f.term_id
        OR NOT EXISTS (SELECT 1 FROM class_terms k WHERE k.class_id = f.class_id AND k.term_id = l.term_id))"""


def keep_places(store: Store) -> None:
    """Keep which days of former classes count where, and which terms of a class pupils ended elsewhere."""
    for name, query in (("former_places", FORMER_PLACES), ("left_places", LEFT_PLACES)):
        if not store.has_kept(name):
            store.keep(name, query)
