"""Bad rows, files and sets of an extract: named, left out, or refused whole."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from extracts import NOW, Extract, row_counts, small_extract, write_extract
from loading_extracts import load, reasons

from school.extracts.files import BrokenExtractError
from school.extracts.load import import_extract
from school.store.connection import Store


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
    loaded_store: Store, tmp_path: Path, alter: Callable[[Extract], None], expected: tuple[str, int, str]
) -> None:
    before = row_counts(loaded_store)
    extract = small_extract()
    alter(extract)
    report = load(loaded_store, tmp_path / "in", extract)
    assert reasons(report) == [expected]
    assert row_counts(loaded_store) == before


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
        [("marks", 1, "weight: «-1.0», нужно число не меньше нуля, дробь через точку: 1.5")],
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
        ("weight", "1,5", "weight: «1,5», нужно число не меньше нуля, дробь через точку: 1.5"),
        ("weight", "inf", "weight: «inf», нужно число не меньше нуля, дробь через точку: 1.5"),
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


def test_a_csv_line_with_too_few_fields_is_refused(empty_store: Store, tmp_path: Path) -> None:
    folder = write_extract(tmp_path / "in", small_extract(), as_csv=True)
    with (folder / "subjects.csv").open("a", encoding="utf-8") as stream:
        stream.write("x,s\n")
    report = import_extract(empty_store, None, folder, now=NOW)
    assert reasons(report) == [("subjects", 3, "полей 2, а в заголовке 4")]


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
    "no coding": (
        overwrite("subjects.csv", b"\xef\xbb\xbfsubject_id,\xff"),
        "subjects.csv: кодировка не распознана",
    ),
    "unclosed quote": (
        overwrite("subjects.csv", b'subject_id,school_id,name\nm,s,"M\nn,s,N\no,s,O\n'),
        "Строка 2: кавычка не закрыта",
    ),
    "a quote closed in a later row": (
        overwrite("subjects.csv", b'subject_id,school_id,name\nl,s,L\nm,s,"M\nn,s,"N"\n'),
        "Строка 3: кавычка не закрыта",
    ),
    "a quote inside a text": (
        overwrite("subjects.csv", b'subject_id,school_id,name\nm,s,"M"athematics\n'),
        "Строка 2: кавычка стоит внутри текста",
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
