"""Writing down incidents with personal data, and who answers for the data (152-ФЗ, ст. 21 ч. 3.1)."""

from datetime import datetime

from school.access.action import Action
from school.access.checks import check_may
from school.errors import RuleRefused
from school.privacy.rules.incidents import (
    LONGEST_TEXT,
    NOTICE_TITLES,
    Incident,
    IncidentDraft,
    Notice,
    check_incident,
    check_may_close,
    check_may_send,
)
from school.privacy.store import incidents as stored
from school.privacy.store.settings import Operator, operator_of, save_operator
from school.records import User
from school.store.connection import Transaction, in_transaction
from school.store.events import Event


@in_transaction
def record_incident(transaction: Transaction, user: User, draft: IncidentDraft, *, now: datetime) -> int:
    """Write down an incident and return its id. Raises AccessRefused, RuleRefused."""
    check_may(user, Action.KEEP_PRIVACY)
    check_incident(draft, now)
    (incident_id,) = transaction.new_ids(1)
    stored.save_incident(transaction, incident_id, draft, now=now, user_id=user.user_id)
    transaction.record(_event(user, now, incident_id, "записано"))
    return incident_id


@in_transaction
def change_incident(
    transaction: Transaction, user: User, incident_id: int, draft: IncidentDraft, *, now: datetime
) -> None:
    """Replace what is written of an open incident. Raises AccessRefused, RuleRefused."""
    check_may(user, Action.KEEP_PRIVACY)
    if _incident(transaction, incident_id).closed_at is not None:
        raise RuleRefused("Происшествие закрыто.", next_step="Запишите новое, если узнали что-то ещё.")
    check_incident(draft, now)
    stored.change_incident(transaction, incident_id, draft)
    transaction.record(_event(user, now, incident_id, "дополнено"))


@in_transaction
def mark_notice_sent(
    transaction: Transaction, user: User, incident_id: int, notice: Notice, *, now: datetime
) -> None:
    """Note that a notice was sent to Роскомнадзор. Raises AccessRefused, RuleRefused."""
    check_may(user, Action.KEEP_PRIVACY)
    check_may_send(_incident(transaction, incident_id), notice)
    stored.mark_sent(transaction, incident_id, notice, now)
    transaction.record(_event(user, now, incident_id, f"{NOTICE_TITLES[notice]}: отправлено"))


@in_transaction
def close_incident(transaction: Transaction, user: User, incident_id: int, *, now: datetime) -> None:
    """Close an incident after which nobody is owed a notice. Raises AccessRefused, RuleRefused."""
    check_may(user, Action.KEEP_PRIVACY)
    check_may_close(_incident(transaction, incident_id))
    stored.mark_closed(transaction, incident_id, now)
    transaction.record(_event(user, now, incident_id, "закрыто"))


@in_transaction
def set_operator(transaction: Transaction, user: User, operator: Operator, *, now: datetime) -> None:
    """Say who answers for the data, for documents. Raises AccessRefused, RuleRefused."""
    check_may(user, Action.KEEP_PRIVACY)
    if any(len(text) > LONGEST_TEXT for text in vars(operator).values()):
        raise RuleRefused(f"Текст длиннее {LONGEST_TEXT} знаков.", next_step="Сократите его.")
    if operator != operator_of(transaction):
        save_operator(transaction, operator)
        transaction.record(Event(now, user.user_id, "privacy_operator"))


def _incident(transaction: Transaction, incident_id: int) -> Incident:
    incident = stored.incident_by_id(transaction, incident_id)
    if incident is None:
        raise RuleRefused("Такого происшествия нет.", next_step="Обновите страницу.")
    return incident


def _event(user: User, now: datetime, incident_id: int, words: str) -> Event:
    return Event(now, user.user_id, "incident", record_id=incident_id, new_value=words)
