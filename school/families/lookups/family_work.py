"""How the families of a class use the diary: for its homeroom teacher by name, for the deputy head as figures (п. 4.3)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from school.access.action import Action
from school.access.checks import check_may
from school.access.scopes import Rows
from school.families.lookups.remarks import REMARK_DAYS
from school.families.store import readings, remarks
from school.families.store.readings import ClassReaders
from school.people.store.class_lists import enrolled_pupils
from school.people.store.pupils import guardians_of
from school.records import PersonName, User
from school.store.connection import Store

__all__ = ["ClassReaders"]

READING_DAYS = 7


@dataclass(frozen=True)
class FamilyPerson:
    """A guardian, or the pupil themself: the way in, the last sign-in, when this child's diary was last opened.

    ``signed_in_at`` is None where nobody knows: never, or longer ago than sign-ins are kept.
    """

    name: str
    who: str
    guardian_id: int | None
    may_sign_in: bool
    signed_in_at: datetime | None
    read_at: datetime | None

    @property
    def is_guardian(self) -> bool:
        """Whether it is a guardian, not the pupil themself."""
        return self.guardian_id is not None


@dataclass(frozen=True)
class Family:
    """A pupil of a class with their people, the guardians first, and how many remarks nobody has confirmed to have read."""

    pupil_id: int
    pupil_name: PersonName
    people: tuple[FamilyPerson, ...]
    unread: int

    @property
    def has_way_in(self) -> bool:
        """Whether any guardian can sign in."""
        return any(each.may_sign_in for each in self.people if each.is_guardian)

    def has_read_since(self, moment: datetime) -> bool:
        """Whether any guardian has opened the diary since."""
        return any(each.read_at and each.read_at >= moment for each in self.people if each.is_guardian)


def class_families(store: Store, user: User, class_id: int, *, day: date) -> list[Family]:
    """Return the families of a class by the list of a day, by name. Raises AccessRefused."""
    check_may(user, Action.READ_FAMILY_WORK, Rows(class_id=class_id))
    pupils = enrolled_pupils(store, class_id, day)
    ids = [each.pupil_id for each in pupils]
    guardians = guardians_of(store, ids)
    accounts = {
        (each.pupil_id, each.guardian_id): each for each in readings.family_accounts(store, ids) if ids
    }
    unread: dict[int, int] = {}
    for remark in remarks.remarks_of_classes(store, [class_id], None, day - timedelta(REMARK_DAYS)):
        if remark.withdrawn_at is None and remark.read_at is None:
            unread[remark.pupil_id] = unread.get(remark.pupil_id, 0) + 1

    def person(pupil_id: int, guardian_id: int | None, name: str, who: str) -> FamilyPerson:
        found = accounts.get((pupil_id, guardian_id))
        known = (found.may_sign_in, found.signed_in_at, found.read_at) if found else (False, None, None)
        return FamilyPerson(name, who, guardian_id, *known)

    return [
        Family(
            each.pupil_id,
            each.name,
            (
                *(
                    person(each.pupil_id, own.guardian_id, own.name.full, own.relation or "родитель")
                    for own in guardians.get(each.pupil_id, ())
                ),
                person(each.pupil_id, None, each.name.full, "ученик"),
            ),
            unread.get(each.pupil_id, 0),
        )
        for each in pupils
    ]


def readers_by_class(
    store: Store, user: User, class_ids: Collection[int], *, day: date, now: datetime
) -> dict[int, ClassReaders]:
    """Return by class how many families can sign in and have read the diary within READING_DAYS. Raises AccessRefused."""
    for class_id in class_ids:
        check_may(user, Action.READ_FAMILY_WORK, Rows(class_id=class_id))
    since = now - timedelta(READING_DAYS)
    return {each.class_id: each for each in readings.readers_of_classes(store, class_ids, day, since)}
