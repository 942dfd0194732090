"""Rows of notices on phones: the school's keys, the browsers that want them."""

from dataclasses import dataclass
from datetime import datetime

from school.pushes.rules import PushAddress
from school.store.reading import Reader, Writer, read_as, read_one, read_value
from school.store.writing import insert

ON_SETTING, CONTACT_SETTING = "push.on", "push.contact"


@dataclass(frozen=True)
class PushKeys:
    """The keys of this school; the public one in base64url, the private one as it is stored."""

    public_key: str
    encrypted_private_key: str


@dataclass(frozen=True)
class PushDevice:
    """A browser that wants notices, and how the last tries to reach it went."""

    push_device_id: int
    user_id: int
    device_hash: str
    endpoint: str
    public_key: str
    shared_secret: str
    browser: str
    created_at: datetime
    sent_at: datetime
    failures: int
    failing_since: datetime | None

    @property
    def address(self) -> PushAddress:
        """Where it is reached."""
        return PushAddress(self.endpoint, self.public_key, self.shared_secret)


_COLUMNS = """push_device_id, user_id, device_hash, endpoint, public_key, shared_secret, browser, created_at, sent_at,
    failures, failing_since"""


def push_keys(reader: Reader) -> PushKeys | None:
    """Return the school's keys, or None before they are made."""
    return read_one(reader, PushKeys, "SELECT public_key, encrypted_private_key FROM push_keys", {})


def replace_keys(writer: Writer, keys: PushKeys, at: datetime) -> None:
    """Set the school's keys; browsers that know former ones are forgotten, since none would take a notice any more."""
    for table in ("push_keys", "push_devices"):
        writer.change(f"DELETE FROM {table}")
    row = {"public_key": keys.public_key, "encrypted_private_key": keys.encrypted_private_key}
    insert(writer, "push_keys", **row, made_at=at)


def devices_of(reader: Reader, user_id: int) -> list[PushDevice]:
    """Return the browsers of a user, the newest first."""
    query = f"""SELECT {_COLUMNS} FROM push_devices WHERE user_id = $user
        ORDER BY created_at DESC, push_device_id DESC"""
    return read_as(reader, PushDevice, query, {"user": user_id})


def count_devices(reader: Reader) -> int:
    """Return how many browsers want notices."""
    return int(read_value(reader, "SELECT count(*) FROM push_devices", {}) or 0)


# Of a browser whose last session was ended by somebody nothing is known any more: signed out, or ended from elsewhere.
_DUE = f"""
WITH held AS (
    SELECT user_id, coalesce(device_hash, session_hash) AS device_hash, arg_max(revoked_at IS NULL, created_at) AS is_held
    FROM sessions GROUP BY ALL
)
SELECT {", ".join(f"d.{name.strip()}" for name in _COLUMNS.split(","))} FROM push_devices d
    JOIN held USING (user_id, device_hash)
WHERE is_held AND d.sent_at <= $sent_before AND coalesce(d.next_try_at, $now) <= $now ORDER BY d.sent_at, d.push_device_id
"""


def due_devices(reader: Reader, now: datetime, sent_before: datetime) -> list[PushDevice]:
    """Return the browsers that may be told of something now, those told longest ago first; none whose user has signed out there."""
    return read_as(reader, PushDevice, _DUE, {"now": now, "sent_before": sent_before})


def save_device(
    writer: Writer,
    push_device_id: int,
    user_id: int,
    address: PushAddress,
    *,
    device_hash: str,
    browser: str,
    at: datetime,
) -> None:
    """Store a browser in place of what was known at its address or of this user on this device."""
    writer.change(
        "DELETE FROM push_devices WHERE endpoint = $endpoint OR (user_id = $user AND device_hash = $device)",
        {"endpoint": address.endpoint, "user": user_id, "device": device_hash},
    )
    insert(
        writer,
        "push_devices",
        push_device_id=push_device_id,
        user_id=user_id,
        device_hash=device_hash,
        endpoint=address.endpoint,
        public_key=address.public_key,
        shared_secret=address.shared_secret,
        browser=browser,
        created_at=at,
        sent_at=at,
        failures=0,
    )


def remove_device(writer: Writer, push_device_id: int) -> None:
    """Forget a browser."""
    writer.change("DELETE FROM push_devices WHERE push_device_id = $id", {"id": push_device_id})


def forget_gone(writer: Writer, push_device_id: int) -> None:
    """Forget a browser that its service no longer knows: the program's own books."""
    writer.keep("DELETE FROM push_devices WHERE push_device_id = $id", {"id": push_device_id})


def note_sent(writer: Writer, push_device_id: int, at: datetime) -> None:
    """Note that a browser was told of what is new: the program's own books."""
    writer.keep(
        """UPDATE push_devices SET sent_at = $at, failures = 0, failing_since = NULL, next_try_at = NULL
        WHERE push_device_id = $id""",
        {"id": push_device_id, "at": at},
    )


def note_failure(
    writer: Writer, push_device_id: int, at: datetime, *, failures: int, next_try_at: datetime | None
) -> None:
    """Note a try that failed; without a next one the notice is given up."""
    writer.keep(
        """UPDATE push_devices SET failures = $failures, failing_since = coalesce(failing_since, $at),
            next_try_at = $next, sent_at = CASE WHEN $next IS NULL THEN $at ELSE sent_at END
        WHERE push_device_id = $id""",
        {"id": push_device_id, "at": at, "failures": failures, "next": next_try_at},
    )
