"""The register as a journal extract: each table of the exchange format as a query over the store.

Ids are those of the source where a record was imported, otherwise a word and the record's own number.
"""

from datetime import date

from school.extracts.format import TABLES
from school.store.reading import Reader

# Every record's school and outward id; the queries below and the loader both stand on these.
KEYS = """
school_keys AS (SELECT school_id, coalesce(external_id, 'school-' || school_id) AS school_key, name FROM schools),
term_keys AS (SELECT t.*, s.school_key, coalesce(t.external_id, 'term-' || t.term_id) AS term_key
    FROM terms t JOIN school_keys s USING (school_id)),
class_keys AS (SELECT c.*, s.school_key, coalesce(c.external_id, 'class-' || c.class_id) AS class_key
    FROM classes c JOIN school_keys s USING (school_id)),
subject_keys AS (SELECT b.*, s.school_key, coalesce(b.external_id, 'subject-' || b.subject_id) AS subject_key
    FROM subjects b JOIN school_keys s USING (school_id)),
pupil_keys AS (SELECT p.pupil_id, s.school_key, coalesce(p.external_id, 'pupil-' || p.pupil_id) AS pupil_key
    FROM pupils p JOIN school_keys s USING (school_id)),
staff_keys AS (SELECT staff_id, school_id, coalesce(external_id, 'teacher-' || staff_id) AS teacher_key FROM staff)
"""

_LESSON_KEYS = """l.lesson_id, c.school_key AS school_id, c.class_key AS class_id, b.subject_key AS subject_id,
    w.teacher_key AS teacher_id, t.term_key AS term_id"""
_LESSON_JOINS = """JOIN class_keys c ON c.class_id = l.class_id JOIN subject_keys b ON b.subject_id = l.subject_id
    JOIN term_keys t ON t.term_id = l.term_id LEFT JOIN staff_keys w ON w.staff_id = l.teacher_id"""
_COURSE = "c.school_key AS school_id, c.class_key AS class_id, b.subject_key AS subject_id"

# Subgroups are not part of the format: two of them taught at once are one lesson of the class.
# Lessons that only stand in the timetable are no facts yet; a mark or an absence makes one of them a fact.
_SELECTS: dict[str, str] = {
    "schools": "SELECT school_key AS school_id, name FROM school_keys",
    "terms": """SELECT term_key AS term_id, school_key AS school_id, school_year, kind, number, starts_on, ends_on
        FROM term_keys""",
    "classes": """SELECT class_key AS class_id, school_key AS school_id, school_year, name, grade_level, term_kind
        FROM class_keys""",
    "subjects": "SELECT subject_key AS subject_id, school_key AS school_id, name, area FROM subject_keys",
    "enrolments": """SELECT c.school_key AS school_id, c.class_key AS class_id, p.pupil_key AS pupil_id,
            e.starts_on, e.ends_on
        FROM enrolments e JOIN class_keys c ON c.class_id = e.class_id JOIN pupil_keys p USING (pupil_id)
        WHERE (e.ends_on > e.starts_on) IS NOT FALSE""",
    # Of hours that changed during the year the newest; of subgroups with different hours a pupil has the most.
    "teaching_load": f"""SELECT {_COURSE}, w.teacher_key AS teacher_id, max(a.hours_a_week) AS hours_a_week
        FROM (SELECT class_id, subject_id, subgroup_id, teacher_id,
                arg_max(hours_a_week, {{'since': coalesce(starts_on, DATE '0001-01-01'), 'load': load_id}}) AS hours_a_week
            FROM teaching_load GROUP BY class_id, subject_id, subgroup_id, teacher_id) a JOIN class_keys c ON c.class_id = a.class_id
            JOIN subject_keys b ON b.subject_id = a.subject_id LEFT JOIN staff_keys w ON w.staff_id = a.teacher_id
        GROUP BY ALL""",
    "lessons": f"""SELECT {_LESSON_KEYS}, l.held_on, l.number, nullif(l.topic, '') AS topic,
            CASE l.homework_state WHEN 'set' THEN true WHEN 'none' THEN false END AS homework_set, l.recorded_at
        FROM lessons l {_LESSON_JOINS}
        WHERE (l.status <> 'cancelled' AND l.held_on <= $as_of)
            OR EXISTS (SELECT 1 FROM marks m WHERE m.lesson_id = l.lesson_id)
            OR EXISTS (SELECT 1 FROM absences a WHERE a.lesson_id = l.lesson_id)
        QUALIFY row_number() OVER (PARTITION BY l.class_id, l.subject_id, l.teacher_id, l.term_id, l.held_on, l.number
            ORDER BY l.lesson_id) = 1""",
    "marks": f"""SELECT {_LESSON_KEYS}, p.pupil_key AS pupil_id, l.held_on AS given_on, m.value, k.name AS work_type,
            coalesce(m.weight, k.weight, 1.0) AS weight, m.recorded_at, m.slot
        FROM marks m JOIN lessons l ON l.lesson_id = m.lesson_id {_LESSON_JOINS}
            JOIN pupil_keys p USING (pupil_id)
            LEFT JOIN work_types k ON k.work_type_id = coalesce(m.work_type_id, l.work_type_id)""",
    "absences": f"""SELECT {_LESSON_KEYS}, p.pupil_key AS pupil_id, l.held_on AS missed_on, a.reason
        FROM absences a JOIN lessons l ON l.lesson_id = a.lesson_id {_LESSON_JOINS}
            JOIN pupil_keys p USING (pupil_id)""",
    "term_marks": f"""SELECT {_COURSE}, w.teacher_key AS teacher_id, t.term_key AS term_id, p.pupil_key AS pupil_id,
            m.value
        FROM term_marks m JOIN class_keys c ON c.class_id = m.class_id
            JOIN subject_keys b ON b.subject_id = m.subject_id JOIN term_keys t ON t.term_id = m.term_id
            JOIN pupil_keys p USING (pupil_id) LEFT JOIN staff_keys w ON w.staff_id = m.teacher_id""",
    "year_marks": f"""SELECT {_COURSE}, m.school_year, p.pupil_key AS pupil_id, m.value
        FROM year_marks m JOIN class_keys c ON c.class_id = m.class_id
            JOIN subject_keys b ON b.subject_id = m.subject_id JOIN pupil_keys p USING (pupil_id)""",
    # What pupils brought from the former school: no class and no teacher of this one gave it.
    "former_school_marks": """SELECT p.school_key AS school_id, b.subject_key AS subject_id, t.term_key AS term_id,
            p.pupil_key AS pupil_id, m.value
        FROM former_school_marks m JOIN term_keys t USING (term_id) JOIN subject_keys b USING (subject_id)
            JOIN pupil_keys p USING (pupil_id)""",
}

FORMER_MARKS = _SELECTS["former_school_marks"]


def extract_select(table: str, as_of: str = "DATE '9999-12-31'") -> str:
    """Return the query that gives a table of the extract; ``as_of``: SQL of the last day whose lessons count."""
    return f"WITH {KEYS} {_SELECTS[table].replace('$as_of', as_of)}"


def busiest_teacher(reader: Reader) -> int | None:
    """Return who teaches most of the lessons, or None where no lesson has a teacher."""
    rows = reader.read(
        """SELECT teacher_id FROM lessons WHERE teacher_id IS NOT NULL
           GROUP BY teacher_id ORDER BY count(*) DESC, teacher_id LIMIT 1"""
    )
    return rows[0][0] if rows else None


def row_counts(reader: Reader, as_of: date) -> dict[str, int]:
    """Return how many records the store holds, by table of the extract; lessons up to a day."""
    counted = {table: f"SELECT count(*) FROM {table}" for table in TABLES}
    counted["lessons"] += " WHERE held_on <= $as_of AND status <> 'cancelled'"
    counts = ", ".join(f"({sql})" for sql in counted.values())
    return dict(zip(counted, reader.read(f"SELECT {counts}", {"as_of": as_of})[0], strict=True))
