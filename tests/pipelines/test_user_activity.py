"""Who works with the register: active days, entries by kind, families too (п. 4.3, 7.1)."""

from datetime import datetime

import pytest

from pipelines.measures.user_activity import COUNTS, ENTRY_COUNTS, activity_of_groups, added_up, user_activity
from school.analytics.rules import CELL, ENTRIES, NO_WORK, SIGN_IN
from school.audit.rules import EVENT_TITLES

EVENTS = "user_id happened_at happened_on kind new_value"
MONDAY, LATER, TUESDAY = datetime(2024, 9, 2, 9), datetime(2024, 9, 2, 18), datetime(2024, 9, 3, 9)


def event(kind, value=None, *, user=1, at=MONDAY):
    return (user, at, at.date(), kind, value)


def active(table, rows_of, *events, by=("user_id",)):
    return rows_of(user_activity(table(EVENTS, *events), by))


def test_days_and_the_last_visit(table, rows_of):
    events = [
        event("sign_in"),
        event("cell", "5", at=LATER),
        event("sign_in", at=TUESDAY),
        event("sign_in", user=2),
    ]
    first, second = active(table, rows_of, *events)
    assert (first["days_active"], first["sign_ins"], first["entries"]) == (2, 2, 1)
    assert (first["last_seen_at"], second["last_seen_at"]) == (TUESDAY, MONDAY)


@pytest.mark.parametrize(
    ("kind", "value", "counted_as"),
    [
        ("cell", "5", "mark_entries"),
        ("cell", "5/4", "mark_entries"),
        ("cell", "н", "absence_entries"),
        ("cell", "5 о", "mark_entries"),  # a mark and a late arrival stand in one cell: one entry, a mark
        ("cell", None, "cleared_entries"),
        ("attendance", None, "attendance_entries"),
        ("topic", "Дроби", "topic_entries"),
        ("homework", "№ 5", "homework_entries"),
        ("term_mark", "4", "term_mark_entries"),
        ("year_mark", "4", "term_mark_entries"),
        ("remark", "…", "remark_entries"),
        ("substitution", None, "other_entries"),
    ],
)
def test_an_entry_is_of_one_kind(table, rows_of, kind, value, counted_as):
    (row,) = active(table, rows_of, event(kind, value))
    assert {name: row[name] for name in ENTRY_COUNTS} == {
        name: int(name == counted_as) for name in ENTRY_COUNTS
    }
    assert row["entries"] == 1


@pytest.mark.parametrize(
    "nobodys", [event("cell", "5", user=None), event("sign_in_refused"), event("sign_out")]
)
def test_what_is_nobodys_work(table, rows_of, nobodys):
    assert active(table, rows_of, nobodys) == []


def test_the_kinds_are_those_of_the_audit():
    named = {CELL, SIGN_IN, *NO_WORK, *(kind for kinds in ENTRIES.values() for kind in kinds)}
    assert named <= set(EVENT_TITLES)


def test_groups_count_those_who_never_came(table, rows_of):
    users = table("role user_id", ("guardian", 1), ("guardian", 2), ("guardian", 3), ("teacher", 1))
    events = table(EVENTS, event("sign_in"), event("sign_in", at=TUESDAY), event("cell", "5", user=3))
    family, teachers = rows_of(activity_of_groups(users, user_activity(events)))
    assert (family["accounts"], family["accounts_active"], family["user_days"]) == (3, 2, 3)
    assert (family["active_share"], family["days_per_active_user"]) == (pytest.approx(200 / 3), 1.5)
    # Who is a guardian and a teacher counts in both.
    assert (teachers["role"], teachers["sign_ins"]) == ("teacher", 2)


def test_before_anybody_signed_in(table, rows_of):
    assert active(table, rows_of) == []
    (row,) = rows_of(activity_of_groups(table("role user_id", ("pupil", 1)), user_activity(table(EVENTS))))
    assert (row["accounts"], row["active_share"], row["days_per_active_user"]) == (1, 0.0, None)
    assert [row[name] for name in COUNTS] == [0] * len(COUNTS)


def test_days_add_up_to_the_period(table, rows_of):
    events = [event("cell", "5"), event("cell", "4", at=LATER), event("sign_in", at=TUESDAY)]
    in_weeks = [(*each, week) for each, week in zip(events, (1, 1, 2), strict=True)]
    by_week = user_activity(table(f"{EVENTS} number", *in_weeks), ["user_id", "number"])
    assert rows_of(added_up(by_week)) == rows_of(user_activity(table(EVENTS, *events)))
