"""The parts a made-up school is put together from, as tables."""

from datetime import date, datetime, time
from itertools import pairwise

import numpy as np
import pytest

from demo.days.term_marking import reason, term_value, year_value
from demo.plan.classes import class_counts, classes_in_year
from demo.plan.load import teacher_counts
from demo.plan.whole_school import plan_school
from demo.plan.year_calendar import last_school_moment, year_calendar
from school.records import TermKind


@pytest.mark.parametrize(
    ("today", "day"),
    [
        (date(2026, 11, 20), date(2026, 11, 20)),  # a Friday
        (date(2026, 11, 22), date(2026, 11, 20)),  # a Sunday
        (date(2027, 1, 3), date(2026, 12, 30)),  # winter holidays
        (date(2026, 7, 15), date(2026, 5, 26)),  # summer
        (date(2024, 9, 1), date(2024, 5, 24)),  # a year that begins on a Sunday
    ],
)
def test_a_demonstration_is_made_on_a_day_with_lessons(today: date, day: date) -> None:
    noon = time(12)
    assert last_school_moment(datetime.combine(today, noon)) == datetime.combine(day, noon)


def test_a_thousand_pupils_make_40_classes_and_60_teachers() -> None:
    counts = class_counts(1000)
    assert sum(counts.values()) == 40
    assert sum(teacher_counts(counts).values()) == 60


@pytest.mark.parametrize("pupils", [1, 20, 60, 130, 300, 700])
def test_classes_are_of_a_usual_size(pupils: int) -> None:
    classes = sum(class_counts(pupils).values())
    assert classes >= 1
    assert pupils / classes <= 32


@pytest.mark.parametrize("pupils", [10, 60])
def test_a_small_school_has_a_teacher_for_every_lesson_of_its_years(pupils: int) -> None:
    plan = plan_school(iter(range(1, 10**6)), pupils=pupils, years=2, seed=1, today=date(2026, 11, 20))
    staff = {each.staff_id for each in plan.staff}
    assert all(load.teacher_id in staff for year in plan.years for load in year.loads)


def test_classes_of_earlier_years_grow_into_those_of_today() -> None:
    assert classes_in_year({5: 2, 10: 1}, 2026, 2025) == {4: 2, 9: 1}
    assert classes_in_year({9: 3, 10: 1, 11: 1}, 2026, 2025) == {8: 3, 9: 3, 10: 1, 11: 1}


@pytest.mark.parametrize("school_year", range(2020, 2036))
def test_a_calendar_has_four_quarters_of_school_weeks_with_holidays_between(school_year: int) -> None:
    calendar = year_calendar(school_year)
    quarters = calendar.terms_of(TermKind.QUARTER)
    assert [term.number for term in quarters] == [1, 2, 3, 4]
    assert all(32 <= len(calendar.school_days(term.starts_on, term.ends_on)) <= 56 for term in quarters)
    assert all((later.starts_on - term.ends_on).days > 7 for term, later in pairwise(quarters))
    assert 162 <= len(calendar.school_days(calendar.starts_on, calendar.ends_on)) <= 176


# The mean of the current marks, the chance drawn, the mark.
TERM_VALUES = [
    (4.5, 0.9, 5),
    (4.49, 0.9, 4),
    (4.49, 0.01, 5),
    (4.52, 0.01, 4),
    (2.3, 0.1, 3),
    (2.3, 0.99, 2),
    (5.0, 0.0, 5),
]


@pytest.mark.parametrize(("mean", "chance", "value"), TERM_VALUES)
def test_a_term_mark_follows_the_mean_with_rare_exceptions(mean: float, chance: float, value: int) -> None:
    assert term_value(mean, chance) == value


YEAR_VALUES = [(4.5, 0.9, 5), (4.5, 0.01, 4), (4.25, 0.9, 4), (4.25, 0.01, 5), (4.0, 0.01, 4)]


@pytest.mark.parametrize(("mean", "chance", "value"), YEAR_VALUES)
def test_a_year_mark_follows_the_term_marks_with_rare_exceptions(
    mean: float, chance: float, value: int
) -> None:
    assert year_value(mean, chance) == value


@pytest.mark.parametrize(
    ("value", "mean", "has_too_few", "chance", "is_written"),
    [
        (4, 4.2, False, 0.5, False),  # the rounded mean of enough marks needs none
        (5, 4.2, False, 0.5, False),  # forgotten: the last two digits of the chance are below four
        (5, 4.2, False, 0.500_05, True),
        (4, 4.2, True, 0.500_05, True),
    ],
)
def test_a_term_mark_off_the_rule_has_a_reason_unless_it_was_forgotten(
    value: int, mean: float, has_too_few: bool, chance: float, is_written: bool
) -> None:
    assert bool(reason(value, mean, has_too_few, chance)) is is_written


def test_pupils_come_and_go_and_one_moves_to_the_parallel_class() -> None:
    plan = plan_school(iter(range(10**6)), pupils=300, years=2, seed=1, today=date(2027, 5, 1))
    for year in plan.years:
        stays: dict[int, list[tuple[date, date | None]]] = {}
        for school_class in year.classes:
            for stay in school_class.stays:
                stays.setdefault(stay.pupil_id, []).append((stay.starts_on, stay.ends_on))
        moved = [sorted(each) for each in stays.values() if len(each) == 2]
        assert len(moved) == 1
        assert moved[0][0][1] == moved[0][1][0]
        first_day = year.calendar.starts_on
        assert any(starts_on > first_day for each in stays.values() for starts_on, _ in each)
    left = [stay for each in plan.years[-1].classes for stay in each.stays if stay.ends_on]
    assert len(left) >= 2


def test_a_teacher_keeps_most_classes_from_year_to_year() -> None:
    plan = plan_school(iter(range(10**6)), pupils=300, years=2, seed=1, today=date(2027, 5, 1))
    before, after = (
        {
            (load.school_class.stream, load.subject.name, load.subgroup is None): load.teacher_id
            for load in year.loads
        }
        for year in plan.years
    )
    both = before.keys() & after.keys()
    assert np.mean([before[place] == after[place] for place in both]) > 0.6


def test_children_of_one_family_share_their_guardian_and_last_name() -> None:
    plan = plan_school(iter(range(10**6)), pupils=300, years=1, seed=1, today=date(2027, 5, 1))
    families: dict[int, list[str]] = {}
    for pupil in plan.register.pupils.values():
        families.setdefault(pupil.family.family_id, []).append(pupil.name.last)
        assert pupil.name.last in pupil.family.last
    assert sum(len(children) == 2 for children in families.values()) > 5
