"""A school leaves with its register and arrives elsewhere: an export, loaded and exported again, is the same."""

from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pytest
from extracts import NOW, Extract, lesson_row, opened, small_extract, write_extract
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from school.extracts.format import TABLES
from school.extracts.load import export_extract, import_extract
from school.store.connection import Store

Tables = dict[str, Counter[tuple[Any, ...]]]

TERMS = {"q1": (date(2026, 9, 1), date(2026, 9, 3)), "q2": (date(2026, 9, 4), date(2026, 9, 6))}
SCHOOLS, CLASSES, SUBJECTS, PUPILS, TEACHERS = (
    ("s", "z"),
    ("a", "b"),
    ("m", "h"),
    ("p1", "p2"),
    (None, "t1", "t2"),
)
WORK_TYPES = (None, "Контрольная работа", "Ответ")


def read_tables(folder: Path, suffix: str) -> Tables:
    """Return every table of an extract as a multiset of rows of text, columns in their order."""
    cursor = duckdb.connect()
    return {
        name: Counter(
            cursor.execute(f"SELECT COLUMNS(*)::VARCHAR FROM '{folder / name}.{suffix}'").fetchall()
        )
        for name in TABLES
    }


def exported(store: Store, folder: Path, *, as_csv: bool = False) -> Tables:
    """Export the store and return what was written."""
    export_extract(store, None, folder, now=NOW, as_csv=as_csv)
    return read_tables(folder, "csv" if as_csv else "parquet")


def travelled(folder: Path, store: Store, *, as_csv: bool = False) -> tuple[Tables, Tables]:
    """Return the export of a store, and that of a store which loaded it."""
    first = exported(store, folder / "first", as_csv=as_csv)
    with opened(folder / "elsewhere") as elsewhere:
        report = import_extract(elsewhere, None, folder / "first", now=NOW)
        assert report.refused == []
        assert import_extract(elsewhere, None, folder / "first", now=NOW).added == 0
        return first, exported(elsewhere, folder / "second", as_csv=as_csv)


_days = st.sampled_from(
    [(term, first + timedelta(days=n)) for term, (first, _) in TERMS.items() for n in range(3)]
)
_courses = st.tuples(st.sampled_from(SCHOOLS), st.sampled_from(CLASSES), st.sampled_from(SUBJECTS))
_moments = st.none() | st.datetimes(datetime(2026, 9, 1), datetime(2026, 9, 7))
_lessons = st.tuples(_courses, st.sampled_from(TEACHERS), _days)
_values = st.integers(2, 5)


def _row(lesson: Any, day: str, **more: Any) -> dict[str, Any]:
    (school, school_class, subject), teacher, (term, on) = lesson
    ids = {"school_id": school, "class_id": school_class, "subject_id": subject}
    return ids | {"teacher_id": teacher, "term_id": term, day: on} | more


_marks = st.builds(
    lambda lesson, pupil, value, work, weight, at: _row(
        lesson, "given_on", pupil_id=pupil, value=value, work_type=work, weight=weight, recorded_at=at
    ),
    _lessons,
    st.sampled_from(PUPILS),
    _values,
    st.sampled_from(WORK_TYPES),
    st.sampled_from((1.0, 2.0, 0.5)),
    _moments,
)
_absences = st.builds(
    lambda lesson, pupil, reason: _row(lesson, "missed_on", pupil_id=pupil, reason=reason),
    _lessons,
    st.sampled_from(PUPILS),
    st.sampled_from(("unknown", "illness", "valid", "late")),
)
_numbered_lessons = st.builds(
    lambda lesson, number, topic, homework, at: _row(
        lesson, "held_on", number=number, topic=topic, homework_set=homework, recorded_at=at
    ),
    _lessons,
    st.integers(1, 3),
    st.none() | st.sampled_from(("Дроби", 'Кавычки "и", запятая')),
    st.none() | st.booleans(),
    _moments,
)
_final_marks = st.dictionaries(
    st.tuples(_courses, st.sampled_from(list(TERMS)), st.sampled_from(PUPILS)),
    st.tuples(st.sampled_from(TEACHERS), _values),
    max_size=6,
)


def _frame_of_schools() -> Extract:
    return {
        "schools": [{"school_id": school, "name": f"Школа {school}"} for school in SCHOOLS],
        "terms": [
            {"term_id": term, "school_id": school, "school_year": 2026, "kind": "quarter", "number": n}
            | {"starts_on": starts_on, "ends_on": ends_on}
            for school in SCHOOLS
            for n, (term, (starts_on, ends_on)) in enumerate(TERMS.items(), start=1)
        ],
        "classes": [
            {"class_id": name, "school_id": school, "school_year": 2026, "name": name, "grade_level": 7}
            | {"term_kind": "quarter"}
            for school in SCHOOLS
            for name in CLASSES
        ],
        "subjects": [
            {"subject_id": name, "school_id": school, "name": name, "area": None}
            for school in SCHOOLS
            for name in SUBJECTS
        ],
        "enrolments": [
            {"school_id": school, "class_id": name, "pupil_id": pupil, "starts_on": None, "ends_on": None}
            for school in SCHOOLS
            for name in CLASSES
            for pupil in PUPILS
        ],
    }


def _lesson_key(row: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(
        row[name] for name in ("school_id", "class_id", "subject_id", "teacher_id", "held_on", "number")
    )


@st.composite
def _schools(draw: st.DrawFn) -> Extract:
    final = draw(_final_marks)
    return _frame_of_schools() | {
        "lessons": draw(st.lists(_numbered_lessons, max_size=6, unique_by=_lesson_key)),
        "marks": draw(st.lists(_marks, min_size=1, max_size=12)),
        "absences": draw(st.lists(_absences, max_size=8)),
        "term_marks": [
            {"school_id": school, "class_id": name, "subject_id": subject, "term_id": term}
            | {"pupil_id": pupil, "teacher_id": teacher, "value": value}
            for ((school, name, subject), term, pupil), (teacher, value) in final.items()
        ],
    }


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(extract=_schools())
def test_any_school_travels_unchanged(extract: Extract) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        with opened(folder / "here") as store:
            report = import_extract(store, None, write_extract(folder / "in", extract), now=NOW)
            assert report.refused == []
            assert report.counts["marks"].added == len(extract["marks"])
            assert report.counts["absences"].added == len(extract["absences"])
            first, second = travelled(folder, store)
    assert first == second
    assert sum(first["marks"].values()) == len(extract["marks"])
    assert sum(first["absences"].values()) == len(extract["absences"])


@pytest.mark.parametrize("as_csv", [False, True], ids=["parquet", "csv"])
def test_what_was_loaded_is_what_is_exported(empty_store: Store, tmp_path: Path, as_csv: bool) -> None:
    extract = small_extract()
    import_extract(empty_store, None, write_extract(tmp_path / "in", extract), now=NOW)
    tables = exported(empty_store, tmp_path / "out", as_csv=as_csv)
    weights = [(row["pupil_id"], row["value"], row["weight"] or 1.0) for row in extract["marks"]]
    names = TABLES["marks"].names
    found = [dict(zip(names, row, strict=True)) for row in tables["marks"]]
    assert Counter(weights) == Counter(
        (row["pupil_id"], int(row["value"]), float(row["weight"])) for row in found
    )
    assert {name: sum(rows.values()) for name, rows in tables.items()} == {
        name: len(rows) + (1 if name == "lessons" else 0) for name, rows in extract.items()
    }


def test_a_larger_school_travels_unchanged(empty_store: Store, tmp_path: Path) -> None:
    extract = small_extract()
    pupils = [f"n{number}" for number in range(300)]
    days = [date(2026, 9, 1) + timedelta(days=number) for number in range(50)]
    extract["enrolments"] += [
        {"school_id": "s", "class_id": "8b", "pupil_id": pupil, "starts_on": days[0]} for pupil in pupils
    ]
    extract["marks"] += [
        lesson_row(class_id="8b", teacher_id="t2", pupil_id=pupil, given_on=days[(index * 7 + turn) % 50])
        | {"value": 2 + (index + turn) % 4, "work_type": ("Ответ", "Практическая работа", None)[turn % 3]}
        | {"weight": (1.0, 2.0)[index % 2], "recorded_at": datetime(2026, 9, 1, 9, turn)}
        for index, pupil in enumerate(pupils)
        for turn in range(20)
    ]
    import_extract(empty_store, None, write_extract(tmp_path / "in", extract), now=NOW)
    first, second = travelled(tmp_path, empty_store, as_csv=True)
    assert first == second
    assert sum(first["marks"].values()) == 6004


def test_a_school_that_was_never_imported_recognises_its_own_export(
    school_store: Store, tmp_path: Path
) -> None:
    first, second = travelled(tmp_path, school_store)
    assert first == second
    assert import_extract(school_store, None, tmp_path / "first", now=NOW).added == 0


def test_no_names_of_people_leave_with_an_extract(school_store: Store, tmp_path: Path) -> None:
    exported(school_store, tmp_path / "out", as_csv=True)
    text = "".join(path.read_text(encoding="utf-8") for path in (tmp_path / "out").iterdir())
    names = school_store.read("SELECT last_name FROM pupils UNION SELECT last_name FROM staff")
    assert len(names) > 5
    assert not [name for (name,) in names if name in text]
