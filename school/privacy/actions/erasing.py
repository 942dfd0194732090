"""Erasing what is over its term, by night or by hand, and the terms themselves (152-ФЗ, ст. 21 ч. 4)."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from school.access.action import Action
from school.access.checks import check_may
from school.excuses.store import contents_before
from school.files.kept import drop_content
from school.privacy.rules.terms import (
    ALWAYS_ERASED,
    DAYS_SETTING,
    ERASED,
    ERASING_SETTING,
    IS_ON,
    LAST_SETTING,
    Erased,
    check_days,
    is_night_work_due,
    older_than,
)
from school.privacy.store.erasing import contents_over, erase, still_named
from school.privacy.store.settings import days_kept, erased_last, is_erasing
from school.records import User
from school.store.connection import Store, Transaction, in_transaction
from school.store.events import Event
from school.store.settings import save_setting


def erase_by_night(store: Store, *, now: datetime) -> dict[Erased, int] | None:
    """Erase what is over its term, once a night where the school has switched it on; return the counts, None otherwise."""
    is_due = is_night_work_due(now.hour, now.date(), is_on=is_erasing(store), last=erased_last(store))
    return _erase_with_contents(store, None, now) if is_due else None


@in_transaction
def erase_sign_ins(transaction: Transaction, *, now: datetime) -> dict[Erased, int]:
    """Erase what the program writes about sign-ins after its term, whether the night erases or not; return the counts."""
    return _erase_kinds(transaction, ALWAYS_ERASED, None, now)


def erase_now(store: Store, user: User, *, now: datetime) -> dict[Erased, int]:
    """Erase what is over its term at once; return the counts by kind. Raises AccessRefused."""
    check_may(user, Action.KEEP_PRIVACY)
    return _erase_with_contents(store, user.user_id, now)


def _erase_with_contents(store: Store, user_id: int | None, now: datetime) -> dict[Erased, int]:
    def work(transaction: Transaction) -> tuple[dict[Erased, int], list[str]]:
        terms = days_kept(transaction)
        over = {kind: older_than(days, now.date()) for kind, days in terms.items()}
        papers = contents_before(transaction, over[Erased.PAPERS])
        files = {name for kind, day in over.items() for name in contents_over(transaction, kind, day)}
        counts = _erase(transaction, user_id, now)
        return counts, [*papers, *(files - still_named(transaction, files))]

    counts, contents = store.write(work)
    # Rows first: a content that no row names goes at the next start, whatever happens in between.
    for stored_name in contents:
        drop_content(store, stored_name)
    return counts


def _erase(transaction: Transaction, user_id: int | None, now: datetime) -> dict[Erased, int]:
    counts = _erase_kinds(transaction, Erased, user_id, now)
    save_setting(transaction, LAST_SETTING, now.date().isoformat())
    if not any(counts.values()):
        transaction.record(Event(now, user_id, "erasure", new_value="стирать было нечего"))
    return counts


def _erase_kinds(
    transaction: Transaction, kinds: Iterable[Erased], user_id: int | None, now: datetime
) -> dict[Erased, int]:
    terms = days_kept(transaction)
    counts = {
        kind: erase(transaction, kind, older_than(terms[kind], now.date()), now=now, user_id=user_id)
        for kind in kinds
    }
    erased = ", ".join(f"{ERASED[kind].title} — {count}" for kind, count in counts.items() if count)
    if erased:
        transaction.record(Event(now, user_id, "erasure", new_value=erased))
    return counts


@in_transaction
def set_terms(transaction: Transaction, user: User, days: Mapping[Erased, int], *, now: datetime) -> None:
    """Set for how many days each kind is kept. Raises AccessRefused, RuleRefused."""
    check_may(user, Action.KEEP_PRIVACY)
    before = days_kept(transaction)
    for kind, count in days.items():
        check_days(kind, count)
        if count != before[kind]:
            save_setting(transaction, f"{DAYS_SETTING}{kind}", str(count))
            title = ERASED[kind].title
            transaction.record(
                Event(
                    now,
                    user.user_id,
                    "erasure_term",
                    old_value=f"{before[kind]} дн.",
                    new_value=f"{count} дн.",
                    reason=title,
                )
            )


@in_transaction
def switch_erasing(transaction: Transaction, user: User, *, is_on: bool, now: datetime) -> None:
    """Switch on or off that what is over its term is erased by night. Raises AccessRefused."""
    check_may(user, Action.KEEP_PRIVACY)
    if is_erasing(transaction) != is_on:
        save_setting(transaction, ERASING_SETTING, IS_ON if is_on else "off")
        words = "стирание по ночам включено" if is_on else "стирание по ночам выключено"
        transaction.record(Event(now, user.user_id, "erasure_term", new_value=words))
