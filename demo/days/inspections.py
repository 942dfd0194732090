"""The inspection of the last quarter that is over: published to the teachers it names, confirmed by most (п. 6.2–6.4)."""

from datetime import datetime, time, timedelta

from demo.plan.structure_rows import Founded
from demo.plan.whole_school import SchoolPlan
from school.inspections.actions import (
    FindingEdit,
    InspectionDraft,
    answer_inspection,
    confirm_inspection,
    edit_findings,
    publish_inspection,
    start_inspection,
    write_conclusion,
)
from school.inspections.lookups import gaps_of_lessons, inspection_page
from school.inspections.rules import Aspect, covers, is_found
from school.records import InspectionScope, Role, TermKind
from school.store.connection import Store

# Which teachers of the report have read it: all but each fourth; each third of those answers.
UNREAD, ANSWERS = 4, 3
ASPECTS = (Aspect.SUBSTITUTIONS, Aspect.ATTENDANCE)
DAYS_TO_MEND = 12


def inspect_last_quarter(store: Store, plan: SchoolPlan, school: Founded, now: datetime) -> None:
    """Let the deputy inspect the last quarter that ended before ``now``; nothing in a year's first quarter."""
    year = plan.years[-1]
    ended = [
        term
        for term in year.calendar.terms
        if term.kind == TermKind.QUARTER and term.ends_on + timedelta(days=2) < now.date()
    ]
    if not ended:
        return
    last = max(ended, key=lambda term: term.ends_on)
    at, deputy = datetime.combine(last.ends_on + timedelta(days=2), time(15)), school.user_with(Role.DEPUTY)
    term_ids = (year.term_ids[last.kind, last.number],)
    # The first class is left out: nobody has looked at it this year.
    scope = InspectionScope(
        term_ids, tuple(map(str, ASPECTS)), class_ids=tuple(each.class_id for each in year.classes[1:])
    )
    found = [
        row
        for row in gaps_of_lessons(store, deputy, term_ids, at)
        if is_found(row.check, row.count, row.total)
        and covers(scope, row.class_id, row.subject_id, row.teacher_id)
    ]
    draft = InspectionDraft(
        f"Проверка журналов, {last.number}-я четверть",
        year.calendar.school_year,
        last.starts_on,
        last.ends_on,
        scope,
    )
    key = start_inspection(store, deputy, draft, found, {}, now=at)
    until = (at + timedelta(days=DAYS_TO_MEND)).date()
    findings = inspection_page(store, deputy, key).findings
    edit_findings(
        store, deputy, [FindingEdit(each.finding_id, True, mend_until=until) for each in findings], now=at
    )
    conclusion = "Посещаемость и замены в основном отражены; отмеченные уроки нужно дополнить."
    write_conclusion(store, deputy, key, conclusion, "Дополнить журналы до конца следующей недели.", now=at)
    publish_inspection(store, deputy, key, now=at)
    _read(store, school, key, at + timedelta(hours=3))


def _read(store: Store, school: Founded, key: int, at: datetime) -> None:
    staff_ids = inspection_page(store, school.user_with(Role.DEPUTY), key).teacher_ids
    for number, staff_id in enumerate(staff_ids):
        if number % UNREAD == UNREAD - 1:
            continue
        confirm_inspection(store, school.users[staff_id], key, now=at)
        if number % ANSWERS == 0:
            answer_inspection(store, school.users[staff_id], key, "Дополнено.", now=at + timedelta(hours=1))
