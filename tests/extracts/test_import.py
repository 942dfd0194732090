"""Loading a journal extract: what arrives, what is refused and why, what a second time does."""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from extracts import NOW, Extract, lesson_row, row_counts, small_extract, write_extract

from school.extracts.files import BrokenExtractError
from school.extracts.load import ImportReport, import_extract, preview_extract
from school.records import YEAR
from school.store.connection import Store
from school.term_marks.store import term_mark_events


def load(store: Store, folder: Path, extract: Extract, *, as_csv: bool = False) -> ImportReport:
    """Write the extract and load it."""
    return import_extract(store, None, write_extract(folder, extract, as_csv=as_csv), now=NOW)


def reasons(report: ImportReport) -> list[tuple[str, int, str]]:
    """Return the refused rows as table, line, reason."""
    return [(row.table, row.line, row.reason) for row in report.refused]


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


def test_loaded_term_and_year_marks_begin_their_history(empty_store: Store, tmp_path: Path) -> None:
    load(empty_store, tmp_path / "in", small_extract())
    rows = empty_store.read(
        "SELECT class_id, subject_id, term_id, pupil_id FROM term_marks ORDER BY value DESC LIMIT 1"
    )
    class_id, subject_id, term_id, pupil_id = rows[0]
    for term in (term_id, YEAR):
        history = term_mark_events(empty_store, (class_id, subject_id, term, pupil_id))
        assert [(event.who, event.old_value, event.new_value) for event in history] == [("", "", "5")]


def test_pupils_and_teachers_have_their_ids_for_names(empty_store: Store, tmp_path: Path) -> None:
    load(empty_store, tmp_path / "in", small_extract())
    assert empty_store.read("SELECT last_name, first_name FROM pupils ORDER BY first_name") == [
        ("Ученик", pupil) for pupil in ("p1", "p2", "p3", "p4")
    ]
    assert empty_store.read("SELECT last_name, first_name FROM staff") == [("Учитель", "t1")]


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


def test_a_lesson_whose_marks_are_of_one_work_type_is_of_that_type(
    empty_store: Store, tmp_path: Path
) -> None:
    load(empty_store, tmp_path / "in", small_extract())
    assert empty_store.read(
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


def test_classes_get_the_whole_calendar_of_their_terms(empty_store: Store, tmp_path: Path) -> None:
    load(empty_store, tmp_path / "in", small_extract())
    assert empty_store.read("SELECT class_id, count(*) FROM class_terms GROUP BY 1 ORDER BY 1") == [
        (class_id, 2) for (class_id,) in empty_store.read("SELECT class_id FROM classes ORDER BY 1")
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


def test_every_filled_cell_and_final_mark_leaves_an_event(empty_store: Store, tmp_path: Path) -> None:
    load(empty_store, tmp_path / "in", small_extract())
    assert empty_store.read(
        """SELECT kind, list(new_value ORDER BY new_value) FROM events WHERE kind <> 'import'
           GROUP BY kind ORDER BY kind"""
    ) == [("cell", ["2", "3", "5/4", "б", "н"]), ("term_mark", ["3", "5"]), ("year_mark", ["5"])]
    assert empty_store.read("SELECT count(*) FROM events WHERE kind = 'import'") == [(1,)]


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


def test_a_larger_extract_adds_what_is_new(empty_store: Store, tmp_path: Path) -> None:
    load(empty_store, tmp_path / "in", small_extract())
    extract = small_extract()
    extract["marks"].append(lesson_row(pupil_id="p1", given_on=date(2026, 9, 14), value=5))
    report = load(empty_store, tmp_path / "in", extract)
    assert (report.added, report.counts["marks"].added, report.refused) == (1, 1, [])


def change(table: str, line: int, **columns: Any) -> Callable[[Extract], None]:
    """Return a change of one row; lines count from 1, as in a Parquet file."""
    return lambda extract: extract[table][line - 1].update(columns)


def repeat(table: str, line: int, **columns: Any) -> Callable[[Extract], None]:
    """Return a change that adds a row once more, with other columns."""
    return lambda extract: extract[table].append(extract[table][line - 1] | columns)


CONTRADICTIONS = {
    "another mark": (
        change("marks", 3, value=5),
        ("marks", 3, "в журнале у ученика в этот день уже другие отметки"),
    ),
    "one more mark on the day": (
        repeat("marks", 3),
        ("marks", 5, "в журнале у ученика в этот день уже другие отметки"),
    ),
    "another reason": (
        change("absences", 1, reason="valid"),
        ("absences", 1, "в журнале у ученика в этот день уже другой пропуск"),
    ),
    "another term mark": (
        change("term_marks", 2, value=4),
        ("term_marks", 2, "в журнале за этот период уже стоит другая отметка"),
    ),
    "another year mark": (
        change("year_marks", 1, value=4),
        ("year_marks", 1, "в журнале за этот год уже стоит другая отметка"),
    ),
    "another topic": (
        change("lessons", 1, topic="Степени"),
        ("lessons", 1, "в журнале у этого урока другая запись"),
    ),
    "another day of leaving": (
        change("enrolments", 1, ends_on=date(2026, 12, 1)),
        ("enrolments", 1, "в журнале у ученика другой день выбытия"),
    ),
    "another day of arrival": (
        change("enrolments", 1, starts_on=date(2026, 9, 1)),
        ("enrolments", 1, "в журнале ученик в это время уже числится в этом классе"),
    ),
    "another class name": (
        change("classes", 1, name="7Б"),
        ("classes", 1, "в журнале у этого класса другие сведения"),
    ),
    "another end of term": (
        change("terms", 1, ends_on=date(2026, 10, 30)),
        ("terms", 1, "в журнале у этого периода другие сведения"),
    ),
    "another subject name": (
        change("subjects", 1, name="Алгебра"),
        ("subjects", 1, "в журнале у этого предмета другое название"),
    ),
    "other hours": (
        change("teaching_load", 1, hours_a_week=4),
        ("teaching_load", 1, "в журнале у этой нагрузки другие часы"),
    ),
}


@pytest.mark.parametrize(("alter", "expected"), CONTRADICTIONS.values(), ids=CONTRADICTIONS)
def test_what_contradicts_the_register_is_named_and_left_out(
    empty_store: Store, tmp_path: Path, alter: Callable[[Extract], None], expected: tuple[str, int, str]
) -> None:
    load(empty_store, tmp_path / "in", small_extract())
    before = row_counts(empty_store)
    extract = small_extract()
    alter(extract)
    report = load(empty_store, tmp_path / "in", extract)
    assert reasons(report) == [expected]
    assert row_counts(empty_store) == before


# A changed row and the only refusals it may cause.
BAD_ROWS: dict[str, tuple[Callable[[Extract], None], list[tuple[str, int, str]]]] = {
    "mark above five": (change("marks", 1, value=6), [("marks", 1, "value: «6», нужна отметка от 2 до 5")]),
    "mark below two": (change("marks", 1, value=1), [("marks", 1, "value: «1», нужна отметка от 2 до 5")]),
    "half a mark": (change("marks", 1, value=4.5), [("marks", 1, "value: «4.5», нужна отметка от 2 до 5")]),
    "no mark": (change("marks", 1, value=None), [("marks", 1, "value: пусто")]),
    "term mark above five": (
        change("term_marks", 1, value=7),
        [("term_marks", 1, "value: «7», нужна отметка от 2 до 5")],
    ),
    "before the term": (
        change("marks", 1, given_on=date(2026, 8, 31)),
        [("marks", 1, "given_on: 31.08.2026 вне периода 01.09.2026–25.10.2026")],
    ),
    "after the term": (
        change("absences", 1, missed_on=date(2026, 10, 26)),
        [("absences", 1, "missed_on: 26.10.2026 вне периода 01.09.2026–25.10.2026")],
    ),
    "lesson outside its term": (
        change("lessons", 2, held_on=date(2026, 11, 3)),
        [("lessons", 2, "held_on: 03.11.2026 вне периода 01.09.2026–25.10.2026")],
    ),
    "no date": (change("marks", 1, given_on=None), [("marks", 1, "given_on: пусто")]),
    "unknown class": (
        change("marks", 1, class_id="9z"),
        [("marks", 1, "class_id: «9z» нет среди загружаемых")],
    ),
    "unknown subject": (
        change("marks", 1, subject_id="x"),
        [("marks", 1, "subject_id: «x» нет среди загружаемых")],
    ),
    "unknown term": (
        change("term_marks", 1, term_id="q9"),
        [("term_marks", 1, "term_id: «q9» нет среди загружаемых")],
    ),
    "unknown school": (
        change("marks", 1, school_id="other"),
        [("marks", 1, "school_id: «other» нет среди загружаемых")],
    ),
    "pupil of another class": (
        change("marks", 1, pupil_id="p4"),
        [("marks", 1, "pupil_id: ученик не числится в этом классе")],
    ),
    "unknown pupil": (
        change("absences", 1, pupil_id="p9"),
        [("absences", 1, "pupil_id: ученик не числится в этом классе")],
    ),
    "enrolment in an unknown class": (
        change("enrolments", 4, class_id="9z"),
        [("enrolments", 4, "class_id: «9z» нет среди загружаемых")],
    ),
    "negative weight": (
        change("marks", 1, weight=-1),
        [("marks", 1, "weight: «-1.0», нужно число не меньше нуля")],
    ),
    "term that ends before it starts": (
        change("terms", 2, ends_on=date(2026, 11, 1)),
        [("terms", 2, "ends_on: период кончается раньше, чем начинается")],
    ),
    "class given twice": (repeat("classes", 1, name="7Б"), [("classes", 3, "повтор строки 1")]),
    "subject given twice": (repeat("subjects", 1), [("subjects", 2, "повтор строки 1")]),
    "term given twice": (repeat("terms", 1), [("terms", 3, "повтор строки 1")]),
    "school given twice": (repeat("schools", 1), [("schools", 2, "повтор строки 1")]),
    "numbered lesson given twice": (repeat("lessons", 1), [("lessons", 3, "повтор строки 1")]),
    "enrolment given twice": (repeat("enrolments", 1), [("enrolments", 5, "повтор строки 1")]),
    "enrolments that overlap": (
        repeat("enrolments", 2, starts_on=date(2026, 10, 1), ends_on=None),
        [("enrolments", 5, "starts_on: в это время ученик уже числится в этом классе по другой строке")],
    ),
    "term mark given twice": (repeat("term_marks", 1), [("term_marks", 3, "повтор строки 1")]),
    "two different term marks": (
        repeat("term_marks", 1, value=4),
        [
            (
                "term_marks",
                line,
                "value: строки с одними и теми же обозначениями расходятся, первая из них — 1",
            )
            for line in (1, 3)
        ],
    ),
    "two different year marks": (
        repeat("year_marks", 1, value=3),
        [
            (
                "year_marks",
                line,
                "value: строки с одними и теми же обозначениями расходятся, первая из них — 1",
            )
            for line in (1, 2)
        ],
    ),
}


@pytest.mark.parametrize(("alter", "expected"), BAD_ROWS.values(), ids=BAD_ROWS)
def test_a_bad_row_is_named_and_the_rest_is_loaded(
    empty_store: Store, tmp_path: Path, alter: Callable[[Extract], None], expected: list[tuple[str, int, str]]
) -> None:
    extract = small_extract()
    alter(extract)
    report = load(empty_store, tmp_path / "in", extract)
    assert reasons(report) == expected
    refused = [table for table, _, _ in expected]
    assert {name: count.added for name, count in report.counts.items()} == {
        name: len(rows) - refused.count(name) for name, rows in extract.items()
    }


def test_a_refused_class_takes_its_rows_with_it_each_by_name(empty_store: Store, tmp_path: Path) -> None:
    extract = small_extract()
    extract["classes"][0]["name"] = None
    report = load(empty_store, tmp_path / "in", extract)
    refused = [row.table for row in report.refused]
    assert refused.count("classes") == 1
    assert refused.count("marks") == 4
    assert report.counts["enrolments"].added == 1


@pytest.mark.parametrize(
    ("column", "text", "reason"),
    [
        ("given_on", "07.09.2026", "given_on: «07.09.2026», нужна дата ГГГГ-ММ-ДД"),
        ("given_on", "2026-02-30", "given_on: «2026-02-30», нужна дата ГГГГ-ММ-ДД"),
        ("value", "пять", "value: «пять», нужна отметка от 2 до 5"),
        ("weight", "1,5", "weight: «1,5», нужно число не меньше нуля"),
        ("weight", "inf", "weight: «inf», нужно число не меньше нуля"),
        ("recorded_at", "вчера", "recorded_at: «вчера», нужны дата и время ГГГГ-ММ-ДД ЧЧ:ММ"),
        ("school_id", "", "school_id: пусто"),
    ],
)
def test_text_that_is_no_value_is_refused_with_its_line_of_the_file(
    empty_store: Store, tmp_path: Path, column: str, text: str, reason: str
) -> None:
    extract = small_extract()
    extract["marks"][1][column] = text
    report = load(empty_store, tmp_path / "in", extract, as_csv=True)
    assert reasons(report) == [("marks", 3, reason)]


@pytest.mark.parametrize(
    ("column", "text"), [("given_on", "2026-09-07 00:00:00"), ("value", "5.0"), ("weight", "1e0")]
)
def test_other_spellings_of_a_value_are_read(
    empty_store: Store, tmp_path: Path, column: str, text: str
) -> None:
    extract = small_extract()
    extract["marks"][0][column] = text
    assert load(empty_store, tmp_path / "in", extract, as_csv=True).refused == []


def test_the_moment_of_entry_is_the_clock_on_the_wall(empty_store: Store, tmp_path: Path) -> None:
    extract = small_extract()
    extract["marks"] = [extract["marks"][0] | {"recorded_at": "2026-09-07T15:40:00+07:00"}]
    load(empty_store, tmp_path / "in", extract, as_csv=True)
    assert str(empty_store.read("SELECT recorded_at FROM marks")[0][0]) == "2026-09-07 15:40:00"


def test_a_csv_line_with_too_few_fields_is_refused(empty_store: Store, tmp_path: Path) -> None:
    folder = write_extract(tmp_path / "in", small_extract(), as_csv=True)
    with (folder / "subjects.csv").open("a", encoding="utf-8") as stream:
        stream.write("x,s\n")
    report = import_extract(empty_store, None, folder, now=NOW)
    assert reasons(report) == [("subjects", 3, "полей 2, а в заголовке 4")]


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


def test_unknown_columns_and_files_are_named_and_passed_over(empty_store: Store, tmp_path: Path) -> None:
    extract = small_extract()
    extract["marks"][0]["comment"] = "молодец"
    folder = write_extract(tmp_path / "in", extract)
    (folder / "canteen.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    report = import_extract(empty_store, None, folder, now=NOW)
    assert report.notes == [
        "marks.parquet: столбец comment не входит в формат и пропущен.",
        "canteen.csv: такого файла в формате нет, он пропущен.",
    ]
    assert report.counts["marks"].added == 4


def test_an_unknown_reason_of_absence_is_noted_and_kept_as_not_clear(
    empty_store: Store, tmp_path: Path
) -> None:
    extract = small_extract()
    extract["absences"][0]["reason"] = "дежурство"
    report = load(empty_store, tmp_path / "in", extract)
    assert report.notes == [
        "absences: причины «дежурство» в журнале нет, строк с ней 1; записано «не выяснено»."
    ]
    assert empty_store.read("SELECT DISTINCT reason FROM absences") == [("unknown",)]


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


def drop_table(name: str) -> Callable[[Path], None]:
    """Return damage: a table's file is gone."""
    return lambda folder: (folder / f"{name}.csv").unlink()


def drop_column(table: str, column: str) -> Callable[[Path], None]:
    """Return damage: a column has another name."""

    def damage(folder: Path) -> None:
        path = folder / f"{table}.csv"
        header, rest = path.read_text(encoding="utf-8").split("\n", 1)
        path.write_text(header.replace(column, "other") + "\n" + rest, encoding="utf-8")

    return damage


def overwrite(name: str, content: bytes) -> Callable[[Path], None]:
    """Return damage: a file holds something else."""
    return lambda folder: (folder / name).write_bytes(content)


def garble_parquet(folder: Path) -> None:
    """Put something that is not Parquet in the place of the marks."""
    (folder / "marks.csv").rename(folder / "marks.parquet")


BROKEN_SETS: dict[str, tuple[Callable[[Path], None], str]] = {
    "no terms": (drop_table("terms"), "не хватает таблиц: terms"),
    "no classes": (drop_table("classes"), "не хватает таблиц: classes"),
    "no subjects": (drop_table("subjects"), "не хватает таблиц: subjects"),
    "no enrolments beside marks": (drop_table("enrolments"), "не хватает таблиц: enrolments"),
    "no required column": (
        drop_column("marks", "given_on"),
        "marks.csv: нет обязательных столбцов: given_on",
    ),
    "not parquet": (garble_parquet, "marks.parquet не читается"),
    "wrong encoding": (
        overwrite("subjects.csv", "subject_id,school_id,name\nm,s,Математика\n".encode("cp1251")),
        "subjects.csv: кодировка не UTF-8",
    ),
    "unclosed quote": (
        overwrite("subjects.csv", b'subject_id,school_id,name\nm,s,"M\n'),
        "строка 2 не читается как CSV",
    ),
    "empty file": (overwrite("subjects.csv", b""), "subjects.csv: нет обязательных столбцов"),
    "a column twice": (
        overwrite("subjects.csv", b"subject_id,school_id,name,name\nm,s,M,M\n"),
        "столбец name встречается дважды",
    ),
    "two forms of a table": (overwrite("marks.parquet", b""), "Таблица marks дана дважды"),
}


@pytest.mark.parametrize(("damage", "message"), BROKEN_SETS.values(), ids=BROKEN_SETS)
def test_a_broken_set_is_refused_whole(
    empty_store: Store, tmp_path: Path, damage: Callable[[Path], None], message: str
) -> None:
    folder = write_extract(tmp_path / "in", small_extract(), as_csv=True)
    damage(folder)
    before = row_counts(empty_store)
    with pytest.raises(BrokenExtractError, match=message):
        import_extract(empty_store, None, folder, now=NOW)
    assert row_counts(empty_store) == before


def test_a_set_without_pupils_is_refused(empty_store: Store, tmp_path: Path) -> None:
    extract = {
        name: rows for name, rows in small_extract().items() if name in ("terms", "classes", "subjects")
    }
    with pytest.raises(BrokenExtractError, match="ни учеников, ни отметок"):
        load(empty_store, tmp_path / "in", extract)


def test_a_preview_says_the_same_and_writes_nothing(empty_store: Store, tmp_path: Path) -> None:
    extract = small_extract()
    extract["marks"][0]["value"] = 6
    folder = write_extract(tmp_path / "in", extract)
    before = row_counts(empty_store)
    preview = preview_extract(empty_store, None, folder)
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
