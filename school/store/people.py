"""Users as access checks need them, and names."""

from collections.abc import Iterable

from school.records import PersonName, Role, User
from school.store.lessons import Reader

_USERS = """
SELECT u.user_id, u.login, u.staff_id, u.guardian_id, u.pupil_id,
    coalesce(s.last_name, g.last_name, p.last_name, u.login), coalesce(s.first_name, g.first_name, p.first_name, ''),
    coalesce(s.middle_name, g.middle_name, p.middle_name, ''),
    (SELECT list(role ORDER BY role) FROM user_roles r WHERE r.user_id = u.user_id),
    (SELECT list(class_id) FROM classes c WHERE c.homeroom_id = u.staff_id),
    (SELECT list(gp.pupil_id) FROM guardian_pupils gp WHERE gp.guardian_id = u.guardian_id)
FROM users u LEFT JOIN staff s USING (staff_id) LEFT JOIN guardians g ON g.guardian_id = u.guardian_id
    LEFT JOIN pupils p ON p.pupil_id = u.pupil_id
WHERE u.user_id IN (SELECT unnest($users::BIGINT[])) AND u.blocked_at IS NULL
"""


def users_by_id(reader: Reader, user_ids: Iterable[int]) -> dict[int, User]:
    """Return the unblocked users among ``user_ids`` with their roles, own classes and own children."""
    users = {}
    for row in reader.read(_USERS, {"users": sorted(set(user_ids))}):
        user_id, login, staff_id, _guardian_id, pupil_id, last, first, middle, roles, classes, children = row
        users[user_id] = User(
            user_id,
            login,
            PersonName(last, first, middle).full,
            frozenset(Role(role) for role in roles or []),
            staff_id,
            frozenset(classes or []),
            frozenset([*(children or []), *([pupil_id] if pupil_id is not None else [])]),
        )
    return users


def user_by_id(reader: Reader, user_id: int) -> User | None:
    """Return a user who may sign in, or None."""
    return users_by_id(reader, [user_id]).get(user_id)
