"""Lists as people really keep them: whatever a file holds beside its first table is read, refused or said, never lost."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from loading import counts, look, look_at, read, reasons, rows_of, workbook_of
from small_school import CLASS_8B, LOAD_7A, OWNER_STAFF, People

from school.files.column_mapping import ColumnMapping, note_other_year, read_rows
from school.files.fields import FORMS
from school.files.plan import ImportKind
from school.files.source import SourceTable
from school.files.tables import SheetTable
from school.lesson_plans.workbook import workbook_lines
from school.store.connection import Store
from school.year.workbooks import timetable_rows

FACTS = ("ФИО", "Класс", "Предмет", "Дата", "Отметка")
ROW = ("Алёшин Пётр", "7А", "Математика", "17.11.2026", "5")
OTHER = ("Ёлкина Анна", "7А", "Математика", "17.11.2026", "4")


def facts(*rows: Sequence[Any]) -> SourceTable:
    return read(ImportKind.FACTS, workbook_of({"Л": [FACTS, *rows]}))


# --- what a workbook made of «5-1»

EATEN = {
    "a class of a mark": (ImportKind.FACTS, [FACTS, (*ROW[:1], date(2026, 1, 5), *ROW[2:])], "5-1"),
    "a class of a pupil": (ImportKind.PUPILS, [("ФИО", "Класс"), ("Аникин Олег", date(2026, 1, 7))], "7-1"),
    "a subgroup": (
        ImportKind.LOAD,
        [("Учитель", "Класс", "Группа", "Предмет", "Часы"), ("Орлова Вера", "7А", date(2026, 2, 1), "История", "2")],
        "1/2",
    ),
    "hours": (
        ImportKind.LOAD,
        [("Учитель", "Класс", "Предмет", "Часы"), ("Орлова Вера", "7А", "История", date(2026, 2, 1))],
        "1/2",
    ),
    "a room": (
        ImportKind.TIMETABLE,
        [("День недели", "Урок", "Класс", "Предмет", "Кабинет"), ("Пн", "1", "7А", "Математика", date(2026, 12, 3))],
        "3-12",
    ),
    "the number of a lesson": (
        ImportKind.TIMETABLE,
        [("День недели", "Урок", "Класс", "Предмет"), ("Пн", date(2026, 2, 1), "7А", "Математика")],
        "1/2",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", EATEN)
def test_what_excel_took_for_a_date_is_named_so(school_store: Store, people: People, name: str) -> None:
    kind, rows, given = EATEN[name]
    plan = look_at(school_store, people.admin, kind, workbook_of({"Л": rows}))
    assert counts(plan) == {"refused": 1}
    assert f"Excel принял «{given}» за дату" in reasons(plan)[2]


def test_digits_of_double_width_are_digits(school_store: Store, people: People) -> None:
    row = ("Алёшин Пётр", "７А", "Математика", "１７.11.2026", "５")
    assert counts(look_at(school_store, people.admin, ImportKind.FACTS, workbook_of({"Л": [FACTS, row]}))) == {"new": 1}  # fmt: skip


# --- what stands beside the table, or in it again


def test_a_second_table_beside_the_first_is_said() -> None:
    table = read(ImportKind.FACTS, workbook_of({"Л": [(*FACTS, "", *FACTS), (*ROW, "", *OTHER)]}))
    assert [row["full_name"] for row in table.rows] == ["Алёшин Пётр"]
    (note,) = table.notes
    assert "ещё раз стоит: «ФИО», «Класс»" in note
    assert "Прочитана только первая таблица" in note


def test_columns_that_nothing_is_read_from_are_named() -> None:
    rows = [("№", *FACTS, "Замечание", "Пусто"), ("1", *ROW, "молодец", "")]
    assert read(ImportKind.FACTS, workbook_of({"Л": rows})).notes == ("Столбцы не взяты: «Замечание».",)


def test_rows_that_repeat_others_are_said() -> None:
    (note,) = facts(ROW, OTHER, ROW).notes
    assert note.startswith(
        "Строк, которые слово в слово повторяют другие: 1 (первая — строка 4). Каждая значит ещё одну"
    )
    assert facts(ROW, OTHER).notes == ()


@pytest.mark.parametrize(
    "heading",
    ["8Б", "8 «Б» класс", "Список 8Б класса", "Список учащихся 8Б класса на 2026/2027 учебный год", "Класс: 8-Б",
     "8 класс «Б»", "8Б класс, классный руководитель Климова Р."],
)  # fmt: skip
def test_pupils_below_the_heading_of_a_class_are_of_that_class(heading: str) -> None:
    rows = (("ФИО", "Пол"), ("Аникин Олег", "м"), (heading, ""), ("Баринов Ян", "м"))
    mapping = ColumnMapping(ImportKind.PUPILS, "Л", 1, 1, {"full_name": "ФИО"}, {"school_class": "7А"})
    table = read_rows(FORMS[ImportKind.PUPILS], [SheetTable("Л", rows)], mapping)
    found = [(row["full_name"], row["school_class"].translate({ord(sign): None for sign in " «»-"})) for row in table.rows]  # fmt: skip
    assert found == [("Аникин Олег", "7А"), ("Баринов Ян", "8Б")]


def test_a_pupil_whose_remark_names_a_class_is_no_heading() -> None:
    rows = (("ФИО", "Примечание"), ("Аникин Олег", "переведён в 8Б класс"))
    mapping = ColumnMapping(ImportKind.PUPILS, "Л", 1, 1, {"full_name": "ФИО"}, {"school_class": "7А"})
    table = read_rows(FORMS[ImportKind.PUPILS], [SheetTable("Л", rows)], mapping)
    assert [(row["full_name"], row["school_class"]) for row in table.rows] == [("Аникин Олег", "7А")]


@pytest.mark.parametrize(
    ("title", "is_said"),
    [("Нагрузка на 2025/2026 учебный год", True), ("2025-2026 уч. г.", True), ("Нагрузка на 2026/2027 учебный год", False), ("Нагрузка", False)],
)  # fmt: skip
def test_a_file_of_another_school_year_is_said(title: str, is_said: bool) -> None:
    rows = ((title, "", "", ""), ("Учитель", "Класс", "Предмет", "Часов в неделю"), ("Орлова Вера", "7А", "История", "2"))  # fmt: skip
    sheets = [SheetTable("Л", rows)]
    noted = note_other_year(SourceTable(()), sheets, 2026)
    assert [("2025/26" in note and "2026/27" in note) for note in noted.notes] == ([True] if is_said else [])


def test_a_timetable_beside_another_has_hours_of_its_own(school_store: Store, people: People) -> None:
    grid = [
        ["День", "Урок", "7А", "", "День", "Урок", "8Б"],
        ["Пн", "1", "Математика", "", "Вт", "2", "Математика"],
    ]
    table = timetable_rows(workbook_of({"Л": grid}), ["7А", "8Б"])
    assert [row["school_class"] for row in table.rows] == ["7А"]
    assert "столбец «8Б» стоит в другой таблице, правее: поставьте её ниже" in {
        each.reason for each in table.left_out
    }
    assert counts(look(school_store, people.admin, ImportKind.TIMETABLE, table.rows)) == {"unchanged": 1}


def test_sheets_and_tables_beside_a_plan_are_said() -> None:
    plan = [["№", "Тема", "Часы", "", "№", "Тема", "Часы"], [1, "Дроби", 2, "", 1, "Корни", 3]]
    table = workbook_lines(workbook_of({"7А": plan, "7Б": [["№"], [1]]})).table
    assert [each.place for each in table.left_out] == ["строка 1", "лист «7Б»"]
    assert table.notes[0].startswith("Рядом на листе «7А» ещё раз стоит: «Тема», «Часы».")


# --- a load in which a teacher's name stands once over several lines

LOAD = ("teacher", "school_class", "subject", "hours_a_week")


def test_an_empty_teacher_of_a_file_takes_nobody_away(school_store: Store, people: People) -> None:
    plan = look(school_store, people.admin, ImportKind.LOAD, rows_of(LOAD, ("", "7А", "Математика", "6")))
    assert [(row.record.record_id, row.record.teacher_id) for row in plan.changed] == [(LOAD_7A, OWNER_STAFF)]


@pytest.mark.parametrize("word", ["вакансия", "Вакансия.", "—", "нет"])
def test_a_vacancy_is_said_by_a_word(school_store: Store, people: People, word: str) -> None:
    rows = rows_of(LOAD, (word, "7А", "Математика", "5"), ("", "8Б", "История", "1"))
    plan = look(school_store, people.admin, ImportKind.LOAD, rows)
    assert [row.record.teacher_id for row in (*plan.changed, *plan.new)] == [None, None]
    assert [row.record.class_id for row in plan.new] == [CLASS_8B]


# --- journals

HEAD = [["Предмет: Математика"], ["Класс: 7А"], ["", "", "Ноябрь", ""], ["№", "Ученик", "16", "17"]]
MARKS = [["1", "Алёшин Пётр", "5", "н"], ["2", "Ёлкина Анна", "4", ""]]


def journal(store: Store, people: People, **sheets: Sequence[Sequence[Any]]) -> tuple[dict[str, int], dict[str, str]]:  # fmt: skip
    content = workbook_of(dict(sheets))
    table = read(ImportKind.JOURNAL, content)
    plan = look(store, people.admin, ImportKind.JOURNAL, table.rows)
    assert sum(map(len, (plan.new, plan.changed, plan.unchanged, plan.refused))) == len(table.rows)
    return counts(plan), {table.place(number): reason for number, reason in reasons(plan).items()}


def test_the_same_sheet_twice_doubles_nothing(school_store: Store, people: People) -> None:
    for sheets in ({"А": [*HEAD, *MARKS], "Б": [*HEAD, *MARKS]}, {"А": [*HEAD, *MARKS, [], *HEAD, *MARKS]}):
        found, why = journal(school_store, people, **sheets)
        assert found == {"new": 3, "refused": 3}
        assert set(why.values()) == {f"Повторяет то, что уже есть: лист «А», строка {line}." for line in (5, 6)}  # fmt: skip


def test_two_sheets_that_differ_are_both_refused(school_store: Store, people: People) -> None:
    found, why = journal(school_store, people, А=[*HEAD, MARKS[0]], Б=[*HEAD, ["1", "Алёшин Пётр", "3", ""]])
    assert found == {"new": 1, "refused": 2}
    assert set(why.values()) == {
        "Об этом уроке в файле сказано по-разному: лист «А», строка 5; лист «Б», строка 5."
    }


@pytest.mark.parametrize(
    "rows",
    [
        [["Предмет: Математика", "", "", "", "Предмет: История"], ["Класс: 7А"], ["", "", "Ноябрь", "", "", "Ноябрь"],
         ["№", "Ученик", "16", "", "", "16"], ["1", "Алёшин Пётр", "5", "", "Ёлкина Анна", "4"]],
        [["Предмет: Математика"], ["Класс: 7А"], ["", "", "Ноябрь", "", "", "Ноябрь"],
         ["№", "Ученик", "16", "", "Ученик", "16"], ["1", "Алёшин Пётр", "5", "", "Ёлкина Анна", "4"]],
    ],
)  # fmt: skip
def test_marks_of_a_table_to_the_right_are_nobodys_here(
    school_store: Store, people: People, rows: list[list[str]]
) -> None:
    found, why = journal(school_store, people, Л=rows)
    assert found == {"new": 1, "refused": 2}
    assert all("правее начинается другая таблица" in reason for reason in why.values())
    assert set(why) == {"лист «Л», E5", "лист «Л», F5"}


@pytest.mark.parametrize(
    "head",
    [
        [["Предмет: Математика, 2025/2026 учебный год"], *HEAD[1:]],
        [["2025/2026 учебный год"], *HEAD],
        [*HEAD[:2], ["", "", "Ноябрь 2025", ""], HEAD[3]],
        [*HEAD[:2], ["", "", date(2025, 11, 1), ""], HEAD[3]],
    ],
)
def test_a_journal_of_last_year_is_not_written_into_this_one(
    school_store: Store, people: People, head: list[list[Any]]
) -> None:
    found, why = journal(school_store, people, Л=[*head, *MARKS])
    assert found == {"refused": 3}
    assert all("2025 — не из учебного года" in why_one or "Предмет" in why_one for why_one in why.values())


def test_a_term_mark_of_a_titled_year_is_of_that_year(school_store: Store, people: People) -> None:
    rows = [["2025/2026 учебный год"], *HEAD[:2], ["", "", "Ноябрь", "2 четверть"], ["№", "Ученик", "16", ""], MARKS[0]]  # fmt: skip
    content = workbook_of({"Л": [*rows[:-1], ["1", "Алёшин Пётр", "", "4"]]})
    plan = look_at(school_store, people.admin, ImportKind.JOURNAL, content)
    assert reasons(plan) == {1: "В 2025/26 учебном году нет класса «7А»."}


@pytest.mark.parametrize("days", [["16.11.2026", "17.11.2026"], ["16.11", "17.11"], ["16/11/26", "17/11/26"]])
def test_days_typed_over_the_marks_are_days(school_store: Store, people: People, days: list[str]) -> None:
    found, _ = journal(school_store, people, Л=[*HEAD[:2], ["№", "Ученик", *days], *MARKS])
    assert found == {"new": 3}


def test_days_that_are_bare_numbers_are_said_with_what_was_read() -> None:
    """Copied from a book of 1904, or saved as CSV, the number says no more from which year it counts."""
    (note,) = facts((*ROW[:3], "44881", "5"), (*OTHER[:3], "17.11.2026", "4")).notes
    assert note.startswith("Дней, записанных числом: 1 (первый — строка 2: 44881 прочитано как 16.11.2022).")
    assert "с 1904 года" in note
