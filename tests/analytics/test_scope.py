"""Whose rows the lookups of analytics hand out."""

from collections.abc import Callable
from datetime import date

import pytest
from small_school import (
    CHILD,
    CLASS_7A,
    CLASS_8B,
    CLASSMATE,
    HOMEROOM_STAFF,
    MATHS,
    OWNER_STAFF,
    STRANGER_STAFF,
    People,
)

from school.access.action import Action
from school.analytics.lookups.tables import (
    PeriodRow,
    ReadScope,
    default_period,
    pupils_in_subjects,
    readable_periods,
    scope_of,
    tables,
)
from school.errors import AccessRefused
from school.store.connection import Store


@pytest.mark.parametrize(
    ("part", "scope"),
    [
        ("deputy", ReadScope(is_whole_school=True)),
        ("head", ReadScope(is_whole_school=True)),
        ("homeroom", ReadScope(class_ids=frozenset({CLASS_7A}))),
        ("owner", ReadScope(teacher_id=OWNER_STAFF)),
        ("stranger", ReadScope(teacher_id=STRANGER_STAFF)),
    ],
)
def test_reach_follows_the_table_of_roles(people: People, part: str, scope: ReadScope) -> None:
    assert scope_of(getattr(people, part), Action.READ_QUALITY) == scope


@pytest.mark.parametrize("part", ["admin", "secretary", "guardian", "pupil"])
def test_who_has_no_right_to_figures_is_refused(school_store: Store, people: People, part: str) -> None:
    with pytest.raises(AccessRefused):
        tables(school_store, getattr(people, part), Action.READ_QUALITY)


def classes_in(relation: object) -> set[int]:
    return {row[0] for row in relation.select("class_id").fetchall()}  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("part", "classes"),
    [
        ("deputy", {CLASS_7A, CLASS_8B}),
        ("homeroom", {CLASS_7A}),
        ("owner", {CLASS_7A}),
        ("stranger", {CLASS_8B}),
    ],
)
def test_every_table_is_narrowed(school_store: Store, people: People, part: str, classes: set[int]) -> None:
    scoped = tables(school_store, getattr(people, part), Action.READ_QUALITY)
    narrowed = (
        scoped.marks(),
        scoped.term_marks(),
        scoped.lessons(),
        scoped.teaching_load(),
        scoped.enrolments(),
        scoped.class_terms(),
    )
    assert [classes_in(relation) for relation in narrowed] == [classes] * len(narrowed)
    assert classes_in(scoped.absences()) == classes & {CLASS_7A}


def test_of_a_divided_class_a_teacher_sees_the_own_subgroup(
    school_store: Store, people: People, change: Callable
) -> None:
    change(
        f"""INSERT INTO subgroups VALUES (301, {CLASS_7A}, {MATHS}, '1');
            INSERT INTO subgroup_members VALUES (301, {CHILD}, NULL, NULL);
            INSERT INTO teaching_load (load_id, school_year, class_id, subgroup_id, subject_id, teacher_id, hours_a_week)
                VALUES (302, 2026, {CLASS_7A}, 301, {MATHS}, {HOMEROOM_STAFF + 100}, 2)"""
    )
    teacher = people.stranger.__class__(
        900, "subgroup.7", "Учитель подгруппы", people.stranger.roles, HOMEROOM_STAFF + 100
    )
    scoped = tables(school_store, teacher, Action.READ_QUALITY)
    assert {row[0] for row in scoped.term_marks().select("pupil_id").fetchall()} == {CHILD}
    assert scoped.marks().fetchall() == []


def test_pupils_behind_a_figure_are_only_those_in_reach(school_store: Store, people: People) -> None:
    period = readable_periods(school_store, people.stranger, Action.READ_QUALITY)[1]
    selection = {"class_id": (CLASS_7A,), "subject_id": (MATHS,)}
    assert pupils_in_subjects(school_store, people.stranger, Action.READ_QUALITY, period, selection) == []
    seen = pupils_in_subjects(school_store, people.homeroom, Action.READ_QUALITY, period, selection)
    assert [row.pupil_id for row in seen][:2] == [CHILD, CLASSMATE]


def period(
    number: int, starts_on: date, ends_on: date, *, has_marks: bool = True, classes: int = 1
) -> PeriodRow:
    return PeriodRow(2026, "quarter", number, starts_on, ends_on, (number,), classes, has_marks, False)


FIRST = period(1, date(2026, 9, 1), date(2026, 10, 25))
SECOND = period(2, date(2026, 11, 2), date(2026, 12, 29))
UNMARKED_SECOND = period(2, date(2026, 11, 2), date(2026, 12, 29), has_marks=False)
HALF_YEAR = period(9, date(2026, 9, 1), date(2026, 12, 29), classes=5)


@pytest.mark.parametrize(
    ("periods", "today", "expected"),
    [
        ([FIRST, SECOND], date(2026, 9, 20), FIRST),
        ([FIRST, SECOND], date(2026, 11, 20), SECOND),
        ([FIRST, SECOND, HALF_YEAR], date(2026, 11, 20), HALF_YEAR),
        ([FIRST, SECOND], date(2026, 10, 30), FIRST),
        ([FIRST, UNMARKED_SECOND], date(2026, 11, 3), FIRST),
        ([FIRST, SECOND], date(2030, 1, 1), SECOND),
        ([FIRST, SECOND], date(2020, 1, 1), SECOND),
        ([UNMARKED_SECOND], date(2026, 11, 3), UNMARKED_SECOND),
        ([], date(2026, 11, 3), None),
    ],
)
def test_the_default_period_is_the_days_own_or_the_latest_with_data(
    periods: list[PeriodRow], today: date, expected: PeriodRow | None
) -> None:
    assert default_period(periods, today) == expected
