"""The one door: whoever has shown a password or a code comes in here, or is asked for the second factor first (п. 3.2, 8.5)."""

from dataclasses import dataclass
from datetime import datetime

from school.records import User
from school.sign_in.actions.attempts import UNKNOWN, SignInRefused, place_of
from school.sign_in.lookups.second_factor import required_roles
from school.sign_in.rules.browsers import Browser, short_address
from school.sign_in.rules.passwords import normal_login
from school.sign_in.rules.second_factor import HALF_WAY_FOR, is_required
from school.sign_in.rules.sessions import new_secret, secret_hash, session_length
from school.sign_in.store.credentials import Place, save_attempt
from school.sign_in.store.second_factors import is_trusted, second_factor_of
from school.sign_in.store.sessions import save_session
from school.sign_in.store.sign_in_log import is_new_device, save_device_notice
from school.sign_in.store.users import user_on_day
from school.store.connection import Transaction
from school.store.events import Event


@dataclass(frozen=True)
class Entered:
    """A session is open: its secret, which is stored nowhere, and whether the password is too weak by today's rules."""

    secret: str
    has_weak_password: bool = False


@dataclass(frozen=True)
class HalfWay:
    """The password fitted and no session is open yet: a code of the second factor is asked for, or to turn it on first.

    It lives in the server's memory of a browser tab and says nothing to the browser.
    """

    user_id: int
    login: str
    until: datetime
    must_turn_on: bool
    has_weak_password: bool = False
    reason: str = ""


@dataclass(frozen=True)
class Arrival:
    """Somebody at the door: from where, when, in what way (words for the record), with a password that is too weak or not.

    ``step``: what let them in, «password» (with a code where one is asked for) or «paper», a code from paper after it.
    """

    address: str
    now: datetime
    browser: Browser = UNKNOWN
    reason: str = ""
    has_weak_password: bool = False
    step: str = "password"

    @property
    def place(self) -> Place:
        """Where they come from, as it is stored."""
        return place_of(self.address, self.browser)


def let_in(transaction: Transaction, user_id: int, arrival: Arrival) -> Entered | HalfWay:
    """Open a session of a user, or ask for the second factor; raises SignInRefused for one whose access has ended."""
    user = _user_allowed_in(transaction, user_id, arrival.now)
    factor = second_factor_of(transaction, user_id)
    must_turn_on = factor is None and is_required(user.roles, required_roles(transaction))
    device = arrival.place.device_hash
    if must_turn_on or (factor is not None and not is_trusted(transaction, user_id, device, arrival.now)):
        until = arrival.now + HALF_WAY_FOR
        return HalfWay(user_id, user.login, until, must_turn_on, arrival.has_weak_password, arrival.reason)
    return open_session(transaction, user, arrival)


def open_session(transaction: Transaction, user: User, arrival: Arrival) -> Entered:
    """Open a session of a user who has shown all that is asked for; it is logged, a new device with a notice."""
    secret, now, place = new_secret(), arrival.now, arrival.place
    shown = Place(short_address(place.address), place.device_hash, place.browser)
    if place.device_hash and is_new_device(transaction, user.user_id, place.device_hash):
        (notice_id,) = transaction.new_ids(1)
        save_device_notice(transaction, notice_id, user.user_id, shown, now)
    save_session(
        transaction,
        secret_hash(secret),
        user.user_id,
        created_at=now,
        expires_at=now + session_length(user.roles),
        address=shown.address,
        browser=shown.browser or None,
        device_hash=shown.device_hash or None,
    )
    # A success ends the row of failures on the name from the address.
    login_hash = secret_hash(normal_login(user.login))
    save_attempt(transaction, login_hash, place, now, succeeded=True, user_id=user.user_id, step=arrival.step)
    transaction.record(Event(now, user.user_id, "sign_in", reason=arrival.reason))
    return Entered(secret, arrival.has_weak_password)


def _user_allowed_in(transaction: Transaction, user_id: int, now: datetime) -> User:
    user = user_on_day(transaction, user_id, now.date())
    if user is None:
        raise SignInRefused(
            "Доступ закрыт.",
            "Администратор журнала закрыл вашу учётную запись.",
            "Обратитесь к нему, если это ошибка.",
        )
    return user
