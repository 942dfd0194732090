"""What the sheet of a class's meeting says beside its figures: families, praise, days and evenings ahead (п. 4.3)."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from school.access.action import Action
from school.access.checks import check_may
from school.access.scopes import Rows
from school.consultations.lookups.staff import ClassEvening, class_evenings
from school.families.lookups.confirmations import week_confirmations
from school.families.lookups.family_work import READING_DAYS, Family, class_families
from school.families.rules import breaks_of, monday_of
from school.families.store.diaries import days_off
from school.families.store.remarks import remarks_of_classes
from school.occasions.lookups import ClassOccasion, class_occasions
from school.people.store.class_lists import class_heads
from school.records import RemarkKind, Term, User
from school.register.store.registers import class_terms
from school.store.connection import Store

DAYS_AHEAD = 60


@dataclass(frozen=True)
class ClassMeeting:
    """A class as its families are: who reads the diary, who has confirmed the last whole week (``monday``), whom teachers praised.

    ``occasions`` and ``days_off`` are of the next DAYS_AHEAD days: of a break its name, first and last day.
    """

    class_id: int
    class_name: str
    terms: tuple[Term, ...]
    families: tuple[Family, ...]
    monday: date
    confirmed: frozenset[int]
    praised: Mapping[int, int]
    evenings: tuple[ClassEvening, ...]
    occasions: tuple[ClassOccasion, ...]
    days_off: tuple[tuple[str, date, date], ...]
    since: datetime

    @property
    def term(self) -> Term | None:
        """The newest term of the class that has begun."""
        return max(self.terms, key=lambda each: each.starts_on, default=None)

    @property
    def readers(self) -> int:
        """How many families have opened the diary within READING_DAYS."""
        return sum(each.has_read_since(self.since) for each in self.families)


def class_meeting(store: Store, user: User, class_id: int, *, now: datetime) -> ClassMeeting:
    """Return what a class's meeting is told. Raises AccessRefused for who does not lead the class or oversee the school."""
    check_may(user, Action.READ_FAMILY_WORK, Rows(class_id=class_id))
    today = now.date()
    head = next(each for each in class_heads(store) if each.class_id == class_id)
    terms = tuple(each for each in class_terms(store, class_id) if each.starts_on <= today)
    since = max((each.starts_on for each in terms), default=today)
    monday = monday_of(today) - timedelta(7)
    confirmed = week_confirmations(store, user, class_id, monday)
    written = remarks_of_classes(store, [class_id], None, since)
    praised = Counter(
        each.pupil_id for each in written if each.kind == RemarkKind.PRAISE and each.withdrawn_at is None
    )
    return ClassMeeting(
        class_id,
        head.name,
        terms,
        tuple(class_families(store, user, class_id, day=today)),
        monday,
        frozenset(pupil for pupil, by in confirmed.items() if by),
        praised,
        tuple(class_evenings(store, user, class_id, now=now)),
        tuple(_soon(class_occasions(store, user, class_id, now=now), today)),
        tuple(breaks_of(days_off(store), today, today + timedelta(DAYS_AHEAD))),
        now - timedelta(READING_DAYS),
    )


def _soon(occasions: Iterable[ClassOccasion], today: date) -> Iterator[ClassOccasion]:
    last = today + timedelta(DAYS_AHEAD)
    return (each for each in occasions if each.occasion.draft.starts_on <= last)
