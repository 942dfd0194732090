"""Who may stand in for whom, in which order, and what the sheet counts (п. 4.2, 4.5)."""

from datetime import date, datetime

import pytest

from school.errors import RuleRefused
from school.records import JoinTarget, Lesson, SubstitutionKind, TeacherHours
from school.substitutions.rules import (
    GivenLesson,
    SubstituteFit,
    candidates,
    check_days,
    check_lesson_is_open,
    check_may_sign,
    check_may_withdraw,
    check_reason,
    fit_of,
    is_free,
    joins,
    proposals,
    sheet_hours,
)

MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)
MATHS, HISTORY = 21, 22
CLASS_7A, CLASS_7B, CLASS_8B = 11, 12, 13
ABSENT = 1
LESSON = Lesson(71, CLASS_7A, MATHS, 31, MONDAY, 3, ABSENT)


def teacher(staff_id: int, subjects=(), classes=(), busy=(), away=()) -> TeacherHours:
    hours = frozenset((MONDAY, number) for number in busy)
    return TeacherHours(
        staff_id, f"Учитель {staff_id}", frozenset(subjects), frozenset(classes), hours, frozenset(away)
    )


@pytest.mark.parametrize(
    ("busy", "away", "free"),
    [
        ((), (), True),
        ((1, 2, 4), (), True),
        ((3,), (), False),
        ((), (MONDAY,), False),
        ((), (TUESDAY,), True),
    ],
)
def test_free_is_who_has_no_lesson_at_the_hour_and_is_not_away(busy, away, free) -> None:
    assert is_free(teacher(2, busy=busy, away=away), MONDAY, 3) is free


@pytest.mark.parametrize(
    ("subjects", "classes", "fit", "kind"),
    [
        ({MATHS}, {CLASS_7A}, SubstituteFit.SUBJECT_IN_CLASS, SubstitutionKind.SUBJECT),
        ({MATHS}, {CLASS_8B}, SubstituteFit.SUBJECT, SubstitutionKind.SUBJECT),
        ({HISTORY}, {CLASS_7A}, SubstituteFit.CLASS_ONLY, SubstitutionKind.SUPERVISION),
        (set(), set(), SubstituteFit.SUPERVISION, SubstitutionKind.SUPERVISION),
    ],
)
def test_qualified_is_who_teaches_the_subject_now(subjects, classes, fit, kind) -> None:
    found = fit_of(teacher(2, subjects, classes), MATHS, CLASS_7A)
    assert (found, found.kind) == (fit, kind)


def test_candidates_come_qualified_first_then_those_at_school_with_fewer_lessons() -> None:
    teachers = [
        teacher(2, {HISTORY}, {CLASS_7A}, busy=(1,)),
        teacher(3, {MATHS}, {CLASS_8B}, busy=(1, 2, 4)),
        teacher(4, {MATHS}, {CLASS_8B}, busy=(1,)),
        teacher(5, {MATHS}, {CLASS_8B}),
        teacher(6, {MATHS}, {CLASS_7A}, busy=(1, 2, 4, 5)),
        teacher(7, {MATHS}, {CLASS_7A}, busy=(3,)),
        teacher(8, busy=(2,)),
        teacher(ABSENT, {MATHS}, {CLASS_7A}),
    ]
    assert [each.staff_id for each in candidates(teachers, LESSON, {ABSENT})] == [6, 4, 3, 5, 2, 8]


def target(lesson_id: int, class_id: int, subject_id: int, *, number=3, grade=7, teacher_id=9) -> JoinTarget:
    return JoinTarget(
        lesson_id, MONDAY, number, teacher_id, "", class_id, f"{class_id}", grade, subject_id, ""
    )


def test_a_lesson_joins_the_other_group_first_then_the_subject_in_its_grade() -> None:
    others = [
        target(81, CLASS_8B, MATHS, grade=8),
        target(82, CLASS_7B, MATHS),
        target(83, CLASS_7A, HISTORY),
        target(84, CLASS_7A, MATHS),
        target(85, CLASS_7B, HISTORY),
        target(86, CLASS_7B, MATHS, number=4),
        target(87, CLASS_7B, MATHS, teacher_id=ABSENT),
        target(71, CLASS_7A, MATHS),
    ]
    assert [each.lesson_id for each in joins(LESSON, 7, others, {ABSENT})] == [84, 83, 82, 81]


def test_nobody_is_proposed_for_two_lessons_at_once() -> None:
    free = candidates([teacher(2, {MATHS}), teacher(3)], LESSON, {ABSENT})
    hour, other_hour = (MONDAY, 3), (MONDAY, 4)
    chosen = proposals({71: (hour, free), 72: (hour, free), 73: (hour, free), 74: (other_hour, free)})
    assert {key: each.staff_id for key, each in chosen.items()} == {71: 2, 72: 3, 74: 2}


@pytest.mark.parametrize(
    ("kind", "reason", "is_refused"),
    [
        (SubstitutionKind.SUBJECT, "", False),
        (SubstitutionKind.CANCELLED, "болезнь", False),
        (SubstitutionKind.CANCELLED, "  ", True),
        (SubstitutionKind.JOINED, "б" * 201, True),
    ],
)
def test_a_cancelled_lesson_needs_a_reason(kind, reason, is_refused) -> None:
    if is_refused:
        with pytest.raises(RuleRefused):
            check_reason(kind, reason)
    else:
        check_reason(kind, reason)


@pytest.mark.parametrize(
    ("last_day", "is_refused"),
    [(MONDAY, False), (date(2026, 12, 6), False), (date(2026, 12, 7), True), (date(2026, 11, 22), True)],
)
def test_up_to_two_weeks_are_settled_at_once(last_day, is_refused) -> None:
    if is_refused:
        with pytest.raises(RuleRefused):
            check_days(MONDAY, last_day)
    else:
        check_days(MONDAY, last_day)


@pytest.mark.parametrize(
    ("lesson", "facts"),
    [
        (LESSON, {"has_entries": True, "is_settled": False}),
        (LESSON, {"has_entries": False, "is_settled": True}),
        (Lesson(71, 11, 21, 31, MONDAY, 3, status="cancelled"), {"has_entries": False, "is_settled": False}),
        (Lesson(71, 11, 21, 31, MONDAY, 3, term_is_closed=True), {"has_entries": False, "is_settled": False}),
    ],
)
def test_a_lesson_that_is_settled_filled_cancelled_or_closed_gets_no_substitute(lesson, facts) -> None:
    with pytest.raises(RuleRefused) as refused:
        check_lesson_is_open(lesson, **facts)
    assert refused.value.next_step


def test_an_assignment_is_withdrawn_only_while_the_lesson_is_empty_and_nothing_is_joined_to_it() -> None:
    check_may_withdraw(has_entries=False, has_joined=False)
    for facts in ({"has_entries": True, "has_joined": False}, {"has_entries": False, "has_joined": True}):
        with pytest.raises(RuleRefused):
            check_may_withdraw(**facts)


@pytest.mark.parametrize(
    ("held_on", "is_given", "is_signed", "may"),
    [
        (MONDAY, True, False, True),
        (date(2026, 11, 20), True, False, True),
        (TUESDAY, True, False, False),
        (MONDAY, True, True, False),
        (MONDAY, False, False, False),
    ],
)
def test_a_line_is_signed_once_from_the_day_of_the_lesson(held_on, is_given, is_signed, may) -> None:
    today = datetime(2026, 11, 23, 10).date()
    if may:
        check_may_sign(held_on, today, is_given=is_given, is_signed=is_signed)
    else:
        with pytest.raises(RuleRefused):
            check_may_sign(held_on, today, is_given=is_given, is_signed=is_signed)


def test_the_sheet_counts_lessons_as_hours_by_kind_and_what_is_not_signed() -> None:
    subject, watch, joined, cancelled = SubstitutionKind
    given = [
        GivenLesson(2, subject, True),
        GivenLesson(2, subject, False),
        GivenLesson(2, joined, True),
        GivenLesson(3, watch, False),
        GivenLesson(3, cancelled, False),
    ]
    sheet = sheet_hours(given)
    assert {key: (dict(row.hours), row.total, row.unsigned) for key, row in sheet.items()} == {
        2: ({subject: 2, joined: 1}, 3, 1),
        3: ({watch: 1}, 1, 1),
    }
