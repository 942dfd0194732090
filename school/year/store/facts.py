"""How far a school year is set up, counted in one query."""

from datetime import date

from school.store.reading import Reader, read_as
from school.store.selection import has_not_left, is_not_over
from school.year.records import OpeningFacts, YearKey

_COUNTS = f"""
WITH c AS (SELECT * FROM classes WHERE school_id = $school_id AND school_year = $school_year),
    own AS (SELECT t.* FROM teaching_load t JOIN c USING (class_id) WHERE {is_not_over("t", "$today")}),
    present AS (SELECT e.* FROM enrolments e JOIN c USING (class_id) WHERE {has_not_left("e", "$today")}),
    groups AS (SELECT g.subgroup_id FROM subgroups g JOIN own o ON o.subgroup_id = g.subgroup_id GROUP BY ALL),
    teachers AS (SELECT s.staff_id, bool_or(u.password_hash <> '' AND u.blocked_at IS NULL) AS has_access
        FROM staff s JOIN users u USING (staff_id) JOIN user_roles r USING (user_id)
        WHERE r.role = 'teacher' AND (s.dismissed_on IS NULL OR s.dismissed_on > $today) GROUP BY s.staff_id),
    named AS (SELECT name, row_number() OVER (ORDER BY grade_level, name COLLATE ru) AS place,
        class_id NOT IN (SELECT class_id FROM class_terms) AS has_no_terms, homeroom_id IS NULL AS has_no_homeroom,
        class_id NOT IN (SELECT class_id FROM enrolments e WHERE {has_not_left("e", "$today")}) AS has_no_pupils,
        class_id NOT IN (SELECT class_id FROM teaching_load) AS has_no_load FROM c)
SELECT (SELECT coalesce(max(name), '') FROM schools WHERE school_id = $school_id) AS school_name,
    (SELECT count(*) FROM terms WHERE school_id = $school_id AND school_year = $school_year) AS terms,
    (SELECT count(*) FROM c) AS classes,
    (SELECT list(name ORDER BY place) FROM named WHERE has_no_terms) AS classes_without_terms,
    (SELECT list(name ORDER BY place) FROM named WHERE has_no_homeroom) AS classes_without_homeroom,
    $to_promote AS classes_to_promote,
    (SELECT count(*) FROM subjects WHERE school_id = $school_id) AS subjects,
    (SELECT count(*) FROM teachers) AS teachers,
    (SELECT count(*) FROM teachers WHERE NOT coalesce(has_access, false)) AS teachers_without_access,
    (SELECT count(DISTINCT pupil_id) FROM present) AS pupils,
    (SELECT list(name ORDER BY place) FROM named WHERE has_no_pupils) AS classes_without_pupils,
    (SELECT count(*) FROM own) AS loads,
    (SELECT list(name ORDER BY place) FROM named WHERE has_no_load) AS classes_without_load,
    (SELECT count(*) FROM own WHERE teacher_id IS NULL) AS loads_without_teacher,
    (SELECT count(*) FROM groups) AS subgroups,
    (SELECT count(*) FROM groups WHERE subgroup_id NOT IN (SELECT subgroup_id FROM subgroup_members m
        WHERE {has_not_left("m", "$today")})) AS subgroups_without_pupils,
    (SELECT count(*) FROM bell_times) AS bells,
    (SELECT count(*) FROM timetable t JOIN own o USING (load_id)
        WHERE {is_not_over("t", "$today")}) AS slots,
    $off_hours AS loads_off_hours, $clashes AS timetable_clashes,
    (SELECT count(*) FROM lessons l JOIN c USING (class_id) WHERE l.held_on >= $today) AS lessons_ahead
"""


def opening_counts(
    reader: Reader, key: YearKey, today: date, *, to_promote: int, off_hours: int, clashes: int
) -> OpeningFacts:
    """Return what a year has; the last three counts come from rules."""
    counted = {"to_promote": to_promote, "off_hours": off_hours, "clashes": clashes}
    (facts,) = read_as(reader, OpeningFacts, _COUNTS, {**vars(key), "today": today, **counted})
    return facts
