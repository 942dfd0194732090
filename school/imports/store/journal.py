"""What the register holds of the classes and subjects that a file names, and filling cells from a file by set operations."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyarrow as pa

from school.imports.rules.journal_state import CellRecord, TermMarkRecord
from school.people.store.former_marks import FIRST_DAYS, SAVE_MARKS
from school.store.connection import Transaction
from school.store.reading import Reader
from school.store.selection import holds_on, is_not_over

Row = tuple[Any, ...]


def classes_of_years(reader: Reader, school_id: int) -> list[Row]:
    """Return every class of a school: id, name, school year, its first and last day, days a week, grade level."""
    return reader.read(
        """SELECT c.class_id, c.name, c.school_year, coalesce(y.starts_on, make_date(c.school_year, 9, 1)),
               coalesce(y.ends_on, make_date(c.school_year + 1, 8, 31)), coalesce(y.days_a_week, 6), c.grade_level
           FROM classes c LEFT JOIN school_years y ON y.school_year = c.school_year
           WHERE c.school_id = $school ORDER BY c.class_id""",
        {"school": school_id},
    )


def subject_names(reader: Reader, school_id: int) -> list[Row]:
    """Return every subject of a school: id, name."""
    return reader.read(
        "SELECT subject_id, name FROM subjects WHERE school_id = $school ORDER BY subject_id",
        {"school": school_id},
    )


@dataclass(frozen=True)
class Registers:
    """The classes and subjects asked about."""

    class_ids: Collection[int]
    subject_ids: Collection[int]

    @property
    def bound(self) -> dict[str, list[int]]:
        """The parameters of a query about them."""
        return {"classes": sorted(self.class_ids), "subjects": sorted(self.subject_ids)}


def with_other_classes(reader: Reader, class_ids: Collection[int]) -> set[int]:
    """Return classes with those of the same school year in which their pupils were besides."""
    rows = reader.read(
        """SELECT DISTINCT o.class_id FROM enrolments e JOIN classes c USING (class_id) JOIN enrolments o USING (pupil_id)
               JOIN classes k ON k.class_id = o.class_id AND k.school_year = c.school_year
           WHERE e.class_id IN (SELECT unnest($classes::BIGINT[]))""",
        {"classes": sorted(class_ids)},
    )
    return {*class_ids, *(row[0] for row in rows)}


_CLASSES = "class_id IN (SELECT unnest($classes::BIGINT[]))"
_PUPILS = f"pupil_id IN (SELECT e.pupil_id FROM enrolments e WHERE e.{_CLASSES})"
_LESSONS = f"{_CLASSES} AND subject_id IN (SELECT unnest($subjects::BIGINT[]))"
_QUERIES: dict[str, str] = {
    "pupils": f"""SELECT e.class_id, e.pupil_id, p.last_name, p.first_name, p.middle_name, e.starts_on, e.ends_on,
            p.born_on
        FROM enrolments e JOIN pupils p USING (pupil_id) WHERE e.{_CLASSES} ORDER BY ALL""",
    "terms": f"""SELECT k.class_id, t.term_id, t.school_year, t.kind, t.number, t.starts_on, t.ends_on,
            t.closed_at IS NOT NULL
        FROM class_terms k JOIN terms t USING (term_id) WHERE k.{_CLASSES} ORDER BY k.class_id, t.ends_on - t.starts_on, t.term_id""",
    "days_off": """SELECT day, NULL AS grade_level, name FROM days_off
        UNION ALL SELECT day, grade_level, name FROM grade_days_off ORDER BY ALL""",
    "moved_days": "SELECT day FROM moved_days ORDER BY day",
    "lessons": f"""SELECT class_id, subject_id, held_on, lesson_id, subgroup_id, status = 'cancelled'
        FROM lessons WHERE {_LESSONS} ORDER BY class_id, subject_id, held_on, number, lesson_id""",
    "subgroup_members": f"""SELECT m.subgroup_id, m.pupil_id, m.starts_on, m.ends_on
        FROM subgroup_members m JOIN subgroups g USING (subgroup_id) WHERE g.{_CLASSES} ORDER BY ALL""",
    "taught": f"SELECT DISTINCT class_id, subject_id, subgroup_id FROM teaching_load WHERE {_LESSONS} ORDER BY ALL",
    "marks": f"""SELECT m.lesson_id, m.pupil_id, m.value, coalesce(m.weight, w.weight, 1.0)
        FROM marks m JOIN lessons l USING (lesson_id)
            LEFT JOIN work_types w ON w.work_type_id = coalesce(m.work_type_id, l.work_type_id)
        WHERE l.{_CLASSES} AND l.subject_id IN (SELECT unnest($subjects::BIGINT[]))
        ORDER BY m.lesson_id, m.pupil_id, m.slot""",
    "absences": f"""SELECT a.lesson_id, a.pupil_id, a.reason FROM absences a JOIN lessons l USING (lesson_id)
        WHERE l.{_CLASSES} AND l.subject_id IN (SELECT unnest($subjects::BIGINT[])) ORDER BY ALL""",
    "term_marks": f"""SELECT class_id, subject_id, term_id, pupil_id, value FROM term_marks WHERE {_LESSONS}
        UNION ALL SELECT class_id, subject_id, 0, pupil_id, value FROM year_marks WHERE {_LESSONS} ORDER BY ALL""",
    "first_days": f"SELECT pupil_id, school_year, came_on FROM ({FIRST_DAYS}) WHERE {_PUPILS} ORDER BY ALL",
    "former_marks": f"""SELECT subject_id, term_id, pupil_id, value FROM former_school_marks
        WHERE subject_id IN (SELECT unnest($subjects::BIGINT[])) AND {_PUPILS} ORDER BY ALL""",
}


# What only the entries of lessons are compared with.
_OF_LESSONS = ("days_off", "moved_days", "lessons", "subgroup_members", "taught", "marks", "absences")


def held_rows(reader: Reader, registers: Registers, *, with_lessons: bool = True) -> dict[str, list[Row]]:
    """Return the rows of these registers by kind, in a steady order; the year's marks have the term 0.

    Without lessons there are none of these kinds.
    """
    return {
        name: reader.read(sql, {key: ids for key, ids in registers.bound.items() if f"${key}" in sql})
        if with_lessons or name not in _OF_LESSONS
        else []
        for name, sql in _QUERIES.items()
    }


@dataclass(frozen=True)
class Filling:
    """Who fills, when and why."""

    at: datetime
    user_id: int | None
    why: str

    @property
    def bound(self) -> dict[str, Any]:
        """The parameters of a query that records it."""
        return {"at": self.at, "user": self.user_id, "why": self.why}


_CELL_TYPES = pa.schema(
    [
        ("class_id", pa.int64()),
        ("subject_id", pa.int64()),
        ("term_id", pa.int64()),
        ("held_on", pa.date32()),
        ("nth", pa.int16()),
        ("subgroup_id", pa.int64()),
        ("lesson_id", pa.int64()),
        ("pupil_id", pa.int64()),
    ]
)
_TEXT_TYPES = pa.schema([(name, pa.string()) for name in ("absence", "old_text", "new_text")])
_MARK_TYPES = pa.schema(
    [("cell", pa.int64()), ("slot", pa.int8()), ("value", pa.int8()), ("weight", pa.float64())]
)
_TERM_MARK_TYPES = pa.schema(
    [(name, pa.int64()) for name in ("class_id", "subject_id", "term_id", "school_year", "pupil_id", "value")]
    + [("is_of_former_school", pa.bool_()), ("old_value", pa.int64())]
)


def fill_cells(
    transaction: Transaction, cells: Mapping[CellRecord, CellRecord | None], filling: Filling
) -> None:
    """Bring cells to what a file has, making the lessons that are missing; each cell leaves an event.

    ``cells``: what comes → what stands there now, None for nothing. A mark from a file has no moment of entry: nobody
    knows whether it was given in time (п. 5.5).
    """
    if not cells:
        return
    rows = [
        (
            *(getattr(record, name) for name in _CELL_TYPES.names),
            record.entry.absence,
            before.entry.cell.text if before else "",
            record.entry.cell.text,
        )
        for record, before in cells.items()
    ]
    _hold(transaction, "given_cells", rows, pa.schema([*_CELL_TYPES, *_TEXT_TYPES]))
    marks = [
        (cell, slot, mark.value, mark.weight)
        for cell, record in enumerate(cells, start=1)
        for slot, mark in enumerate(record.entry.marks, start=1)
    ]
    _hold(transaction, "given_marks", marks, _MARK_TYPES)
    _make_lessons(transaction)
    _place_cells(transaction)
    _write_marks(transaction, filling)
    _write_absences(transaction, filling)
    _note_lessons(transaction, filling)
    _record_cells(transaction, filling)
    for name in ("given_cells", "given_marks", "missing_lessons", "filled"):
        transaction.cursor.execute(f"DROP TABLE IF EXISTS temp.main.{name}")


def _hold(transaction: Transaction, name: str, rows: Sequence[Row], schema: pa.Schema) -> None:
    """Put rows into a temporary table of the writer."""
    columns = zip(*rows, strict=True) if rows else [()] * len(schema)
    arrays = [pa.array(values, field.type) for values, field in zip(columns, schema, strict=True)]
    transaction.cursor.register("held_rows", pa.table(arrays, schema=schema))
    transaction.cursor.execute(
        f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT row_number() OVER () AS place, * FROM held_rows"
    )
    transaction.cursor.unregister("held_rows")


_SAME_LESSON = """l.class_id = g.class_id AND l.subject_id = g.subject_id AND l.held_on = g.held_on
    AND l.subgroup_id IS NOT DISTINCT FROM g.subgroup_id AND l.nth = g.nth"""


def _make_lessons(transaction: Transaction) -> None:
    """Lessons that only the file knows follow the others of the class's day; who teaches then is their teacher."""
    transaction.cursor.execute(
        """CREATE OR REPLACE TEMP TABLE missing_lessons AS
           SELECT nextval('record_ids') AS lesson_id, * FROM (
               SELECT * EXCLUDE (needed), unnest(range(1, needed + 1)) AS nth FROM (
                   SELECT class_id, subject_id, term_id, held_on, subgroup_id, max(nth) AS needed
                   FROM given_cells WHERE lesson_id IS NULL GROUP BY ALL)
               ORDER BY held_on, class_id, subject_id, subgroup_id NULLS FIRST, nth)"""
    )
    if not transaction.read("SELECT count(*) FROM missing_lessons")[0][0]:
        return
    transaction.change(
        f"""INSERT INTO lessons (lesson_id, class_id, subgroup_id, subject_id, teacher_id, term_id, held_on, number)
           SELECT m.lesson_id, m.class_id, m.subgroup_id, m.subject_id,
               (SELECT min(a.teacher_id) FROM teaching_load a WHERE a.class_id = m.class_id AND a.subject_id = m.subject_id
                   AND a.subgroup_id IS NOT DISTINCT FROM m.subgroup_id AND {holds_on("a", "m.held_on")}),
               m.term_id, m.held_on,
               least(127, coalesce((SELECT max(l.number) FROM lessons l
                       WHERE l.class_id = m.class_id AND l.held_on = m.held_on), 0)
                   + row_number() OVER (PARTITION BY m.class_id, m.held_on ORDER BY m.lesson_id))
           FROM missing_lessons m"""
    )


def _place_cells(transaction: Transaction) -> None:
    transaction.cursor.execute(
        f"""CREATE OR REPLACE TEMP TABLE filled AS
            SELECT g.* REPLACE (coalesce(g.lesson_id, l.lesson_id) AS lesson_id)
            FROM given_cells g LEFT JOIN missing_lessons l ON g.lesson_id IS NULL AND {_SAME_LESSON}"""
    )


_FRESH = """(SELECT f.lesson_id, f.pupil_id, m.slot, m.value, m.weight AS given_weight,
        nullif(m.weight, coalesce(w.weight, 1.0)) AS weight
    FROM filled f JOIN given_marks m ON m.cell = f.place JOIN lessons l ON l.lesson_id = f.lesson_id
        LEFT JOIN work_types w ON w.work_type_id = l.work_type_id)"""


def _write_marks(transaction: Transaction, filling: Filling) -> None:
    transaction.change(
        """DELETE FROM marks USING filled f WHERE marks.lesson_id = f.lesson_id AND marks.pupil_id = f.pupil_id
           AND NOT EXISTS (SELECT 1 FROM given_marks m WHERE m.cell = f.place AND m.slot = marks.slot)"""
    )
    transaction.change(
        f"""UPDATE marks SET value = n.value, recorded_by = $user,
                weight = CASE WHEN n.given_weight IS NULL THEN marks.weight ELSE n.weight END
            FROM {_FRESH} n WHERE marks.lesson_id = n.lesson_id AND marks.pupil_id = n.pupil_id AND marks.slot = n.slot
                AND (marks.value <> n.value OR (n.given_weight IS NOT NULL AND marks.weight IS DISTINCT FROM n.weight))""",
        {"user": filling.user_id},
    )
    transaction.change(
        f"""INSERT INTO marks (lesson_id, pupil_id, slot, value, weight, recorded_by)
            SELECT n.lesson_id, n.pupil_id, n.slot, n.value, n.weight, $user FROM {_FRESH} n
            WHERE NOT EXISTS (SELECT 1 FROM marks m
                WHERE m.lesson_id = n.lesson_id AND m.pupil_id = n.pupil_id AND m.slot = n.slot)""",
        {"user": filling.user_id},
    )


def _write_absences(transaction: Transaction, filling: Filling) -> None:
    transaction.change(
        """INSERT INTO absences (lesson_id, pupil_id, reason, recorded_at, recorded_by)
           SELECT f.lesson_id, f.pupil_id, f.absence, NULL, $user FROM filled f
           WHERE f.absence IS NOT NULL AND NOT EXISTS (SELECT 1 FROM absences a
               WHERE a.lesson_id = f.lesson_id AND a.pupil_id = f.pupil_id AND a.reason = f.absence)
           ON CONFLICT DO UPDATE SET reason = excluded.reason, recorded_by = excluded.recorded_by""",
        {"user": filling.user_id},
    )


def _note_lessons(transaction: Transaction, filling: Filling) -> None:
    """A lesson with its first entry is filled now; with an absence in it attendance was taken."""
    transaction.change(
        """UPDATE lessons SET recorded_at = coalesce(lessons.recorded_at, $at),
               attendance_taken_at = coalesce(lessons.attendance_taken_at, CASE WHEN f.has_absence THEN $at END)
           FROM (SELECT lesson_id, bool_or(absence IS NOT NULL) AS has_absence FROM filled GROUP BY lesson_id) f
           WHERE lessons.lesson_id = f.lesson_id AND (lessons.recorded_at IS NULL
               OR (f.has_absence AND lessons.attendance_taken_at IS NULL))""",
        {"at": filling.at},
    )


def _record_cells(transaction: Transaction, filling: Filling) -> None:
    transaction.record_rows(
        """SELECT $at, $user, 'cell', lesson_id, pupil_id, NULL, nullif(old_text, ''), nullif(new_text, ''), $why,
               NULL, NULL
           FROM filled ORDER BY place""",
        filling.bound,
    )


def fill_term_marks(
    transaction: Transaction, marks: Mapping[TermMarkRecord, TermMarkRecord | None], filling: Filling
) -> None:
    """Bring marks for terms and years, and those of the former school, to what a file has (п. 5.4); each leaves an event.

    ``marks``: what comes → what stands there now, None for nothing.
    """
    if not marks:
        return
    rows = [
        (*(getattr(record, name) for name in _TERM_MARK_TYPES.names[:-1]), before.value if before else None)
        for record, before in marks.items()
    ]
    _hold(transaction, "given_finals", rows, _TERM_MARK_TYPES)
    for sql in (_TERM_MARKS, _YEAR_MARKS):
        transaction.change(sql, {"user": filling.user_id})
    if any(record.is_of_former_school for record in marks):
        transaction.change(_FORMER_MARKS, {"user": filling.user_id, "at": filling.at})
    transaction.record_rows(
        """SELECT $at, $user, CASE WHEN is_of_former_school THEN 'former_mark' WHEN term_id = 0 THEN 'year_mark'
                   ELSE 'term_mark' END, NULL, pupil_id,
               nullif(term_id, 0), old_value::VARCHAR, value::VARCHAR, $why, class_id, subject_id
           FROM given_finals ORDER BY place""",
        filling.bound,
    )
    transaction.cursor.execute("DROP TABLE temp.main.given_finals")


# Of those who teach in the term or later, whose load it is as the term ends.
_TERM_MARKS = f"""INSERT INTO term_marks (class_id, subject_id, term_id, pupil_id, value, teacher_id, recorded_by)
    SELECT g.class_id, g.subject_id, g.term_id, g.pupil_id, g.value,
        (SELECT arg_min(a.teacher_id, (NOT ({holds_on("a", "t.ends_on")}), a.teacher_id)) FROM teaching_load a
            WHERE a.class_id = g.class_id AND a.subject_id = g.subject_id AND {is_not_over("a", "t.starts_on")}),
        $user FROM given_finals g JOIN terms t ON t.term_id = g.term_id WHERE NOT g.is_of_former_school
    ON CONFLICT DO UPDATE SET value = excluded.value, recorded_by = excluded.recorded_by"""
_YEAR_MARKS = """INSERT INTO year_marks (class_id, subject_id, school_year, pupil_id, value, recorded_by)
    SELECT g.class_id, g.subject_id, g.school_year, g.pupil_id, g.value, $user
    FROM given_finals g WHERE g.term_id = 0
    ON CONFLICT DO UPDATE SET value = excluded.value, recorded_by = excluded.recorded_by"""
_FORMER_MARKS = SAVE_MARKS.format(
    """SELECT g.pupil_id, g.subject_id, g.term_id, g.value, $at, $user FROM given_finals g WHERE g.is_of_former_school"""
)
