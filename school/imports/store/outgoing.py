"""What the school has of each kind that is exchanged, as rows with names (п. 4.6)."""

from datetime import date
from typing import Any

from school.calendar import first_of_september
from school.councils.store import class_year
from school.store.reading import Reader
from school.store.selection import has_not_left, is_there

Row = tuple[Any, ...]

_PUPILS = f"""SELECT p.pupil_id, p.last_name, p.first_name, p.middle_name, p.born_on, c.name, e.starts_on
    FROM enrolments e JOIN classes c USING (class_id) JOIN pupils p USING (pupil_id)
    WHERE c.school_id = $school AND c.school_year = $year AND {has_not_left("e", "DATE '9999-12-31'")}
    QUALIFY row_number() OVER (PARTITION BY e.pupil_id ORDER BY e.enrolment_id DESC) = 1
    ORDER BY c.grade_level, c.name COLLATE ru, p.last_name COLLATE ru, p.first_name COLLATE ru, p.pupil_id"""
# Which lesson of its subject it is for the pupil that day; nearly every day has one.
_NTH = f"""SELECT count(*) FROM lessons o WHERE o.class_id = l.class_id AND o.subject_id = l.subject_id
    AND o.held_on = l.held_on AND o.status <> 'cancelled' AND (o.number, o.lesson_id) <= (l.number, l.lesson_id)
    AND (o.subgroup_id IS NULL OR EXISTS (SELECT 1 FROM subgroup_members g WHERE g.subgroup_id = o.subgroup_id
        AND g.pupil_id = n.pupil_id AND {is_there("g", "l.held_on")}))"""
_ENTRIES = f"""WITH entries AS (
        SELECT m.lesson_id, m.pupil_id, m.slot, m.value, coalesce(m.weight, w.weight, 1.0) AS weight, NULL AS reason
        FROM marks m JOIN lessons l USING (lesson_id)
            LEFT JOIN work_types w ON w.work_type_id = coalesce(m.work_type_id, l.work_type_id)
        UNION ALL SELECT lesson_id, pupil_id, 0, NULL, NULL, reason FROM absences)
    SELECT p.last_name, p.first_name, p.middle_name, p.born_on, c.name, b.name, l.held_on, n.pupil_id, l.lesson_id,
        ({_NTH}) AS nth, n.value, n.weight, n.reason
    FROM entries n JOIN lessons l USING (lesson_id) JOIN classes c USING (class_id) JOIN subjects b USING (subject_id)
        JOIN pupils p USING (pupil_id)
    WHERE c.school_id = $school AND c.school_year = $year AND l.held_on BETWEEN $first AND $last
        AND l.status <> 'cancelled'
    ORDER BY c.grade_level, c.name COLLATE ru, b.name COLLATE ru, l.held_on, l.number, l.lesson_id,
        p.last_name COLLATE ru, p.first_name COLLATE ru, p.pupil_id, n.slot"""
_TERM_MARKS = """SELECT p.last_name, p.first_name, p.middle_name, p.born_on, c.name, b.name, t.kind, t.number, m.value
    FROM (SELECT class_id, subject_id, pupil_id, term_id, value FROM term_marks
            UNION ALL SELECT class_id, subject_id, pupil_id, NULL, value FROM year_marks WHERE school_year = $year) m
        JOIN classes c USING (class_id) JOIN subjects b USING (subject_id) JOIN pupils p USING (pupil_id)
        LEFT JOIN terms t USING (term_id)
    WHERE c.school_id = $school AND c.school_year = $year AND (m.term_id IS NULL OR t.ends_on BETWEEN $first AND $last)
    ORDER BY c.grade_level, c.name COLLATE ru, b.name COLLATE ru, t.ends_on NULLS LAST, p.last_name COLLATE ru,
        p.first_name COLLATE ru, p.pupil_id"""
_GRADUATES = f"""SELECT p.pupil_id, p.last_name, p.first_name, p.middle_name, p.born_on, c.name, p.file_number
    FROM enrolments e JOIN classes c USING (class_id) JOIN pupils p USING (pupil_id)
        LEFT JOIN school_years y USING (school_year)
    WHERE c.school_id = $school AND c.school_year = $year AND c.grade_level = $grade
        AND {has_not_left("e", "y.ends_on")}
    QUALIFY row_number() OVER (PARTITION BY e.pupil_id ORDER BY e.enrolment_id DESC) = 1
    ORDER BY c.name COLLATE ru, p.last_name COLLATE ru, p.first_name COLLATE ru, p.pupil_id"""


def pupils_out(reader: Reader, school_id: int, school_year: int) -> list[Row]:
    """Return id, names, birthday, class, first day in it of the pupils who have not left a class of the year."""
    return reader.read(_PUPILS, {"school": school_id, "year": school_year})


def entries_out(reader: Reader, school_id: int, school_year: int, span: tuple[date, date]) -> list[Row]:
    """Return the entries of lessons held within a span (both inclusive), a row each.

    Columns: names, birthday, class, subject, day, pupil, lesson, which lesson of the subject that day, mark, its weight,
    reason of an absence; a row has a mark or a reason.
    """
    asked = {"school": school_id, "year": school_year, "first": span[0], "last": span[1]}
    return reader.read(_ENTRIES, asked)


def term_marks_out(reader: Reader, school_id: int, school_year: int, span: tuple[date, date]) -> list[Row]:
    """Return the marks for terms that end within a span, and those for the year: their kind and number are None.

    Columns: names, birthday, class, subject, kind and number of the term, mark.
    """
    asked = {"school": school_id, "year": school_year, "first": span[0], "last": span[1]}
    return reader.read(_TERM_MARKS, asked)


def graduates_out(reader: Reader, school_id: int, school_year: int, grade: int) -> list[Row]:
    """Return id, names, birthday, class and number of the personal file of those who ended a year in a grade."""
    return reader.read(_GRADUATES, {"school": school_id, "year": school_year, "grade": grade})


def graduation_marks(
    reader: Reader, school_id: int, school_year: int, grade: int
) -> dict[int, dict[str, int]]:
    """Return pupil → subject → the final mark («итог») that goes into the papers of those who ended a year in a grade."""
    query = """SELECT class_id FROM classes WHERE school_id = $school AND school_year = $year AND grade_level = $grade
        ORDER BY class_id"""
    found: dict[int, dict[str, int]] = {}
    for (class_id,) in reader.read(query, {"school": school_id, "year": school_year, "grade": grade}):
        year = class_year(reader, class_id)
        if year is None:
            continue
        for pupil in year.at_end:
            # In the order of the subjects' names.
            own = {
                name: pupil.subjects[each].final
                for each, name in year.subjects.items()
                if each in pupil.subjects
            }
            found[pupil.pupil_id] = {name: mark for name, mark in own.items() if mark is not None}
    return found


def grades_of_year(reader: Reader, school_id: int, school_year: int) -> list[int]:
    """Return the grade levels of a year's classes, the highest first."""
    rows = reader.read(
        """SELECT DISTINCT grade_level FROM classes WHERE school_id = $school AND school_year = $year
           AND grade_level IS NOT NULL ORDER BY grade_level DESC""",
        {"school": school_id, "year": school_year},
    )
    return [row[0] for row in rows]


def days_of_year(reader: Reader, school_year: int) -> tuple[date, date]:
    """Return the first and the last day of a school year, the usual ones where its calendar is not there."""
    query = "SELECT starts_on, ends_on FROM school_years WHERE school_year = $year"
    rows = reader.read(query, {"year": school_year})
    return rows[0] if rows else (first_of_september(school_year), date(school_year + 1, 8, 31))
