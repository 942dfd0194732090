"""Which rows of a staged extract are new to the register, which it already holds, and which contradict it."""

from collections.abc import Callable
from dataclasses import dataclass

from school.extracts.format import TABLES, Table
from school.extracts.staging import RefusedExtractRow
from school.extracts.store.rows import FORMER_MARKS, KEYS, extract_select
from school.people.store.former_marks import first_days
from school.store.connection import Cursor

_LESSON_DAY = ("school_id", "class_id", "subject_id", "teacher_id", "term_id", "held_on")


@dataclass(frozen=True)
class TableCount:
    """What a table of an extract brings: rows to add and rows that the register already holds."""

    added: int
    known: int


def plan_extract(cursor: Cursor, catalog: str) -> None:
    """Make a temporary table ``plan_NAME`` for each table staged in ``catalog``, and nothing else.

    Its columns are those of the staged table with file and line, ``is_new`` and ``conflict`` (a sentence
    or null); of term marks also ``is_of_former_school``. A row of a lesson that leaves the teacher out means the one whom the
    register has for all lessons of that day.
    """
    for name, table in TABLES.items():
        cursor.execute(f"CREATE OR REPLACE TEMP TABLE held AS {extract_select(name)}")
        source = f"{catalog}.{name}"
        if name == "lessons":
            cursor.execute(f"CREATE OR REPLACE TEMP TABLE lone_teachers AS {_LONE_TEACHERS}")
        if name in _DAY_OF:
            source = _with_known_teachers(source, _DAY_OF[name])
        if name == "lessons":
            _number_known_lessons(cursor, source)
            source = "numbered_lessons"
        sql = _keyed_plan(source, table) if table.key else _counted_plan(source, table)
        cursor.execute(f"CREATE OR REPLACE TEMP TABLE plan_{name} AS {sql}")
        if former := _FORMER_PLANS.get(name):
            cursor.execute(former(catalog, table))
    cursor.execute("DROP TABLE held")
    cursor.execute("DROP TABLE numbered_lessons")
    cursor.execute("DROP TABLE lone_teachers")


def planned_counts(cursor: Cursor) -> dict[str, TableCount]:
    """Return what each planned table brings."""
    sql = " UNION ALL ".join(
        f"""SELECT '{table}', count(*) FILTER (is_new AND conflict IS NULL),
                   count(*) FILTER (NOT is_new AND conflict IS NULL) FROM plan_{table}"""
        for table in TABLES
    )
    return {table: TableCount(added, known) for table, added, known in cursor.execute(sql).fetchall()}


def planned_conflicts(cursor: Cursor) -> list[RefusedExtractRow]:
    """Return the rows that contradict the register, which stays as it is, in the order of tables, files and lines."""
    return [
        RefusedExtractRow(table, *row)
        for table in TABLES
        for row in cursor.execute(
            f"SELECT file, line, conflict FROM plan_{table} WHERE conflict IS NOT NULL ORDER BY file, line"
        ).fetchall()
    ]


def planned_former_marks(cursor: Cursor) -> int:
    """Return how many new term marks are of the former school, for a term that ended before the pupil came."""
    sql = "SELECT count(*) FROM plan_term_marks WHERE is_of_former_school AND is_new AND conflict IS NULL"
    return int(cursor.execute(sql).fetchall()[0][0])


def planned_twins(cursor: Cursor) -> list[tuple[str, str]]:
    """Return (table, name) of new classes and subjects that the register has under another id already."""
    rows = cursor.execute(
        f"""WITH {KEYS} SELECT 'classes', p.name FROM plan_classes p JOIN class_keys c
                ON c.school_key = p.school_id AND c.school_year = p.school_year AND upper(c.name) = upper(p.name)
            WHERE p.is_new AND p.conflict IS NULL
            UNION SELECT 'subjects', p.name FROM plan_subjects p JOIN subject_keys b
                ON b.school_key = p.school_id AND upper(b.name) = upper(p.name)
            WHERE p.is_new AND p.conflict IS NULL ORDER BY ALL"""
    ).fetchall()
    return [(table, name) for table, name in rows]


def drop_plan(cursor: Cursor) -> None:
    """Drop the temporary tables of a plan."""
    for table in TABLES:
        cursor.execute(f"DROP TABLE IF EXISTS plan_{table}")


def _same(names: tuple[str, ...], left: str, right: str) -> str:
    return " AND ".join(f"{left}.{name} IS NOT DISTINCT FROM {right}.{name}" for name in names)


_COURSE_OF_TERM = ("school_id", "class_id", "subject_id", "term_id")
_DAY_OF = {"lessons": "held_on", "marks": "given_on", "absences": "missed_on"}
_LONE_TEACHERS = f"""SELECT {", ".join(_COURSE_OF_TERM)}, held_on, any_value(teacher_id) AS teacher_id FROM held
    GROUP BY ALL HAVING count(*) = count(teacher_id) AND count(DISTINCT teacher_id) = 1"""


def _with_known_teachers(source: str, day: str) -> str:
    return f"""(SELECT s.* REPLACE (coalesce(s.teacher_id, k.teacher_id) AS teacher_id) FROM {source} s
        LEFT JOIN lone_teachers k ON {_same(_COURSE_OF_TERM, "s", "k")} AND k.held_on = s.{day})"""


def _number_known_lessons(cursor: Cursor, source: str) -> None:
    """Give the n-th unnumbered lesson of a day the number of the n-th one that the register holds."""
    day = ", ".join(_LESSON_DAY)
    cursor.execute(
        f"""CREATE OR REPLACE TEMP TABLE numbered_lessons AS
            WITH staged AS (SELECT *, row_number() OVER (PARTITION BY {day}, number IS NULL ORDER BY file, line) AS nth
                     FROM {source}),
                 known AS (SELECT *, row_number() OVER (PARTITION BY {day} ORDER BY number) AS nth FROM held)
            SELECT s.* EXCLUDE (nth) REPLACE (coalesce(s.number, h.number) AS number)
            FROM staged s LEFT JOIN known h ON {_same((*_LESSON_DAY, "nth"), "s", "h")}"""
    )


def _keyed_plan(source: str, table: Table) -> str:
    """A null in the extract claims nothing, so it contradicts nothing."""
    differs = [f"(t.{name} IS NOT NULL AND t.{name} IS DISTINCT FROM h.{name})" for name in table.content]
    conflicts = f"WHEN h.is_held AND ({' OR '.join(differs)}) THEN '{table.contradiction}'" if differs else ""
    if table.name == "enrolments":
        conflicts += " WHEN h.is_held IS NULL AND " + _overlaps_held_enrolment()
    case = f"CASE {conflicts} END" if conflicts else "NULL::VARCHAR"
    return f"""WITH h AS (SELECT DISTINCT ON ({", ".join(table.key)}) *, true AS is_held FROM held)
        SELECT t.*, h.is_held IS NULL AS is_new, {case} AS conflict
        FROM {source} t LEFT JOIN h ON {_same(table.key, "t", "h")}"""


def _overlaps_held_enrolment() -> str:
    return """EXISTS (SELECT 1 FROM held o WHERE o.school_id = t.school_id AND o.class_id = t.class_id
        AND o.pupil_id = t.pupil_id
        AND coalesce(o.starts_on, DATE '0001-01-01') < coalesce(t.ends_on, DATE '9999-12-31')
        AND coalesce(t.starts_on, DATE '0001-01-01') < coalesce(o.ends_on, DATE '9999-12-31'))
        THEN 'в журнале ученик в это время уже числится в этом классе'"""


def _counted_plan(source: str, table: Table) -> str:
    """The n-th equal row is known when the register holds n of them in the same cell."""
    row = (*table.cell, *table.content)
    nth = f"row_number() OVER (PARTITION BY {', '.join(row)}"
    return f"""WITH t AS (SELECT *, {nth} ORDER BY file, line) AS nth FROM {source}),
            h AS (SELECT {", ".join(row)}, {nth}) AS nth FROM held),
            cells AS (SELECT DISTINCT {", ".join(table.cell)}, true AS is_filled FROM held)
        SELECT t.* EXCLUDE (nth), h.nth IS NULL AS is_new,
            CASE WHEN h.nth IS NULL AND cells.is_filled THEN '{table.contradiction}' END AS conflict
        FROM t LEFT JOIN h ON {_same((*row, "nth"), "t", "h")} LEFT JOIN cells ON {_same(table.cell, "t", "cells")}"""


_OF_PUPIL = ("school_id", "subject_id", "term_id", "pupil_id")
# Where pupils are in the register and after the load, with the school year of each class.
_STAYS = """SELECT e.school_id, e.pupil_id, c.school_year, e.starts_on, e.ends_on
        FROM plan_enrolments e JOIN plan_classes c USING (school_id, class_id) WHERE e.conflict IS NULL
    UNION ALL SELECT c.school_key, p.pupil_key, c.school_year, e.starts_on, e.ends_on
        FROM enrolments e JOIN class_keys c USING (class_id) JOIN pupil_keys p USING (pupil_id)"""

_BY_PUPIL = f"(PARTITION BY is_of_former_school, {', '.join(_OF_PUPIL)})"
_FIRST_DAYS = f"first_days AS ({first_days(f'({_STAYS})', 'school_id, pupil_id, school_year')})"
_FIRST_DAY = "d.school_id = p.school_id AND d.pupil_id = p.pupil_id AND d.school_year = t.school_year"


def _former_among_terms(catalog: str, table: Table) -> str:
    """New marks of a term that ended before the pupil came are the former school's, of one for whichever class a row names."""
    differs = f"""WHEN NOT is_of_former_school THEN conflict WHEN value IS DISTINCT FROM coalesce(former_value, value)
            THEN '{table.contradiction}'
        WHEN min(value) OVER {_BY_PUPIL} <> max(value) OVER {_BY_PUPIL}
            THEN 'value: у ученика за этот период прежней школы разные отметки'"""
    return f"""CREATE OR REPLACE TEMP TABLE plan_term_marks AS
        WITH {KEYS}, {_FIRST_DAYS},
            found AS (SELECT p.*, f.value AS former_value, d.came_on IS NOT NULL AS is_of_former_school
                FROM plan_term_marks p LEFT JOIN ({FORMER_MARKS}) f ON {_same(_OF_PUPIL, "p", "f")}
                    JOIN {catalog}.terms t ON t.school_id = p.school_id AND t.term_id = p.term_id
                    LEFT JOIN first_days d ON p.is_new AND {_FIRST_DAY} AND t.ends_on < d.came_on)
        SELECT * EXCLUDE (former_value) REPLACE (is_new AND NOT (is_of_former_school AND former_value IS NOT NULL) AS is_new,
            CASE {differs} END AS conflict) FROM found"""


def _former_plan(catalog: str, table: Table) -> str:
    """A mark of the former school is of a term that ended before the pupil came; a row among term marks may bring it too."""
    return f"""CREATE OR REPLACE TEMP TABLE plan_{table.name} AS
        WITH {KEYS}, {_FIRST_DAYS},
            brought AS (SELECT DISTINCT {", ".join(_OF_PUPIL)}, value FROM plan_term_marks
                WHERE is_of_former_school AND is_new AND conflict IS NULL)
        SELECT p.* REPLACE (p.is_new AND b.value IS NULL AS is_new,
            CASE WHEN p.is_new AND d.came_on IS NULL THEN 'term_id: к концу этого периода ученик уже учился здесь'
                WHEN b.value <> p.value THEN 'value: у ученика за этот период прежней школы разные отметки'
                ELSE p.conflict END AS conflict)
        FROM plan_{table.name} p JOIN {catalog}.terms t ON t.school_id = p.school_id AND t.term_id = p.term_id
            LEFT JOIN first_days d ON {_FIRST_DAY} AND t.ends_on < d.came_on
            LEFT JOIN brought b ON {_same(_OF_PUPIL, "p", "b")}"""


_FORMER_PLANS: dict[str, Callable[[str, Table], str]] = {
    "term_marks": _former_among_terms,
    "former_school_marks": _former_plan,
}
