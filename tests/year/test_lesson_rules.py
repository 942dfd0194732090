"""Lessons made of a timetable: the future follows it, facts stay (п. 4.3, 8.3)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from school.errors import RuleRefused
from school.reference import public_holidays
from school.year.records import DatedSlot, PresentLesson, WantedLesson, YearCalendar
from school.year.rules.calendar import usual_calendar
from school.year.rules.lesson_making import check_first_day, is_fact, lesson_changes, wanted_lessons

TODAY = date(2026, 9, 16)
CALENDAR = usual_calendar(2026, public_holidays())
TERMS = tuple(
    type(term)(term.kind, term.number, term.starts_on, term.ends_on, term.grade_levels, number)
    for number, term in enumerate(CALENDAR.terms, start=1)
)
CALENDAR = YearCalendar(
    2026, CALENDAR.starts_on, CALENDAR.ends_on, 5, TERMS, CALENDAR.breaks, CALENDAR.moved_days
)


def slot(weekday: int, number: int = 1, **more: object) -> DatedSlot:
    """Return a weekly lesson of a grade 5 class."""
    return DatedSlot(70, 5, 1, None, 5, weekday, number, **more)  # type: ignore[arg-type]


def test_lessons_stand_on_school_days_inside_terms() -> None:
    days = {
        lesson.held_on: lesson.term_id
        for lesson in wanted_lessons([slot(3)], CALENDAR, date(2026, 10, 1), date(2026, 11, 30))
    }
    wednesdays = [date(2026, 10, 7), date(2026, 10, 14), date(2026, 10, 21)]
    after_holidays = [date(2026, 11, 11), date(2026, 11, 18), date(2026, 11, 25)]  # the 4th is a day off
    assert days == dict.fromkeys(wednesdays, 1) | dict.fromkeys(after_holidays, 2)


def test_a_class_of_grade_10_has_its_lessons_in_half_years() -> None:
    senior = DatedSlot(80, 10, 1, None, 5, 1, 1)
    terms = {each.term_id for each in wanted_lessons([senior], CALENDAR, date(2026, 9, 1), date(2027, 5, 26))}
    assert [(TERMS[term - 1].kind, TERMS[term - 1].number) for term in sorted(terms)] == [
        ("half", 1),
        ("half", 2),
    ]


def test_a_slot_holds_from_its_first_day_to_its_last() -> None:
    held = slot(1, starts_on=date(2026, 9, 14), ends_on=date(2026, 9, 21))
    lessons = wanted_lessons([held], CALENDAR, date(2026, 9, 1), date(2026, 12, 1))
    assert [lesson.held_on.day for lesson in lessons] == [14, 21]


days = st.dates(TODAY - timedelta(5), TODAY + timedelta(9))
numbers = st.integers(1, 3)
subgroups = st.sampled_from([None, 21, 22])
subjects = st.sampled_from([1, 2])
wanted_lists = st.lists(
    st.builds(
        WantedLesson, st.just(70), subjects, subgroups, days, numbers, st.sampled_from([5, 6]), st.just(1)
    ),
    max_size=25,
    unique_by=lambda lesson: lesson.place,
)
present_lists = st.lists(
    st.builds(
        PresentLesson,
        st.just(70),
        subjects,
        subgroups,
        days,
        numbers,
        st.sampled_from([5, 6]),
        st.just(1),
        st.integers(1, 10**6),
        st.booleans(),
    ),
    max_size=25,
    unique_by=(lambda lesson: lesson.place, lambda lesson: lesson.lesson_id),
)


@given(wanted_lists, present_lists)
def test_a_fact_is_never_removed_or_given_away_and_the_rest_is_as_wanted(
    wanted: list[WantedLesson], present: list[PresentLesson]
) -> None:
    changes = lesson_changes(wanted, present, TODAY)
    facts = {lesson.lesson_id for lesson in present if is_fact(lesson, TODAY)}
    assert facts.isdisjoint(lesson.lesson_id for lesson in changes.removed)
    assert facts.isdisjoint(lesson.lesson_id for lesson, _ in changes.given)
    left = {lesson.place for lesson in present} - {lesson.place for lesson in changes.removed}
    after = left | {lesson.place for lesson in changes.added}
    assert after == {lesson.place for lesson in wanted} - {lesson.place for lesson in changes.crowded_out} | {
        lesson.place for lesson in changes.kept
    }
    kept_hours = {(lesson.class_id, lesson.held_on, lesson.number) for lesson in changes.kept}
    assert all((each.class_id, each.held_on, each.number) in kept_hours for each in changes.crowded_out)


def test_a_week_changes_from_tomorrow_once_lessons_have_begun() -> None:
    check_first_day(date(2026, 9, 1), TODAY, None)
    check_first_day(TODAY + timedelta(1), TODAY, TODAY)
    with pytest.raises(RuleRefused, match=r"не раньше 17\.09\.2026"):
        check_first_day(TODAY, TODAY, TODAY)
