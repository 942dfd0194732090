"""«Прогнозы»: probabilities with reasons, for whom they are, and never mistaken for a mark."""

import re
from collections.abc import Callable

import pytest
from reading import column, plain
from screens import texts
from small_school import CHILD, CLASS_7A, CLASS_8B, NOW, OWNERS_LESSON_TODAY, People

from school.register.actions.batch import CellEdit
from school.register.actions.entries import enter_cells
from school.store.connection import Store

PAGE = "forecasts/forecasts.py"
OF_7A = {"class": str(CLASS_7A)}


OF_7A_PUPILS = {"Алёшин Пётр", "Ёлкина Анна", "Жуков Иван"}
OF_8B_PUPILS = {"Борисова Юлия", "Щукин Марк", "Яковлев Олег"}


@pytest.mark.parametrize("reader", ["deputy", "head"])
def test_the_whole_school_is_shown_by_class(open_page: Callable, people: People, reader: str) -> None:
    assert column(open_page(getattr(people, reader), PAGE), "Класс") == ["7А", "8Б"]


@pytest.mark.parametrize(
    ("reader", "pupils"), [("homeroom", OF_7A_PUPILS), ("owner", OF_7A_PUPILS), ("stranger", OF_8B_PUPILS)]
)
def test_whoever_has_one_class_sees_its_pupils_at_once(
    open_page: Callable, people: People, reader: str, pupils: set[str]
) -> None:
    assert set(column(open_page(getattr(people, reader), PAGE), "Ученик")) == pupils


@pytest.mark.parametrize("part", ["admin", "secretary", "guardian", "pupil"])
def test_others_and_families_are_refused(open_page: Callable, people: People, part: str) -> None:
    assert not open_page(getattr(people, part), PAGE).dataframe


def test_another_teachers_class_in_the_address_is_passed_over(open_page: Callable, people: People) -> None:
    page = open_page(people.owner, PAGE, **{"class": str(CLASS_8B)})
    assert set(column(page, "Ученик")) == OF_7A_PUPILS


def test_a_forecast_is_a_mark_with_its_chance_and_the_chances_make_a_whole(
    open_page: Callable, people: People
) -> None:
    page = open_page(people.deputy, PAGE, **OF_7A)
    forecasts = column(page, "Прогноз")
    assert len(forecasts) == 3
    assert all(re.fullmatch(r"[2-5] · \d+ %", plain(str(text))) for text in forecasts)
    chances = [column(page, f"«{mark}», %") for mark in (2, 3, 4, 5)]
    assert [sum(of_pupil) for of_pupil in zip(*chances, strict=True)] == pytest.approx([100, 100, 100])


def test_a_pupils_forecast_says_why(open_page: Callable, people: People) -> None:
    said = texts(open_page(people.homeroom, PAGE, pupil=str(CHILD), **OF_7A))
    assert "Алёшин Пётр" in said
    assert "сейчас 4,00 по 1 отметке, в прошлой четверти 3" in said


def test_a_saved_mark_is_in_the_forecast_at_the_next_look(
    open_page: Callable, people: People, school_store: Store
) -> None:
    page = open_page(people.deputy, PAGE, pupil=str(CHILD), **OF_7A)
    enter_cells(school_store, people.owner, [CellEdit(OWNERS_LESSON_TODAY, CHILD, "2")], now=NOW)
    assert "сейчас 3,00 по 2 отметкам" in texts(page.run())


def test_the_mean_of_today_stands_beside_the_forecast(open_page: Callable, people: People) -> None:
    page = open_page(people.deputy, PAGE)
    assert column(page, "Кач. сейчас") == [100.0, 0.0]
    assert column(page, "Учеников") == [3, 3]


@pytest.mark.parametrize(
    ("sql", "said"),
    [("DELETE FROM class_terms", "ещё не начался"), ("DELETE FROM enrolments", "Прогнозировать пока нечего")],
)
def test_an_empty_school_is_told_so_calmly(
    open_page: Callable, people: People, change: Callable, sql: str, said: str
) -> None:
    change(sql)
    assert said in texts(open_page(people.deputy, PAGE))


def test_without_any_marks_the_forecast_says_on_how_little_it_stands(
    open_page: Callable, people: People, change: Callable
) -> None:
    change("DELETE FROM marks; DELETE FROM term_marks")
    page = open_page(people.deputy, PAGE)
    assert "ещё нет отметок: 7А, 8Б" in texts(page)
    assert column(page, "Учтено") == [0, 0]


def test_a_term_that_is_over_is_forecast_as_of_its_last_day(
    open_page: Callable, people: People, change: Callable
) -> None:
    change("DELETE FROM class_terms WHERE term_id = 32")
    page = open_page(people.deputy, PAGE)
    assert "Период закончился" in texts(page)
    assert column(page, "Класс") == ["7А", "8Б"]
