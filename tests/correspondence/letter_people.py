"""Everybody of the small school who may write, with a second guardian, a family of 8Б and a teacher who is a parent there."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from small_school import CHILD, CLASS_8B, NOW, STRANGE_CHILD, People

from school.records import User
from school.sign_in.store.users import users_by_id
from school.store.connection import Store, Transaction
from school.store.events import Event

FATHER, MOTHER_OF_8B, PUPIL_OF_8B, TEACHING_PARENT = 301, 302, 303, 304
STAFF_OF_PARENT = 49

# A second guardian of the child of 7А; a mother and the pupil of 8Б; a teacher of history in 7А whose own child is in 8Б.
_MORE = f"""
INSERT INTO guardians (guardian_id, last_name, first_name) VALUES (62, 'Алёшин', 'Семён'), (63, 'Яковлева', 'Нина'), (64, 'Двойнова', 'Яна');
INSERT INTO guardian_pupils (guardian_id, pupil_id, relation) VALUES (62, {CHILD}, 'папа'), (63, {STRANGE_CHILD}, 'мама'), (64, {STRANGE_CHILD}, 'тётя');
INSERT INTO staff (staff_id, last_name, first_name) VALUES ({STAFF_OF_PARENT}, 'Двойнова', 'Яна');
INSERT INTO teaching_load (load_id, school_year, class_id, subject_id, teacher_id, hours_a_week) VALUES (93, 2026, 11, 22, {STAFF_OF_PARENT}, 2);
INSERT INTO users (user_id, login, password_hash, staff_id, guardian_id, pupil_id) VALUES
    ({FATHER}, 'father', 'x', NULL, 62, NULL), ({MOTHER_OF_8B}, 'mother', 'x', NULL, 63, NULL),
    ({PUPIL_OF_8B}, 'oleg', 'x', NULL, NULL, {STRANGE_CHILD}), ({TEACHING_PARENT}, 'dual', 'x', {STAFF_OF_PARENT}, 64, NULL);
INSERT INTO user_roles VALUES ({FATHER}, 'guardian'), ({MOTHER_OF_8B}, 'guardian'), ({PUPIL_OF_8B}, 'pupil'),
    ({TEACHING_PARENT}, 'guardian'), ({TEACHING_PARENT}, 'teacher');
"""


@dataclass(frozen=True)
class More:
    """The people beside those of ``small_school``."""

    father: User
    mother_of_8b: User
    pupil_of_8b: User
    dual: User


def add_people(store: Store) -> More:
    """Add them to the small school."""

    def work(transaction: Transaction) -> None:
        transaction.change(_MORE)
        transaction.record(Event(NOW, None, "school"))

    store.write(work)
    users = users_by_id(store, [FATHER, MOTHER_OF_8B, PUPIL_OF_8B, TEACHING_PARENT])
    return More(*(users[each] for each in (FATHER, MOTHER_OF_8B, PUPIL_OF_8B, TEACHING_PARENT)))


def move_child(store: Store, day: str = "2026-11-19") -> None:
    """Move the child of 7А to 8Б on a day."""

    def work(transaction: Transaction) -> None:
        transaction.change(
            f"UPDATE enrolments SET ends_on = '{day}' WHERE pupil_id = {CHILD} AND ends_on IS NULL"
        )
        transaction.change(f"INSERT INTO enrolments VALUES (999, {CHILD}, {CLASS_8B}, '{day}', NULL)")
        transaction.record(Event(NOW, None, "movement", pupil_id=CHILD))

    store.write(work)


class Time:
    """A clock of the test: each look is ten seconds later, so that nobody writes too fast."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=10)
        return self.now


def everybody(people: People, more: More) -> dict[str, User]:
    """Return all of them by name."""
    return vars(people) | vars(more)
