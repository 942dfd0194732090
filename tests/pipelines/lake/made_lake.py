"""Schools made up for tests: tables of rows, written as an extract or a partition of a lake."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd

Rows = list[dict[str, Any]]
Tables = dict[str, Rows]

NOW = datetime(2026, 6, 1, 12)
KEY = bytes(range(32))
QUARTERS = {1: date(2025, 9, 1), 2: date(2025, 11, 3)}
DAYS = 40
SUBJECTS = {"m": "Математика", "r": "Русский язык"}
# The last class is small: three pupils, whom nobody outside may see apart.
CLASS_SIZES = {"7a": 8, "7b": 6, "8a": 7, "8k": 3}


def made_school(school_id: str, *, shift: int = 0, year: int = 2025) -> Tables:
    """Return a school year: four classes, two subjects, two quarters; ``shift`` makes the marks of schools differ."""
    tables: Tables = {
        "schools": [{"school_id": school_id, "name": f"Школа {school_id}"}],
        "terms": [_term(school_id, year, number) for number in QUARTERS],
        "classes": [_class(school_id, year, name) for name in CLASS_SIZES],
        "subjects": [{"subject_id": each, "school_id": school_id, "name": name} for each, name in SUBJECTS.items()],
        "teaching_load": [
            {"school_id": school_id, "class_id": _of(year, name), "subject_id": each, "teacher_id": f"t-{each}", "hours_a_week": 1.0}
            for name in CLASS_SIZES
            for each in SUBJECTS
        ],
    }  # fmt: skip
    for name in ("enrolments", "lessons", "marks", "absences", "term_marks", "year_marks"):
        tables[name] = []
    for name, size in CLASS_SIZES.items():
        for pupil in range(size):
            _add_pupil(tables, school_id, year, name, pupil, shift)
        for subject in SUBJECTS:
            tables["lessons"] += _lessons(school_id, year, name, subject)
    return tables


def _of(year: int, name: str) -> str:
    return f"{name}-{year}"


def _starts_on(year: int, number: int) -> date:
    return QUARTERS[number].replace(year=year)


def _term(school_id: str, year: int, number: int) -> dict[str, Any]:
    starts_on = _starts_on(year, number)
    return {
        "term_id": _of(year, f"q{number}"),
        "school_id": school_id,
        "school_year": year,
        "kind": "quarter",
        "number": number,
        "starts_on": starts_on,
        "ends_on": starts_on + timedelta(DAYS),
    }


def _class(school_id: str, year: int, name: str) -> dict[str, Any]:
    return {
        "class_id": _of(year, name),
        "school_id": school_id,
        "school_year": year,
        "name": name,
        "grade_level": int(name[0]),
        "term_kind": "quarter",
    }


def _course(school_id: str, year: int, name: str, subject: str, number: int) -> dict[str, Any]:
    course = {"school_id": school_id, "class_id": _of(year, name), "subject_id": subject}
    return course | {"teacher_id": f"t-{subject}", "term_id": _of(year, f"q{number}")}


def _lessons(school_id: str, year: int, name: str, subject: str) -> Rows:
    return [
        _course(school_id, year, name, subject, number)
        | {
            "held_on": _starts_on(year, number) + timedelta(7 * week),
            "number": 1 + week % 2,
            "topic": "Дроби",
        }
        for number in QUARTERS
        for week in range(5)
    ]


def _add_pupil(tables: Tables, school_id: str, year: int, name: str, pupil: int, shift: int) -> None:
    pupil_id = f"p-{name[1:]}-{int(name[0]) - year}-{pupil}"
    tables["enrolments"].append({"school_id": school_id, "class_id": _of(year, name), "pupil_id": pupil_id})
    for at, subject in enumerate(SUBJECTS):
        for number in QUARTERS:
            whose = _course(school_id, year, name, subject, number) | {"pupil_id": pupil_id}
            values = [2 + (pupil + at + number + mark * 3 + shift) % 4 for mark in range(3)]
            days = [_starts_on(year, number) + timedelta(7 * week) for week in range(5)]
            tables["marks"] += [
                whose | {"given_on": day, "value": value, "weight": 1.0 + pupil % 2}
                for day, value in zip(days, values, strict=False)
            ]
            tables["term_marks"].append(whose | {"value": 2 + (pupil * 3 + at + number + shift) % 4})
            if (pupil + number) % 3 == 0:
                tables["absences"].append(whose | {"missed_on": days[pupil % 5], "reason": "illness"})
        year_mark = {"school_id": school_id, "class_id": _of(year, name), "subject_id": subject}
        tables["year_marks"].append(
            year_mark | {"school_year": year, "pupil_id": pupil_id, "value": 3 + pupil % 3}
        )


def write_extract(folder: Path, tables: Tables, suffix: str = ".parquet") -> Path:
    """Write tables as an extract of one folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        frame = pd.DataFrame(rows)
        if suffix == ".csv":
            frame.to_csv(folder / f"{name}.csv", index=False)
        else:
            frame.to_parquet(folder / f"{name}.parquet")
    return folder


def write_partition(lake: Path, tables: Tables, suffix: str = ".parquet") -> Path:
    """Write a school year into a lake as another program would: no manifest, the ids of the folders left out."""
    term = tables["terms"][0]
    folder = lake / f"school_id={term['school_id']}" / f"school_year={term['school_year']}"
    keys = ("school_id", "school_year")
    return write_extract(
        folder,
        {
            name: [{column: value for column, value in row.items() if column not in keys} for row in rows]
            for name, rows in tables.items()
            if name != "schools"
        },
        suffix,
    )


def plain(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Return rows to compare: figures to the ninth digit, empty ones None."""
    answers = rows.astype(object).where(rows.notna(), None).to_dict("records")
    return [
        {name: round(value, 9) if isinstance(value, float) else value for name, value in row.items()}
        for row in answers
    ]
