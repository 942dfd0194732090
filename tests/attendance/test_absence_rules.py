"""Missed lessons, missed days, runs and shares as the regulation's readers count them (п. 4.3, 6.3)."""

from datetime import date

import pytest

from school.attendance.rules.absence_edits import check_absence_change, parse_absence
from school.attendance.rules.absences import is_chronic, missed_days, missed_percent
from school.attendance.rules.running_absences import is_explained, is_long_run, running_missed_days
from school.errors import ReasonRequired, RuleRefused
from school.records import AbsenceReason, Cell, Leave, Lesson
from school.register.rules.leaves import check_leave, covers, takes_reason

H, ILL, VALID, LATE = AbsenceReason.UNKNOWN, AbsenceReason.ILLNESS, AbsenceReason.VALID, AbsenceReason.LATE
MON, TUE, WED, THU, FRI = (date(2026, 11, day) for day in range(16, 21))
NEXT_MON = date(2026, 11, 23)

# Entries of one day's lessons of a pupil (those of the class and of the own subgroup), is the day missed.
DAYS = [
    ([H, H, H], True),
    ([H, ILL, VALID], True),
    ([H, H, None], False),
    ([LATE, H, H], False),
    ([LATE], False),
    ([None], False),
    ([ILL], True),
]


@pytest.mark.parametrize(("entries", "is_missed"), DAYS)
def test_a_day_is_missed_when_every_lesson_was(entries: list[AbsenceReason | None], is_missed: bool) -> None:
    assert missed_days((MON, entry) for entry in entries) == {MON: is_missed}


def test_a_day_that_nobody_filled_is_no_school_day() -> None:
    assert missed_days([]) == {}


# Whether each school day was missed, the run up to the last of them.
RUNS = [
    ({MON: True, TUE: True, WED: True}, (MON, TUE, WED)),
    ({MON: True, TUE: False, WED: True}, (WED,)),
    ({MON: True, TUE: True, WED: False}, ()),
    ({THU: True, FRI: True, NEXT_MON: True}, (THU, FRI, NEXT_MON)),  # over a week-end
    (
        {date(2026, 10, 23): True, date(2026, 11, 2): True, date(2026, 11, 3): True},
        None,
    ),  # over the autumn break
    ({}, ()),
]


@pytest.mark.parametrize(("days", "run"), RUNS)
def test_a_run_goes_over_week_ends_and_holidays_and_ends_with_a_day_at_school(
    days: dict[date, bool], run: tuple[date, ...] | None
) -> None:
    assert running_missed_days(days) == (tuple(days) if run is None else run)


@pytest.mark.parametrize(("run", "is_long"), [((MON, TUE), False), ((MON, TUE, WED), True)])
def test_three_days_running_are_a_warning(run: tuple[date, ...], is_long: bool) -> None:
    assert is_long_run(run) is is_long


@pytest.mark.parametrize(("reasons", "known"), [([ILL, VALID], True), ([ILL, H], False), ([None, ILL], True)])
def test_a_run_is_explained_when_every_reason_is_known(reasons: list[AbsenceReason], known: bool) -> None:
    assert is_explained(reasons) is known


# Missed lessons, lessons, is it chronic: from a tenth on.
SHARES = [(0, 0, False), (9, 100, False), (10, 100, True), (1, 10, True), (3, 30, True), (2, 21, False)]


@pytest.mark.parametrize(("missed", "lessons", "is_it"), SHARES)
def test_absence_is_chronic_from_a_tenth_of_the_lessons(missed: int, lessons: int, is_it: bool) -> None:
    assert is_chronic(missed, lessons) is is_it


def test_a_share_of_no_lessons_is_unknown() -> None:
    assert missed_percent(0, 0) is None


ALLOWED, REASON, REFUSED = None, ReasonRequired, RuleRefused
# What stands in the cell, what the homeroom teacher wants, is attendance taken, what comes of it without a reason.
CHANGES = [
    (Cell(H), ILL, True, ALLOWED),
    (Cell(H), VALID, True, ALLOWED),
    (Cell(ILL), H, True, ALLOWED),
    (Cell(H, (4,)), ILL, True, ALLOWED),
    (Cell(H), None, True, REASON),
    (Cell(LATE), None, True, REASON),
    (Cell(H), LATE, True, REASON),
    (Cell(LATE), H, True, REASON),
    (Cell(), H, True, REASON),
    (Cell(), ILL, False, ALLOWED),
    (Cell(None, (4,)), H, True, REFUSED),
    (Cell(LATE, (4,)), ILL, True, REFUSED),
    (Cell(None, (4,)), None, True, ALLOWED),
]


@pytest.mark.parametrize(("old", "new", "is_taken", "refusal"), CHANGES)
def test_what_a_homeroom_teacher_may_change(
    old: Cell, new: AbsenceReason | None, is_taken: bool, refusal: type[Exception] | None
) -> None:
    if refusal is None:
        check_absence_change(old, new, attendance_is_taken=is_taken, reason="")
        return
    with pytest.raises(refusal):
        check_absence_change(old, new, attendance_is_taken=is_taken, reason="")


@pytest.mark.parametrize(("old", "new"), [(Cell(H), None), (Cell(), H), (Cell(H), LATE)])
def test_with_a_reason_the_teachers_entry_is_corrected(old: Cell, new: AbsenceReason | None) -> None:
    check_absence_change(old, new, attendance_is_taken=True, reason="был на олимпиаде")


@pytest.mark.parametrize(("typed", "absence"), [("б", ILL), ("y", H), ("", None), ("О", LATE)])
def test_letters_are_read_as_in_the_register(typed: str, absence: AbsenceReason | None) -> None:
    assert parse_absence(typed) == absence


@pytest.mark.parametrize("typed", ["5", "н 4", "4/5"])
def test_marks_are_the_subject_teachers(typed: str) -> None:
    with pytest.raises(RuleRefused, match="Отметки ставит учитель предмета"):
        parse_absence(typed)


LEAVE = Leave(1, 1, MON, WED, ILL)
# The leave, what is wrong with it.
IMPOSSIBLE = [
    (Leave(1, 1, WED, MON, ILL), "Последний день раньше первого"),
    (Leave(1, 1, MON, date(2028, 1, 1), ILL), "Срок больше года"),
    (Leave(1, 1, MON, WED, H), "Причина не выбрана"),
    (Leave(1, 1, MON, WED, LATE), "Причина не выбрана"),
    (Leave(1, 1, MON, WED, ILL, certified_on=FRI), "Дата справки ещё не наступила"),
    (Leave(1, 1, MON, WED, ILL, note="и" * 301), "Примечание длиннее"),
]


@pytest.mark.parametrize(("leave", "message"), IMPOSSIBLE)
def test_a_leave_that_cannot_be_is_refused(leave: Leave, message: str) -> None:
    with pytest.raises(RuleRefused, match=message):
        check_leave(leave, today=THU)


def test_a_leave_may_lie_ahead() -> None:
    check_leave(Leave(1, 1, FRI, NEXT_MON, VALID, note="соревнования"), today=MON)


# Day, lesson number, lesson numbers of the leave, does it cover the lesson; both days are within.
COVERED = [
    (MON, 1, (), True),
    (WED, 7, (), True),
    (THU, 1, (), False),
    (TUE, 2, (2, 3), True),
    (TUE, 1, (2, 3), False),
]


@pytest.mark.parametrize(("day", "number", "numbers", "is_covered"), COVERED)
def test_a_leave_covers_its_days_and_numbers(
    day: date, number: int, numbers: tuple[int, ...], is_covered: bool
) -> None:
    leave = Leave(1, 1, MON, WED, ILL, numbers)
    assert covers(leave, Lesson(1, 1, 1, 1, day, number)) is is_covered


# What stands in the cell, replace known reasons, does the leave's illness take its place.
TAKEN = [
    (Cell(H), False, True),
    (Cell(VALID), False, False),
    (Cell(VALID), True, True),
    (Cell(ILL), True, False),
    (Cell(LATE), True, False),
    (Cell(), True, False),
    (Cell(None, (5,)), True, False),
]


@pytest.mark.parametrize(("cell", "replaces", "takes"), TAKEN)
def test_a_leave_gives_its_reason_to_missed_lessons_only(cell: Cell, replaces: bool, takes: bool) -> None:
    assert takes_reason(cell, ILL, replaces_known=replaces) is takes
