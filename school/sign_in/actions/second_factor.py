"""The second factor: turned on and off by its owner, asked for at the door, reset and required by the administrator (п. 3.2, 8.5)."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

from school.access.action import Action
from school.access.checks import check_may
from school.access.roles import ROLES
from school.access.scopes import Rows
from school.errors import RuleRefused
from school.records import Role, User
from school.sign_in.actions.attempts import SignInRefused, check_wait, note_failure, turn
from school.sign_in.actions.letting_in import Arrival, Entered, HalfWay, open_session
from school.sign_in.lookups.second_factor import required_roles
from school.sign_in.rules.second_factor import (
    MAY_BE_REQUIRED,
    REQUIRED_SETTING,
    TRUSTED_FOR,
    fitting_counter,
    is_factor_secret,
    is_recovery_code,
    is_required,
    new_recovery_codes,
    recovery_hash,
)
from school.sign_in.rules.sessions import secret_hash
from school.sign_in.store.factor_key import decrypt, encrypt
from school.sign_in.store.second_factors import (
    SecondFactor,
    forget_trusted_devices,
    remove_second_factor,
    save_recovery_codes,
    save_second_factor,
    second_factor_of,
    set_last_counter,
    trust_device,
    use_recovery_code,
    users_with_second_factor,
)
from school.sign_in.store.sessions import revoke_sessions_of
from school.sign_in.store.users import user_on_day, users_in_role
from school.store.connection import Store, Transaction, in_transaction
from school.store.events import Event
from school.store.settings import save_setting


@dataclass(frozen=True)
class TypedCode:
    """A code as it was typed, from where, and when: school time, and seconds of universal time, by which codes count."""

    code: str = field(repr=False)
    address: str
    now: datetime
    unix_time: float


def finish_sign_in(
    store: Store, half_way: HalfWay, code: TypedCode, arrival: Arrival, *, is_trusting: bool = False
) -> Entered:
    """Open the session that waited for a code of the application or from paper.

    ``is_trusting``: this device is not asked again for 30 days. Raises SignInRefused for a wrong or used code, after too many
    of them for a while, or where the password was shown too long ago.
    """
    if code.now > half_way.until:
        raise _too_late()
    _check_code(store, half_way.user_id, code, arrival)
    shown = replace(arrival, step="paper") if is_recovery_code(code.code) else arrival

    def work(transaction: Transaction) -> Entered:
        user = _still_allowed(transaction, half_way.user_id, code.now)
        if is_trusting and arrival.place.device_hash:
            trust_device(
                transaction, user.user_id, arrival.place.device_hash, code.now, code.now + TRUSTED_FOR
            )
        return open_session(transaction, user, shown)

    return store.write(work)


def finish_turning_on(
    store: Store, half_way: HalfWay, secret: str, code: TypedCode, arrival: Arrival
) -> tuple[Entered, list[str]]:
    """Turn on the second factor that the school requires, and open the session; return it and the codes for paper.

    Raises SignInRefused for a wrong code or where the password was shown too long ago.
    """
    if code.now > half_way.until:
        raise _too_late()

    def work(transaction: Transaction, factor: SecondFactor, codes: list[str]) -> Entered:
        user = _still_allowed(transaction, half_way.user_id, code.now)
        if second_factor_of(transaction, user.user_id) is not None:
            raise _too_late()
        _save(transaction, factor, codes)
        return open_session(transaction, user, arrival)

    factor, codes = _new_factor(store, half_way.user_id, secret, code)
    return store.write(lambda transaction: work(transaction, factor, codes)), codes


def turn_on(store: Store, user: User, secret: str, code: TypedCode) -> list[str]:
    """Turn on the user's own second factor by a code that the application shows for a secret; return the codes for paper.

    Raises AccessRefused; RuleRefused where it is on already; SignInRefused for a wrong code.
    """
    check_may(user, Action.KEEP_OWN_ACCOUNT, Rows(user_id=user.user_id))
    factor, codes = _new_factor(store, user.user_id, secret, code)

    def work(transaction: Transaction) -> None:
        if second_factor_of(transaction, user.user_id) is not None:
            raise RuleRefused("Второй фактор уже включён.", next_step="Обновите страницу.")
        _save(transaction, factor, codes)

    store.write(work)
    return codes


def turn_off(store: Store, user: User, code: TypedCode) -> None:
    """Turn off the user's own second factor; a code of it is asked for, so that nobody does it at an open screen.

    Raises AccessRefused, RuleRefused where the school requires it, SignInRefused for a wrong code.
    """
    check_may(user, Action.KEEP_OWN_ACCOUNT, Rows(user_id=user.user_id))
    if is_required(user.roles, required_roles(store)):
        raise RuleRefused(
            "Выключить нельзя.",
            "Школа требует второй фактор для вашей роли.",
            "Если сменился телефон, попросите администратора журнала сбросить его.",
        )
    _check_code(store, user.user_id, code, Arrival(code.address, code.now))
    store.write(lambda transaction: _remove(transaction, user.user_id, user.user_id, code.now, "off"))


def renew_recovery_codes(store: Store, user: User, code: TypedCode) -> list[str]:
    """Return fresh codes for paper; those before are void. Raises AccessRefused, SignInRefused for a wrong code."""
    check_may(user, Action.KEEP_OWN_ACCOUNT, Rows(user_id=user.user_id))
    _check_code(store, user.user_id, code, Arrival(code.address, code.now))
    codes = new_recovery_codes()

    def work(transaction: Transaction) -> None:
        save_recovery_codes(transaction, user.user_id, [recovery_hash(user.user_id, each) for each in codes])
        transaction.record(Event(code.now, user.user_id, "recovery_codes", record_id=user.user_id))

    store.write(work)
    return codes


@in_transaction
def stop_trusting_devices(transaction: Transaction, user: User, *, now: datetime) -> None:
    """Ask the user for a code on every device again. Raises AccessRefused."""
    check_may(user, Action.KEEP_OWN_ACCOUNT, Rows(user_id=user.user_id))
    forget_trusted_devices(transaction, user.user_id)
    transaction.record(Event(now, user.user_id, "trusted_devices", record_id=user.user_id))


@in_transaction
def reset_second_factor(transaction: Transaction, user: User, user_id: int, *, now: datetime) -> None:
    """Turn off somebody's second factor: a lost telephone and no codes on paper; their sessions end.

    Raises AccessRefused, RuleRefused where they have none.
    """
    check_may(user, Action.EDIT_STAFF)
    if second_factor_of(transaction, user_id) is None:
        raise RuleRefused("Второго фактора у этого входа нет.", next_step="Обновите страницу.")
    _remove(transaction, user_id, user.user_id, now, "reset")
    revoke_sessions_of(transaction, user_id, now)


@in_transaction
def require_second_factor(
    transaction: Transaction, user: User, roles: Collection[Role], *, now: datetime
) -> None:
    """Set of which roles the second factor is required; their people without it are signed out, and turn it on at the door.

    Raises AccessRefused; RuleRefused for other roles than may be, or where the user's own is off and would be required.
    """
    check_may(user, Action.EDIT_STAFF)
    required, before = frozenset(roles), required_roles(transaction)
    if not required <= set(MAY_BE_REQUIRED):
        raise RuleRefused("Для этой роли второй фактор не требуют.", next_step="Выберите другую роль.")
    having = users_with_second_factor(transaction)
    if user.user_id not in having and is_required(user.roles, required):
        raise RuleRefused(
            "Сначала включите второй фактор у себя.",
            "Требование коснётся и вас.",
            "Это делают на странице «Мой вход».",
        )
    for role in MAY_BE_REQUIRED:
        save_setting(transaction, REQUIRED_SETTING + role, "1" if role in required else "0")
    for user_id in users_in_role(transaction, required - before) - having:
        revoke_sessions_of(transaction, user_id, now)
    transaction.record(
        Event(
            now,
            user.user_id,
            "second_factor_required",
            old_value=_role_words(before),
            new_value=_role_words(required),
        )
    )


def _role_words(roles: Collection[Role]) -> str:
    return ", ".join(ROLES[role].title for role in MAY_BE_REQUIRED if role in roles) or "никому"


def _new_factor(store: Store, user_id: int, secret: str, code: TypedCode) -> tuple[SecondFactor, list[str]]:
    counter = fitting_counter(secret, code.code, code.unix_time, 0) if is_factor_secret(secret) else None
    if counter is None:
        raise SignInRefused(
            "Код не подошёл.",
            "Код в приложении меняется каждые полминуты; часы телефона должны идти верно.",
            "Введите тот, что показан сейчас.",
        )
    return SecondFactor(user_id, encrypt(store, secret), counter, code.now), new_recovery_codes()


def _save(transaction: Transaction, factor: SecondFactor, codes: list[str]) -> None:
    user_id = factor.user_id
    save_second_factor(transaction, factor)
    save_recovery_codes(transaction, user_id, [recovery_hash(user_id, each) for each in codes])
    transaction.record(Event(factor.turned_on_at, user_id, "second_factor_on", record_id=user_id))


def _remove(transaction: Transaction, user_id: int, by: int, now: datetime, how: str) -> None:
    remove_second_factor(transaction, user_id)
    transaction.record(Event(now, by, f"second_factor_{how}", record_id=user_id))


def _check_code(store: Store, user_id: int, code: TypedCode, arrival: Arrival) -> None:
    """Use up a code; raise SignInRefused for one that does not fit or was used, after too many for a while."""
    tried_hash = secret_hash(f"\0code of {user_id}")
    with turn(tried_hash):
        check_wait(store, tried_hash, code.address, code.now)
        use = _use_recovery if is_recovery_code(code.code) else _use_counter
        if use(store, user_id, code):
            return
        note_failure(store, tried_hash, code.address, code.now, user_id, arrival.browser, "code")
    raise SignInRefused(
        "Код не подошёл.",
        "Код в приложении меняется каждые полминуты и принимается один раз, код с бумаги — тоже один раз.",
        "Дождитесь следующего кода и введите его.",
    )


def _use_counter(store: Store, user_id: int, code: TypedCode) -> bool:
    factor = second_factor_of(store, user_id)
    if factor is None:
        return False
    find = partial(fitting_counter, decrypt(store, factor.encrypted_secret), code.code, code.unix_time)

    def work(transaction: Transaction) -> bool:
        # Read again where nobody writes beside: of two who show the same code at once one comes in.
        current = second_factor_of(transaction, user_id)
        counter = find(current.last_counter) if current else None
        if counter is None:
            return False
        set_last_counter(transaction, user_id, counter)
        transaction.record(Event(code.now, user_id, "second_factor_code", record_id=user_id))
        return True

    return store.write(work)


def _use_recovery(store: Store, user_id: int, code: TypedCode) -> bool:
    def work(transaction: Transaction) -> bool:
        used = use_recovery_code(transaction, user_id, recovery_hash(user_id, code.code), code.now)
        if used:
            transaction.record(Event(code.now, user_id, "recovery_code_used", record_id=user_id))
        return used

    return store.write(work)


def _still_allowed(transaction: Transaction, user_id: int, now: datetime) -> User:
    user = user_on_day(transaction, user_id, now.date())
    if user is None:
        raise _too_late()
    return user


def _too_late() -> SignInRefused:
    return SignInRefused(
        "Вход не завершён вовремя.",
        "Между паролем и кодом прошло слишком много времени.",
        "Введите имя и пароль снова.",
    )
