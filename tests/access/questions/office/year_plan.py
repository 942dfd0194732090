"""Questions to the plan of the year and to what awaits somebody, where the report about 8Б is an entry."""

from collections.abc import Callable
from typing import Any

from asking import Question, passed, the_deputy, was_done
from small_school import NOW, USER_IDS

from school.records import User
from school.store.connection import Store
from school.waiting import lookups as waiting
from school.year_plan import actions, lookups
from school.year_plan.actions import EntryKey
from school.year_plan.records import PlanDraft

PLANNERS = {"deputy", "head"}
READERS = PLANNERS | {"admin", "secretary"}
TODAY = NOW.date()
DRAFT = PlanDraft("Проверить 8Б", TODAY, USER_IDS["deputy"])
STANDARD = EntryKey(2026, "inspect/quarter/2")


def _entry(store: Store) -> EntryKey:
    """Put an entry about 8Б into the plan, the deputy's."""
    (entry_id,) = actions.add_entries(store, the_deputy(store), 2026, DRAFT, now=NOW)
    return EntryKey(2026, "", entry_id)


def _about(ask: Callable[[Store, User], Any]) -> Callable[[Store, User], Any]:
    def asked(store: Store, user: User) -> Any:
        _entry(store)
        return ask(store, user)

    return asked


QUESTIONS: dict[str, Question] = {
    "year_plan.actions.add_entries": Question(
        lambda store, user: actions.add_entries(store, user, 2026, DRAFT, now=NOW), PLANNERS, was_done
    ),
    "year_plan.actions.change_entry": Question(
        lambda store, user: actions.change_entry(store, user, _entry(store), DRAFT, now=NOW),
        PLANNERS,
        was_done,
    ),
    "year_plan.actions.tick_entry": Question(
        lambda store, user: actions.tick_entry(store, user, _entry(store), is_done=True, now=NOW),
        PLANNERS,
        was_done,
    ),
    "year_plan.actions.drop_entry": Question(
        lambda store, user: actions.drop_entry(store, user, _entry(store), "", now=NOW), PLANNERS, was_done
    ),
    "year_plan.actions.restore_entry": Question(
        lambda store, user: passed(lambda: actions.restore_entry(store, user, STANDARD, now=NOW)),
        PLANNERS,
        was_done,
    ),
    "year_plan.lookups.plan_years": Question(lookups.plan_years, READERS, bool),
    "year_plan.lookups.year_plan": Question(
        _about(lambda store, user: lookups.year_plan(store, user, 2026, today=TODAY)), READERS
    ),
    "year_plan.lookups.may_tick": Question(
        lambda store, user: lookups.may_tick(
            user, lookups.entry_of_plan(store, 2026, "", _entry(store).entry_id, today=TODAY)
        ),
        PLANNERS,
        bool,
    ),
    "year_plan.lookups.pressing_entries": Question(
        _about(lambda store, user: lookups.pressing_entries(store, user, today=TODAY)), {"deputy"}
    ),
    "year_plan.lookups.waiting_plan": Question(
        # The administrator's own is the drill of the first quarter, which nobody held.
        _about(lambda store, user: lookups.waiting_plan(store, user, today=TODAY)),
        {"deputy", "admin"},
        bool,
    ),
    "year_plan.lookups.overdue_entries": Question(
        lambda store, user: lookups.overdue_entries(store, user, today=TODAY), READERS, bool
    ),
    "year_plan.lookups.next_entries": Question(
        _about(lambda store, user: lookups.next_entries(store, user, today=TODAY, most=3)), READERS
    ),
    "waiting.lookups.what_waits": Question(
        lambda store, user: passed(lambda: waiting.what_waits(store, user, now=NOW)), READERS, was_done
    ),
}
