"""Closing the first steps for good."""

from datetime import datetime

from school.access.action import Action
from school.access.checks import check_may
from school.access.scopes import Rows
from school.guide.store import roles_with_steps_closed, save_steps_closed
from school.records import User
from school.store.connection import Transaction, in_transaction
from school.store.events import Event


@in_transaction
def close_first_steps(transaction: Transaction, user: User, *, now: datetime) -> None:
    """Note that the user has read the first steps of their roles; a role given later has its own. Raises AccessRefused."""
    check_may(user, Action.KEEP_OWN_ACCOUNT, Rows(user_id=user.user_id))
    fresh = user.roles - roles_with_steps_closed(transaction, user.user_id)
    if not fresh:
        return
    save_steps_closed(transaction, user.user_id, sorted(fresh), now)
    transaction.record(Event(now, user.user_id, "first_steps_closed", record_id=user.user_id))
