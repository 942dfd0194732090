"""Which rows of a staged extract are new to the register, which it already holds, and which contradict it."""

from dataclasses import dataclass

from school.extracts.store.rows import EXTRACT_TABLES, extract_select
from school.store.connection import Cursor

COURSE = ("school_id", "class_id", "subject_id")
LESSON = (*COURSE, "teacher_id", "term_id")


@dataclass(frozen=True)
class Keyed:
    """Rows told apart by a key; ``content`` is what may not differ from the register."""

    key: tuple[str, ...]
    content: tuple[str, ...]
    contradiction: str


@dataclass(frozen=True)
class Counted:
    """Rows without a key: the n-th equal row is known when the register holds n of them in the same cell."""

    cell: tuple[str, ...]
    content: tuple[str, ...]
    contradiction: str


@dataclass(frozen=True)
class Conflict:
    """A row that contradicts the register, which stays as it is."""

    table: str
    file: str
    line: int
    reason: str


@dataclass(frozen=True)
class TableCount:
    """What a table of an extract brings: rows to add and rows that the register already holds."""

    added: int
    known: int


RULES: dict[str, Keyed | Counted] = {
    "schools": Keyed(("school_id",), (), ""),
    "terms": Keyed(
        ("school_id", "term_id"),
        ("school_year", "kind", "number", "starts_on", "ends_on"),
        "в журнале у этого периода другие сведения",
    ),
    "classes": Keyed(
        ("school_id", "class_id"), ("school_year", "name"), "в журнале у этого класса другие сведения"
    ),
    "subjects": Keyed(("school_id", "subject_id"), ("name",), "в журнале у этого предмета другое название"),
    "enrolments": Keyed(
        ("school_id", "class_id", "pupil_id", "starts_on"),
        ("ends_on",),
        "в журнале у ученика другой день выбытия",
    ),
    "teaching_load": Keyed(
        (*COURSE, "teacher_id"), ("hours_a_week",), "в журнале у этой нагрузки другие часы"
    ),
    "lessons": Keyed(
        (*LESSON, "held_on", "number"), ("topic", "homework_set"), "в журнале у этого урока другая запись"
    ),
    "marks": Counted(
        (*LESSON, "pupil_id", "given_on"),
        ("value", "work_type", "weight"),
        "в журнале у ученика в этот день уже другие отметки",
    ),
    "absences": Counted(
        (*LESSON, "pupil_id", "missed_on"), ("reason",), "в журнале у ученика в этот день уже другой пропуск"
    ),
    "term_marks": Keyed(
        (*COURSE, "term_id", "pupil_id"), ("value",), "в журнале за этот период уже стоит другая отметка"
    ),
    "year_marks": Keyed(
        (*COURSE, "school_year", "pupil_id"), ("value",), "в журнале за этот год уже стоит другая отметка"
    ),
}


def plan_extract(cursor: Cursor, catalog: str) -> None:
    """Make a temporary table ``plan_NAME`` for each table staged in ``catalog``, and nothing else.

    Its columns are those of the staged table with file and line, ``is_new`` and ``conflict`` (a sentence
    or null).
    """
    for table in EXTRACT_TABLES:
        cursor.execute(f"CREATE OR REPLACE TEMP TABLE held AS {extract_select(table)}")
        if table == "lessons":
            _number_known_lessons(cursor, catalog)
        source = "numbered_lessons" if table == "lessons" else f"{catalog}.{table}"
        rule = RULES[table]
        sql = _keyed_plan(table, source, rule) if isinstance(rule, Keyed) else _counted_plan(source, rule)
        cursor.execute(f"CREATE OR REPLACE TEMP TABLE plan_{table} AS {sql}")
    cursor.execute("DROP TABLE held")
    cursor.execute("DROP TABLE numbered_lessons")


def planned_counts(cursor: Cursor) -> dict[str, TableCount]:
    """Return what each planned table brings."""
    sql = " UNION ALL ".join(
        f"""SELECT '{table}', count(*) FILTER (is_new AND conflict IS NULL),
                   count(*) FILTER (NOT is_new AND conflict IS NULL) FROM plan_{table}"""
        for table in EXTRACT_TABLES
    )
    return {table: TableCount(added, known) for table, added, known in cursor.execute(sql).fetchall()}


def planned_conflicts(cursor: Cursor) -> list[Conflict]:
    """Return the rows that contradict the register, in the order of tables, files and lines."""
    return [
        Conflict(table, *row)
        for table in EXTRACT_TABLES
        for row in cursor.execute(
            f"SELECT file, line, conflict FROM plan_{table} WHERE conflict IS NOT NULL ORDER BY file, line"
        ).fetchall()
    ]


def drop_plan(cursor: Cursor) -> None:
    """Drop the temporary tables of a plan."""
    for table in EXTRACT_TABLES:
        cursor.execute(f"DROP TABLE IF EXISTS plan_{table}")


def _same(names: tuple[str, ...], left: str, right: str) -> str:
    return " AND ".join(f"{left}.{name} IS NOT DISTINCT FROM {right}.{name}" for name in names)


def _number_known_lessons(cursor: Cursor, catalog: str) -> None:
    """Give the n-th unnumbered lesson of a day the number of the n-th one that the register holds."""
    day = ", ".join((*LESSON, "held_on"))
    cursor.execute(
        f"""CREATE OR REPLACE TEMP TABLE numbered_lessons AS
            WITH staged AS (SELECT *, row_number() OVER (PARTITION BY {day}, number IS NULL ORDER BY file, line) AS nth
                     FROM {catalog}.lessons),
                 known AS (SELECT *, row_number() OVER (PARTITION BY {day} ORDER BY number) AS nth FROM held)
            SELECT s.* EXCLUDE (nth) REPLACE (coalesce(s.number, h.number) AS number)
            FROM staged s LEFT JOIN known h ON {_same((*LESSON, "held_on", "nth"), "s", "h")}"""
    )


def _keyed_plan(table: str, source: str, rule: Keyed) -> str:
    """A null in the extract claims nothing, so it contradicts nothing."""
    differs = [f"(t.{name} IS NOT NULL AND t.{name} IS DISTINCT FROM h.{name})" for name in rule.content]
    conflicts = f"WHEN h.is_held AND ({' OR '.join(differs)}) THEN '{rule.contradiction}'" if differs else ""
    if table == "enrolments":
        conflicts += " WHEN h.is_held IS NULL AND " + _overlaps_held_enrolment()
    case = f"CASE {conflicts} END" if conflicts else "NULL::VARCHAR"
    return f"""WITH h AS (SELECT DISTINCT ON ({", ".join(rule.key)}) *, true AS is_held FROM held)
        SELECT t.*, h.is_held IS NULL AS is_new, {case} AS conflict
        FROM {source} t LEFT JOIN h ON {_same(rule.key, "t", "h")}"""


def _overlaps_held_enrolment() -> str:
    return """EXISTS (SELECT 1 FROM held o WHERE o.school_id = t.school_id AND o.class_id = t.class_id
        AND o.pupil_id = t.pupil_id
        AND coalesce(o.starts_on, DATE '0001-01-01') < coalesce(t.ends_on, DATE '9999-12-31')
        AND coalesce(t.starts_on, DATE '0001-01-01') < coalesce(o.ends_on, DATE '9999-12-31'))
        THEN 'в журнале ученик в это время уже числится в этом классе'"""


def _counted_plan(source: str, rule: Counted) -> str:
    row = (*rule.cell, *rule.content)
    nth = f"row_number() OVER (PARTITION BY {', '.join(row)}"
    return f"""WITH t AS (SELECT *, {nth} ORDER BY file, line) AS nth FROM {source}),
            h AS (SELECT {", ".join(row)}, {nth}) AS nth FROM held),
            cells AS (SELECT DISTINCT {", ".join(rule.cell)}, true AS is_filled FROM held)
        SELECT t.* EXCLUDE (nth), h.nth IS NULL AS is_new,
            CASE WHEN h.nth IS NULL AND cells.is_filled THEN '{rule.contradiction}' END AS conflict
        FROM t LEFT JOIN h ON {_same((*row, "nth"), "t", "h")} LEFT JOIN cells ON {_same(rule.cell, "t", "cells")}"""
