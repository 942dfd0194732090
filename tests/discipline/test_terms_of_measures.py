"""The terms of ст. 192–194 ТК by tables, with days off from the school's calendar (п. 4.1)."""

from datetime import date, datetime

import pytest

from school.discipline.records import (
    Acquainted,
    Asked,
    Away,
    Change,
    Closed,
    Explained,
    Lifted,
    Measure,
    MeasureDraft,
    MeasureKind,
    Ordered,
    Refused,
    Source,
    WorkCalendar,
)
from school.discipline.rules.clock import (
    acquaintance_until,
    explanation_until,
    lifts_on,
    months_later,
    next_step,
    order_until,
)
from school.discipline.rules.steps import advance, check_measure
from school.errors import RuleRefused

# A week of five days; Wednesday 4 November is a public holiday, Saturday 7 November one of work.
WORK = WorkCalendar(5, frozenset({date(2026, 11, 4)}), frozenset({date(2026, 11, 7)}))


def nov(day: int) -> date:
    return date(2026, 11, day)


@pytest.mark.parametrize(
    ("asked_on", "days_a_week", "until"),
    [
        (nov(9), 5, nov(11)),
        (nov(12), 5, nov(16)),  # over a weekend
        (nov(12), 6, nov(14)),  # a week of six days
        (nov(2), 5, nov(5)),  # over the holiday
        (nov(5), 5, nov(7)),  # a moved day of work
        (nov(14), 5, nov(17)),  # asked on a day off
    ],
)
def test_an_explanation_has_two_working_days(asked_on: date, days_a_week: int, until: date) -> None:
    work = WorkCalendar(days_a_week, WORK.days_off, WORK.moved_days)
    assert explanation_until(asked_on, work) == until


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 10, 15), 1, date(2026, 11, 15)),
        (date(2027, 1, 31), 1, date(2027, 2, 28)),  # no such number in that month (ст. 14)
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2026, 12, 5), 12, date(2027, 12, 5)),
    ],
)
def test_months_end_on_the_same_number(day: date, months: int, later: date) -> None:
    assert months_later(day, months) == later


@pytest.mark.parametrize(
    ("deed_on", "found_on", "away", "until"),
    [
        (nov(2), nov(10), [], date(2026, 12, 10)),
        # Five days of illness are not counted; those before the finding change nothing.
        (nov(2), nov(10), [(nov(16), nov(20))], date(2026, 12, 15)),
        (nov(2), nov(10), [(nov(5), nov(10))], date(2026, 12, 10)),
        # A leave that begins within the days that were added adds its own.
        (nov(2), nov(10), [(nov(16), nov(20)), (date(2026, 12, 14), date(2026, 12, 16))], date(2026, 12, 18)),
        # Six months from the deed end sooner than the month from the finding, whatever illness there was.
        (date(2026, 5, 20), nov(10), [(nov(16), nov(30))], nov(20)),
    ],
)
def test_an_order_has_a_month_from_the_finding_and_six_from_the_deed(
    deed_on: date, found_on: date, away: list[tuple[date, date]], until: date
) -> None:
    assert order_until(deed_on, found_on, away) == until


@pytest.mark.parametrize(
    ("ordered_on", "away", "until"),
    [
        (nov(9), [], nov(12)),
        (nov(12), [], nov(17)),
        (nov(9), [(nov(10), nov(11))], nov(16)),
        (nov(3), [], nov(7)),
    ],
)
def test_an_order_is_made_known_in_three_working_days(
    ordered_on: date, away: list[tuple[date, date]], until: date
) -> None:
    assert acquaintance_until(ordered_on, WORK, away) == until


@pytest.mark.parametrize(
    ("orders", "day"),
    [
        ([], nov(9).replace(year=2027)),
        ([date(2027, 3, 1)], date(2028, 3, 1)),  # a new one within the year keeps the first alive
        ([date(2026, 1, 1), date(2028, 1, 1)], nov(9).replace(year=2027)),
    ],
)
def test_a_sanction_is_lifted_a_year_after_the_last(orders: list[date], day: date) -> None:
    assert lifts_on(nov(9), orders) == day


def measure(**known: object) -> Measure:
    empty: dict[str, object] = dict.fromkeys(
        (
            *("source_id", "asked_on", "explained_on", "refused_on", "ordered_on", "acquainted_on"),
            *("order_refused_on", "lifted_on", "closed_on"),
        )
    )
    start = {
        "measure_id": 1,
        "staff_id": 2,
        "source": Source.WORDS,
        "found_words": "Не заполнен журнал",
        "deed_on": nov(2),
        "found_on": nov(9),
        "kind": MeasureKind.UNDECIDED,
        "explanation": "",
        "away_from": (),
        "away_until": (),
        "order_number": "",
        "order_text": "",
        "recorded_at": datetime(2026, 11, 9),
        "recorded_by": 3,
    }
    return Measure(**(empty | start | known))  # type: ignore[arg-type]


ASKED = measure(asked_on=nov(9))
EXPLAINED = measure(asked_on=nov(9), explained_on=nov(10), explanation="болела")
REPRIMANDED = measure(
    asked_on=nov(9), explained_on=nov(10), kind=MeasureKind.REPRIMAND, ordered_on=nov(12), order_number="5"
)
ORDER = Ordered(MeasureKind.CAUTION, "12", nov(16), "")


@pytest.mark.parametrize(
    ("held", "today", "title", "due", "is_late"),
    [
        (measure(), nov(9), "Запросить объяснение или закрыть", date(2026, 12, 9), False),
        (ASKED, nov(11), "Работник готовит объяснение", nov(11), False),
        (ASKED, nov(12), "Записать объяснение или акт об отказе", date(2026, 12, 9), False),
        (EXPLAINED, nov(12), "Решить: приказ или закрыть без меры", date(2026, 12, 9), False),
        (EXPLAINED, date(2026, 12, 10), "Срок приказа прошёл: закрыть без меры", date(2026, 12, 9), True),
        (REPRIMANDED, nov(17), "Ознакомить с приказом под подпись", nov(17), False),
        (REPRIMANDED, nov(18), "Ознакомить с приказом под подпись", nov(17), True),
    ],
)
def test_the_next_step_and_its_last_day(
    held: Measure, today: date, title: str, due: date, is_late: bool
) -> None:
    step = next_step(held, WORK, today)
    assert step is not None
    assert (step.title, step.due, step.is_late) == (title, due, is_late)


@pytest.mark.parametrize(
    "held",
    [
        measure(closed_on=nov(10)),
        measure(kind=MeasureKind.COMMENDATION),
        measure(kind=MeasureKind.ORAL),
        measure(kind=MeasureKind.CAUTION, ordered_on=nov(12), order_refused_on=nov(13)),
    ],
)
def test_nothing_follows_what_is_done(held: Measure) -> None:
    assert next_step(held, WORK, nov(30)) is None


@pytest.mark.parametrize(
    ("held", "change", "words"),
    [
        (measure(), Asked(nov(8)), "раньше, чем обнаружено"),
        (measure(), Asked(date(2026, 12, 31)), "ещё не наступил"),
        (measure(), Explained(nov(10), "болела"), "ещё не запрошено"),
        (ASKED, Refused(nov(11)), "11.11.2026 включительно"),
        (ASKED, Explained(nov(10), " "), "знаков"),
        (ASKED, ORDER, "ни объяснения, ни акта"),
        (EXPLAINED, Ordered(MeasureKind.ORAL, "1", nov(12), ""), "Вид взыскания"),
        (EXPLAINED, Ordered(MeasureKind.CAUTION, " ", nov(12), ""), "Номер приказа"),
        (EXPLAINED, Ordered(MeasureKind.CAUTION, "1", date(2026, 12, 10), ""), "09.12.2026"),
        (EXPLAINED, Acquainted(nov(12)), "Приказа ещё нет"),
        (REPRIMANDED, Closed(nov(20)), "Решение уже принято"),
        (REPRIMANDED, Asked(nov(20)), "Решение уже принято"),
        (REPRIMANDED, Acquainted(nov(11)), "раньше приказа"),
        (measure(closed_on=nov(10)), Asked(nov(11)), "закрыта"),
        (EXPLAINED, Lifted(nov(12)), "Снимать нечего"),
        (measure(away_from=(nov(10),), away_until=(nov(12),)), Away(nov(12), nov(13)), "уже записаны"),
    ],
)
def test_what_the_code_does_not_allow_is_refused(held: Measure, change: Change, words: str) -> None:
    with pytest.raises(RuleRefused, match=words):
        advance(held, change, WORK, date(2026, 12, 20))


def test_an_order_that_illness_has_put_off_is_taken() -> None:
    late = Ordered(MeasureKind.CAUTION, "1", date(2026, 12, 10), " текст ")
    ill = advance(EXPLAINED, Away(nov(16), nov(17)), WORK, date(2026, 12, 20))
    done = advance(ill, late, WORK, date(2026, 12, 20))
    assert (done.kind, done.ordered_on, done.order_text) == (MeasureKind.CAUTION, late.on, "текст")


@pytest.mark.parametrize(
    ("kind", "deed_on", "words"),
    [
        (MeasureKind.REPRIMAND, nov(2), "после объяснения"),
        (MeasureKind.UNDECIDED, nov(10), "раньше, чем произошло"),
    ],
)
def test_a_sanction_is_not_written_down_at_once(kind: MeasureKind, deed_on: date, words: str) -> None:
    with pytest.raises(RuleRefused, match=words):
        check_measure(MeasureDraft(2, "Не заполнен журнал", deed_on, nov(9), kind=kind), nov(9))
