"""The register of issue, single papers, requests, and what the secretary has to do this week (п. 4.6, 6.6)."""

from dataclasses import dataclass
from datetime import date, timedelta

from school.access.action import Action
from school.access.checks import check_may, may
from school.access.scopes import Rows
from school.certificates.records import IssuedPaper, PaperKind, PaperRequest, PaperWords
from school.certificates.rules.due import DAYS_AHEAD, DAYS_BACK, days_to_print, lacks_order
from school.certificates.store import papers as stored
from school.errors import RuleRefused
from school.people.lookups.pupils import MovementLine, movement_lines
from school.records import User
from school.store.connection import Store

__all__ = ["IssuedPaper", "PaperRequest"]


def issued_papers(store: Store, user: User, number_year: int) -> list[IssuedPaper]:
    """Return the register of issue of a calendar year, the newest first. Raises AccessRefused."""
    check_may(user, Action.READ_CERTIFICATES)
    return stored.papers_of_year(store, number_year)


def paper_years(store: Store, user: User, today: date) -> list[int]:
    """Return the calendar years of the register of issue, the newest first, with that of today. Raises AccessRefused."""
    check_may(user, Action.READ_CERTIFICATES)
    return sorted({today.year, *stored.years_of_papers(store)}, reverse=True)


def read_certificate(store: Store, user: User, certificate_id: int) -> tuple[IssuedPaper, PaperWords]:
    """Return an issued paper with what it says, as it was issued. Raises AccessRefused, RuleRefused where there is none."""
    check_may(user, Action.READ_CERTIFICATES)
    paper = stored.paper_by_id(store, certificate_id)
    if paper is None:
        raise RuleRefused("Такого документа нет.", next_step="Обновите страницу.")
    return paper, stored.words_of(store, certificate_id)


def given_numbers(store: Store, user: User, number_year: int) -> dict[PaperKind, int]:
    """Return the number last given in a calendar year, by kind; kinds without one are missing. Raises AccessRefused."""
    check_may(user, Action.READ_CERTIFICATES)
    return stored.last_numbers(store, number_year)


def waiting_requests(store: Store, user: User) -> list[PaperRequest]:
    """Return what families have asked for and wait for, the oldest first. Raises AccessRefused."""
    check_may(user, Action.READ_CERTIFICATES)
    return stored.waiting_requests(store)


def waiting_for_office(store: Store, user: User) -> int:
    """Return how many requests wait for this user's answer: from memory, for the menu."""
    return len(stored.waiting_requests(store)) if may(user, Action.ISSUE_CERTIFICATES) else 0


def letterhead(store: Store, user: User) -> str:
    """Return the lines under the school's name on its papers. Raises AccessRefused."""
    check_may(user, Action.READ_CERTIFICATES)
    return stored.letterhead(store)


@dataclass(frozen=True)
class OfficeWeek:
    """What waits for the secretary: requests, movements without an order, how many days are left to print the year (None: not yet).

    ``month`` are the movements of the running month, the newest first.
    """

    requests: list[PaperRequest]
    without_order: list[MovementLine]
    days_to_print: int | None
    month: list[MovementLine]


def office_week(store: Store, user: User, today: date) -> OfficeWeek:
    """Return what the secretary has to do. Raises AccessRefused."""
    check_may(user, Action.ISSUE_CERTIFICATES)
    around = movement_lines(
        store, user, today - timedelta(days=DAYS_BACK), today + timedelta(days=DAYS_AHEAD)
    )
    return OfficeWeek(
        stored.waiting_requests(store),
        [each for each in around if lacks_order(each.kind, each.order_title)],
        days_to_print(today),
        movement_lines(store, user, today.replace(day=1), today),
    )


@dataclass(frozen=True)
class FamilyCertificates:
    """What a family has asked for of a child, the newest first; the note of another guardian is theirs alone.

    ``own_ids``: those that the reader has asked for.
    """

    requests: list[PaperRequest]
    own_ids: frozenset[int]


def family_certificates(store: Store, user: User, pupil_id: int) -> FamilyCertificates:
    """Return what was asked for of the user's child. Raises AccessRefused."""
    check_may(user, Action.ASK_CERTIFICATE, Rows(pupil_id=pupil_id))
    rows = stored.requests_of_pupil(store, pupil_id)
    own = frozenset(each.request_id for each in rows if each.asked_by == user.user_id)
    return FamilyCertificates(
        [each if each.request_id in own else each._replace(note="") for each in rows], own
    )
