"""In which roles somebody has read the first steps and closed them."""

from collections.abc import Collection
from datetime import datetime

from school.records import Role
from school.store.reading import Reader, Writer
from school.store.writing import insert


def roles_with_steps_closed(reader: Reader, user_id: int) -> frozenset[Role]:
    """Return the roles whose first steps a user has closed; from memory while nobody closes any."""
    query = "SELECT role FROM first_steps WHERE user_id = $user"
    rows = reader.steady(("first_steps",), query, {"user": user_id})
    return frozenset(Role(role) for (role,) in rows)


def save_steps_closed(writer: Writer, user_id: int, roles: Collection[Role], at: datetime) -> None:
    """Keep that a user closed the first steps of these roles."""
    for role in roles:
        insert(writer, "first_steps", "OR IGNORE", user_id=user_id, role=role, closed_at=at)
