"""Users as access checks need them, and names."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from school.records import PersonName, Role, User
from school.store.reading import Reader
from school.store.selection import among

# Whatever says who somebody is, and in which roles.
USER_TABLES = ("users", "user_roles", "classes", "guardian_pupils", "staff", "guardians", "pupils")


def users_by_id(reader: Reader, user_ids: Iterable[int]) -> dict[int, User]:
    """Return the unblocked users among ``user_ids`` with their roles, own classes and own children."""
    wanted = sorted(set(user_ids))
    query = f"""SELECT user_id, login, staff_id, guardian_id, pupil_id FROM users
        WHERE {among("user_id", "ids", wanted)} AND blocked_at IS NULL"""
    rows = reader.steady(("users",), query, {"ids": wanted})
    roles = _grouped(reader, "user_roles", "user_id", "role", [row[0] for row in rows])
    classes = _grouped(reader, "classes", "homeroom_id", "class_id", [row[2] for row in rows])
    children = _grouped(reader, "guardian_pupils", "guardian_id", "pupil_id", [row[3] for row in rows])
    names = {
        kind: _names(reader, table, kind, [row[place] for row in rows])
        for place, table, kind in (
            (2, "staff", "staff_id"),
            (3, "guardians", "guardian_id"),
            (4, "pupils", "pupil_id"),
        )
    }
    users = {}
    for user_id, login, staff_id, guardian_id, pupil_id in rows:
        own = [
            names["staff_id"].get(staff_id),
            names["guardian_id"].get(guardian_id),
            names["pupil_id"].get(pupil_id),
        ]
        name = next((known for known in own if known), PersonName(login, ""))
        users[user_id] = User(
            user_id,
            login,
            name.full,
            frozenset(Role(role) for role in roles.get(user_id, ())),
            staff_id,
            frozenset(classes.get(staff_id, ())),
            frozenset([*children.get(guardian_id, ()), *([pupil_id] if pupil_id is not None else [])]),
        )
    return users


def staff_user_ids(reader: Reader) -> list[int]:
    """Return the accounts of the staff that are open."""
    query = "SELECT user_id FROM users WHERE staff_id IS NOT NULL AND blocked_at IS NULL ORDER BY user_id"
    return [user_id for (user_id,) in reader.steady(("users",), query, {})]


def family_user_ids(reader: Reader) -> list[int]:
    """Return the open accounts of guardians and pupils who are no staff."""
    query = "SELECT user_id FROM users WHERE staff_id IS NULL AND blocked_at IS NULL ORDER BY user_id"
    return [user_id for (user_id,) in reader.steady(("users",), query, {})]


def _grouped(
    reader: Reader, table: str, key: str, value: str, ids: Iterable[int | None]
) -> dict[int | None, list[Any]]:
    wanted = _without_none(ids)
    found: dict[int | None, list[Any]] = {}
    if wanted:
        sql = f"SELECT {key}, {value} FROM {table} WHERE {among(key, 'ids', wanted)}"
        for owner, owned in reader.steady((table,), sql, {"ids": wanted}):
            found.setdefault(owner, []).append(owned)
    return found


def _names(reader: Reader, table: str, key: str, ids: Iterable[int | None]) -> dict[int | None, PersonName]:
    wanted = _without_none(ids)
    if not wanted:
        return {}
    sql = f"SELECT {key}, last_name, first_name, middle_name FROM {table} WHERE {among(key, 'ids', wanted)}"
    return {owner: PersonName(*parts) for owner, *parts in reader.steady((table,), sql, {"ids": wanted})}


def _without_none(ids: Iterable[int | None]) -> list[int]:
    return sorted({each for each in ids if each is not None})


def user_on_day(reader: Reader, user_id: int, day: date) -> User | None:
    """Return a user who may sign in on a day, or None.

    From the day of dismissal on nothing is left of an employee's access; one who is a parent here stays a parent.
    """
    user = users_by_id(reader, [user_id]).get(user_id)
    if user is None or user.staff_id is None or not _is_dismissed(reader, user.staff_id, day):
        return user
    family = user.roles & {Role.GUARDIAN, Role.PUPIL}
    return replace(user, roles=family, staff_id=None, homeroom_class_ids=frozenset()) if family else None


def _is_dismissed(reader: Reader, staff_id: int, day: date) -> bool:
    query = "SELECT dismissed_on FROM staff WHERE staff_id = $staff AND dismissed_on IS NOT NULL"
    rows = reader.steady(("staff",), query, {"staff": staff_id})
    return any(dismissed_on <= day for (dismissed_on,) in rows)


def roles_of_user(reader: Reader, user_id: int) -> frozenset[Role]:
    """Return the roles of an account, open or closed."""
    return frozenset(
        Role(role) for role in _grouped(reader, "user_roles", "user_id", "role", [user_id]).get(user_id, [])
    )


def users_in_role(reader: Reader, roles: Iterable[Role]) -> set[int]:
    """Return the accounts that have any of these roles."""
    query = "SELECT DISTINCT user_id FROM user_roles WHERE list_contains($roles::VARCHAR[], role)"
    return {user_id for (user_id,) in reader.read(query, {"roles": [str(role) for role in roles]})}


def surname_of_user(reader: Reader, user_id: int) -> str:
    """Return the last name of whoever has an account; empty where they have none."""
    query = """SELECT coalesce(s.last_name, g.last_name, p.last_name, '') FROM users u
        LEFT JOIN staff s ON s.staff_id = u.staff_id LEFT JOIN guardians g ON g.guardian_id = u.guardian_id
        LEFT JOIN pupils p ON p.pupil_id = u.pupil_id WHERE u.user_id = $user"""
    return next((surname for (surname,) in reader.read(query, {"user": user_id})), "")
