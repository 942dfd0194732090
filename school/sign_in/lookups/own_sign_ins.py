"""Everybody's own sessions, sign-ins and failed tries, and notices of devices that are new (п. 3.2, 8.5)."""

from dataclasses import dataclass
from datetime import datetime

from school.access.action import Action
from school.access.checks import check_may
from school.access.scopes import Rows
from school.records import User
from school.sign_in.lookups.sessions import open_session_of, seen_if_open
from school.sign_in.rules.browsers import UNKNOWN_BROWSER, short_address
from school.sign_in.rules.idle import IDLE_SETTINGS, IdleGroup, idle_minutes
from school.sign_in.rules.sessions import KEPT_FOR, secret_hash
from school.sign_in.rules.view import View
from school.sign_in.store.sessions import sessions_of
from school.sign_in.store.sign_in_log import DeviceNotice, attempts_of, unseen_notices
from school.sign_in.store.views import stored_view
from school.store.connection import Store
from school.store.settings import settings_under

__all__ = ["DeviceNotice"]

OUTCOMES = {
    (True, "password"): "вход",
    (True, "paper"): "вход по коду с бумаги",
    (False, "password"): "неудачно: пароль не подошёл",
    (False, "code"): "неудачно: пароль верный, код второго фактора не подошёл",
}


@dataclass(frozen=True)
class OwnSession:
    """An open session: its name for ending it, the browser in words, the address cut short, since when, last seen."""

    session_hash: str
    browser: str
    address: str
    created_at: datetime
    last_seen_at: datetime
    is_here: bool


@dataclass(frozen=True)
class OwnAttempt:
    """A sign-in or a failed try, in words."""

    at: datetime
    outcome: str
    has_succeeded: bool
    browser: str
    address: str


def own_sessions(store: Store, user: User, secret: str, *, now: datetime) -> list[OwnSession]:
    """Return the user's open sessions, that of the secret first, then the newest. Raises AccessRefused."""
    check_may(user, Action.KEEP_OWN_ACCOUNT, Rows(user_id=user.user_id))
    here = secret_hash(secret)
    found = []
    for row in sessions_of(store, user.user_id, now):
        seen = seen_if_open(store, row, now)
        if seen is None:
            continue
        browser, address = row.browser or UNKNOWN_BROWSER, row.address or short_address("")
        is_here = row.session_hash == here
        found.append(OwnSession(row.session_hash, browser, address, row.created_at, seen, is_here))
    return sorted(found, key=lambda each: not each.is_here)


def own_attempts(store: Store, user: User, *, now: datetime) -> list[OwnAttempt]:
    """Return the user's sign-ins and failed tries of 90 days, the newest first. Raises AccessRefused."""
    check_may(user, Action.KEEP_OWN_ACCOUNT, Rows(user_id=user.user_id))
    return [
        OwnAttempt(
            row.attempted_at,
            OUTCOMES.get((row.succeeded, row.step), "вход"),
            row.succeeded,
            row.browser or UNKNOWN_BROWSER,
            short_address(row.address),
        )
        for row in attempts_of(store, user.user_id, now - KEPT_FOR)
    ]


def new_devices(store: Store, user: User, secret: str, *, now: datetime) -> list[DeviceNotice]:
    """Return sign-ins from new devices that the user has not answered yet, but for that of this very device.

    From memory while there is nothing new: it is asked for every page. Raises AccessRefused.
    """
    check_may(user, Action.KEEP_OWN_ACCOUNT, Rows(user_id=user.user_id))
    notices = unseen_notices(store, user.user_id)
    if not notices:
        return []
    here = open_session_of(store, secret_hash(secret), now.date())
    device = here.row.device_hash if here else ""
    return [each for each in notices if each.device_hash != device]


def own_view(store: Store, user: User) -> View | None:
    """Return how the register looks to the user, None where they have chosen nothing. Raises AccessRefused."""
    check_may(user, Action.KEEP_OWN_ACCOUNT, Rows(user_id=user.user_id))
    return stored_view(store, user.user_id)


def idle_settings(store: Store, user: User) -> dict[IdleGroup, int]:
    """Return after how many minutes without work sessions end, by group. Raises AccessRefused."""
    check_may(user, Action.EDIT_STAFF)
    settings = settings_under(store, IDLE_SETTINGS)
    return {group: idle_minutes(settings, group) for group in IdleGroup}
