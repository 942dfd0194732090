"""Work types and rounding: who changes them, what is refused, what a change moves."""

from dataclasses import replace

import pytest
from end_of_term import END, REGISTER_7A
from small_school import (
    CHILD,
    CONTROL_WORK,
    HISTORY,
    MATHS,
    ORDINARY_WORK,
    OWNERS_LESSON_TODAY,
    QUARTER_2,
    People,
)

from school.errors import AccessRefused, RuleRefused
from school.homework.actions import LessonEntry, write_lesson
from school.records import HomeworkState, WorkType
from school.register.actions.entries import LessonHead
from school.register.lookups.registers import register_page, register_terms
from school.register.rules.marks import mean_text
from school.register.rules.work_types import parse_weight
from school.store.connection import Store
from school.term_marks.actions.settings import NEW, retire_work_type, save_work_type, set_rounding
from school.term_marks.lookups.settings import MarkingSettings, marking_settings
from school.term_marks.lookups.term_marks import term_marks_page
from school.term_marks.rules.term_marks import Rounding

CONTROL = WorkType(CONTROL_WORK, "Контрольная работа", "К/р", 2.0, True)
ESSAY = WorkType(NEW, "Сочинение", "соч", 1.5, True)


def settings(store: Store, people: People) -> MarkingSettings:
    return marking_settings(store, people.head)


def events(store: Store, kind: str) -> list[tuple[str | None, str]]:
    return store.read(
        "SELECT old_value, new_value FROM events WHERE kind = $kind ORDER BY event_id", {"kind": kind}
    )


@pytest.mark.parametrize(("typed", "weight"), [("1", 1.0), ("1,5", 1.5), (" 2.25 ", 2.25), ("10", 10.0)])
def test_a_weight_is_read_as_people_write_it(typed: str, weight: float) -> None:
    assert parse_weight(typed) == weight


@pytest.mark.parametrize("typed", ["0", "-1", "11", "", "два", "1,5,5", "nan", "inf"])
def test_a_weight_is_above_zero_and_at_most_ten(typed: str) -> None:
    with pytest.raises(RuleRefused, match="не подходит"):
        parse_weight(typed)


@pytest.mark.parametrize("name", ["deputy", "admin"])
def test_the_deputy_and_the_administrator_add_a_work_type(
    end_store: Store, people: People, name: str
) -> None:
    type_id = save_work_type(end_store, getattr(people, name), ESSAY, now=END)
    assert replace(ESSAY, work_type_id=type_id) in settings(end_store, people).work_types
    assert events(end_store, "work_type_kind") == [(None, "Сочинение (соч), вес 1,5, письменная")]


@pytest.mark.parametrize("name", ["head", "owner", "homeroom", "secretary", "guardian"])
def test_nobody_else_changes_how_the_school_marks(end_store: Store, people: People, name: str) -> None:
    user = getattr(people, name)
    for forbidden in (
        lambda: save_work_type(end_store, user, ESSAY, now=END),
        lambda: retire_work_type(end_store, user, CONTROL_WORK, is_retired=True, now=END),
        lambda: set_rounding(end_store, user, None, Rounding.FROM_65, now=END),
    ):
        with pytest.raises(AccessRefused):
            forbidden()
    assert events(end_store, "work_type_kind") == events(end_store, "rounding") == []


@pytest.mark.parametrize(
    ("work_type", "why"),
    [
        (replace(ESSAY, name=""), "не написано"),
        (replace(ESSAY, short_name=""), "не написано"),
        (replace(ESSAY, short_name="сочинение"), "слишком длинное"),
        (replace(ESSAY, name="контрольная работа"), "уже есть"),
        (replace(CONTROL, work_type_id=999, name="Зачёт"), "нет"),
    ],
)
def test_a_work_type_that_cannot_be(end_store: Store, people: People, work_type: WorkType, why: str) -> None:
    with pytest.raises(RuleRefused, match=why):
        save_work_type(end_store, people.deputy, work_type, now=END)


def test_a_changed_weight_changes_the_mean_on_every_page(end_store: Store, people: People) -> None:
    def means() -> set[str]:
        marks = term_marks_page(end_store, people.owner, REGISTER_7A, QUARTER_2, now=END)
        term = register_terms(end_store, people.owner, REGISTER_7A)[-1]
        register = register_page(end_store, people.owner, REGISTER_7A, term, today=END.date())
        assert marks is not None
        return {mean_text(marks.basis(QUARTER_2, CHILD).mean), mean_text(register.summaries[CHILD].mean)}

    assert means() == {"4,14"}
    save_work_type(end_store, people.deputy, replace(CONTROL, weight=7.0), now=END)
    assert means() == {"4,08"}
    assert events(end_store, "work_type_kind") == [
        ("Контрольная работа (К/р), вес 2, письменная", "Контрольная работа (К/р), вес 7, письменная")
    ]


def test_a_used_work_type_is_retired_but_its_marks_stay(end_store: Store, people: People) -> None:
    assert settings(end_store, people).mark_counts[CONTROL_WORK] == 5
    retire_work_type(end_store, people.deputy, CONTROL_WORK, is_retired=True, now=END)
    retired = {row.work_type_id: row.is_retired for row in settings(end_store, people).work_types}
    assert retired == {ORDINARY_WORK: False, CONTROL_WORK: True}
    assert settings(end_store, people).mark_counts[CONTROL_WORK] == 5
    head = LessonHead("Дроби", CONTROL_WORK, HomeworkState.NONE)
    with pytest.raises(RuleRefused, match="больше не предлагается"):
        write_lesson(end_store, people.owner, OWNERS_LESSON_TODAY, LessonEntry(head), now=END)
    retire_work_type(end_store, people.deputy, CONTROL_WORK, is_retired=False, now=END)
    assert not any(row.is_retired for row in settings(end_store, people).work_types)
    assert len(events(end_store, "work_type_kind")) == 2


def test_a_subject_has_its_own_rounding_until_it_follows_the_school_again(
    end_store: Store, people: People
) -> None:
    def rounding() -> Rounding:
        page = term_marks_page(end_store, people.owner, REGISTER_7A, QUARTER_2, now=END)
        assert page is not None
        return page.rounding

    assert rounding() is Rounding.HALF_UP
    set_rounding(end_store, people.deputy, None, Rounding.FROM_60, now=END)
    assert rounding() is Rounding.FROM_60
    set_rounding(end_store, people.admin, MATHS, Rounding.FROM_65, now=END)
    set_rounding(end_store, people.admin, HISTORY, Rounding.HALF_UP, now=END)
    assert rounding() is Rounding.FROM_65
    assert settings(end_store, people).subject_roundings == {
        MATHS: Rounding.FROM_65,
        HISTORY: Rounding.HALF_UP,
    }
    set_rounding(end_store, people.deputy, MATHS, None, now=END)
    assert rounding() is Rounding.FROM_60
    assert events(end_store, "rounding")[0] == (
        "с половины: 2,50 · 3,50 · 4,50",
        "с шести десятых: 2,60 · 3,60 · 4,60",
    )
    with pytest.raises(RuleRefused, match="не выбрано"):
        set_rounding(end_store, people.deputy, None, None, now=END)
