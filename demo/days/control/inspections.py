"""Inspections of the running quarter: a class checked and mended, a class looked at in one subject, a report being written (п. 6.2)."""

from datetime import datetime, time, timedelta

from demo.plan.structure_rows import Founded
from demo.plan.whole_school import SchoolPlan
from school.inspections.actions import InspectionDraft, publish_inspection, start_inspection, write_conclusion
from school.inspections.lookups import inspection_before
from school.inspections.rules import Aspect
from school.records import InspectionScope, MendState, Role, TermKind
from school.store.connection import Store

# How many days before now the three inspections began.
CHECKED, LOOKED_AT, UNDERWAY = 6, 4, 1


def inspect_this_quarter(store: Store, plan: SchoolPlan, school: Founded, now: datetime) -> None:
    """Let the deputy inspect three classes of the running quarter; nothing in its first week, nor of a school of fewer."""
    year = plan.years[-1]
    quarters = [each for each in year.calendar.terms if each.kind == TermKind.QUARTER]
    running = next((each for each in quarters if each.starts_on <= now.date() <= each.ends_on), None)
    classes = year.classes[1:4]
    if running is None or now.date() <= running.starts_on + timedelta(days=CHECKED) or len(classes) < 3:
        return
    deputy = school.user_with(Role.DEPUTY)
    subject_id = next(
        each.subject_id for each in school.structure.loads if each.class_id == classes[1].class_id
    )

    def begin(days: int, name: str, scope: InspectionScope) -> tuple[int, datetime]:
        at = datetime.combine(now.date() - timedelta(days=days), time(15))
        draft = InspectionDraft(
            f"Проверка журналов {name}", year.calendar.school_year, running.starts_on, at.date(), scope
        )
        before = inspection_before(store, deputy)
        mended = {
            each.finding_id: MendState.MENDED
            for each in (before.kept if before else [])
            if each.found.class_id in scope.class_ids
        }
        return start_inspection(store, deputy, draft, [], mended, now=at), at

    def scope_of(class_id: int, *subject_ids: int) -> InspectionScope:
        aspects = tuple(map(str, Aspect))
        return InspectionScope(
            (year.term_ids[running.kind, running.number],), aspects, (class_id,), subject_ids
        )

    first, second, third = classes
    checked = begin(CHECKED, first.name, scope_of(first.class_id))
    looked_at = begin(LOOKED_AT, f"{second.name} по одному предмету", scope_of(second.class_id, subject_id))
    for key, at in (checked, looked_at):
        write_conclusion(store, deputy, key, "Журналы ведутся вовремя, замечаний нет.", "", now=at)
        publish_inspection(store, deputy, key, now=at + timedelta(hours=1))
    begin(UNDERWAY, third.name, scope_of(third.class_id))
