"""When a figure is a finding, what became of earlier ones, when a quarter must be inspected (п. 6.2–6.4)."""

from datetime import date

import pytest

from school.errors import RuleRefused
from school.inspections.rules import (
    CHECKS,
    Aspect,
    Quarter,
    check_mend_day,
    checked_text,
    due_inspection,
    is_found,
    is_without_control_works,
    mend_state,
    words_of,
)
from school.records import MendState, RegisterFinding


def finding(check: str, teacher: int = 7) -> RegisterFinding:
    return RegisterFinding(check, 1, 2, teacher, 3, 20)


def test_every_aspect_of_the_regulation_is_looked_at() -> None:
    assert {row.aspect for row in CHECKS.values()} == set(Aspect)


@pytest.mark.parametrize(
    ("check", "count", "total", "is_one"),
    [
        ("not_filled", 0, 30, False),
        ("not_filled", 1, 30, True),
        ("not_filled", 0, 0, False),  # nothing to look at
        ("filled_late", 2, 4, False),  # twice may happen
        ("filled_late", 3, 40, False),  # seldom
        ("filled_late", 4, 40, True),
        ("behind", 2, 20, False),
        ("behind", 3, 20, True),
        ("too_few_marks", 3, 25, False),
        ("too_few_marks", 9, 25, True),
    ],
)
def test_a_figure_is_a_finding_from_a_number_and_a_share_on(
    check: str, count: int, total: int, is_one: bool
) -> None:
    assert is_found(check, count, total) is is_one


@pytest.mark.parametrize(
    ("controls", "marks", "lessons", "are_missing"),
    [(0, 40, 20, True), (1, 40, 20, False), (0, 4, 20, False), (0, 40, 3, False)],
)
def test_missing_control_works_are_noted_once_there_is_a_term_to_speak_of(
    controls: int, marks: int, lessons: int, are_missing: bool
) -> None:
    assert is_without_control_works(controls, marks, lessons) is are_missing


@pytest.mark.parametrize(
    ("check", "then", "now", "state"),
    [
        ("not_filled", [], [], MendState.MENDED),
        ("not_filled", ["not_filled"], [], MendState.REMAINS),
        ("not_filled", ["no_topic"], ["not_filled"], MendState.MENDED),  # other lessons are another finding
        ("late_marks", ["late_marks"], [], MendState.NOT_REPEATED),  # what was late stays late
        ("late_marks", [], ["late_marks"], MendState.REPEATED),
        ("by_hand", [], [], MendState.UNSEEN),
    ],
)
def test_what_became_of_a_finding(check: str, then: list[str], now: list[str], state: MendState) -> None:
    assert (
        mend_state(finding(check), [finding(each) for each in then], [finding(each) for each in now]) is state
    )


def test_the_same_gap_of_another_teacher_is_another_finding() -> None:
    assert mend_state(finding("not_filled"), [finding("not_filled", teacher=8)], []) is MendState.MENDED


def test_a_finding_tells_how_many_of_how_many() -> None:
    assert words_of(finding("not_filled")) == "Не заполнены уроки: 3 из 20"
    assert words_of(RegisterFinding("by_hand", 1, 2, 7, 1, 1, "Своё")) == "Своё"


QUARTER_1 = Quarter("1-я четверть", date(2026, 9, 1), date(2026, 10, 25), is_inspected=False)
QUARTER_2 = Quarter("2-я четверть", date(2026, 11, 2), date(2026, 12, 29), is_inspected=False)


@pytest.mark.parametrize(
    ("today", "due"),
    [
        (date(2026, 9, 20), None),
        (date(2026, 10, 11), QUARTER_1),  # two weeks to go
        (date(2026, 10, 28), QUARTER_1),  # over, and nobody looked
        (date(2026, 11, 20), None),  # the second has begun: there is time
        (date(2026, 12, 20), QUARTER_2),
    ],
)
def test_a_quarter_that_passes_without_an_inspection_is_reminded_of(today: date, due: Quarter | None) -> None:
    assert due_inspection([QUARTER_1, QUARTER_2], today) == due


def test_an_inspected_quarter_is_not() -> None:
    inspected = Quarter("1-я четверть", date(2026, 9, 1), date(2026, 10, 25), is_inspected=True)
    assert due_inspection([inspected], date(2026, 10, 25)) is None


def test_texts_and_deadlines() -> None:
    assert checked_text("  Вывод ", 10, "Вывод") == "Вывод"
    with pytest.raises(RuleRefused, match="не написан"):
        checked_text("   ", 10, "Вывод")
    with pytest.raises(RuleRefused, match="больше 3"):
        checked_text("длинно", 3, "Вывод")
    with pytest.raises(RuleRefused, match="прошёл"):
        check_mend_day(date(2026, 1, 1), date(2026, 1, 2))
