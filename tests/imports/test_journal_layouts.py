"""Journals as schools and other registers keep them: several heads on a sheet, dates for months, reports on each pupil."""

from collections.abc import Sequence
from datetime import date, datetime

import pytest
from loading import counts, csv_of, look, look_at, read, reasons, state_of, take, workbook_of
from small_school import CLASS_7A, People

from school.errors import Refusal, RuleRefused
from school.files.plan import ImportKind
from school.files.source import FileCounts, SourceTable
from school.files.tables import SheetTable
from school.imports.journal_workbook import read_journal_workbook
from school.imports.rules.journal_texts import parse_entry
from school.store.connection import Store

PETR, ANNA = "Алёшин Пётр", "Ёлкина Анна"


def journal(*rows: Sequence[object]) -> SourceTable:
    """Return what is read of one sheet."""
    return read(ImportKind.JOURNAL, workbook_of({"Л": rows}))


def said(table: SourceTable) -> list[tuple[str, ...]]:
    """Return the cells in short: class, subject, pupil, day or term, number of the lesson, what stands there."""
    return [
        (
            row["school_class"],
            row["subject"],
            row["full_name"],
            row["lesson_date"] or row["term"],
            row["nth"],
            row["mark"] or row["term_mark"],
        )
        for row in table.rows
    ]


HEAD = [["Предмет: Математика"], ["Класс: 7А"]]
PUPILS = [[1, PETR, 5, "н"], [2, ANNA, 4, 4]]
CELLS = [
    ("7А", "Математика", PETR, "2026-11-10", "1", "5"),
    ("7А", "Математика", PETR, "2026-11-11", "1", "н"),
    ("7А", "Математика", ANNA, "2026-11-10", "1", "4"),
    ("7А", "Математика", ANNA, "2026-11-11", "1", "4"),
]
HEADERS: dict[str, list[list[object]]] = {
    "a word and numbers": [["", "", "Ноябрь", ""], ["№", "Ученик", 10, 11]],
    "a word cut short and numbers with weekdays": [
        ["", "", "нояб. 2026", ""],
        ["№", "Ученик", "10 вт", "11 ср"],
    ],
    "the month as a date": [["", "", date(2026, 11, 1), ""], ["№", "Ученик", 10, 11]],
    "the month as a date in each column": [
        ["", "", date(2026, 11, 1), date(2026, 11, 1)],
        ["№", "Ученик", 10, 11],
    ],
    "month and days as dates": [
        ["", "", date(2026, 11, 1), ""],
        ["№", "Ученик", date(2026, 11, 10), datetime(2026, 11, 11)],
    ],
    "dates alone": [["№", "Ученик", date(2026, 11, 10), date(2026, 11, 11)]],
    "days and months in figures": [["", "", "Ноябрь", ""], ["№", "Ученик", "10.11", "11.11"]],
    "days over their months": [["", "", 10, 11], ["№", "Ученик", "Ноябрь", "Ноябрь"]],
    "weekdays between months and days": [["", "", "Ноябрь", ""], ["", "", "вт", "ср"], ["", "", 10, 11]],
    "weekdays under the days": [["", "", "Ноябрь", ""], ["", "", 10, 11], ["", "", "Вт.", "Ср."]],
    "weekdays before the days, one of them as an average is cut": [
        ["", "", "Ноябрь", ""],
        ["", "", "вт 10", "ср 11"],
    ],
    "dates after their weekdays": [["№", "Ученик", "вт 10.11.2026", "ср, 11.11.2026"]],
    "days and months before their weekdays": [["№", "Ученик", "10.11 вт", "11.11 (ср)"]],
}


@pytest.mark.parametrize("name", HEADERS)
def test_the_days_of_a_journal_stand_in_words_numbers_or_dates(name: str) -> None:
    assert said(journal(*HEAD, *HEADERS[name], *PUPILS)) == CELLS


def test_a_second_head_on_a_sheet_begins_another_register() -> None:
    table = journal(
        ["Школа у реки"],
        *HEAD,
        ["", "", "Ноябрь"],
        ["", "", 10],
        [1, PETR, 5],
        [],
        ["Класс: 8Б"],
        ["", "", "Ноябрь"],
        ["", "", 11],
        [1, "Яковлев Олег", 3],
        ["Предмет: История"],
        ["", "", "Декабрь"],
        ["", "", 1],
        [1, "Яковлев Олег", 4],
    )
    assert said(table) == [
        ("7А", "Математика", PETR, "2026-11-10", "1", "5"),
        ("8Б", "Математика", "Яковлев Олег", "2026-11-11", "1", "3"),
        ("8Б", "История", "Яковлев Олег", "2026-12-01", "1", "4"),
    ]


def test_a_second_row_of_months_is_no_pupil() -> None:
    table = journal(
        *HEAD, ["", "", "Ноябрь"], ["", "", 10], [1, PETR, 5], ["", "", "Декабрь"], ["", "", 1], [1, PETR, 4]
    )
    assert [cell[3] for cell in said(table)] == ["2026-11-10", "2026-12-01"]


@pytest.mark.parametrize(
    ("rows", "unread"),
    [
        ([["", "", "Ноябрь", "Ноябрь"], ["", "", 10, "18.02"]], "18.02 Ноябрь"),
        ([["", "", "Ноябрь", ""], ["", "", 10, "18/2"]], "18/2 Ноябрь"),
        ([["", "", "Ноябрь", "Ноябрь-Декабрь"], ["", "", 10, 2]], "2 Ноябрь-Декабрь"),
    ],
)
def test_a_day_that_contradicts_its_month_is_no_day(rows: list[list[object]], unread: str) -> None:
    assert [cell[3] for cell in said(journal(*HEAD, *rows, [1, PETR, 5, 4]))] == ["2026-11-10", unread]


def test_a_pupils_line_right_below_the_months_is_not_swallowed_as_days() -> None:
    table = journal(*HEAD, ["", "", "Ноябрь", ""], *PUPILS)
    assert [cell[2:4] for cell in said(table)] == [(name, "Ноябрь") for name in (PETR, PETR, ANNA, ANNA)]
    topics = ["", "Тема", "Сентябрь в лесу", "Дроби"]
    table = journal(*HEAD, ["", "", "Ноябрь", ""], ["", "", 10, 11], topics, *PUPILS)
    assert [cell for cell in said(table) if cell[2] != "Тема"] == CELLS


@pytest.mark.parametrize("number", [[1], []])
def test_marks_of_pupils_listed_beside_are_nobody_elses(number: list[int]) -> None:
    gap = [""] * (1 + len(number))
    months, days = ["", "", "Ноябрь", *gap, "", "Ноябрь"], ["", "", 10, *gap, "", 12]
    table = journal(*HEAD, months, days, [1, PETR, 5, "", *number, ANNA, 4])
    assert [(cell[2], cell[5]) for cell in said(table) if cell[3] == "2026-11-10"] == [(PETR, "5")]
    assert all("другая таблица" in row.unread for row in table.rows[1:])


def test_days_that_begin_with_the_month_are_not_read_the_day_first() -> None:
    rows = [["№", "Ученик", "11/5/2026", "11/17/2026"], [1, PETR, 5, 4]]
    assert ["начинаются с месяца" in row.unread for row in journal(*HEAD, *rows).rows] == [True, True]
    lines = [(PETR, "7А", "Математика", day, "5") for day in ("11/5/2026", "11/17/2026", "16.11.2026")]
    table = read(ImportKind.FACTS, csv_of([("ФИО", "Класс", "Предмет", "Дата", "Отметка"), *lines]))
    assert ["начинаются с месяца" in row.unread for row in table.rows] == [True, True, False]


def test_days_above_a_header_without_days_are_asked_for_their_order_too() -> None:
    header = ("ФИО", "Класс", "Предмет", "Дата", "Отметка")
    lines = [(PETR, "7А", "Математика", day, "5") for day in ("11/5/2026", "11/17/2026")]
    below = [
        ("ФИО", "Класс", "Предмет", "Отметка", "Учебный период"),
        (ANNA, "7А", "Математика", "4", "1 четверть"),
    ]
    table = read(ImportKind.FACTS, csv_of([header, *lines, *below]))
    assert ["начинаются с месяца" in row.unread for row in table.rows] == [True, True, False]


def test_averages_and_sums_are_left_out_and_every_cell_is_counted() -> None:
    table = journal(
        *HEAD,
        ["", "", "Ноябрь", "", "Средний балл", "2 четверть"],
        ["№", "Ученик", 10, 11, "", ""],
        [1, PETR, 5, "", 5, 5],
        [2, ANNA, "", "", "", ""],
        ["", "Средний балл класса", 5, "", 5, 5],
    )
    assert table.counts == FileCounts(2, 6, 0, 4)
    assert table.counts.total == 3 * 4


def test_a_class_teacher_above_the_journal_is_no_class() -> None:
    table = journal(["Предмет: Математика"], ["Классный руководитель: Орлова В. П."], ["Класс: 7А"], ["", "", "Ноябрь"], ["", "", 10], [1, PETR, 5])  # fmt: skip
    assert said(table) == [CELLS[0]]


def test_cells_that_excel_spoilt_say_what_happened(school_store: Store, people: People) -> None:
    content = workbook_of(
        {
            "Л": [
                *HEAD,
                ["", "", "Ноябрь", ""],
                ["", "", 10, 11],
                [1, PETR, date(2026, 4, 5), 5.4],
                [2, ANNA, 4, 4],
            ]
        }
    )
    plan = look_at(school_store, people.admin, ImportKind.JOURNAL, content)
    assert counts(plan) == {"new": 2, "refused": 2}
    assert "Excel принял «5/4» за дату" in reasons(plan)[1]
    assert "две отметки «5/4» или дробное число" in reasons(plan)[2]


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("5.0", "5"), ("5/4", "5/4"), ("5, 4", "5/4"), ("5 4", "5/4"), ("отл", "5"), ("н/б", "н"), ("нб", "н"), ("н/б 4", "н 4"),
        ("о2", "о 2"), ("О 2", "о 2"), ("4/н", "н 4"), ("УП", "у"), ("НП", "н"), ("оп 5", "о 5"), ("бол.", "б"), ("5(2),4", "5/4"),
        ("y", "у"), ("Y5", "у 5"), ("H", "н"), ("o 4", "о 4"),
    ],
)  # fmt: skip
def test_a_cell_is_read_as_registers_write_it(text: str, cell: str) -> None:
    assert parse_entry(text).cell.text == cell


@pytest.mark.parametrize(
    "text",
    ["(5)", "(2)5", "н, б", "н; б", "у,п", "e", "j", "x5²", "²", "зач", "н/а", "5,4", "10", "5 5 5", "х"],
)
def test_a_cell_that_is_none_is_refused_in_words(text: str) -> None:
    with pytest.raises(RuleRefused):
        parse_entry(text)


CONFLICTS: dict[str, tuple[tuple[str, str, str], str]] = {
    "an absence made clearer": (("н", "", "б"), "б"),
    "the same absence twice": (("б", "", "болезнь"), "б"),
    "two absences": (("б", "", "у"), ""),
    "the same weight twice": (("5(2)", "2,0", ""), "5"),
    "two weights": (("5(3)", "2", ""), ""),
}


@pytest.mark.parametrize(("given", "cell"), CONFLICTS.values(), ids=CONFLICTS)
def test_a_cell_and_the_columns_beside_it_may_not_contradict(given: tuple[str, str, str], cell: str) -> None:
    if cell:
        assert parse_entry(*given).cell.text == cell
    else:
        with pytest.raises(RuleRefused, match="оставьте один"):
            parse_entry(*given)


def test_a_day_and_the_period_named_beside_it_may_not_contradict(common_store: Store, people: People) -> None:
    header = ("ФИО", "Класс", "Предмет", "Дата", "Отметка", "Период")
    lines = [(name, "7А", "Математика", "17.11.2026", "5", term) for name, term in ((PETR, "2.0"), (ANNA, "1 четверть"))]  # fmt: skip
    plan = look_at(common_store, people.admin, ImportKind.FACTS, csv_of([header, *lines]))
    assert counts(plan) == {"new": 1, "refused": 1}
    assert "не входит в период «1 четверть»" in reasons(plan)[3]


def report(
    pupil: str, *rows: Sequence[object], head: Sequence[object] = ("Ноябрь", "", "", "")
) -> list[Sequence[object]]:
    """Return the block of a pupil as «Сетевой город» writes it."""
    return [
        ["Учебный год: 2026/2027"],
        ["Класс: 7А"],
        ["Период: с 01.11.26 по 31.12.26"],
        [f"Ученик: {pupil}"],
        [],
        ["Предмет", *head, "Средний балл", "Итог"],
        ["", 9, 10, 10, 11],
        *rows,
        [],
    ]


REPORT = [
    ["МБОУ «Школа у реки»"],
    [],
    ["Отчет об успеваемости и посещаемости ученика"],
    [],
    *report(PETR, ["Математика", 3, "Б", "", "4 3", 3.33, 3], ["История", "О 2", "", 5, "", 3.5, 4]),
    *report(ANNA, ["Математика", 5, "", "", "", 5, ""]),
]


def test_a_report_on_each_pupil_is_read_as_a_journal() -> None:
    table = journal(*REPORT)
    term = "с 01.11.26 по 31.12.26"
    assert said(table) == [
        ("7А", "Математика", PETR, "2026-11-09", "1", "3"),
        ("7А", "Математика", PETR, "2026-11-10", "1", "Б"),
        ("7А", "Математика", PETR, "2026-11-11", "1", "4 3"),
        ("7А", "Математика", PETR, term, "", "3"),
        ("7А", "История", PETR, "2026-11-09", "1", "О 2"),
        ("7А", "История", PETR, "2026-11-10", "2", "5"),
        ("7А", "История", PETR, term, "", "4"),
        ("7А", "Математика", ANNA, "2026-11-09", "1", "5"),
    ]
    assert table.counts == FileCounts(8, 7, 0, 3)


def test_a_report_card_has_periods_in_its_columns() -> None:
    table = journal(
        ["Табель успеваемости"],
        ["Ученик:", PETR],
        ["Класс:", "7А"],
        ["Предмет", "1 четверть", "2 четверть", "Годовая", "Средний балл"],
        ["Математика", 5, 4, "", 4.5],
        ["История", 3, "", "", 3],
    )
    assert said(table) == [
        ("7А", "Математика", PETR, "1 четверть", "", "5"),
        ("7А", "Математика", PETR, "2 четверть", "", "4"),
        ("7А", "История", PETR, "1 четверть", "", "3"),
    ]


@pytest.mark.parametrize(
    "title",
    [["Отчёт за 2025/2026 учебный год"], ["Учебный год: 2025/2026"], ["Период: с 03.11.25 по 28.12.25"]],
)
def test_a_report_of_another_year_is_not_of_this_one(title: list[str]) -> None:
    rows = [
        ["Предмет", "Ноябрь", "", "2 четверть"],
        ["", "пн", "ср", ""],
        ["", 10, 12, ""],
        ["История", 5, 4, 5],
    ]
    table = journal(title, ["Класс: 7А"], [f"Ученик: {PETR}"], *rows)
    assert [cell[3] for cell in said(table)] == ["2025-11-10", "2025-11-12", "2025/26, 2 четверть"]


def test_a_table_of_subjects_without_a_pupil_is_no_template() -> None:
    with pytest.raises(Refusal, match="Узнаются журнал по предметам"):
        journal(["Предмет", "Ноябрь"], ["", 10], ["Математика", 5])


def test_an_unread_header_makes_its_cells_unread_and_not_empty() -> None:
    sheet = SheetTable(
        "Л",
        (
            ("Предмет: Математика",),
            ("Класс: 7А",),
            ("", "", "Ноябрь", ""),
            ("", "", "10", "#ССЫЛКА!"),
            ("1", PETR, "5", "4"),
        ),
    )
    table = read_journal_workbook([sheet], 2026)
    assert table.counts == FileCounts(1, 0, 1, 0)


FACTS = ("ФИО", "Класс", "Предмет", "Дата", "Отметка")


def test_what_pandas_and_1c_write_is_read(school_store: Store, people: People) -> None:
    content = csv_of(
        [
            FACTS,
            (PETR, "7А", "Математика", "17.11.2026 0:00:00", "5"),
            (ANNA, "7А", "Математика", "17.11.2026", "4.0"),
            ("Жуков Иван", "7А", "Математика", "46343.0", "4"),
        ]
    )
    assert counts(look_at(school_store, people.admin, ImportKind.FACTS, content)) == {"new": 3}


def test_a_day_without_lessons_gets_one_lesson_and_the_rest_is_refused(
    school_store: Store, people: People
) -> None:
    content = csv_of([FACTS, *((PETR, "7А", "Математика", "17.11.2026", mark) for mark in "54352")])
    plan = look_at(school_store, people.admin, ImportKind.FACTS, content)
    assert counts(plan) == {"new": 2, "refused": 3}
    assert "заводится один" in reasons(plan)[4]
    take(school_store, people.admin, ImportKind.FACTS, read(ImportKind.FACTS, content).rows)
    held = "SELECT count(*) FROM lessons WHERE held_on = '2026-11-17' AND class_id = $class_id"
    assert school_store.read(held, {"class_id": CLASS_7A})[0][0] <= 1


def test_the_period_that_a_file_names_is_the_one_that_is_loaded(school_store: Store, people: People) -> None:
    header = ("ФИО", "Класс", "Предмет", "Период", "Отметка за период")
    lines = [
        (PETR, "7А", "Математика", "2026/2027 учебный год, 2 четверть", "4"),
        (ANNA, "7А", "Математика", "2 п/г", "5"),
        ("Жуков Иван", "7А", "Математика", "2025/2026 учебный год, 2 четверть", "5"),
        ("Жуков Иван", "7А", "Математика", "итоговая", "5"),
    ]
    plan = look_at(school_store, people.admin, ImportKind.FACTS, csv_of([header, *lines]))
    assert [(row.number, row.record.term_id) for row in plan.new] == [(2, term_of(school_store, 2))]
    assert sorted(reasons(plan)) == [3, 4, 5]
    assert "непонятен" in reasons(plan)[5]


def term_of(store: Store, number: int) -> int:
    found = store.read(
        "SELECT term_id FROM terms JOIN class_terms USING (term_id) WHERE kind = 'quarter' AND number = $number AND class_id = $class_id",
        {"number": number, "class_id": CLASS_7A},
    )
    return int(found[0][0])


def test_a_file_of_which_nothing_was_read_cannot_be_loaded(school_store: Store, people: People) -> None:
    before = state_of(school_store)
    content = csv_of([FACTS, (PETR, "7А", "Математика", "17.11.2026", "#Н/Д")])
    rows = read(ImportKind.FACTS, content).rows
    assert "клетка E2" in reasons(look(school_store, people.admin, ImportKind.FACTS, rows))[2]
    with pytest.raises(Refusal, match="Загружать нечего"):
        take(school_store, people.admin, ImportKind.FACTS, rows)
    assert state_of(school_store) == before


def test_a_line_after_a_gap_and_a_title_over_the_columns_are_accounted_for() -> None:
    title = ["Отчет об успеваемости"] * 7
    table = journal(*report(PETR, ["Математика", 3, "", "", "", 3, ""], [], ["История", 5, "", "", "", 5, ""]), title, *report(ANNA, ["История", 4]))  # fmt: skip
    assert [(cell[1], cell[2], cell[5]) for cell in said(table)] == [
        ("Математика", PETR, "3"),
        ("История", PETR, "5"),
        ("История", ANNA, "4"),
    ]
    assert "надпись — 6" in table.words
