"""Signals looked into by the administrator, each with a note (п. 8.5, 8.7)."""

from datetime import datetime

from school.access.action import Action
from school.access.checks import check_may
from school.account_signals.rules import QUESTIONS, Signal
from school.account_signals.store import forget_checks, save_check
from school.errors import RuleRefused
from school.records import User
from school.sign_in.rules.sessions import KEPT_FOR
from school.store.connection import Transaction, in_transaction
from school.store.events import Event

LONGEST_NOTE = 300


@in_transaction
def check_signal(transaction: Transaction, user: User, signal: Signal, note: str, *, now: datetime) -> None:
    """Note what was found out about a signal; newer evidence asks again. Raises AccessRefused, RuleRefused without a note."""
    check_may(user, Action.CHECK_ACCOUNT_SIGNALS)
    tidy = note.strip()
    if not tidy or len(tidy) > LONGEST_NOTE:
        raise RuleRefused(
            "Не сказано, что выяснилось.",
            f"Без этого проверка не видна другим; помещается {LONGEST_NOTE} знаков.",
            "Напишите коротко: «устройство своё», «пароль сменён».",
        )
    save_check(transaction, signal, user.user_id, tidy, now)
    transaction.record(
        Event(now, user.user_id, "account_signal_checked", new_value=QUESTIONS[signal.kind], reason=tidy)
    )


@in_transaction
def forget_old_checks(transaction: Transaction, now: datetime) -> None:
    """Drop checks whose evidence is gone by now."""
    forget_checks(transaction, now - KEPT_FOR)
