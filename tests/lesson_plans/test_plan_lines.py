"""A plan as people have it: pasted text and workbooks, clean and dirty."""

import io
import zipfile
from datetime import date

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from school.errors import Refusal
from school.files.rows_below import is_total
from school.files.source import FileCounts
from school.lesson_plans.rules.lines import HOURS_A_TOPIC, bad_lines, pasted_lines, topic_lines
from school.lesson_plans.workbook import WORKBOOK_BYTES, plan_workbook, workbook_lines
from school.records import PlanTopic
from school.register.rules.entry import TOPIC_LENGTH

PASTED = [
    ("Дроби\t2", "Дроби", 2),
    ("Дроби; 2", "Дроби", 2),
    ("Дроби;2 ч.", "Дроби", 2),
    ("Дроби (2)", "Дроби", 2),
    ("Дроби (2 часа)", "Дроби", 2),
    ("Дроби — 2 ч", "Дроби", 2),
    ("Дроби, 2 часа", "Дроби", 2),
    ("Дроби: 2 ч.", "Дроби", 2),
    ("Дроби 2 ч", "Дроби", 2),
    ("Движение за 2 часа", "Движение за 2 часа", 1),
    ("Дроби, 2 четверть", "Дроби, 2 четверть", 1),
    ("Дроби", "Дроби", 1),
    ("Дроби;", "Дроби", 1),
    ("1. Дроби (2 ч)", "Дроби", 2),
    ("12) Дроби; 3", "Дроби", 3),
    ("1\tДроби\t2", "Дроби", 2),
    ("№1\tДроби\t2", "Дроби", 2),
    ("1\tДроби", "Дроби", 1),
    ("Дроби\t\t2", "Дроби", 2),
    ("  Дроби \u00a0 и   проценты\u200b\t 2,0 ", "Дроби и проценты", 2),
    ("Причастие; деепричастие", "Причастие; деепричастие", 1),
    ("Причастие; деепричастие; 3", "Причастие; деепричастие", 3),
    ("Лирика А. С. Пушкина (обзор)", "Лирика А. С. Пушкина (обзор)", 1),
    ("1905 год в России", "1905 год в России", 1),
    ("=СУММ(A1)\t2", "=СУММ(A1)", 2),
]


@pytest.mark.parametrize(("line", "title", "hours"), PASTED)
def test_a_pasted_line_is_a_topic_with_hours(line: str, title: str, hours: int) -> None:
    (read,) = pasted_lines(line)
    assert (read.topic.title, read.topic.hours) == (title, hours)


WRONG = [
    ("\t2", "нет темы"),
    ("(2 ч)", "нет темы"),
    ("Дроби\tдва", "часы — не число: «два»"),
    ("Дроби\t1,5", "часы — не целое число: «1,5»"),
    ("Дроби\t0", f"часов должно быть от 1 до {HOURS_A_TOPIC}"),
    ("Дроби; 100", f"часов должно быть от 1 до {HOURS_A_TOPIC}"),
    ("Т" * (TOPIC_LENGTH + 1), f"тема длиннее {TOPIC_LENGTH} знаков"),
]


@pytest.mark.parametrize(("line", "problem"), WRONG)
def test_a_bad_line_is_named_with_its_number_and_reason(line: str, problem: str) -> None:
    lines = pasted_lines(f"№\tТема\tЧасы\n\nСтепени\t1\n{line}\nКорни")
    assert [(each.number, each.problem) for each in bad_lines(lines)] == [(4, problem)]
    assert len(lines) == 3


def test_lines_end_as_on_any_system() -> None:
    assert [line.title for line in pasted_lines("А\r\nБ\rВ\u2028Г\n\n")] == ["А", "Б", "В", "Г"]


@given(st.text(max_size=400))
def test_any_text_is_read_without_failing_and_each_line_is_a_topic_or_has_a_problem(text: str) -> None:
    for line in pasted_lines(text):
        assert line.problem or (line.topic.title.strip() and 1 <= line.topic.hours <= HOURS_A_TOPIC)


TITLES = st.text(
    st.characters(whitelist_categories=("L", "N", "P"), whitelist_characters=" "), min_size=1, max_size=60
).map(lambda text: " ".join(text.split()))
PLANS = st.lists(
    # A topic with the very words of a line of sums is taken for one, and said to be left out.
    st.tuples(TITLES.filter(lambda title: title and not is_total(title)), st.integers(1, HOURS_A_TOPIC)).map(
        lambda row: PlanTopic(*row)
    ),
    min_size=1,
    max_size=8,
)


# Every example is a workbook read in a process of its own.
@settings(max_examples=25)
@given(PLANS)
def test_a_plan_survives_the_way_through_a_workbook(topics: list[PlanTopic]) -> None:
    assert [line.topic for line in workbook_lines(plan_workbook(topics)).lines] == topics


def book(*rows: list[object]) -> bytes:
    workbook, buffer = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        workbook.active.append(row)
    workbook.save(buffer)
    return buffer.getvalue()


def test_the_columns_are_found_under_a_heading_and_in_any_order() -> None:
    content = book(
        ["Рабочая программа 7 класс"],
        [],
        ["Кол-во часов", "п/п", "Тема урока"],
        [2, 1, "Дроби"],
        [],
        [1.0, 2, " Корни "],
    )
    assert [(line.number, line.topic) for line in workbook_lines(content).lines] == [
        (4, PlanTopic("Дроби", 2)),
        (6, PlanTopic("Корни", 1)),
    ]


def test_each_bad_row_is_named_by_its_row_on_the_sheet() -> None:
    content = book(
        ["№", "Тема", "Часы"], [1, "Дроби", 2], [2, None, 3], [3, "Степени", "много"], [4, "Корни", None]
    )
    assert [(line.number, line.problem) for line in bad_lines(workbook_lines(content).lines)] == [
        (3, "нет темы"),
        (4, "часы — не число: «много»"),
        (5, "часы не указаны"),
    ]


def test_a_heading_over_all_columns_is_no_topic() -> None:
    workbook, buffer = openpyxl.Workbook(), io.BytesIO()
    for row in (["№", "Тема", "Часы"], ["Раздел 1"], [1, "Дроби", 2]):
        workbook.active.append(row)
    workbook.active.merge_cells("A2:C2")
    workbook.save(buffer)
    lines = workbook_lines(buffer.getvalue()).lines
    assert [(line.number, line.topic) for line in lines] == [(3, PlanTopic("Дроби", 2))]


def bomb() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (41 * 1024 * 1024))
    return buffer.getvalue()


UNREADABLE = {
    "no workbook": b"MZ\x90\x00 this is a program",
    "empty": b"",
    "cut short": book([])[:100],
    "no such columns": book(["Название", "Уроков"], ["Дроби", 2]),
    "too large": b"PK" + b"0" * WORKBOOK_BYTES,
    "unpacks to too much": bomb(),
}


@pytest.mark.parametrize("kind", UNREADABLE)
def test_a_file_that_is_no_plan_is_refused_in_words(kind: str) -> None:
    with pytest.raises(Refusal) as refused:
        workbook_lines(UNREADABLE[kind])
    assert refused.value.next_step


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_refused_or_read(content: bytes) -> None:
    with pytest.raises(Refusal):
        workbook_lines(content)


def test_the_template_is_a_plan_without_lines() -> None:
    assert workbook_lines(plan_workbook([])).lines == []


def test_headings_of_sections_and_totals_of_a_workbook_are_left_out_and_said() -> None:
    content = book(
        ["Рабочая программа"],
        ["№ урока", "Тема урока", "Кол-во часов"],
        [None, "Раздел 1. Числа (3 ч)", 3],
        [1, "Повторение", 1],
        [2, "Степени", 2],
        [None, "Функции", 5],
        [3, "График", 4],
        [4, "Раздел математики: логика", 1],
        [None, "Итого:", 8],
    )
    reading = workbook_lines(content)
    assert [line.topic.title for line in reading.lines] == [
        "Повторение",
        "Степени",
        "График",
        "Раздел математики: логика",
    ]
    assert reading.table.counts == FileCounts(4, 0, 0, 5)
    assert "заголовки разделов — 2" in reading.table.words


NUMBERED: dict[str, list[list[object]]] = {
    "a part without its word": [[None, "Числа", 3], [1, "Дроби", 2], [2, "Корни", 1]],
    "parts of numbers and points": [["1", "Числа", 4], ["1.1", "Дроби", 2], ["1.2.", "Корни", 1]],
    "parts of Roman numbers": [["II", "Числа", 3], ["1", "Дроби", 2], ["2", "Корни", 1]],
    "parts named where numbers stand": [["Раздел 1", "Числа", 3], ["1", "Дроби", 2], ["2", "Корни", 1]],
    "sums in words of a programme": [[1, "Дроби", 2], [2, "Корни", 1], [None, "Количество часов по программе", 68], [None, "За год", 68]],
}  # fmt: skip


@pytest.mark.parametrize("name", NUMBERED)
def test_a_line_that_numbers_no_lesson_is_no_topic(name: str) -> None:
    lines = workbook_lines(book(["№", "Тема", "Часы"], *NUMBERED[name])).lines
    assert [line.topic.title for line in lines] == ["Дроби", "Корни"]


def test_a_last_line_with_the_hours_of_all_above_is_a_sum_and_a_reserve_is_none() -> None:
    rows: list[list[object]] = [[1, "Дроби", 2], [2, "Корни", 1], [3, "Дом", 1]]
    for title, hours, topics in (("Часов в этом году", 4, 3), ("Резерв", 3, 4)):
        reading = workbook_lines(book(["№", "Тема", "Часы"], *rows, [None, title, hours]))
        assert len(reading.lines) == topics


def test_a_topic_that_excel_made_a_date_and_one_that_goes_on_below_are_named() -> None:
    rows: list[list[object]] = [
        [1, date(2026, 5, 6), 1],
        [2, "Дроби", 1],
        [None, "и корни", None],
        [3, "Дом", 1],
    ]
    problems = [line.problem for line in bad_lines(workbook_lines(book(["№", "Тема", "Часы"], *rows)).lines)]
    assert problems == ["Excel принял «6-5» за дату (06.05.2026).", "часы не указаны"]


@pytest.mark.parametrize(
    ("header", "row"),
    [
        (["№", "Тема раздела", "Тема урока", "Часы"], [1, "Числа", "Дроби", 2]),
        (["№", "Содержание", "Тема урока", "Часы"], [1, "Числа", "Дроби", 2]),
        (["№", "Тема", "Часы факт", "Часы план"], [1, "Дроби", 9, 2]),
        (["№", "Тема", "Кол-во часов на раздел", "Часы"], [1, "Дроби", 9, 2]),
        (["№", "Тема", "Часы консультаций", "Кол-во часов"], [1, "Дроби", 9, 2]),
    ],
)
def test_of_columns_alike_that_of_the_lessons_is_read(header: list[object], row: list[object]) -> None:
    assert [line.topic for line in workbook_lines(book(header, row)).lines] == [PlanTopic("Дроби", 2)]


@pytest.mark.parametrize(
    ("text", "topics"),
    [
        ("Раздел 1. Числа (2 ч)\nПовторение\nСтепени\nИтого: 2", ["Повторение", "Степени"]),
        ("I четверть (16 ч)\nГлава 1\nРаздел 1.1\nДуб\nВсего часов: 68", ["Дуб"]),
        ("Глава 1. Лес\nГлава 2. Поле", ["Глава 1. Лес", "Глава 2. Поле"]),
        ("Части речи\nБлок питания\nГлава государства\nВсего понемногу", ["Части речи", "Блок питания", "Глава государства", "Всего понемногу"]),
    ],
)  # fmt: skip
def test_headings_of_pasted_sections_are_no_topics_where_topics_follow(text: str, topics: list[str]) -> None:
    assert [line.title for line in topic_lines(pasted_lines(text))] == topics


def test_a_plan_may_stand_behind_a_title_sheet_and_as_csv() -> None:
    assert [
        line.topic
        for line in workbook_lines("Программа;;\n№;Тема;Часы\n1;Дроби;2,0\n".encode("cp1251")).lines
    ] == [PlanTopic("Дроби", 2)]
    workbook, buffer = openpyxl.Workbook(), io.BytesIO()
    workbook.active.append(["Рабочая программа"])
    workbook.create_sheet("КТП").append(["№", "Тема", "Часы"])
    workbook["КТП"].append([1, "Дроби", "=1+1"])
    workbook.save(buffer)
    (line,) = workbook_lines(buffer.getvalue()).lines
    assert "клетка C2: формула без сохранённого значения" in line.problem
