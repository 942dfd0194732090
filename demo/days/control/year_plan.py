"""The plan of the year as a deputy head keeps it: own entries, somebody named, ticks by hand (п. 3.5, 4.2)."""

from datetime import date, datetime, time, timedelta

from demo.plan.structure_rows import Founded
from demo.plan.whole_school import SchoolPlan
from school.calendar import first_of_september
from school.records import Role
from school.store.connection import Store
from school.year_plan.actions import EntryKey, add_entries, tick_entry
from school.year_plan.records import PlanDraft
from school.year_plan.rules import WHOLE_YEAR

SOON, LATE = timedelta(days=4), timedelta(days=3)


def keep_year_plan(store: Store, plan: SchoolPlan, school: Founded, now: datetime) -> None:
    """Let the deputy keep the plan of the running year: what is done by now is ticked, one thing is late, some come soon."""
    year, deputy = plan.years[-1].calendar.school_year, school.user_with(Role.DEPUTY)
    begun = first_of_september(year)
    if now.date() < begun + timedelta(days=30):
        return
    admin, head = school.user_with(Role.ADMIN), school.user_with(Role.HEAD)
    for code, user, days in (("divide", deputy, 3), ("present", admin, 24)):
        at = datetime.combine(begun + timedelta(days=days), time(16))
        tick_entry(store, user, EntryKey(year, f"{code}/{WHOLE_YEAR}"), is_done=True, now=at)
    typed = (
        PlanDraft(
            "Педсовет по итогам четверти",
            now.date() + SOON,
            deputy.user_id,
            7,
            "Подготовить отчёты и справки",
        ),
        PlanDraft("Утвердить график контрольных работ", now.date() - LATE, head.user_id, 7),
        PlanDraft(
            "Консультация для новых учителей: как вести журнал", now.date() + 2 * SOON, admin.user_id, 14
        ),
    )
    for draft in typed:
        if _is_within(draft.due_on, year):
            add_entries(store, deputy, year, draft, now=now - timedelta(days=10))


def _is_within(day: date, year: int) -> bool:
    return first_of_september(year) <= day < first_of_september(year + 1)
