"""The administrator turns the route on and off and lets systems in; a pupil's number in ЕСИА is written on the card."""

import hmac
import secrets
from datetime import datetime

from school.access.action import Action
from school.access.checks import check_may
from school.errors import RuleRefused
from school.my_school import store as rows
from school.my_school.records import MadeClient
from school.my_school.rules import check_client_name, check_esia_id
from school.records import User
from school.sign_in.rules.sessions import new_secret, secret_hash
from school.store.connection import Store, Transaction, in_transaction
from school.store.events import Event
from school.store.settings import save_setting

CLIENT_ID_BYTES = 8


@in_transaction
def turn_route(transaction: Transaction, user: User, *, is_on: bool, now: datetime) -> None:
    """Let the route answer, or not. Raises AccessRefused."""
    check_may(user, Action.EDIT_STAFF)
    save_setting(transaction, rows.ON_SETTING, "1" if is_on else "0")
    transaction.record(Event(now, user.user_id, "my_school_on" if is_on else "my_school_off"))


@in_transaction
def make_client(transaction: Transaction, user: User, name: str, *, now: datetime) -> MadeClient:
    """Let a system ask for timetables; its secret is returned once and stored as a hash. Raises AccessRefused, RuleRefused."""
    check_may(user, Action.EDIT_STAFF)
    title, made = check_client_name(name), MadeClient(secrets.token_hex(CLIENT_ID_BYTES), new_secret())
    rows.add_client(transaction, made.client_id, title, secret_hash(made.secret), at=now, by=user.user_id)
    transaction.record(Event(now, user.user_id, "schedule_client_made", new_value=title))
    return made


@in_transaction
def close_client(transaction: Transaction, user: User, client_id: str, *, now: datetime) -> None:
    """Let a system ask no more; its tokens end at once. Raises AccessRefused, RuleRefused."""
    check_may(user, Action.EDIT_STAFF)
    known = next((each for each in rows.clients(transaction) if each.client_id == client_id), None)
    if known is None or known.closed_at is not None:
        raise RuleRefused("Этот доступ уже закрыт.", next_step="Обновите страницу.")
    rows.close_client(transaction, client_id, at=now, by=user.user_id)
    transaction.record(Event(now, user.user_id, "schedule_client_closed", new_value=known.name))


@in_transaction
def write_esia_id(transaction: Transaction, user: User, pupil_id: int, text: str, *, now: datetime) -> None:
    """Write a pupil's number in ЕСИА on the card, or take it away. Raises AccessRefused, RuleRefused."""
    check_may(user, Action.MOVE_PUPILS)
    number = check_esia_id(text)
    if number == rows.esia_id_of(transaction, pupil_id):
        return
    other = rows.pupil_of_esia(transaction, number) if number else None
    if other is not None:
        raise RuleRefused("Этот номер уже записан у другого ученика.", next_step="Проверьте цифры.")
    rows.set_esia_id(transaction, pupil_id, number)
    # The number itself stays out of the book of changes: it leads to the pupil on another site.
    words = "записан" if number else "убран"
    transaction.record(Event(now, user.user_id, "esia_id", pupil_id=pupil_id, new_value=words))


def is_client(store: Store, client_id: str, secret: str) -> bool:
    """Whether a system that may ask has this secret."""
    known = rows.secret_hash_of(store, client_id)
    return known is not None and hmac.compare_digest(known, secret_hash(secret))


@in_transaction
def note_schedule_read(transaction: Transaction, client_id: str, pupil_id: int, now: datetime) -> None:
    """Count an answer to a system, as what people look at is noted."""
    rows.note_reading(transaction, client_id, pupil_id, now.date())
