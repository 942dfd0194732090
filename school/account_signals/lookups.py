"""Signs of shared or leaked credentials, open ones and those looked into, for the administrator (п. 8.5, 8.7)."""

from dataclasses import dataclass
from datetime import datetime

from school.access.action import Action
from school.access.checks import check_may
from school.account_signals import store as stored
from school.account_signals.rules import Facts, Signal, signals
from school.account_signals.store import Check
from school.records import User
from school.sign_in.rules.sessions import KEPT_FOR
from school.store.connection import Store

__all__ = ["Check"]


@dataclass(frozen=True)
class AccountSignal:
    """A signal, and the check of it where somebody has looked into all its evidence."""

    signal: Signal
    check: Check | None


def account_signals(store: Store, user: User, *, now: datetime) -> list[AccountSignal]:
    """Return the signals of 90 days, those not looked into first. Raises AccessRefused."""
    check_may(user, Action.CHECK_ACCOUNT_SIGNALS)
    checks = stored.checks(store)
    found = []
    for signal in signals(facts(store, now)):
        check = checks.get((signal.kind, signal.subject))
        found.append(AccountSignal(signal, check if check and check.evidence_until >= signal.until else None))
    return sorted(found, key=lambda each: each.check is not None)


def facts(store: Store, now: datetime) -> Facts:
    """Return what the signals are made of; nobody's eyes: ``account_signals`` asks for the right."""
    since = now - KEPT_FOR
    accounts = stored.accounts(store)
    visits = [visit for visit in stored.visits(store, since) if visit.user_id in accounts]
    days = (since.date(), now.date())
    return Facts(
        accounts,
        visits,
        stored.entries(store, since),
        stored.lessons_of_users(store, *days),
        stored.school_days(store, *days),
    )
