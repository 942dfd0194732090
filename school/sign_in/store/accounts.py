"""Everybody who may sign in, as the office sees them."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from school.records import PersonName, Role
from school.store.reading import Reader, read_as


@dataclass(frozen=True)
class Account:
    """A user: name, login name, roles, position, the last sign-in (None: never), since when blocked or dismissed.

    ``has_password`` is False until an invitation code was accepted; ``has_second_factor``: a code is asked for after it.
    """

    user_id: int
    name: PersonName
    login: str
    roles: tuple[Role, ...]
    position: str
    last_sign_in: datetime | None
    blocked_at: datetime | None
    dismissed_on: date | None
    has_password: bool
    has_second_factor: bool


def accounts(reader: Reader) -> list[Account]:
    """Return all users by name. The last sign-in is that of the record of changes, which outlives sessions, or of the kept attempts."""
    query = """SELECT u.user_id, coalesce(s.last_name, g.last_name, p.last_name, u.login) AS last,
            coalesce(s.first_name, g.first_name, p.first_name, '') AS first,
            coalesce(s.middle_name, g.middle_name, p.middle_name, '') AS middle, u.login,
            (SELECT list(role) FROM user_roles r WHERE r.user_id = u.user_id) AS roles,
            coalesce(s.position, '') AS position, i.last_sign_in, u.blocked_at, s.dismissed_on,
            u.password_hash <> '' AS has_password,
            EXISTS (SELECT 1 FROM second_factors f WHERE f.user_id = u.user_id) AS has_second_factor
        FROM users u LEFT JOIN staff s ON s.staff_id = u.staff_id LEFT JOIN guardians g ON g.guardian_id = u.guardian_id
            LEFT JOIN pupils p ON p.pupil_id = u.pupil_id
            LEFT JOIN (SELECT user_id, max(moment) AS last_sign_in FROM (
                    SELECT user_id, happened_at AS moment FROM events WHERE kind = 'sign_in'
                    UNION ALL SELECT user_id, attempted_at FROM sign_in_attempts WHERE succeeded)
                GROUP BY user_id) i ON i.user_id = u.user_id
        ORDER BY last COLLATE ru, first COLLATE ru, u.user_id"""
    order = list(Role)
    return [
        replace(each, roles=tuple(sorted(map(Role, each.roles), key=order.index)))
        for each in read_as(reader, Account, query)
    ]
