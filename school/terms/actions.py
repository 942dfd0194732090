"""Closing a term and opening it again; permissions to correct what is closed (п. 4.2)."""

from datetime import datetime

from school.access.action import Action
from school.access.checks import check_may
from school.access.scopes import Rows
from school.calendar import school_year_title, term_title
from school.errors import RuleRefused
from school.forecasts.store import queue_fit
from school.records import CorrectionPermission, RegisterKey, Term, User
from school.register.rules.corrections import (
    check_nothing_asked_yet,
    check_reason_is_written,
    check_waits,
    expiry,
)
from school.register.store import corrections
from school.store.connection import Store, Transaction, in_transaction
from school.store.events import Event
from school.term_marks.rules.term_marks import check_term_may_be_closed
from school.term_marks.store import set_terms_closed, subject_terms, terms_of_period


@in_transaction
def close_term(
    transaction: Transaction, user: User, school_year: int, kind: str, number: int, *, now: datetime
) -> None:
    """Close a term of a kind for everybody: from now on its marks change by permission only (п. 4.2).

    Raises AccessRefused, or RuleRefused where the term is closed already or not over.
    """
    check_may(user, Action.CLOSE_TERMS)
    terms = _terms(transaction, school_year, kind, number)
    for term in terms:
        check_term_may_be_closed(term, now.date())
    set_terms_closed(transaction, [term.term_id for term in terms], now, user.user_id)
    queue_fit(transaction, "term_closed", now, user.user_id)
    transaction.record(*(_term_event(now, user, "term_closed", term) for term in terms))


@in_transaction
def reopen_term(
    transaction: Transaction,
    user: User,
    school_year: int,
    kind: str,
    number: int,
    reason: str,
    *,
    now: datetime,
) -> None:
    """Open a closed term again for everybody, with a reason (п. 4.2). Raises AccessRefused or RuleRefused."""
    check_may(user, Action.CLOSE_TERMS)
    check_reason_is_written(reason)
    terms = [term for term in _terms(transaction, school_year, kind, number) if term.is_closed]
    if not terms:
        raise RuleRefused("Учебный период не закрыт.", next_step="Обновите страницу.")
    set_terms_closed(transaction, [term.term_id for term in terms], None, None)
    transaction.record(*(_term_event(now, user, "term_reopened", term, reason) for term in terms))


def _terms(transaction: Transaction, school_year: int, kind: str, number: int) -> list[Term]:
    terms = terms_of_period(transaction, school_year, kind, number)
    if not terms:
        raise RuleRefused("Такого учебного периода нет.", next_step="Обновите страницу.")
    return terms


def _term_event(now: datetime, user: User, kind: str, term: Term, reason: str = "") -> Event:
    title = f"{term_title(term.kind, term.number)} {school_year_title(term.school_year)}"
    return Event(now, user.user_id, kind, record_id=term.term_id, new_value=title, reason=reason.strip())


@in_transaction
def ask_correction(
    transaction: Transaction, user: User, key: RegisterKey, term_id: int, reason: str, *, now: datetime
) -> int:
    """Ask the deputy head to permit a correction of a closed term of one's own register; return the request's id.

    Raises AccessRefused or RuleRefused.
    """
    check_reason_is_written(reason)
    rows = subject_terms(transaction, key)
    teachers = rows.teacher_ids.get(term_id, frozenset())
    check_may(user, Action.ASK_CORRECTION, Rows(teacher_ids=teachers, class_id=key.class_id))
    teacher_id = next(teacher for teacher in teachers if teacher == user.staff_id)
    if not any(term.term_id == term_id and term.is_closed for term in rows.terms):
        raise RuleRefused("Учебный период не закрыт.", next_step="Отметку можно исправить без разрешения.")
    check_nothing_asked_yet(corrections.last_permission(transaction, key, term_id, teacher_id), now)
    permission_id = transaction.new_ids(1)[0]
    request = CorrectionPermission(permission_id, key, term_id, teacher_id, reason.strip(), now)
    corrections.ask_permission(transaction, request)
    transaction.record(_permission_event(now, user, "correction_asked", request, reason))
    return permission_id


def grant_correction(store: Store, user: User, permission_id: int, days: int, *, now: datetime) -> None:
    """Permit a teacher to correct a closed term for some days. Raises AccessRefused or RuleRefused."""
    check_may(user, Action.CLOSE_TERMS)
    expires_at = expiry(now, days)
    answer = f"по {expires_at:%d.%m.%Y}"
    _decide(store, user, permission_id, "correction_granted", answer, now=now, expires_at=expires_at)


def decline_correction(store: Store, user: User, permission_id: int, why: str, *, now: datetime) -> None:
    """Decline a request and say why. Raises AccessRefused or RuleRefused."""
    check_may(user, Action.CLOSE_TERMS)
    check_reason_is_written(why)
    _decide(store, user, permission_id, "correction_declined", why.strip(), now=now, expires_at=None)


@in_transaction
def _decide(
    transaction: Transaction,
    user: User,
    permission_id: int,
    kind: str,
    answer: str,
    *,
    now: datetime,
    expires_at: datetime | None,
) -> None:
    request = check_waits(corrections.permission_by_id(transaction, permission_id))
    corrections.decide_permission(
        transaction, permission_id, expires_at=expires_at, answer=answer, at=now, user_id=user.user_id
    )
    transaction.record(_permission_event(now, user, kind, request, answer))


def _permission_event(
    now: datetime, user: User, kind: str, request: CorrectionPermission, reason: str
) -> Event:
    return Event(
        now,
        user.user_id,
        kind,
        record_id=request.permission_id,
        reason=reason.strip(),
        class_id=request.key.class_id,
        subject_id=request.key.subject_id,
    )
