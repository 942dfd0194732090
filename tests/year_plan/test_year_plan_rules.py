"""What is due in a school year, when it presses, and what may be typed into the plan (п. 3.5, 4.2, 6.2)."""

from dataclasses import replace
from datetime import date

import pytest

from school.errors import RuleRefused
from school.records import Role
from school.year_plan.records import Fact, PlanDraft, PlanEntry, PlanTerm, PlanYear, StoredEntry
from school.year_plan.rules import (
    MOST_REMIND_DAYS,
    NOTE_LENGTH,
    TITLE_LENGTH,
    PlanState,
    check_drop,
    check_tick,
    checked_draft,
    done_words,
    entries_of,
    is_for,
    repeated_days,
    standard_entries,
    state_of,
)

QUARTERS = [
    PlanTerm("quarter", 1, date(2026, 9, 1), date(2026, 10, 25)),
    PlanTerm("quarter", 2, date(2026, 11, 2), date(2026, 12, 29)),
]
HALF = PlanTerm("half", 1, date(2026, 9, 1), date(2026, 12, 29))
YEAR = PlanYear(2026, [*QUARTERS, HALF], QUARTERS)
TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("code", "due_on", "clause"),
    [
        ("divide/year/1", date(2026, 9, 5), "п. 4.2"),
        ("present/year/1", date(2026, 9, 30), "п. 4.3"),
        ("term/quarter/2", date(2026, 11, 2), "п. 5.1"),
        ("inspect/quarter/2", date(2026, 12, 29), "п. 6.2"),
        ("drill/quarter/1", date(2026, 10, 25), "п. 6.1"),
        ("close/quarter/1", date(2026, 10, 30), "п. 4.2, 5.4"),
        ("close/half/1", date(2027, 1, 3), "п. 4.2, 5.4"),
        ("reports/half/1", date(2027, 1, 5), "п. 7.2"),
        ("reports/year/1", date(2027, 1, 5), "п. 7.2"),
        ("activity/quarter/2", date(2027, 1, 5), "п. 7.1"),
        ("council/year/1", date(2026, 12, 29), "п. 4.2, 4.6"),
        ("archive/year/1", date(2027, 6, 30), "п. 6.5"),
        ("paper/year/1", date(2027, 6, 30), "п. 6.6"),
        ("open/year/1", date(2027, 8, 31), "п. 4.3"),
    ],
)
def test_the_regulation_and_the_calendar_say_what_is_due(code: str, due_on: date, clause: str) -> None:
    (entry,) = [each for each in standard_entries(YEAR) if each.code == code]
    assert (entry.due_on, entry.clause) == (due_on, clause)


def test_every_entry_of_a_year_has_a_code_of_its_own() -> None:
    codes = [each.code for each in standard_entries(YEAR)]
    assert len(codes) == len(set(codes))
    # Half-years are neither inspected nor begun anew beside the quarters.
    assert {code for code in codes if "half" in code} == {"close/half/1", "reports/half/1"}


def test_without_a_calendar_only_the_year_itself_has_duties() -> None:
    assert {each.code.split("/")[0] for each in standard_entries(PlanYear(2026, [], []))} == {
        *("divide", "present", "archive", "paper", "open")
    }


ENTRY = PlanEntry("", "Педсовет", date(2026, 11, 27), 7, entry_id=1)


@pytest.mark.parametrize(
    ("today", "state"),
    [
        (date(2026, 11, 19), PlanState.AHEAD),
        (date(2026, 11, 20), PlanState.SOON),
        (date(2026, 11, 27), PlanState.SOON),
        (date(2026, 11, 28), PlanState.OVERDUE),
    ],
)
def test_an_entry_presses_from_its_reminder_on_and_is_late_the_day_after(
    today: date, state: PlanState
) -> None:
    assert state_of(ENTRY, today) is state
    assert state_of(replace(ENTRY, is_done=True), today) is PlanState.DONE
    assert state_of(replace(ENTRY, is_dropped=True), today) is PlanState.DROPPED


@pytest.mark.parametrize(
    ("user_id", "role", "roles", "is_own"),
    [
        (None, Role.DEPUTY, {Role.DEPUTY}, True),
        (None, Role.DEPUTY, {Role.HEAD}, False),
        (None, None, {Role.DEPUTY}, False),
        (5, Role.DEPUTY, {Role.HEAD}, True),
        # Given to somebody by name it is no longer everybody's of the role.
        (6, Role.DEPUTY, {Role.DEPUTY}, False),
    ],
)
def test_an_entry_is_for_somebody_by_name_or_by_role(
    user_id: int | None, role: Role | None, roles: set[Role], is_own: bool
) -> None:
    assert is_for(replace(ENTRY, user_id=user_id, role=role), 5, frozenset(roles)) is is_own


STORED = StoredEntry(9, 2026, "inspect/quarter/1", "", "Начать с 7А", None, 5, 3, None, False)


def test_what_people_changed_of_a_standard_entry_stands_and_its_day_follows_the_calendar() -> None:
    done = {"inspect/quarter/1": date(2026, 10, 20), "close/quarter/1": None}
    found = {each.code: each for each in entries_of(YEAR, [STORED], done, TODAY)}
    inspected = found["inspect/quarter/1"]
    assert (inspected.user_id, inspected.remind_days, inspected.note) == (5, 3, "Начать с 7А")
    assert (inspected.due_on, inspected.done_on) == (date(2026, 10, 25), date(2026, 10, 20))
    assert done_words(inspected) == "по журналу, 20.10.2026"
    assert done_words(found["close/quarter/1"]) == "по журналу"
    assert done_words(found["close/quarter/2"]) == ""
    moved = STORED._replace(due_on=date(2026, 10, 30))
    assert {each.code: each for each in entries_of(YEAR, [moved], {}, TODAY)}[
        "inspect/quarter/1"
    ].due_on == moved.due_on


def test_what_the_register_sees_is_not_done_by_a_tick() -> None:
    ticked = STORED._replace(done_on=TODAY)
    found = {each.code: each for each in entries_of(YEAR, [ticked], {}, TODAY)}
    assert not found["inspect/quarter/1"].is_done
    by_hand = STORED._replace(code="divide/year/1", done_on=TODAY)
    found = {each.code: each for each in entries_of(YEAR, [by_hand], {}, TODAY)}
    assert done_words(found["divide/year/1"]) == "отмечено 23.11.2026"


def test_a_term_begins_by_itself() -> None:
    found = {each.code: each for each in entries_of(YEAR, [], {}, date(2026, 11, 2))}
    assert (found["term/quarter/2"].is_done, found["term/quarter/2"].done_on) == (True, date(2026, 11, 2))
    assert not {each.code: each for each in entries_of(YEAR, [], {}, date(2026, 11, 1))}[
        "term/quarter/2"
    ].is_done


@pytest.mark.parametrize(
    ("draft", "words"),
    [
        (PlanDraft("  ", TODAY), "Не написано, что сделать"),
        (PlanDraft("я" * (TITLE_LENGTH + 1), TODAY), "Название длиннее"),
        (PlanDraft("Дело", TODAY, note="я" * (NOTE_LENGTH + 1)), "Примечание длиннее"),
        (PlanDraft("Дело", TODAY, remind_days=MOST_REMIND_DAYS + 1), "Напомнить"),
        (PlanDraft("Дело", TODAY, remind_days=-1), "Напомнить"),
        (PlanDraft("Дело", date(2026, 8, 31)), "не в 2026/27"),
        (PlanDraft("Дело", date(2027, 9, 1)), "не в 2026/27"),
    ],
)
def test_what_may_not_be_typed_is_refused(draft: PlanDraft, words: str) -> None:
    with pytest.raises(RuleRefused, match=words):
        checked_draft(draft, 2026)


def test_a_typed_entry_loses_its_blanks() -> None:
    assert checked_draft(PlanDraft("  Малый   педсовет ", date(2027, 8, 31)), 2026).title == "Малый педсовет"


@pytest.mark.parametrize(
    ("due_on", "days"),
    [
        # Five days before the end of the first quarter, then of the second.
        (date(2026, 10, 20), [date(2026, 10, 20), date(2026, 12, 24)]),
        (date(2026, 11, 5), [date(2026, 11, 5)]),
        (date(2027, 1, 20), [date(2027, 1, 20)]),
    ],
)
def test_a_repeated_entry_stands_as_far_from_the_end_of_each_later_term(
    due_on: date, days: list[date]
) -> None:
    assert repeated_days(due_on, QUARTERS) == days


def test_ticks_and_reasons() -> None:
    with pytest.raises(RuleRefused, match="по самому журналу"):
        check_tick(replace(ENTRY, fact=Fact.DRILL))
    with pytest.raises(RuleRefused, match="не нужна"):
        check_tick(replace(ENTRY, is_dropped=True))
    check_tick(ENTRY)
    with pytest.raises(RuleRefused, match="почему"):
        check_drop(replace(ENTRY, clause="п. 6.2"), "  ")
    with pytest.raises(RuleRefused, match="длиннее"):
        check_drop(ENTRY, "я" * (NOTE_LENGTH + 1))
    check_drop(ENTRY, "Карантин")
