"""One's own password, and accounts closed and opened by the administrator (п. 3.2, 4.3, 8.5)."""

from dataclasses import dataclass, field
from datetime import datetime

from school.access.action import Action
from school.access.checks import check_may
from school.errors import RuleRefused
from school.people.rules.people import check_somebody_administers
from school.people.store.staff import other_admins
from school.records import Role, User
from school.sign_in.actions.attempts import UNKNOWN, Hasher, check_password, check_wait, turn
from school.sign_in.actions.sessions import owner_of
from school.sign_in.rules.browsers import Browser
from school.sign_in.rules.passwords import check_password_twice, normal_login, normal_password
from school.sign_in.rules.sessions import secret_hash
from school.sign_in.store.credentials import set_blocked, set_password
from school.sign_in.store.sessions import revoke_session, revoke_sessions_of, session_row
from school.sign_in.store.users import roles_of_user
from school.store.connection import Store, Transaction, in_transaction
from school.store.events import Event


@dataclass(frozen=True)
class NewPassword:
    """What somebody types to change their password; ``secret`` is that of the session that stays open."""

    old: str = field(repr=False)
    new: str = field(repr=False)
    new_again: str = field(repr=False)
    secret: str = field(repr=False, default="")


def change_own_password(
    store: Store,
    user: User,
    form: NewPassword,
    *,
    address: str,
    now: datetime,
    hasher: Hasher,
    browser: Browser = UNKNOWN,
) -> None:
    """Set a new password of the user's own; sessions elsewhere end.

    Raises SignInRefused for a wrong old password, after too many of them for a while; RuleRefused for a weak new one.
    """
    login = normal_login(user.login)
    new = check_password_twice(form.new, form.new_again, owner_of(store, user.user_id, login))
    with turn(secret_hash(login)):
        check_wait(store, secret_hash(login), address, now, browser)
        old = normal_password(form.old)
        check_password(store, login, old, address=address, now=now, hasher=hasher, browser=browser)
    if new == old:
        raise RuleRefused("Новый пароль такой же, как прежний.", next_step="Придумайте другой.")
    password_hash = hasher.hash(new)

    def work(transaction: Transaction) -> None:
        set_password(transaction, user.user_id, password_hash)
        kept = secret_hash(form.secret) if form.secret else ""
        revoke_sessions_of(transaction, user.user_id, now, kept_hash=kept)
        transaction.record(Event(now, user.user_id, "password", record_id=user.user_id))

    store.write(work)


@in_transaction
def close_account(
    transaction: Transaction, user: User, user_id: int, *, now: datetime, reason: str = ""
) -> None:
    """Close an account: its owner is out at once and cannot sign in. Raises AccessRefused or RuleRefused."""
    check_may(user, Action.EDIT_STAFF)
    if user_id == user.user_id:
        raise RuleRefused("Свой доступ закрыть нельзя.", next_step="Попросите другого администратора.")
    if Role.ADMIN in roles_of_user(transaction, user_id):
        check_somebody_administers((), other_admins(transaction, user_id))
    set_blocked(transaction, user_id, now)
    revoke_sessions_of(transaction, user_id, now)
    transaction.record(_access_event(user, user_id, now, "открыт", "закрыт", reason))


@in_transaction
def end_session_of_user(transaction: Transaction, user: User, session_hash: str, *, now: datetime) -> None:
    """End anybody's session at once; they may sign in again. One that has ended stays so. Raises AccessRefused."""
    check_may(user, Action.EDIT_STAFF)
    found = session_row(transaction, session_hash)
    if found is None:
        return
    revoke_session(transaction, session_hash, now)
    transaction.record(Event(now, user.user_id, "user_session_ended", record_id=found.user_id))


@in_transaction
def open_account(
    transaction: Transaction, user: User, user_id: int, *, now: datetime, reason: str = ""
) -> None:
    """Open a closed account again. Raises AccessRefused."""
    check_may(user, Action.EDIT_STAFF)
    set_blocked(transaction, user_id, None)
    transaction.record(_access_event(user, user_id, now, "закрыт", "открыт", reason))


def _access_event(user: User, user_id: int, now: datetime, old: str, new: str, reason: str) -> Event:
    return Event(
        now,
        user.user_id,
        "user_access",
        record_id=user_id,
        old_value=old,
        new_value=new,
        reason=reason.strip(),
    )
