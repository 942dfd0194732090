"""The school's clock is minded: what a jump or another zone left is put right before anybody waits for it (п. 3.2, 8.5)."""

from datetime import datetime

from school.access.action import Action
from school.access.checks import check_may
from school.records import User
from school.sign_in.rules.clock import NOTED_EVERY, is_ahead, zone_shift
from school.store import moments
from school.store.connection import Store, Transaction, in_transaction
from school.store.events import Event

__all__ = ["accept_clock", "mind_clock"]


def mind_clock(store: Store, *, now: datetime, zone: str) -> None:
    """Note the newest moment now and then; where the clock was put back or the zone changed, put right what counts time.

    Called at the start and once a minute; nearly always it only reads.
    """
    mark = moments.time_mark(store)
    newest = mark.newest_moment or now
    if mark.zone is not None and mark.zone != zone:
        _change_zone(store, mark.zone, now, zone)
        return
    if is_ahead(newest, now) and moments.moments_ahead(store, now):
        _bring_back(store, now)
    if mark.newest_moment is None or mark.zone is None or now >= newest + NOTED_EVERY:
        store.write(lambda transaction: moments.save_time_mark(transaction, max(now, newest), zone))


@in_transaction
def _change_zone(transaction: Transaction, before: str, now: datetime, zone: str) -> None:
    by = zone_shift(before, zone, now)
    moments.shift(transaction, by)
    moments.save_time_mark(transaction, now, zone)
    transaction.record(Event(now, None, "zone_changed", old_value=before, new_value=zone))


@in_transaction
def _bring_back(transaction: Transaction, now: datetime) -> None:
    moments.bring_back(transaction, now)
    # The mark stays: the event carries the number of the newest, so the moment is kept apart from it.
    transaction.record(Event(now, None, "clock_set_back"))


@in_transaction
def accept_clock(transaction: Transaction, user: User, *, now: datetime, zone: str) -> None:
    """Take the clock as right although it has shown a later moment before. Raises AccessRefused."""
    check_may(user, Action.KEEP_BACKUPS)
    moments.bring_back(transaction, now)
    moments.save_time_mark(transaction, now, zone)
    transaction.record(Event(now, user.user_id, "clock_accepted"))
