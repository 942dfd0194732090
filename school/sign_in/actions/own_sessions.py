"""Everybody's own sessions and view: ended and chosen by their owner; when they were used is written down (п. 3.2, 8.5)."""

from datetime import datetime

from school.access.action import Action
from school.access.checks import check_may
from school.access.scopes import Rows
from school.records import User
from school.sign_in.rules.idle import IDLE_SETTINGS, IdleGroup, check_idle_minutes, idle_minutes, span_words
from school.sign_in.rules.sessions import secret_hash
from school.sign_in.rules.view import View
from school.sign_in.store.sessions import revoke_session, revoke_sessions_of, session_row, write_visits
from school.sign_in.store.sign_in_log import set_notices_seen
from school.sign_in.store.views import save_view
from school.sign_in.store.visits import visits_of
from school.store.connection import Store, Transaction, in_transaction
from school.store.events import Event
from school.store.settings import save_setting, settings_under


@in_transaction
def end_session(transaction: Transaction, user: User, session_hash: str, *, now: datetime) -> None:
    """End one of the user's own sessions; one that has ended stays so. Raises AccessRefused for anybody else's."""
    found = session_row(transaction, session_hash)
    if found is None:
        return
    check_may(user, Action.KEEP_OWN_ACCOUNT, Rows(user_id=found.user_id))
    revoke_session(transaction, session_hash, now)
    transaction.record(Event(now, user.user_id, "session_ended", record_id=user.user_id))


@in_transaction
def end_other_sessions(transaction: Transaction, user: User, secret: str, *, now: datetime) -> None:
    """End the user's sessions but that of a secret. Raises AccessRefused."""
    check_may(user, Action.KEEP_OWN_ACCOUNT, Rows(user_id=user.user_id))
    revoke_sessions_of(transaction, user.user_id, now, kept_hash=secret_hash(secret))
    transaction.record(Event(now, user.user_id, "other_sessions_ended", record_id=user.user_id))


@in_transaction
def confirm_devices(transaction: Transaction, user: User, secret: str, *, now: datetime) -> None:
    """Note that the user knows of the new devices, but not of the one that says so itself. Raises AccessRefused."""
    check_may(user, Action.KEEP_OWN_ACCOUNT, Rows(user_id=user.user_id))
    here = session_row(transaction, secret_hash(secret))
    set_notices_seen(transaction, user.user_id, here.device_hash if here else "", now)
    transaction.record(Event(now, user.user_id, "device_notices_seen", record_id=user.user_id))


@in_transaction
def set_view(transaction: Transaction, user: User, view: View, *, now: datetime) -> None:
    """Set how the register looks to the user; the event does not say how, it may tell of their sight. Raises AccessRefused."""
    check_may(user, Action.KEEP_OWN_ACCOUNT, Rows(user_id=user.user_id))
    save_view(transaction, user.user_id, view)
    transaction.record(Event(now, user.user_id, "view_changed", record_id=user.user_id))


@in_transaction
def set_idle_minutes(
    transaction: Transaction, user: User, minutes: dict[IdleGroup, int], *, now: datetime
) -> None:
    """Set after how long without work sessions end, open ones too. Raises AccessRefused or RuleRefused."""
    check_may(user, Action.EDIT_STAFF)
    before = settings_under(transaction, IDLE_SETTINGS)
    for group, length in minutes.items():
        save_setting(transaction, IDLE_SETTINGS + group, str(check_idle_minutes(group, length)))
    old, new = (
        ", ".join(span_words(value) for value in values)
        for values in ([idle_minutes(before, group) for group in minutes], minutes.values())
    )
    transaction.record(Event(now, user.user_id, "idle_minutes", old_value=old, new_value=new))


def write_down_visits(store: Store, now: datetime) -> None:
    """Write down when sessions were last used: to be called about once a minute, off the way of any request."""
    taken = visits_of(store).take_unwritten(now)
    if taken:
        store.write(lambda transaction: write_visits(transaction, list(taken), list(taken.values())))
