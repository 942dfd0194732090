"""Inspections of the registers as their readers see them: the inspector all, a teacher what names them (п. 6.2–6.4)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from school.access.action import Action
from school.access.checks import check_may, check_may_somewhere
from school.errors import Refusal
from school.inspections import store as stored
from school.inspections.rules import Quarter, due_inspection
from school.inspections.store import Inspection, InspectionFinding, Reading, Recheck
from school.records import RegisterFinding, User
from school.store.connection import Store

__all__ = ["Inspection", "InspectionFinding"]


@dataclass(frozen=True)
class InspectionPage:
    """An inspection with everything that stands in its report, and who has read it."""

    inspection: Inspection
    findings: list[InspectionFinding]
    rechecked: list[Recheck]
    readings: dict[int, Reading]
    author: str
    """Who made the report known; while it is being written, who began it."""

    @property
    def kept(self) -> list[InspectionFinding]:
        """The findings that stand in the report."""
        return [row for row in self.findings if row.is_kept]

    @property
    def teacher_ids(self) -> list[int]:
        """The teachers whom the report names, once each."""
        return list(
            dict.fromkeys(row.found.teacher_id for row in self.kept if row.found.teacher_id is not None)
        )


def inspections(store: Store, user: User) -> list[Inspection]:
    """Return all inspections, newest first; raises AccessRefused."""
    check_may(user, Action.READ_INSPECTIONS)
    return stored.all_inspections(store)


def inspection_page(store: Store, user: User, inspection_id: int) -> InspectionPage:
    """Return an inspection; raises AccessRefused, Refusal where there is none."""
    check_may(user, Action.READ_INSPECTIONS)
    inspection = stored.inspection_by_id(store, inspection_id)
    if inspection is None:
        raise Refusal("Такой проверки нет.", next_step="Вернитесь к списку проверок.")
    return InspectionPage(
        inspection,
        stored.findings_of(store, inspection_id),
        stored.rechecks_of(store, inspection_id),
        stored.readings_of(store, inspection_id),
        stored.author_name(store, inspection),
    )


@dataclass(frozen=True)
class OwnReport:
    """A published report as a teacher it names sees it: their own findings only."""

    inspection: Inspection
    findings: list[InspectionFinding]
    reading: Reading | None


def own_reports(store: Store, user: User) -> list[OwnReport]:
    """Return the published reports that name the user, newest first; raises AccessRefused."""
    check_may_somewhere(user, Action.ANSWER_INSPECTION)
    if user.staff_id is None:
        return []
    return [_own_report(store, user.staff_id, row) for row in stored.inspections_naming(store, user.staff_id)]


def _own_report(store: Store, staff_id: int, inspection: Inspection) -> OwnReport:
    rows = stored.findings_of(store, inspection.inspection_id)
    own = [row for row in rows if row.is_kept and row.found.teacher_id == staff_id]
    return OwnReport(inspection, own, stored.readings_of(store, inspection.inspection_id).get(staff_id))


def unread_reports(store: Store, user: User) -> int:
    """Return how many published reports name the user and are not read yet."""
    if user.staff_id is None:
        return 0
    return sum(report.reading is None for report in own_reports(store, user))


def gaps_of_lessons(
    store: Store, user: User, term_ids: Collection[int], now: datetime
) -> list[RegisterFinding]:
    """Return every register's lessons without attendance and substitutions unsigned or not filled; raises AccessRefused."""
    check_may(user, Action.INSPECT)
    return stored.lesson_gaps(store, term_ids, now)


def inspection_before(store: Store, user: User) -> InspectionPage | None:
    """Return the inspection made known last, or None; raises AccessRefused."""
    made_known = [row for row in inspections(store, user) if row.published_at]
    last = max(made_known, key=lambda row: row.ends_on, default=None)
    return inspection_page(store, user, last.inspection_id) if last else None


def inspection_due(
    store: Store, user: User, quarters: Collection[tuple[str, date, date]], today: date
) -> Quarter | None:
    """Return the quarter that passes without an inspection, if it is time to say so (п. 6.2).

    ``quarters``: title, first and last day. A quarter is inspected when a report made known reaches into it.
    """
    spans = [(row.starts_on, row.ends_on) for row in inspections(store, user) if row.published_at]
    return due_inspection(
        [
            Quarter(title, first, last, any(first <= end and start <= last for start, end in spans))
            for title, first, last in quarters
        ],
        today,
    )
