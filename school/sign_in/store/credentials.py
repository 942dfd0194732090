"""Login names, password hashes, and attempts to sign in."""

from dataclasses import dataclass
from datetime import datetime

from school.records import PersonName, Role
from school.sign_in.rules.throttling import Attempt
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


def attempts_since(reader: Reader, login_hash: str, address: str, since: datetime) -> list[Attempt]:
    """Return attempts after ``since`` on a name or from an address, oldest first."""
    query = """SELECT attempted_at AS at, login_hash = $login AS is_same_name, address = $address AS is_same_address,
            succeeded AS has_succeeded FROM sign_in_attempts
        WHERE attempted_at > $since AND (login_hash = $login OR address = $address) ORDER BY attempted_at"""
    return read_as(reader, Attempt, query, {"login": login_hash, "address": address, "since": since})


def save_attempt(writer: Writer, login_hash: str, address: str, at: datetime, *, succeeded: bool) -> None:
    """Note an attempt to sign in; the name is stored hashed, since people type passwords there by mistake."""
    attempt = {"login_hash": login_hash, "address": address, "succeeded": succeeded}
    insert(writer, "sign_in_attempts", attempted_at=at, **attempt)


def forget_attempts(writer: Writer, before: datetime) -> None:
    """Drop attempts that no limit looks at any more."""
    writer.change("DELETE FROM sign_in_attempts WHERE attempted_at < $before", {"before": before})


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
