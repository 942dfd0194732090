"""Loading a journal extract: what arrives, what is refused and why, what a second time does."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from extracts import NOW, Extract, lesson_row, row_counts, small_extract, write_extract
from loading_extracts import load, reasons

from school.extracts.load import import_extract, preview_extract
from school.records import YEAR
from school.store.connection import Store
from school.term_marks.store import term_mark_events


@pytest.mark.parametrize("as_csv", [False, True], ids=["parquet", "csv"])
def test_whole_register_arrives(empty_store: Store, tmp_path: Path, as_csv: bool) -> None:
    report = load(empty_store, tmp_path / "in", small_extract(), as_csv=as_csv)
    assert report.refused == []
    assert report.notes == []
    assert {name: count.added for name, count in report.counts.items()} == {
        name: len(rows) for name, rows in small_extract().items()
    }
    marks = empty_store.read(
        """SELECT p.first_name, given_on, slot, value, weight, work_type, is_written_control
           FROM mark_rows JOIN pupils p USING (pupil_id) ORDER BY given_on, p.first_name, slot"""
    )
    assert marks == [
        ("p1", date(2026, 9, 7), 1, 5, 1.0, None, False),
        ("p1", date(2026, 9, 7), 2, 4, 1.0, None, False),
        ("p2", date(2026, 9, 8), 1, 3, 2.0, "Контрольная работа", True),
        ("p3", date(2026, 9, 8), 1, 2, 3.0, "Контрольная работа", True),
    ]


def test_loaded_term_and_year_marks_begin_their_history(loaded_store: Store) -> None:
    rows = loaded_store.read(
        "SELECT class_id, subject_id, term_id, pupil_id FROM term_marks ORDER BY value DESC LIMIT 1"
    )
    class_id, subject_id, term_id, pupil_id = rows[0]
    for term in (term_id, YEAR):
        history = term_mark_events(loaded_store, (class_id, subject_id, term, pupil_id))
        assert [(event.who, event.old_value, event.new_value) for event in history] == [("", "", "5")]


def test_pupils_and_teachers_have_their_ids_for_names(loaded_store: Store) -> None:
    assert loaded_store.read("SELECT last_name, first_name FROM pupils ORDER BY first_name") == [
        ("Ученик", pupil) for pupil in ("p1", "p2", "p3", "p4")
    ]
    assert loaded_store.read("SELECT last_name, first_name FROM staff") == [("Учитель", "t1")]


@pytest.mark.parametrize(
    ("name", "grade_level"),
    [
        ("7А", 7),
        ("10-Б", 10),
        ("1 «В»", 1),
        ("11 г", 11),
        ("12А", None),
        ("AAA-2013J", None),
        ("7 группа", None),
        ("Б7", None),
    ],
)
def test_grade_level_is_read_from_a_class_name_that_has_one(
    empty_store: Store, tmp_path: Path, name: str, grade_level: int | None
) -> None:
    extract = small_extract()
    extract["classes"][1]["name"] = name
    load(empty_store, tmp_path / "in", extract)
    assert empty_store.read("SELECT grade_level FROM classes WHERE external_id = '8b'") == [(grade_level,)]


def test_marks_without_a_table_of_lessons_make_their_lessons(empty_store: Store, tmp_path: Path) -> None:
    extract = small_extract()
    del extract["lessons"]
    load(empty_store, tmp_path / "in", extract)
    assert empty_store.read("SELECT held_on, number FROM lessons ORDER BY held_on") == [
        (date(2026, 9, 7), 1),
        (date(2026, 9, 8), 1),
        (date(2026, 9, 9), 1),
    ]


def test_a_lesson_whose_marks_are_of_one_work_type_is_of_that_type(loaded_store: Store) -> None:
    assert loaded_store.read(
        "SELECT held_on, w.name, w.weight FROM lessons JOIN work_types w USING (work_type_id)"
    ) == [(date(2026, 9, 8), "Контрольная работа", 2.0)]


def test_two_absences_on_a_day_are_two_missed_lessons(empty_store: Store, tmp_path: Path) -> None:
    extract = small_extract()
    extract["absences"] = [lesson_row(pupil_id="p1", missed_on=date(2026, 9, 9), reason="Б")] * 2
    load(empty_store, tmp_path / "in", extract)
    assert empty_store.read(
        "SELECT l.number, a.reason FROM absences a JOIN lessons l USING (lesson_id) ORDER BY 1"
    ) == [(1, "illness"), (2, "illness")]


def test_a_mark_without_a_teacher_stands_at_the_only_lesson_of_the_day(
    empty_store: Store, tmp_path: Path
) -> None:
    extract = small_extract()
    for mark in extract["marks"]:
        mark["teacher_id"] = None
    load(empty_store, tmp_path / "in", extract)
    assert empty_store.read("SELECT count(*) FROM lessons")[0][0] == 3
    assert empty_store.read("SELECT count(*) FROM mark_rows WHERE teacher_id IS NULL") == [(0,)]


def test_a_lesson_without_a_teacher_takes_the_teacher_of_its_marks(
    empty_store: Store, tmp_path: Path
) -> None:
    extract = small_extract()
    for lesson in extract["lessons"]:
        lesson["teacher_id"] = None
    load(empty_store, tmp_path / "in", extract)
    assert empty_store.read("SELECT count(*), count(teacher_id) FROM lessons") == [(3, 3)]


def test_classes_get_the_whole_calendar_of_their_terms(loaded_store: Store) -> None:
    assert loaded_store.read("SELECT class_id, count(*) FROM class_terms GROUP BY 1 ORDER BY 1") == [
        (class_id, 2) for (class_id,) in loaded_store.read("SELECT class_id FROM classes ORDER BY 1")
    ]


def test_courses_that_overlap_are_nobodys_common_calendar(empty_store: Store, tmp_path: Path) -> None:
    extract = small_extract()
    for term in extract["terms"]:
        term |= {"kind": "course", "starts_on": date(2026, 9, 1), "ends_on": date(2027, 5, 31)}
    load(empty_store, tmp_path / "in", extract)
    assert empty_store.read(
        """SELECT c.external_id, list(t.external_id ORDER BY t.external_id) FROM class_terms
           JOIN classes c USING (class_id) JOIN terms t USING (term_id) GROUP BY 1 ORDER BY 1"""
    ) == [("7a", ["q1"]), ("8b", ["q1", "q2"])]


def test_every_filled_cell_and_final_mark_leaves_an_event(loaded_store: Store) -> None:
    assert loaded_store.read(
        """SELECT kind, list(new_value ORDER BY new_value) FROM events WHERE kind <> 'import'
           GROUP BY kind ORDER BY kind"""
    ) == [("cell", ["2", "3", "5/4", "б", "н"]), ("term_mark", ["3", "5"]), ("year_mark", ["5"])]
    assert loaded_store.read("SELECT count(*) FROM events WHERE kind = 'import'") == [(1,)]


@pytest.mark.parametrize("without", [(), ("lessons", "teaching_load"), ("schools",)])
def test_a_second_load_changes_nothing(empty_store: Store, tmp_path: Path, without: tuple[str, ...]) -> None:
    extract = {name: rows for name, rows in small_extract().items() if name not in without}
    load(empty_store, tmp_path / "in", extract)
    before = row_counts(empty_store)
    again = load(empty_store, tmp_path / "in", extract)
    assert (again.added, again.refused) == (0, [])
    assert row_counts(empty_store) == before


def test_lessons_without_numbers_are_recognised_the_second_time(empty_store: Store, tmp_path: Path) -> None:
    extract = small_extract()
    extract["lessons"] = [lesson_row(held_on=date(2026, 9, 7)) for _ in range(2)]
    assert load(empty_store, tmp_path / "in", extract).counts["lessons"].added == 2
    assert empty_store.read("SELECT number FROM lessons WHERE held_on = '2026-09-07' ORDER BY 1") == [
        (1,),
        (2,),
    ]
    assert load(empty_store, tmp_path / "in", extract).added == 0


def test_a_larger_extract_adds_what_is_new(loaded_store: Store, tmp_path: Path) -> None:
    extract = small_extract()
    extract["marks"].append(lesson_row(pupil_id="p1", given_on=date(2026, 9, 14), value=5))
    report = load(loaded_store, tmp_path / "in", extract)
    assert (report.added, report.counts["marks"].added, report.refused) == (1, 1, [])


@pytest.mark.parametrize(
    ("column", "text"), [("given_on", "2026-09-07 00:00:00"), ("value", "5.0"), ("weight", "1e0")]
)
def test_other_spellings_of_a_value_are_read(
    empty_store: Store, tmp_path: Path, column: str, text: str
) -> None:
    extract = small_extract()
    extract["marks"][0][column] = text
    assert load(empty_store, tmp_path / "in", extract, as_csv=True).refused == []


def test_csv_with_a_byte_order_mark_and_line_breaks_in_a_field(empty_store: Store, tmp_path: Path) -> None:
    extract = small_extract()
    extract["lessons"][0]["topic"] = "Дроби,\nпродолжение"
    extract["lessons"][1]["number"] = "x"
    folder = write_extract(tmp_path / "in", extract, as_csv=True)
    for path in folder.iterdir():
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    report = import_extract(empty_store, None, folder, now=NOW)
    assert reasons(report) == [("lessons", 4, "number: «x», нужно целое число от 0 до 99")]
    assert ("Дроби,\nпродолжение",) in empty_store.read("SELECT topic FROM lessons")


@pytest.mark.parametrize(
    "missing", ["schools", "teaching_load", "lessons", "absences", "marks", "year_marks"]
)
def test_a_missing_optional_table_is_no_error(empty_store: Store, tmp_path: Path, missing: str) -> None:
    extract = small_extract()
    del extract[missing]
    assert load(empty_store, tmp_path / "in", extract).refused == []


def test_missing_optional_columns_are_no_error(empty_store: Store, tmp_path: Path) -> None:
    extract = small_extract()
    optional = {"teacher_id", "grade_level", "area", "starts_on", "ends_on", "work_type", "weight", "reason"}
    for table, rows in extract.items():
        if table != "terms":
            extract[table] = [{k: v for k, v in row.items() if k not in optional} for row in rows]
    assert load(empty_store, tmp_path / "in", extract).refused == []


def test_schools_of_one_folder_stay_apart_though_their_ids_are_the_same(
    empty_store: Store, tmp_path: Path
) -> None:
    extract = small_extract()
    both = {table: [*rows, *({**row, "school_id": "z"} for row in rows)] for table, rows in extract.items()}
    report = load(empty_store, tmp_path / "in", both)
    assert report.refused == []
    assert empty_store.read("SELECT school_id, count(*) FROM mark_rows GROUP BY 1 ORDER BY 1") == [
        (school_id, 4) for (school_id,) in empty_store.read("SELECT school_id FROM schools ORDER BY 1")
    ]
    assert empty_store.read("SELECT count(*), count(DISTINCT school_id) FROM staff") == [(2, 2)]


def test_a_lake_of_schools_and_years(empty_store: Store, tmp_path: Path) -> None:
    for school in ("s", "z"):
        for year in (2026, 2027):
            folder = tmp_path / "lake" / f"school_id={school}" / f"school_year={year}"
            write_extract(folder, _partition_of_a_lake(year))
    report = import_extract(empty_store, None, tmp_path / "lake", now=NOW)
    assert report.refused == []
    assert {name: report.counts[name].added for name in ("schools", "subjects", "classes", "marks")} == {
        "schools": 2,
        "subjects": 2,
        "classes": 8,
        "marks": 16,
    }
    assert import_extract(empty_store, None, tmp_path / "lake", now=NOW).added == 0


def _partition_of_a_lake(year: int) -> Extract:
    """Return the small extract moved to a year, without the columns that the folders name."""

    def moved(name: str, value: Any) -> Any:
        if isinstance(value, date):
            return value.replace(year=value.year + year - 2026)
        return f"{value}-{year}" if name in ("class_id", "term_id") else value

    return {
        table: [
            {
                name: moved(name, value)
                for name, value in row.items()
                if name not in ("school_id", "school_year")
            }
            for row in rows
        ]
        for table, rows in small_extract().items()
        if table != "schools"
    }


def test_a_preview_says_the_same_and_writes_nothing(empty_store: Store, tmp_path: Path) -> None:
    extract = small_extract()
    extract["marks"][0]["value"] = 6
    folder = write_extract(tmp_path / "in", extract)
    before = row_counts(empty_store)
    preview = preview_extract(empty_store, None, folder, now=NOW)
    assert row_counts(empty_store) == before
    assert preview == import_extract(empty_store, None, folder, now=NOW)


def test_a_lesson_that_nobody_filled_stays_unfilled_beside_one_with_marks(
    empty_store: Store, tmp_path: Path
) -> None:
    extract = small_extract()
    filled_at = datetime(2026, 9, 7, 9, 30)
    extract["lessons"] = [
        lesson_row(held_on=date(2026, 9, 7), number=2, recorded_at=filled_at),
        lesson_row(held_on=date(2026, 9, 7), number=3, recorded_at=None),
    ]
    extract["marks"] = [extract["marks"][0] | {"recorded_at": filled_at}]
    load(empty_store, tmp_path / "in", extract)
    assert empty_store.read(
        "SELECT number, recorded_at FROM lessons WHERE held_on = '2026-09-07' ORDER BY 1"
    ) == [(2, filled_at), (3, None)]
