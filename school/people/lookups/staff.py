"""Employees as the office sees them (п. 4.3)."""

from datetime import date

from school.access.action import Action
from school.access.checks import check_may
from school.people.records import StaffMember
from school.people.store.staff import duties_from, staff_members
from school.records import User
from school.store.connection import Store


def all_staff(store: Store, user: User) -> list[StaffMember]:
    """Return all employees by name, those dismissed too. Raises AccessRefused."""
    check_may(user, Action.READ_USERS)
    return staff_members(store)


def duties_left(store: Store, user: User, staff_id: int, day: date) -> list[str]:
    """Return in words what an employee teaches and leads from a day on. Raises AccessRefused."""
    check_may(user, Action.READ_USERS)
    return duties_from(store, staff_id, day)
