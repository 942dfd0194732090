"""People for looking around an imported school: one for each role of the staff, without passwords."""

import secrets
from datetime import datetime

import bcrypt

from school.extracts.store.rows import busiest_teacher
from school.records import PersonName, Role
from school.sign_in.store.credentials import has_users, save_role, save_staff_name, save_user
from school.store.connection import Store, Transaction
from school.store.events import Event
from school.store.settings import save_setting

_PEOPLE: dict[Role, PersonName] = {
    Role.HEAD: PersonName("Директор", "Школы"),
    Role.DEPUTY: PersonName("Завуч", "Школы"),
    Role.ADMIN: PersonName("Администратор", "Журнала"),
    Role.SECRETARY: PersonName("Секретарь", "Школы"),
}


def add_demo_users(store: Store, *, now: datetime) -> int:
    """Add the demonstration's users to a store that has no users, and return how many.

    Nobody knows their passwords: they enter through the demonstration panel only.
    """

    def work(transaction: Transaction) -> int:
        if has_users(transaction):
            return 0
        people: dict[Role, int] = {}
        for role, name in _PEOPLE.items():
            (staff_id,) = transaction.new_ids(1)
            save_staff_name(transaction, staff_id, name)
            people[role] = staff_id
        teacher_id = busiest_teacher(transaction)
        if teacher_id is not None:
            people[Role.TEACHER] = teacher_id
        for role, staff_id in people.items():
            _add_user(transaction, role, staff_id, now)
        save_setting(transaction, "demo", "1")
        return len(people)

    return store.write(work)


def _add_user(transaction: Transaction, role: Role, staff_id: int, now: datetime) -> None:
    (user_id,) = transaction.new_ids(1)
    nobody_knows = bcrypt.hashpw(secrets.token_urlsafe(32).encode(), bcrypt.gensalt()).decode()
    save_user(transaction, user_id, f"demo-{role}", nobody_knows, staff_id)
    save_role(transaction, user_id, role)
    save_setting(transaction, f"demo.user.{role}", str(user_id))
    transaction.record(Event(now, None, "user", record_id=user_id, new_value=f"demo-{role}"))
