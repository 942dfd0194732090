"""Attempts to get in: passwords and codes are tried one at a time, failures are counted and cost a wait (п. 3.2, 8.5)."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from typing import Protocol

from school.errors import Refusal
from school.sign_in.rules.browsers import Browser
from school.sign_in.rules.passwords import fits_hasher
from school.sign_in.rules.sessions import secret_hash
from school.sign_in.rules.throttling import ADDRESS_KNOWN, LOOK_BACK, time_to_wait, wait_text
from school.sign_in.store import credentials
from school.sign_in.store.credentials import Credential, Place
from school.store.connection import Store, Transaction, in_transaction
from school.store.events import Event

UNKNOWN = Browser()
_TURNS = tuple(threading.Lock() for _ in range(64))


class Hasher(Protocol):
    """Hashes passwords so that the hash does not give them away."""

    def hash(self, password: str) -> str:
        """Return a salted hash."""

    def check_pw(self, password: str, hashed_password: str) -> bool:
        """Whether the password is the hashed one."""


class SignInRefused(Refusal):
    """The name, the password or the code did not fit, or it is too early for another attempt."""


def turn(tried_hash: str) -> threading.Lock:
    """Return the lock under which attempts on one name or code take turns, so that guesses sent at once all count."""
    return _TURNS[int(tried_hash[:2], 16) % len(_TURNS)]


def place_of(address: str, browser: Browser = UNKNOWN) -> Place:
    """Return where an attempt comes from, as it is stored."""
    device_hash = secret_hash(browser.device) if browser.device else ""
    return Place(address, device_hash, browser.words)


def time_left(store: Store, tried_hash: str, place: Place, now: datetime) -> timedelta:
    """Return how long to wait before the next attempt on a name or code from a place."""
    known = credentials.how_known(store, tried_hash, place, now - ADDRESS_KNOWN)
    return time_to_wait(credentials.attempts_since(store, tried_hash, place, now - LOOK_BACK), now, known)


def check_wait(
    store: Store, tried_hash: str, address: str, now: datetime, browser: Browser = UNKNOWN
) -> None:
    """Raise SignInRefused while it is too early for another attempt."""
    wait = time_left(store, tried_hash, place_of(address, browser), now)
    if wait:
        raise SignInRefused(
            "Слишком много неудачных попыток подряд.",
            "Пауза защищает пароль от подбора.",
            f"Попробуйте снова через {wait_text(wait)}.",
        )


@in_transaction
def note_failure(
    transaction: Transaction,
    tried_hash: str,
    address: str,
    now: datetime,
    user_id: int | None = None,
    browser: Browser = UNKNOWN,
    step: str = "password",
) -> None:
    """Note a failed attempt; ``user_id`` is whose name it was, where that is known; ``step``: «password» or «code»."""
    place = place_of(address, browser)
    credentials.save_attempt(transaction, tried_hash, place, now, succeeded=False, user_id=user_id, step=step)
    transaction.record(Event(now, None, "sign_in_refused", record_id=user_id, reason=f"с адреса {address}"))


def check_password(
    store: Store,
    login: str,
    password: str,
    *,
    address: str,
    now: datetime,
    hasher: Hasher,
    browser: Browser = UNKNOWN,
) -> Credential:
    """Return what a login name in its normal form opens, if the password is its own.

    Notes a failure and raises SignInRefused otherwise: neither the words nor the time distinguish an unknown name from a
    wrong password. The caller holds the name's ``turn`` and has checked its wait.
    """
    login_hash = secret_hash(login)
    credential = credentials.credential_of(store, login)
    fits = _matches(credential, password, hasher)
    if credential is not None and fits:
        return credential
    user_id = None if credential is None else credential.user_id
    note_failure(store, login_hash, address, now, user_id, browser)
    wait = time_left(store, login_hash, place_of(address, browser), now)
    raise SignInRefused(
        "Имя для входа или пароль не подошли.",
        next_step=f"Проверьте раскладку клавиатуры и попробуйте снова через {wait_text(wait)}."
        if wait
        else "Проверьте раскладку клавиатуры и попробуйте снова.",
    )


@cache
def _nobodys_hash(hash_password: Callable[[str], str]) -> str:
    return hash_password("nobody has this password")


def _matches(credential: Credential | None, password: str, hasher: Hasher) -> bool:
    known = credential is not None and credential.password_hash.startswith("$2") and fits_hasher(password)
    nobodys_hash = _nobodys_hash(hasher.hash)
    if not known or credential is None:
        hasher.check_pw("whatever was typed", nobodys_hash)
        return False
    return hasher.check_pw(password, credential.password_hash)
