"""Small journal extracts for tests: tables of rows, written as Parquet or CSV."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from school.extracts.format import TABLES
from school.store.connection import DATABASE_NAME, Store

NOW = datetime(2027, 6, 1, 12, 0)
Rows = list[dict[str, Any]]
Extract = dict[str, Rows]

_ROW = {"school_id": "s", "class_id": "7a", "subject_id": "m", "teacher_id": "t1", "term_id": "q1"}


def lesson_row(**changes: Any) -> dict[str, Any]:
    """Return what names a lesson of the small extract: class 7a, subject m, teacher t1, term q1."""
    return _ROW | changes


def small_extract() -> Extract:
    """One school, two classes, two quarters, four pupils; marks, absences and lessons of one subject."""
    return {
        "schools": [{"school_id": "s", "name": "Школа у реки"}],
        "terms": [
            _term("q1", 1, date(2026, 9, 1), date(2026, 10, 25)),
            _term("q2", 2, date(2026, 11, 2), date(2026, 12, 29)),
        ],
        "classes": [
            {"class_id": "7a", "school_id": "s", "school_year": 2026, "name": "7А", "grade_level": 7},
            {"class_id": "8b", "school_id": "s", "school_year": 2026, "name": "8-Б", "grade_level": None},
        ],
        "subjects": [{"subject_id": "m", "school_id": "s", "name": "Математика", "area": None}],
        "enrolments": [
            _enrolment("7a", "p1"),
            _enrolment("7a", "p2", date(2026, 9, 1), date(2026, 10, 10)),
            _enrolment("7a", "p3", date(2026, 9, 2)),
            _enrolment("8b", "p4"),
        ],
        "teaching_load": [
            {"school_id": "s", "class_id": "7a", "subject_id": "m", "teacher_id": "t1", "hours_a_week": 5}
        ],
        "lessons": [
            lesson_row(held_on=date(2026, 9, 7), number=2, topic="Дроби", homework_set=True),
            lesson_row(held_on=date(2026, 9, 8), number=1, topic=None, homework_set=None),
        ],
        "marks": [
            _mark("p1", date(2026, 9, 7), 5),
            _mark("p1", date(2026, 9, 7), 4),
            _mark("p2", date(2026, 9, 8), 3, "Контрольная работа", 2.0),
            _mark("p3", date(2026, 9, 8), 2, "Контрольная работа", 3.0),
        ],
        "absences": [
            lesson_row(pupil_id="p3", missed_on=date(2026, 9, 7), reason="illness"),
            lesson_row(pupil_id="p1", missed_on=date(2026, 9, 9), reason=None),
        ],
        "term_marks": [lesson_row(pupil_id="p1", value=5), lesson_row(pupil_id="p2", value=3)],
        "year_marks": [
            {
                "school_id": "s",
                "class_id": "7a",
                "subject_id": "m",
                "school_year": 2026,
                "pupil_id": "p1",
                "value": 5,
            }
        ],
        "former_school_marks": [],
    }


def _term(term_id: str, number: int, starts_on: date, ends_on: date) -> dict[str, Any]:
    return {
        "term_id": term_id,
        "school_id": "s",
        "school_year": 2026,
        "kind": "quarter",
        "number": number,
        "starts_on": starts_on,
        "ends_on": ends_on,
    }


def _enrolment(
    class_id: str, pupil_id: str, starts_on: date | None = None, ends_on: date | None = None
) -> dict[str, Any]:
    return {
        "school_id": "s",
        "class_id": class_id,
        "pupil_id": pupil_id,
        "starts_on": starts_on,
        "ends_on": ends_on,
    }


def _mark(
    pupil_id: str, day: date, value: int, work_type: str | None = None, weight: float | None = None
) -> dict[str, Any]:
    return lesson_row(pupil_id=pupil_id, given_on=day, value=value, work_type=work_type, weight=weight)


def write_extract(folder: Path, extract: Mapping[str, Rows], *, as_csv: bool = False) -> Path:
    """Write each table of the extract into the folder and return the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in extract.items():
        columns = list(dict.fromkeys(column for row in rows for column in row)) or list(TABLES[name].names)
        if as_csv:
            write_csv(folder / f"{name}.csv", columns, rows)
        else:
            pd.DataFrame(rows, columns=columns).to_parquet(folder / f"{name}.parquet")
    return folder


def write_csv(
    path: Path, columns: Sequence[str], rows: Sequence[Mapping[str, Any]], encoding: str = "utf-8"
) -> None:
    """Write rows as CSV with a header."""
    with path.open("w", encoding=encoding, newline="") as stream:
        writer = csv.DictWriter(stream, columns, restval="")
        writer.writeheader()
        writer.writerows([{k: "" if v is None else v for k, v in row.items()} for row in rows])


@contextmanager
def opened(folder: Path) -> Iterator[Store]:
    """Open the store of a folder for the length of a block."""
    store = Store(folder / DATABASE_NAME, lambda: NOW)
    try:
        yield store
    finally:
        store.close()


def row_counts(store: Store) -> dict[str, int]:
    """Return how many rows each table of the store has, the record of migrations aside."""
    names = store.read(
        "SELECT table_name FROM duckdb_tables() WHERE table_name <> 'migrations' AND NOT internal ORDER BY 1"
    )
    return {name: store.read(f"SELECT count(*) FROM {name}")[0][0] for (name,) in names}
