"""Login names, password hashes, and attempts to sign in."""

from dataclasses import dataclass
from datetime import datetime

from school.records import PersonName, Role
from school.sign_in.rules.throttling import Attempt, Known
from school.store.reading import Reader, Writer, read_as, read_one
from school.store.writing import insert, update


@dataclass(frozen=True)
class Credential:
    """What a login name opens; a blocked user keeps it but may not sign in."""

    user_id: int
    login: str
    password_hash: str
    is_blocked: bool


def credential_of(reader: Reader, login: str) -> Credential | None:
    """Return the credential of a login name in small letters, or None."""
    query = """SELECT user_id, login, password_hash, blocked_at IS NOT NULL AS is_blocked FROM users
        WHERE lower(login) = $login ORDER BY user_id LIMIT 1"""
    return read_one(reader, Credential, query, {"login": login})


def has_users(reader: Reader) -> bool:
    """Whether anybody has an account."""
    return bool(reader.read("SELECT 1 FROM users LIMIT 1"))


@dataclass(frozen=True)
class Place:
    """Where an attempt comes from: the network address, the hash of the device's cookie (empty: none), the browser in words."""

    address: str
    device_hash: str = ""
    browser: str = ""


def attempts_since(reader: Reader, login_hash: str, place: Place, since: datetime) -> list[Attempt]:
    """Return attempts after ``since`` on a name, from an address or a device, oldest first."""
    query = """SELECT attempted_at AS at, login_hash = $login AS is_same_name, address = $address AS is_same_address,
            coalesce(device_hash = $device AND $device <> '', false) AS is_same_device,
            succeeded AS has_succeeded FROM sign_in_attempts
        WHERE attempted_at > $since AND (login_hash = $login OR address = $address) ORDER BY attempted_at"""
    parameters = {"login": login_hash, "address": place.address, "device": place.device_hash, "since": since}
    return read_as(reader, Attempt, query, parameters)


def how_known(reader: Reader, login_hash: str, place: Place, address_since: datetime) -> Known:
    """Return whether a name has signed in before from this device, and after a moment from this address."""
    query = """SELECT coalesce(bool_or(device_hash = $device AND $device <> ''), false) AS at_device,
            coalesce(bool_or(address = $address AND attempted_at > $since), false) AS at_address
        FROM sign_in_attempts WHERE login_hash = $login AND succeeded"""
    parameters = {
        "login": login_hash,
        "address": place.address,
        "device": place.device_hash,
        "since": address_since,
    }
    return read_one(reader, Known, query, parameters) or Known()


def save_attempt(
    writer: Writer,
    login_hash: str,
    place: Place,
    at: datetime,
    *,
    succeeded: bool,
    user_id: int | None = None,
    step: str = "password",
) -> None:
    """Note an attempt to sign in; the name is stored hashed, since people type passwords there by mistake.

    ``user_id``: whose name it was, where that is known; ``step``: what was tried, «password», «code» or «paper».
    """
    insert(
        writer,
        "sign_in_attempts",
        attempted_at=at,
        login_hash=login_hash,
        address=place.address,
        succeeded=succeeded,
        user_id=user_id,
        device_hash=place.device_hash or None,
        browser=place.browser or None,
        step=step,
    )


def save_user(writer: Writer, user_id: int, login: str, password_hash: str, staff_id: int | None) -> None:
    """Add an account of a member of the staff."""
    insert(writer, "users", user_id=user_id, login=login, password_hash=password_hash, staff_id=staff_id)


def save_role(writer: Writer, user_id: int, role: Role) -> None:
    """Give a user a role."""
    insert(writer, "user_roles", user_id=user_id, role=role)


def save_staff_name(writer: Writer, staff_id: int, name: PersonName) -> None:
    """Add a member of the staff by name."""
    names = {"last_name": name.last, "first_name": name.first, "middle_name": name.middle}
    insert(writer, "staff", staff_id=staff_id, **names)


def set_password(writer: Writer, user_id: int, password_hash: str) -> None:
    """Give an account another password."""
    update(writer, "users", {"user_id": user_id}, password_hash=password_hash)


def set_blocked(writer: Writer, user_id: int, blocked_at: datetime | None) -> None:
    """Close an account, or open it again."""
    update(writer, "users", {"user_id": user_id}, blocked_at=blocked_at)
