"""Registers as rows: which there are, and everything that one page of a register shows."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from school.records import ListedPupil, PersonName, RegisterKey, RegisterRow, Term, WorkType
from school.store.lessons import Reader


@dataclass(frozen=True)
class MarkRow:
    """One mark with its effective weight."""

    lesson_id: int
    pupil_id: int
    value: int
    weight: float
    is_written_control: bool
    recorded_at: datetime | None


_KNOWN_REGISTERS = """
SELECT class_id, subject_id, subgroup_id, teacher_id, hours_a_week FROM teaching_load
UNION ALL SELECT DISTINCT class_id, subject_id, subgroup_id, teacher_id, NULL FROM lessons
"""

_REGISTERS = f"""
SELECT k.class_id, k.subject_id, k.subgroup_id, any_value(c.school_year), any_value(c.name), any_value(c.grade_level),
    any_value(s.name), coalesce(any_value(g.name), ''),
    list(DISTINCT k.teacher_id) FILTER (k.teacher_id IS NOT NULL),
    string_agg(DISTINCT t.last_name || ' ' || left(t.first_name, 1) || '.', ', '), max(k.hours_a_week)
FROM ({_KNOWN_REGISTERS}) k JOIN classes c USING (class_id) JOIN subjects s ON s.subject_id = k.subject_id
    LEFT JOIN subgroups g ON g.subgroup_id = k.subgroup_id LEFT JOIN staff t ON t.staff_id = k.teacher_id
WHERE c.school_year = $school_year AND ($class_id IS NULL OR k.class_id = $class_id)
    AND ($subject_id IS NULL OR k.subject_id = $subject_id)
GROUP BY k.class_id, k.subject_id, k.subgroup_id
ORDER BY any_value(c.grade_level), any_value(c.name) COLLATE ru, any_value(s.name) COLLATE ru, any_value(g.name)
"""


def registers(
    reader: Reader, school_year: int, class_id: int | None = None, subject_id: int | None = None
) -> list[RegisterRow]:
    """Return the registers of a school year (of one class and subject, where given), ordered by class and subject."""
    rows = reader.read(
        _REGISTERS, {"school_year": school_year, "class_id": class_id, "subject_id": subject_id}
    )
    return [_register_row(row) for row in rows]


def _register_row(row: tuple[Any, ...]) -> RegisterRow:
    class_id, subject_id, subgroup_id, year, class_name, grade, subject, subgroup, teachers, names, hours = (
        row
    )
    key = RegisterKey(class_id, subject_id, subgroup_id)
    taught_by = frozenset(teachers or [])
    return RegisterRow(key, year, class_name, grade, subject, subgroup, taught_by, names or "", hours)


def school_years(reader: Reader) -> list[int]:
    """Return the school years that have classes, newest first."""
    return [row[0] for row in reader.read("SELECT DISTINCT school_year FROM classes ORDER BY 1 DESC")]


def year_of_class(reader: Reader, class_id: int) -> int | None:
    """Return the school year of a class, or None where there is no such class."""
    rows = reader.read("SELECT school_year FROM classes WHERE class_id = $class_id", {"class_id": class_id})
    return rows[0][0] if rows else None


def class_terms(reader: Reader, class_id: int) -> list[Term]:
    """Return the terms that a class reports by, in order."""
    rows = reader.read(
        """SELECT t.term_id, t.school_year, t.kind, t.number, t.starts_on, t.ends_on, t.closed_at IS NOT NULL
           FROM class_terms c JOIN terms t USING (term_id) WHERE c.class_id = $class_id
           ORDER BY t.starts_on, t.number""",
        {"class_id": class_id},
    )
    return [Term(*row) for row in rows]


def listed_pupils(reader: Reader, key: RegisterKey, term: Term) -> list[ListedPupil]:
    """Return the pupils who were in the register at any time of the term, ordered by name."""
    rows = reader.read(
        """WITH listed AS (SELECT p.pupil_id, p.last_name, p.first_name, p.middle_name,
               list({'a': nullif(greatest(coalesce(e.starts_on, DATE '0001-01-01'),
                                          coalesce(g.starts_on, DATE '0001-01-01')), DATE '0001-01-01'),
                     'b': nullif(least(coalesce(e.ends_on, DATE '9999-12-31'),
                                       coalesce(g.ends_on, DATE '9999-12-31')), DATE '9999-12-31')}) AS spans
           FROM enrolments e JOIN pupils p USING (pupil_id)
               LEFT JOIN subgroup_members g ON g.pupil_id = e.pupil_id AND g.subgroup_id = $subgroup
           WHERE e.class_id = $class_id AND ($subgroup IS NULL OR g.pupil_id IS NOT NULL)
               AND coalesce(e.starts_on, $starts_on) <= $ends_on AND coalesce(e.ends_on, $ends_on) >= $starts_on
           GROUP BY ALL)
           SELECT * FROM listed
           ORDER BY last_name COLLATE ru, first_name COLLATE ru, middle_name COLLATE ru, pupil_id""",
        {
            "class_id": key.class_id,
            "subgroup": key.subgroup_id,
            "starts_on": term.starts_on,
            "ends_on": term.ends_on,
        },
    )
    return [
        ListedPupil(pupil, PersonName(*names), tuple((span["a"], span["b"]) for span in spans))
        for pupil, *names, spans in rows
    ]


def lesson_ids_of(reader: Reader, key: RegisterKey, term_id: int) -> list[int]:
    """Return the lessons of a register in a term, by day and number."""
    rows = reader.read(
        """SELECT lesson_id FROM lessons WHERE class_id = $class_id AND subject_id = $subject
               AND subgroup_id IS NOT DISTINCT FROM $subgroup AND term_id = $term ORDER BY held_on, number, lesson_id""",
        {
            "class_id": key.class_id,
            "subject": key.subject_id,
            "subgroup": key.subgroup_id,
            "term": term_id,
        },
    )
    return [row[0] for row in rows]


def marks_of_lessons(reader: Reader, lesson_ids: list[int]) -> list[MarkRow]:
    """Return the marks given at these lessons, in the order of their slots."""
    rows = reader.read(
        """SELECT m.lesson_id, m.pupil_id, m.value, coalesce(m.weight, w.weight, 1.0),
               coalesce(w.is_written_control, false), m.recorded_at
           FROM marks m JOIN lessons l USING (lesson_id)
               LEFT JOIN work_types w ON w.work_type_id = coalesce(m.work_type_id, l.work_type_id)
           WHERE m.lesson_id IN (SELECT unnest($lessons::BIGINT[])) ORDER BY m.lesson_id, m.pupil_id, m.slot""",
        {"lessons": lesson_ids},
    )
    return [MarkRow(*row) for row in rows]


def absences_of_lessons(reader: Reader, lesson_ids: list[int]) -> list[tuple[int, int, str]]:
    """Return (lesson, pupil, reason) of the absences at these lessons."""
    return [
        (lesson, pupil, reason)
        for lesson, pupil, reason in reader.read(
            """SELECT lesson_id, pupil_id, reason FROM absences
               WHERE lesson_id IN (SELECT unnest($lessons::BIGINT[]))""",
            {"lessons": lesson_ids},
        )
    ]


def term_marks_of(reader: Reader, key: RegisterKey, term_id: int) -> dict[int, int]:
    """Return the term marks of a class in a subject by pupil."""
    return dict(
        reader.read(
            """SELECT pupil_id, value FROM term_marks
               WHERE class_id = $class_id AND subject_id = $subject AND term_id = $term""",
            {"class_id": key.class_id, "subject": key.subject_id, "term": term_id},
        )
    )


def work_types(reader: Reader) -> dict[int, WorkType]:
    """Return all work types by id, retired ones too, in the order of their weight and name."""
    rows = reader.read(
        """SELECT work_type_id, name, short_name, weight, is_written_control,
               work_type_id IN (SELECT work_type_id FROM retired_work_types)
           FROM work_types ORDER BY weight, name COLLATE ru"""
    )
    return {row[0]: WorkType(*row) for row in rows}
