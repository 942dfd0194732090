"""Whether notices on phones are on, a user's own browsers, whom the sender tells now (п. 4.3, 4.7)."""

from dataclasses import dataclass, field
from datetime import datetime

from school.access.action import Action
from school.access.checks import check_may
from school.access.scopes import Rows
from school.errors import Refusal
from school.pushes.rules import AT_MOST_EVERY
from school.pushes.store import (
    CONTACT_SETTING,
    ON_SETTING,
    PushDevice,
    count_devices,
    devices_of,
    due_devices,
    push_keys,
)
from school.records import User
from school.sign_in.rules.sessions import secret_hash
from school.sign_in.store.factor_key import decrypt
from school.sign_in.store.sessions import session_row
from school.sign_in.store.users import user_on_day
from school.store.connection import Store
from school.store.settings import setting

__all__ = ["PushDevice"]


@dataclass(frozen=True)
class PushState:
    """What the administrator sees: on or off, where services write to the school, how many browsers want notices."""

    is_on: bool
    contact: str
    devices: int


@dataclass(frozen=True)
class OwnDevice:
    """A user's own browser that wants notices; ``is_failing``: its service has not taken the last ones."""

    device_id: int
    browser: str
    created_at: datetime
    is_here: bool
    is_failing: bool


@dataclass(frozen=True)
class SenderKeys:
    """What the sender signs with: the private key as PEM, and the school's address."""

    private_key: str = field(repr=False)
    contact: str


def push_state(store: Store, user: User) -> PushState:
    """Return how notices on phones stand. Raises AccessRefused."""
    check_may(user, Action.EDIT_STAFF)
    return PushState(
        setting(store, ON_SETTING) == "1", setting(store, CONTACT_SETTING) or "", count_devices(store)
    )


def public_push_key(store: Store) -> str:
    """Return the key by which a browser asks its service for an address; empty where notices are off."""
    keys = push_keys(store) if setting(store, ON_SETTING) == "1" else None
    return keys.public_key if keys else ""


def own_devices(store: Store, user: User, secret: str) -> list[OwnDevice]:
    """Return the user's browsers that want notices, the newest first; ``secret`` is that of this session. Raises AccessRefused."""
    check_may(user, Action.KEEP_OWN_ACCOUNT, Rows(user_id=user.user_id))
    here = session_row(store, secret_hash(secret))
    device = (here.device_hash or here.session_hash) if here else ""
    return [
        OwnDevice(
            each.push_device_id,
            each.browser,
            each.created_at,
            each.device_hash == device,
            each.failing_since is not None,
        )
        for each in devices_of(store, user.user_id)
    ]


def sender_keys(store: Store) -> SenderKeys | None:
    """Return what the sender signs with; None where notices are off, or where the key file beside the database is lost."""
    keys = push_keys(store) if setting(store, ON_SETTING) == "1" else None
    if keys is None:
        return None
    try:
        private = decrypt(store, keys.encrypted_private_key)
    except Refusal:
        return None
    return SenderKeys(private, setting(store, CONTACT_SETTING) or "")


def devices_to_tell(store: Store, now: datetime) -> list[PushDevice]:
    """Return the browsers that may be told of something now: none told within the last hour, none signed out."""
    return due_devices(store, now, now - AT_MOST_EVERY)


def reader_of(store: Store, device: PushDevice, now: datetime) -> User | None:
    """Return whose browser it is, with today's rights; None where the account is closed."""
    return user_on_day(store, device.user_id, now.date())
