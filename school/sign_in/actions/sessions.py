"""Signing in and out: passwords, sessions, waits after failures, the first administrator (п. 3.1, 3.2, 4.3)."""

import secrets
import string
from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest

from school.errors import RuleRefused
from school.records import PersonName, Role
from school.sign_in.actions.attempts import (
    UNKNOWN,
    Hasher,
    SignInRefused,
    check_password,
    check_wait,
    note_failure,
    turn,
)
from school.sign_in.actions.letting_in import Arrival, Entered, HalfWay, let_in
from school.sign_in.lookups.sessions import school_name
from school.sign_in.rules.browsers import Browser
from school.sign_in.rules.passwords import (
    Owner,
    check_login,
    check_password_twice,
    is_weak,
    normal_login,
    normal_password,
)
from school.sign_in.rules.sessions import secret_hash
from school.sign_in.store.credentials import has_users, save_role, save_staff_name, save_user
from school.sign_in.store.sessions import revoke_session, session_user_id
from school.sign_in.store.users import surname_of_user
from school.store.connection import Store, Transaction, in_transaction
from school.store.events import Event
from school.store.settings import demo_user_ids

__all__ = ["Entered", "HalfWay", "SignInRefused"]

# Letters and digits that nobody confuses when reading them aloud.
CODE_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
CODE_LENGTH = 8
_FIRST_CODE = secret_hash("\0first administrator")


def sign_in(
    store: Store,
    login: str,
    password: str,
    *,
    address: str,
    now: datetime,
    hasher: Hasher,
    browser: Browser = UNKNOWN,
) -> Entered | HalfWay:
    """Open a session for a login name and its password, or ask for the second factor.

    Raises SignInRefused whose text and time are the same for an unknown name and a wrong password. Attempts on one name
    take turns, so that guesses sent at once are all counted.
    """
    name, typed = normal_login(login), normal_password(password)
    if not name or not typed:
        raise SignInRefused("Введите имя для входа и пароль.")
    with turn(secret_hash(name)):
        check_wait(store, secret_hash(name), address, now, browser)
        credential = check_password(
            store, name, typed, address=address, now=now, hasher=hasher, browser=browser
        )
    # Everybody knows the password of a demonstration.
    weak = not demo_user_ids(store) and is_weak(typed, owner_of(store, credential.user_id, name))
    arrival = Arrival(address, now, browser, has_weak_password=weak)
    return store.write(lambda transaction: let_in(transaction, credential.user_id, arrival))


def owner_of(store: Store, user_id: int, login: str) -> Owner:
    """Return what a user's password must not hold."""
    return Owner(login, surname_of_user(store, user_id), school_name(store))


def demo_sign_in(
    store: Store, role: Role, *, now: datetime, address: str = "localhost", browser: Browser = UNKNOWN
) -> Entered | HalfWay:
    """Let in whoever stands for a role in a demonstration school; raises SignInRefused in a real one."""
    user_id = demo_user_ids(store).get(role)
    if user_id is None:
        raise SignInRefused("Так можно войти только в демонстрационную школу.")
    arrival = Arrival(address, now, browser, "демонстрационный вход")
    return store.write(lambda transaction: let_in(transaction, user_id, arrival))


@in_transaction
def sign_out(transaction: Transaction, secret: str, *, now: datetime) -> None:
    """End the session of a secret; a session that has ended already, or never was, stays so."""
    session_hash = secret_hash(secret)
    user_id = session_user_id(transaction, session_hash, now)
    if user_id is not None:
        revoke_session(transaction, session_hash, now)
        transaction.record(Event(now, user_id, "sign_out"))


@dataclass(frozen=True)
class FirstAdmin:
    """What the first person at a new school types."""

    login: str
    name: PersonName
    password: str
    password_again: str
    code: str


def new_first_code() -> str:
    """Return a fresh one-time code «ABCD-EFGH» for the server's console."""
    signs = "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))
    return f"{signs[:4]}-{signs[4:]}"


def create_first_admin(
    store: Store,
    form: FirstAdmin,
    *,
    expected_code: str,
    address: str,
    now: datetime,
    hasher: Hasher,
    browser: Browser = UNKNOWN,
) -> Entered | HalfWay:
    """Create the administrator of a school without users and sign them in (п. 4.3).

    Raises RuleRefused for an unfit name or password, SignInRefused for a wrong code or once anybody has an account.
    """
    with turn(_FIRST_CODE):
        check_wait(store, _FIRST_CODE, address, now)
        if not compare_digest(_code_signs(form.code), _code_signs(expected_code)):
            note_failure(store, _FIRST_CODE, address, now)
            raise SignInRefused(
                "Код первого входа не подошёл.",
                "Он напечатан в окне, где запущен сервер, и меняется при каждом запуске.",
                "Проверьте код и введите снова.",
            )
    login = check_login(form.login)
    if not (form.name.last and form.name.first):
        raise RuleRefused("Имя не указано.", next_step="Введите фамилию и имя.")
    owner = Owner(login, form.name.last, school_name(store))
    password_hash = hasher.hash(check_password_twice(form.password, form.password_again, owner))
    arrival = Arrival(address, now, browser)
    return store.write(
        lambda transaction: _add_first_admin(transaction, form.name, login, password_hash, arrival)
    )


def _add_first_admin(
    transaction: Transaction, name: PersonName, login: str, password_hash: str, arrival: Arrival
) -> Entered | HalfWay:
    if has_users(transaction):
        raise SignInRefused("Администратор уже создан.", next_step="Войдите под своим именем.")
    user_id, staff_id = transaction.new_ids(2)
    save_staff_name(transaction, staff_id, name)
    save_user(transaction, user_id, login, password_hash, staff_id)
    save_role(transaction, user_id, Role.ADMIN)
    transaction.record(Event(arrival.now, user_id, "first_admin", record_id=user_id))
    return let_in(transaction, user_id, arrival)


def _code_signs(text: str) -> bytes:
    return "".join(sign for sign in text.upper() if sign in string.ascii_uppercase + string.digits).encode()
