"""Questions about 8Б to the actions and lookups of inspections."""

from collections.abc import Callable
from typing import Any

from asking import TEACHER, TERM, Question, the_deputy, was_done
from small_school import CLASS_8B, MATHS, NOW, QUARTER_2, STRANGER_STAFF

from school.inspections import actions as inspections
from school.inspections import lookups as inspection_lookups
from school.records import InspectionScope, RegisterFinding, User
from school.store.connection import Store

INSPECTION_DRAFT = inspections.InspectionDraft(
    "Проверка", 2026, TERM.starts_on, TERM.ends_on, InspectionScope((QUARTER_2,), ("marks",))
)

INSPECTORS = {"head", "deputy"}


def _inspection_of_8b(store: Store, *, is_published: bool) -> int:
    """An inspection that names the stranger's lessons in 8Б."""
    deputy, found = the_deputy(store), [RegisterFinding("not_filled", CLASS_8B, MATHS, STRANGER_STAFF, 1, 2)]
    inspection_id = inspections.start_inspection(store, deputy, INSPECTION_DRAFT, found, {}, now=NOW)
    if is_published:
        inspections.write_conclusion(store, deputy, inspection_id, "Вывод", "", now=NOW)
        inspections.publish_inspection(store, deputy, inspection_id, now=NOW)
    return inspection_id


def _publish_inspection(store: Store, user: User) -> None:
    inspection_id = _inspection_of_8b(store, is_published=False)
    inspections.write_conclusion(store, the_deputy(store), inspection_id, "Вывод", "", now=NOW)
    inspections.publish_inspection(store, user, inspection_id, now=NOW)


def _edit_inspection(store: Store, user: User) -> None:
    inspection_id = _inspection_of_8b(store, is_published=False)
    (finding,) = inspection_lookups.inspection_page(store, the_deputy(store), inspection_id).findings
    edit = inspections.FindingEdit(finding.finding_id, is_kept=True, note="Заполнить")
    inspections.edit_findings(store, user, [edit], now=NOW)


def _about_inspection(ask: Callable[[Store, User], Any]) -> Callable[[Store, User], Any]:
    """Ask once an inspection of 8Б was made known."""

    def question(store: Store, user: User) -> Any:
        _inspection_of_8b(store, is_published=True)
        return ask(store, user)

    return question


QUESTIONS: dict[str, Question] = {
    "inspections.actions.start_inspection": Question(
        lambda store, user: inspections.start_inspection(store, user, INSPECTION_DRAFT, [], {}, now=NOW),
        INSPECTORS,
        was_done,
    ),
    "inspections.actions.edit_findings": Question(_edit_inspection, INSPECTORS, was_done),
    "inspections.actions.add_finding": Question(
        lambda store, user: inspections.add_finding(
            store,
            user,
            _inspection_of_8b(store, is_published=False),
            "Задания велики",
            (CLASS_8B, MATHS, STRANGER_STAFF),
            now=NOW,
        ),
        INSPECTORS,
        was_done,
    ),
    "inspections.actions.write_conclusion": Question(
        lambda store, user: inspections.write_conclusion(
            store, user, _inspection_of_8b(store, is_published=False), "Вывод", "", now=NOW
        ),
        INSPECTORS,
        was_done,
    ),
    "inspections.actions.publish_inspection": Question(_publish_inspection, INSPECTORS, was_done),
    "inspections.actions.discard_inspection": Question(
        lambda store, user: inspections.discard_inspection(
            store, user, _inspection_of_8b(store, is_published=False), now=NOW
        ),
        INSPECTORS,
        was_done,
    ),
    "inspections.actions.confirm_inspection": Question(
        lambda store, user: inspections.confirm_inspection(
            store, user, _inspection_of_8b(store, is_published=True), now=NOW
        ),
        TEACHER,
        was_done,
    ),
    "inspections.actions.answer_inspection": Question(
        lambda store, user: inspections.answer_inspection(
            store, user, _inspection_of_8b(store, is_published=True), "Заполнено", now=NOW
        ),
        TEACHER,
        was_done,
    ),
    "inspections.lookups.inspections": Question(
        _about_inspection(inspection_lookups.inspections), INSPECTORS, bool
    ),
    "inspections.lookups.inspection_page": Question(
        lambda store, user: inspection_lookups.inspection_page(
            store, user, _inspection_of_8b(store, is_published=True)
        ),
        INSPECTORS,
        bool,
    ),
    "inspections.lookups.own_reports": Question(
        _about_inspection(inspection_lookups.own_reports), TEACHER, bool
    ),
    "inspections.lookups.unread_reports": Question(
        _about_inspection(inspection_lookups.unread_reports), TEACHER, bool
    ),
    "inspections.lookups.gaps_of_lessons": Question(
        lambda store, user: inspection_lookups.gaps_of_lessons(store, user, [QUARTER_2], NOW),
        INSPECTORS,
        bool,
    ),
    "inspections.lookups.inspection_before": Question(
        _about_inspection(inspection_lookups.inspection_before), INSPECTORS, bool
    ),
    "inspections.lookups.control_state": Question(
        _about_inspection(
            lambda store, user: inspection_lookups.control_state(store, user, 2026, today=NOW.date())
        ),
        INSPECTORS,
    ),
    "inspections.lookups.inspection_due": Question(
        lambda store, user: inspection_lookups.inspection_due(
            store, user, [("2-я четверть", TERM.starts_on, TERM.ends_on)], TERM.ends_on
        ),
        INSPECTORS,
        bool,
    ),
}
