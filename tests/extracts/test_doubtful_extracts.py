"""What a set says that can hardly be meant: refused where it cannot be true, else loaded and said; never passed over silently."""

import shutil
from collections.abc import Callable, Iterator
from datetime import date, datetime
from itertools import cycle
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from extracts import NOW, Extract, small_extract, write_extract
from loading_extracts import reasons

from school.extracts.archive import preview_archive
from school.extracts.load import import_extract, preview_extract
from school.store.connection import DATABASE_NAME, Store

Change = Callable[[Extract], object]


@pytest.fixture(scope="module")
def looked_at(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """An empty register in which the tests of this module load nothing."""
    store = Store(tmp_path_factory.mktemp("doubts") / DATABASE_NAME, lambda: NOW)
    yield store
    store.close()


def put(table: str, row: int, **columns: Any) -> Change:
    return lambda extract: extract[table][row].update(columns)


def add(table: str, row: int, **columns: Any) -> Change:
    return lambda extract: extract[table].append(extract[table][row] | columns)


def both(*changes: Change) -> Change:
    return lambda extract: [change(extract) for change in changes]


def doubled(table: str) -> Change:
    return lambda extract: extract[table].extend(list(extract[table]))


def changed(alter: Change) -> Extract:
    extract = small_extract()
    alter(extract)
    return extract


# Rows of one set, each with the only reason to refuse it.
REFUSED: dict[str, tuple[Change, tuple[str, int, str]]] = {
    "left before coming": (
        add("enrolments", 1, pupil_id="p5", starts_on=date(2026, 10, 10), ends_on=date(2026, 9, 1)),
        ("enrolments", 6, "ends_on: выбытие раньше прихода"),
    ),
    "a year of the past": (
        add("enrolments", 1, pupil_id="p6", starts_on="1026-09-01"),
        ("enrolments", 7, "starts_on: «1026-09-01», год вне 1990–2099"),
    ),
    "the last day of a database": (
        add("enrolments", 1, pupil_id="p7", ends_on="9999-12-31"),
        ("enrolments", 8, "ends_on: «9999-12-31», год вне 1990–2099"),
    ),
    "half of a school year": (
        add("classes", 1, class_id="9z", school_year=26),
        ("classes", 4, "school_year: «26», нужно целое число от 1990 до 2099"),
    ),
    "no number of a term": (
        add("terms", 1, term_id="q0", number=0),
        ("terms", 4, "number: «0», нужно целое число от 1 до 99"),
    ),
    "a mark for another year": (
        put("year_marks", 0, school_year=2025),
        ("year_marks", 2, "school_year: отметка 2025 учебного года, а класс — 2026"),
    ),
    "a term of another year": (
        both(
            add(
                "terms",
                0,
                term_id="old",
                school_year=2025,
                starts_on=date(2025, 9, 1),
                ends_on=date(2025, 10, 25),
            ),
            put("term_marks", 0, term_id="old"),
        ),
        ("term_marks", 2, "term_id: период 2025 учебного года, а класс — 2026"),
    ),
}


def test_what_cannot_be_true_is_refused_with_its_row(looked_at: Store, tmp_path: Path) -> None:
    alter = both(*(change for change, _ in REFUSED.values()))
    report = preview_extract(looked_at, None, write_extract(tmp_path, changed(alter), as_csv=True), now=NOW)
    assert sorted(reasons(report)) == sorted(reason for _, reason in REFUSED.values())


# Sets, and what is said of each.
SAID: dict[str, tuple[Change, list[str]]] = {
    "ids, names and days": (
        both(
            add("enrolments", 0, pupil_id="007"),
            add("enrolments", 0, pupil_id="7"),
            put("marks", 0, teacher_id="T1"),
            put("marks", 1, teacher_id="т1"),
            add("classes", 0, class_id="7x"),
            add("subjects", 0, subject_id="m2", name="МАТЕМАТИКА"),
            put("classes", 0, grade_level=9),
            put("marks", 2, given_on=date(2026, 10, 20)),
            put("absences", 0, missed_on=date(2026, 9, 1)),
        ),
        [
            "pupil_id: почти одинаковые обозначения: «007» и «7»",
            "teacher_id: почти одинаковые обозначения: «T1» и «t1» и «т1»",
            "classes: одно название у разных обозначений: «7А»",
            "subjects: одно название у разных обозначений",
            "расходятся: «7А» — 9",
            "marks: строк о днях, когда ученик в классе не числился: 1 (первая — marks.csv, строка 4)",
            "absences: строк о днях, когда ученик в классе не числился: 1 (первая — absences.csv, строка 2)",
        ],
    ),
    "terms side by side, marks twice": (
        both(put("terms", 1, starts_on=date(2026, 10, 1), number=1), doubled("marks")),
        [
            "terms: периоды одного вида пересекаются: «q1» и «q2»",
            "terms: один номер у разных периодов: «q1» и «q2»",
            "marks: больше 2 отметок ученика за урок: 1 раз (первый — marks.csv, строка 2)",
            "marks: одинаковых строк 8 из 8",
        ],
    ),
    "a strange term, no marks": (
        both(put("terms", 1, school_year=2025, kind="module"), lambda extract: extract["marks"].clear()),
        [
            "terms: дни периода не в его учебном году: «q2» — 2025",
            "вида периода «module» в журнале нет, строк с ним 1",
            "В таблице marks (текущие отметки) строк нет.",
        ],
    ),
    "times to come, hours of a year, words for nothing": (
        both(
            put("terms", 1, ends_on=date(2027, 8, 31)),
            put("marks", 1, recorded_at=datetime(2027, 6, 1, 12, 1)),
            put("marks", 0, recorded_at=NOW),
            put("lessons", 1, recorded_at=datetime(2062, 9, 8, 9, 0)),
            add("marks", 0, term_id="q2", given_on=date(2027, 6, 2)),
            put("absences", 1, term_id="q2", missed_on=date(2027, 6, 3)),
            add("lessons", 0, term_id="q2", held_on=date(2027, 6, 4)),
            add("teaching_load", 0, class_id="8b", hours_a_week=5000),
            put("lessons", 0, topic="None"),
            put("lessons", 1, topic=" null "),
            put("subjects", 0, area="#Н/Д"),
            put("marks", 0, teacher_id="NULL", weight="nan"),
        ),
        [
            "lessons: recorded_at позже сегодняшнего дня, 01.06.2027 12:00: строк 1 (первая — lessons.csv, строка 3)",
            "marks: recorded_at позже сегодняшнего дня, 01.06.2027 12:00: строк 1 (первая — marks.csv, строка 3)",
            "marks: given_on позже сегодняшнего дня, 01.06.2027 12:00: строк 1 (первая — marks.csv, строка 6)",
            "absences: missed_on позже сегодняшнего дня, 01.06.2027 12:00: строк 1 (первая — absences.csv, строка 3)",
            "teaching_load: больше 40 часов в неделю: строк 1, до 5",
            "lessons, topic: вместо текста написано «None» (первая — lessons.csv, строка 2), «null» (первая — lessons.csv, строка 3), "
            "строк: 2. Прочитано как пустое.",
            "subjects, area: вместо текста написано «#Н/Д» (первая — subjects.csv, строка 2), строк: 1.",
        ],
    ),
}


@pytest.mark.parametrize(("alter", "said"), SAID.values(), ids=SAID)
def test_what_can_hardly_be_meant_is_loaded_and_said(
    looked_at: Store, tmp_path: Path, alter: Change, said: list[str]
) -> None:
    report = preview_extract(looked_at, None, write_extract(tmp_path, changed(alter), as_csv=True), now=NOW)
    assert report.refused == []
    assert [words for words in said if not any(words in note for note in report.notes)] == [], report.notes
    assert len(report.notes) == len(said)


def test_words_of_other_programs_are_understood(empty_store: Store, tmp_path: Path) -> None:
    """What they write for nothing is nothing, in ids, texts and numbers; kinds of terms have several names."""
    extract = small_extract()
    words = cycle(["None", "NULL", "#N/A", "#Н/Д", "NaT", "<NA>", "nan"])
    for mark in extract["marks"]:
        mark |= {"teacher_id": next(words), "work_type": next(words), "weight": next(words)}
    for term, kind in zip(extract["terms"], ["Quarter", "четверть"], strict=True):
        term["kind"] = kind
    folder = write_extract(tmp_path / "in", extract, as_csv=True)
    report = import_extract(empty_store, None, folder, now=NOW)
    assert report.refused == []
    # Of a text it is said, since somebody may have meant it.
    assert [note.split(":")[0] for note in report.notes] == ["marks, work_type"]
    assert empty_store.read("SELECT external_id FROM staff") == [("t1",)]
    assert empty_store.read("SELECT DISTINCT work_type, weight FROM mark_rows") == [(None, 1.0)]
    assert empty_store.read("SELECT DISTINCT kind FROM terms") == [("quarter",)]
    assert preview_extract(empty_store, None, folder, now=NOW).added == 0


def test_columns_of_parquet_are_known_in_any_case(looked_at: Store, tmp_path: Path) -> None:
    folder = write_extract(tmp_path, small_extract())
    frame = pd.DataFrame(small_extract()["marks"])
    frame.rename(columns={"value": "Value", "teacher_id": " Teacher_ID"}).to_parquet(folder / "marks.parquet")
    report = preview_extract(looked_at, None, folder, now=NOW)
    assert (report.refused, report.notes, report.counts["marks"].added) == ([], [], 4)


def test_a_table_in_another_form_is_not_passed_over_silently(looked_at: Store, tmp_path: Path) -> None:
    folder = write_extract(tmp_path / "in", small_extract(), as_csv=True)
    names = ["absences.csv.gz", "absences.tsv", "absences.xlsx", "lessons.csv.txt"]
    for name in names:
        shutil.copy(folder / "absences.csv", folder / name)
    said = [f"{name}: такого файла в формате нет, он пропущен." for name in names]
    assert preview_extract(looked_at, None, folder, now=NOW).notes == said
    packed = Path(shutil.make_archive(str(tmp_path / "set"), "zip", folder)).read_bytes()
    assert preview_archive(looked_at, None, packed, now=NOW).notes == said
