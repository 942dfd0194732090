"""Secrets of notices, under the key file of the second factors: the mail server's password, tokens that end letters.

A token is the user's number, encrypted: nothing of it is stored, and nobody without the key can make one.
"""

from school.errors import Refusal, RuleRefused
from school.sign_in.store.factor_key import decrypt, encrypt
from school.store.connection import Store

_PASSWORD, _UNSUBSCRIBE = "mail ", "unsubscribe "


def encrypted_password(store: Store, password: str) -> str:
    """Return the mail server's password as it may be stored."""
    return encrypt(store, _PASSWORD + password)


def password_of(store: Store, encrypted: str) -> str | None:
    """Return the mail server's password; None where the key is lost or another one."""
    return _plain(store, encrypted, _PASSWORD)


def unsubscribe_token(store: Store, user_id: int) -> str:
    """Return what ends all letters to a user."""
    return encrypt(store, f"{_UNSUBSCRIBE}{user_id}")


def user_of_token(store: Store, token: str) -> int:
    """Return whose letters a token ends. Raises RuleRefused for anything but such a token."""
    plain = _plain(store, token, _UNSUBSCRIBE) or ""
    if not (plain.isascii() and plain.isdigit()):
        raise RuleRefused(
            "Эта ссылка не подходит.",
            "Она скопирована не целиком или устарела.",
            "Откройте её из последнего письма или выключите письма в дневнике: «Уведомления и календарь».",
        )
    return int(plain)


def _plain(store: Store, encrypted: str, kind: str) -> str | None:
    try:
        plain = decrypt(store, encrypted)
    except Refusal:
        return None
    return plain.removeprefix(kind) if plain.startswith(kind) else None
