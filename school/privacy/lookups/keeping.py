"""What the page of personal data reads: who looked, what is due for erasing, what was erased, incidents (152-ФЗ)."""

from dataclasses import dataclass
from datetime import date

from school.access.action import Action
from school.access.checks import check_may
from school.privacy.rules.incidents import Incident
from school.privacy.rules.terms import ERASED, Erased, ErasureTerm, older_than
from school.privacy.rules.viewing import title_of
from school.privacy.store import viewings as stored
from school.privacy.store.erasing import Erasure, count_due, erasures
from school.privacy.store.incidents import all_incidents
from school.privacy.store.settings import Operator, days_kept, erased_last, is_erasing, operator_of
from school.privacy.store.viewings import NamedViewing, ViewingFilter
from school.records import User
from school.store.connection import Store

__all__ = ["Erasure", "NamedViewing", "Operator", "ViewingFilter", "title_of"]


@dataclass(frozen=True)
class DueKind:
    """A kind that is erased: its term, the days that the school has set, how many records are over, and since which day."""

    kind: Erased
    term: ErasureTerm
    days: int
    older_than: date
    count: int


@dataclass(frozen=True)
class ErasingState:
    """What would be erased today, whether the night does it, when it was last done, what was erased before."""

    due: list[DueKind]
    is_on: bool
    last: date | None
    done: list[Erasure]


def erasing_state(store: Store, user: User, today: date) -> ErasingState:
    """Return what is due for erasing and what was erased. Raises AccessRefused."""
    check_may(user, Action.READ_PRIVACY)
    terms = days_kept(store)
    due = [
        DueKind(kind, term, terms[kind], before, count_due(store, kind, before))
        for kind, term in ERASED.items()
        for before in (older_than(terms[kind], today),)
    ]
    return ErasingState(due, is_erasing(store), erased_last(store), erasures(store))


def viewings(
    store: Store, user: User, wanted: ViewingFilter, *, limit: int
) -> tuple[list[NamedViewing], int]:
    """Return who looked, newest first, and how many viewings there are in all. Raises AccessRefused."""
    check_may(user, Action.READ_PRIVACY)
    return stored.named_viewings(store, wanted, limit=limit), stored.count_viewings(store, wanted)


def viewing_choices(store: Store, user: User) -> tuple[dict[int, str], dict[int, str]]:
    """Return who has looked and who was looked at, by id. Raises AccessRefused."""
    check_may(user, Action.READ_PRIVACY)
    return dict(stored.viewers(store)), dict(stored.seen_pupils(store))


def incidents(store: Store, user: User) -> list[Incident]:
    """Return the incidents, the open ones first. Raises AccessRefused."""
    check_may(user, Action.READ_PRIVACY)
    return all_incidents(store)


def operator(store: Store, user: User) -> Operator:
    """Return who answers for the data. Raises AccessRefused."""
    check_may(user, Action.READ_PRIVACY)
    return operator_of(store)
