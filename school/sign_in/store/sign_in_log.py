"""Who signed in, tried and failed, when and from where; and notices of devices that were new (п. 3.2, 8.5)."""

from dataclasses import dataclass
from datetime import datetime

from school.sign_in.store.credentials import Place
from school.store.reading import Reader, Writer, read_as
from school.store.writing import insert


@dataclass(frozen=True)
class AttemptRow:
    """An attempt on a user's name. ``step``: «password», or «code» or «paper» after a right password."""

    attempted_at: datetime
    succeeded: bool
    step: str
    address: str
    browser: str
    device_hash: str


@dataclass(frozen=True)
class DeviceNotice:
    """A sign-in from a device that was new to its user."""

    notice_id: int
    happened_at: datetime
    address: str
    browser: str
    device_hash: str


def attempts_of(reader: Reader, user_id: int, since: datetime) -> list[AttemptRow]:
    """Return the attempts on a user's name after a moment, the newest first."""
    query = """SELECT attempted_at, succeeded, step, address, coalesce(browser, '') AS browser,
            coalesce(device_hash, '') AS device_hash FROM sign_in_attempts
        WHERE user_id = $user AND attempted_at > $since ORDER BY attempted_at DESC"""
    return read_as(reader, AttemptRow, query, {"user": user_id, "since": since})


def is_new_device(reader: Reader, user_id: int, device_hash: str) -> bool:
    """Whether a user has signed in before, and never from this device."""
    query = """SELECT count(*) > 0 AND NOT bool_or(device_hash = $device)
        FROM sign_in_attempts WHERE user_id = $user AND succeeded AND device_hash IS NOT NULL"""
    ((is_new,),) = reader.read(query, {"user": user_id, "device": device_hash})
    return bool(is_new)


def save_device_notice(writer: Writer, notice_id: int, user_id: int, place: Place, at: datetime) -> None:
    """Keep a notice until the user has seen it on another device; ``place.address`` is cut short."""
    row = {"device_hash": place.device_hash, "address": place.address, "browser": place.browser}
    insert(writer, "device_notices", notice_id=notice_id, user_id=user_id, happened_at=at, **row)


def unseen_notices(reader: Reader, user_id: int) -> list[DeviceNotice]:
    """Return the notices that a user has not answered, the oldest first; from memory where none is new."""
    query = """SELECT user_id, notice_id, happened_at, address, browser, device_hash FROM device_notices
        WHERE seen_at IS NULL ORDER BY happened_at, notice_id"""
    # Of everybody, for few wait: one question serves a thousand families.
    rows = reader.steady(("device_notices",), query, {})
    return [DeviceNotice(*row) for user, *row in rows if user == user_id]


def set_notices_seen(writer: Writer, user_id: int, other_than: str, at: datetime) -> None:
    """Note that a user has seen the notices of all devices but one."""
    writer.change(
        """UPDATE device_notices SET seen_at = $at
        WHERE user_id = $user AND seen_at IS NULL AND device_hash <> $device""",
        {"user": user_id, "device": other_than, "at": at},
    )
