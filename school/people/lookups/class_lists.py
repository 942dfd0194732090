"""Class lists of any day, for those who may read them (п. 3.3, 4.6)."""

from dataclasses import dataclass
from datetime import date

from school.access.action import Action
from school.access.checks import check_may, check_may_somewhere, may
from school.access.scopes import Rows
from school.people.records import Guardian
from school.people.store.class_lists import (
    ClassHead,
    EnrolledPupil,
    class_heads,
    enrolled_pupils,
    homeroom_on,
    school_year_days,
)
from school.people.store.pupils import guardians_of
from school.people.store.school_counts import pupil_facts
from school.records import User
from school.store.connection import Store

__all__ = ["ClassHead", "EnrolledPupil"]


def readable_classes(store: Store, user: User) -> list[ClassHead]:
    """Return the classes whose lists the user may read, newest school year first. Raises AccessRefused."""
    check_may_somewhere(user, Action.READ_CLASS_LISTS)
    return [head for head in class_heads(store) if may(user, Action.READ_CLASS_LISTS, _rows(head.class_id))]


def class_list(store: Store, user: User, class_id: int, day: date) -> list[EnrolledPupil]:
    """Return the class as it was on the day. Raises AccessRefused."""
    check_may(user, Action.READ_CLASS_LISTS, _rows(class_id))
    return enrolled_pupils(store, class_id, day)


@dataclass(frozen=True)
class ListedPupil:
    """A pupil of a class with what a printed list may say of them."""

    pupil: EnrolledPupil
    born_on: date | None
    file_number: str
    guardians: tuple[Guardian, ...]


def listed_pupils(store: Store, user: User, class_id: int, day: date) -> list[ListedPupil]:
    """Return the class on a day with birthdays, numbers of personal files and guardians. Raises AccessRefused."""
    rows = class_list(store, user, class_id, day)
    facts, guardians = pupil_facts(store), guardians_of(store, [each.pupil_id for each in rows])
    return [
        ListedPupil(
            each,
            facts[each.pupil_id].born_on,
            facts[each.pupil_id].file_number,
            tuple(guardians.get(each.pupil_id, ())),
        )
        for each in rows
    ]


def class_leader(store: Store, user: User, class_id: int, day: date) -> str:
    """Return the name of the homeroom teacher who led a class on the day (empty: nobody). Raises AccessRefused."""
    check_may(user, Action.READ_CLASS_LISTS, _rows(class_id))
    return homeroom_on(store, class_id, day)


def list_day(store: Store, school_year: int, today: date) -> date:
    """Return the day a class list opens at: today, or the nearest day of the school year."""
    days = school_year_days(store).get(school_year)
    return today if days is None else min(max(today, days[0]), days[1])


def _rows(class_id: int) -> Rows:
    return Rows(class_id=class_id)
