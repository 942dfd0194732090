"""Who may sign in and who is signed in now, as the administrator and the head see it (п. 4.3, 8.7)."""

from dataclasses import dataclass
from datetime import datetime

from school.access.action import Action
from school.access.checks import check_may
from school.records import User
from school.sign_in.lookups.sessions import seen_if_open
from school.sign_in.rules.browsers import UNKNOWN_BROWSER, short_address
from school.sign_in.store.accounts import Account, accounts
from school.sign_in.store.sessions import read_sessions_ahead, sessions_of_everybody
from school.store.connection import Store

__all__ = ["Account"]


@dataclass(frozen=True)
class SignedIn:
    """An open session and whose it is: its name for ending it, the browser in words, the address cut short, since when, last seen."""

    account: Account
    session_hash: str
    browser: str
    address: str
    created_at: datetime
    last_seen_at: datetime


def all_accounts(store: Store, user: User) -> list[Account]:
    """Return everybody who may sign in, by name. Raises AccessRefused."""
    check_may(user, Action.READ_USERS)
    return accounts(store)


def signed_in_now(store: Store, user: User, *, now: datetime) -> list[SignedIn]:
    """Return the open sessions of everybody, who worked last first. Raises AccessRefused."""
    known = {each.user_id: each for each in all_accounts(store, user)}
    read_sessions_ahead(store, now.date())
    found = [
        SignedIn(
            known[row.user_id],
            row.session_hash,
            row.browser or UNKNOWN_BROWSER,
            row.address or short_address(""),
            row.created_at,
            seen,
        )
        for row in sessions_of_everybody(store, now)
        if (seen := seen_if_open(store, row, now)) is not None
    ]
    return sorted(found, key=lambda each: each.last_seen_at, reverse=True)
