"""Clocks of incidents, terms of keeping and whom a report names, as tables (152-ФЗ, ст. 5 ч. 7, ст. 21)."""

from datetime import date, datetime, timedelta

import pytest
from small_school import NOW

from school.errors import RuleRefused
from school.privacy.rules.incidents import (
    Incident,
    IncidentDraft,
    Notice,
    check_incident,
    check_may_close,
    check_may_send,
    hours_left,
)
from school.privacy.rules.terms import ERASED, KEPT, Erased, check_days, is_night_work_due, older_than
from school.privacy.rules.viewing import Seen, Viewed, is_of_another, seen_by_report
from school.reports.records import ReportKind, ReportOrder, Span

FOUND = datetime(2026, 11, 19, 12, 0)
LEAK = IncidentDraft(FOUND, is_leak=True, what="Письмо ушло на чужой адрес")
QUARTER = Span(2026, "quarter", 1)


@pytest.mark.parametrize(
    ("hours", "first", "second"),
    [(0, 24, 72), (0.5, 23, 71), (23.9, 0, 48), (24.1, -1, 47), (30, -6, 42), (71.5, -48, 0), (73, -49, -1)],
)
def test_the_clocks_run_from_the_moment_it_was_found(hours: float, first: int, second: int) -> None:
    incident, now = Incident(1, LEAK), FOUND + timedelta(hours=hours)
    assert [hours_left(incident, notice, now) for notice in Notice] == [first, second]


def test_nobody_waits_for_a_notice_that_is_sent_or_not_needed() -> None:
    sent = Incident(1, LEAK, first_notice_at=FOUND)
    inside = Incident(2, IncidentDraft(FOUND, is_leak=False, what="Сервер стоял час"))
    assert hours_left(sent, Notice.FIRST, FOUND) is None
    assert [hours_left(inside, notice, FOUND) for notice in Notice] == [None, None]


@pytest.mark.parametrize(
    ("incident", "notice", "why"),
    [
        (Incident(1, LEAK), Notice.FIRST, ""),
        (Incident(1, LEAK), Notice.SECOND, "Сначала"),
        (Incident(1, LEAK, FOUND), Notice.FIRST, "уже отмечено"),
        (Incident(1, LEAK, FOUND), Notice.SECOND, ""),
        (Incident(1, IncidentDraft(FOUND, is_leak=False, what="Сбой")), Notice.FIRST, "не о чем"),
    ],
)
def test_notices_go_out_in_their_order(incident: Incident, notice: Notice, why: str) -> None:
    if not why:
        check_may_send(incident, notice)
        return
    with pytest.raises(RuleRefused, match=why):
        check_may_send(incident, notice)


@pytest.mark.parametrize(
    ("incident", "why"),
    [
        (Incident(1, LEAK), "отправленным: Уведомление о происшествии; Уведомление о результатах"),
        (Incident(1, LEAK, FOUND), "отправленным: Уведомление о результатах расследования"),
        (Incident(1, LEAK, FOUND, FOUND), ""),
        (Incident(1, LEAK, FOUND, FOUND, FOUND), "уже закрыто"),
        (Incident(1, IncidentDraft(FOUND, is_leak=False, what="Сбой")), ""),
    ],
)
def test_an_incident_is_closed_once_everybody_was_told(incident: Incident, why: str) -> None:
    if not why:
        check_may_close(incident)
        return
    with pytest.raises(RuleRefused, match=why):
        check_may_close(incident)


@pytest.mark.parametrize(
    ("draft", "why"),
    [
        (IncidentDraft(NOW, is_leak=True, what=" "), "Не сказано"),
        (IncidentDraft(NOW + timedelta(minutes=1), is_leak=True, what="Сбой"), "ещё не было"),
        (IncidentDraft(NOW, is_leak=True, what="Сбой", people_count=-1), "Столько людей"),
        (IncidentDraft(NOW, is_leak=True, what="Сбой", cause="о" * 4001), "длиннее"),
    ],
)
def test_an_incident_is_told_in_words_and_of_the_past(draft: IncidentDraft, why: str) -> None:
    with pytest.raises(RuleRefused, match=why):
        check_incident(draft, NOW)


@pytest.mark.parametrize(("days", "is_taken"), [(0, False), (1, True), (90, True), (91, False)])
def test_a_term_is_no_longer_than_its_purpose_allows(days: int, is_taken: bool) -> None:
    if is_taken:
        check_days(Erased.SESSIONS, days)
        return
    with pytest.raises(RuleRefused, match="от 1 до 90"):
        check_days(Erased.SESSIONS, days)


def test_every_term_has_its_source_and_registers_stay() -> None:
    assert ERASED.keys() == set(Erased)
    assert all(term.source and 1 <= term.days <= term.most_days for term in ERASED.values())
    assert ERASED[Erased.SIGN_INS].days == 90
    kept = {each.term.split(",")[0] for each in KEPT if "6.6" in each.source}
    assert kept == {"5 лет", "25 лет"}
    assert older_than(90, date(2026, 11, 19)) == date(2026, 8, 21)


@pytest.mark.parametrize(
    ("hour", "is_on", "last", "is_due"),
    [
        (3, True, None, True),
        (3, False, None, False),
        (0, True, None, False),
        (6, True, None, False),
        (3, True, date(2026, 11, 19), False),
        (3, True, date(2026, 11, 18), True),
    ],
)
def test_the_night_erases_once_where_the_school_has_switched_it_on(
    hour: int, is_on: bool, last: date | None, is_due: bool
) -> None:
    assert is_night_work_due(hour, NOW.date(), is_on=is_on, last=last) == is_due


@pytest.mark.parametrize(
    ("kind", "about", "seen"),
    [
        (
            ReportKind.PERFORMANCE,
            None,
            Seen(Viewed.REPORT, title="Сводный отчёт об успеваемости и качестве знаний"),
        ),
        (ReportKind.HOMEROOM, 11, Seen(Viewed.REPORT, title="Отчёт классного руководителя", class_id=11)),
        (
            ReportKind.SUBJECT_TEACHER,
            41,
            Seen(Viewed.REPORT, title="Отчёт учителя-предметника", teacher=(41, 2026)),
        ),
        (ReportKind.CURRICULUM, None, None),
        (ReportKind.USER_ACTIVITY, None, None),
    ],
)
def test_a_report_is_noted_for_whom_it_names(kind: ReportKind, about: int | None, seen: Seen | None) -> None:
    assert seen_by_report(ReportOrder(kind, QUARTER, about)) == seen


def test_a_family_that_reads_its_own_child_is_not_noted() -> None:
    assert not is_of_another(51, {51, 52})
    assert is_of_another(54, {51, 52})
