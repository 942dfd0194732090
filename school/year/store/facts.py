"""How far a school year is set up, counted in one query."""

from datetime import date

from school.store.reading import Reader
from school.year.records import OpeningFacts, YearKey

_COUNTS = """
WITH c AS (SELECT * FROM classes WHERE school_id = $school AND school_year = $year),
    own AS (SELECT t.* FROM teaching_load t JOIN c USING (class_id) WHERE t.ends_on IS NULL OR t.ends_on >= $today),
    present AS (SELECT e.* FROM enrolments e JOIN c USING (class_id) WHERE e.ends_on IS NULL OR e.ends_on > $today),
    groups AS (SELECT g.subgroup_id FROM subgroups g JOIN own o ON o.subgroup_id = g.subgroup_id GROUP BY ALL),
    teachers AS (SELECT s.staff_id, bool_or(u.password_hash <> '' AND u.blocked_at IS NULL) AS has_access
        FROM staff s JOIN users u USING (staff_id) JOIN user_roles r USING (user_id)
        WHERE r.role = 'teacher' AND (s.dismissed_on IS NULL OR s.dismissed_on > $today) GROUP BY s.staff_id)
SELECT (SELECT coalesce(max(name), '') FROM schools WHERE school_id = $school),
    (SELECT count(*) FROM terms WHERE school_id = $school AND school_year = $year),
    (SELECT count(*) FROM c),
    (SELECT count(*) FROM subjects WHERE school_id = $school),
    (SELECT count(*) FROM teachers), (SELECT count(*) FROM teachers WHERE NOT coalesce(has_access, false)),
    (SELECT count(DISTINCT pupil_id) FROM present),
    (SELECT count(*) FROM own), (SELECT count(*) FROM own WHERE teacher_id IS NULL),
    (SELECT count(*) FROM groups),
    (SELECT count(*) FROM groups WHERE subgroup_id NOT IN (SELECT subgroup_id FROM subgroup_members
        WHERE ends_on IS NULL OR ends_on > $today)),
    (SELECT count(*) FROM bell_times),
    (SELECT count(*) FROM timetable t JOIN own o USING (load_id) WHERE t.ends_on IS NULL OR t.ends_on >= $today),
    (SELECT count(*) FROM lessons l JOIN c USING (class_id) WHERE l.held_on >= $today)
"""
_NAMED = """
SELECT name, class_id NOT IN (SELECT class_id FROM class_terms), homeroom_id IS NULL,
    class_id NOT IN (SELECT class_id FROM enrolments WHERE ends_on IS NULL OR ends_on > $today),
    class_id NOT IN (SELECT class_id FROM teaching_load)
FROM classes WHERE school_id = $school AND school_year = $year ORDER BY grade_level, name COLLATE ru
"""


def opening_counts(
    reader: Reader, key: YearKey, today: date, *, to_promote: int, off_hours: int, clashes: int
) -> OpeningFacts:
    """Return what a year has; the last three counts come from rules."""
    scope = {"school": key.school_id, "year": key.school_year, "today": today}
    (counts,) = reader.read(_COUNTS, scope)
    named = reader.read(_NAMED, scope)
    lacking = [tuple(row[0] for row in named if row[place]) for place in range(1, 5)]
    return OpeningFacts(
        school_name=counts[0],
        terms=counts[1],
        classes=counts[2],
        classes_without_terms=lacking[0],
        classes_without_homeroom=lacking[1],
        classes_to_promote=to_promote,
        subjects=counts[3],
        teachers=counts[4],
        teachers_without_access=counts[5],
        pupils=counts[6],
        classes_without_pupils=lacking[2],
        loads=counts[7],
        classes_without_load=lacking[3],
        loads_without_teacher=counts[8],
        subgroups=counts[9],
        subgroups_without_pupils=counts[10],
        bells=counts[11],
        slots=counts[12],
        loads_off_hours=off_hours,
        timetable_clashes=clashes,
        lessons_ahead=counts[13],
    )
