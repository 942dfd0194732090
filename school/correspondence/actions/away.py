"""«Меня нет до …: отвечу позже»: an employee says so to whoever writes (п. 2.9)."""

from datetime import date, datetime

from school.access.action import Action
from school.access.checks import check_may
from school.access.scopes import Rows
from school.access.writing import STAFF
from school.correspondence.access import NOT_YOURS
from school.correspondence.rules.hours import check_away
from school.correspondence.store import away
from school.correspondence.store.away import AwayNote
from school.errors import AccessRefused
from school.records import User
from school.store.connection import Transaction, in_transaction
from school.store.events import Event


@in_transaction
def set_away(
    transaction: Transaction, user: User, until: date | None, words: str = "", *, now: datetime
) -> None:
    """Say that one is away up to a day, that day included; None: one is back. Raises AccessRefused for families, RuleRefused."""
    check_may(user, Action.CORRESPOND, Rows(user_id=user.user_id))
    if not user.roles & STAFF:
        raise AccessRefused(*NOT_YOURS)
    if until is None:
        away.end_away_note(transaction, user.user_id)
        said = "на месте"
    else:
        note = AwayNote(user.user_id, until, check_away(until, words, now.date()), now)
        away.save_away_note(transaction, note)
        said = f"нет до {until:%d.%m.%Y}"
    transaction.record(Event(now, user.user_id, "away_note", record_id=user.user_id, new_value=said))
