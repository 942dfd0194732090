"""The plan of a year as its readers see it: what is done, what presses, what is each one's own (п. 3.5, 4.1–4.3, 4.6)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from school.access.action import Action
from school.access.checks import check_may, may, may_somewhere
from school.access.roles import ROLES
from school.access.scopes import Rows
from school.archive.lookups import SIGNED_STATES
from school.archive.store.archives import unsigned_count
from school.backup.lookups import drill_days, drills_state
from school.calendar import first_of_september, school_year_of
from school.councils.store import council_classes
from school.inspections.lookups import quarters_checked
from school.inspections.rules import control_terms
from school.inspections.store import terms_to_inspect
from school.records import Role, User
from school.register.store.registers import school_years
from school.reports.records import ReportKind
from school.store.connection import Store
from school.store.names import staff_initials
from school.store.reading import Reader
from school.year_plan import store as stored
from school.year_plan.records import Done, Fact, PlanEntry, PlanTerm, PlanYear
from school.year_plan.rules import (
    STANDARD,
    WHOLE_YEAR,
    PlanState,
    code_of,
    entries_of,
    is_for,
    is_pressing,
    state_of,
)

# To whom an entry may be given: those who read the plan.
PLANNERS = (Role.DEPUTY, Role.HEAD, Role.ADMIN, Role.SECRETARY)
# What a plan depends on: its own rows, the calendar, and where the register sees what is done.
PLAN_TABLES = (
    *(
        "plan_entries",
        "terms",
        "class_terms",
        "classes",
        "teaching_load",
        "timetable",
        "inspections",
        "made_reports",
    ),
    *("council_decisions", "enrolments", "archives", "archive_documents", "archive_steps"),
)


@dataclass(frozen=True)
class YearPlan:
    """A year's plan by day, to whom its entries may be given (user id → name), and what the user may do."""

    school_year: int
    entries: Sequence[PlanEntry]
    people: Mapping[int, str]
    may_edit: bool


def plan_years(store: Store, user: User) -> list[int]:
    """Return the school years that have a plan, newest first. Raises AccessRefused."""
    check_may(user, Action.READ_YEAR_PLAN)
    return school_years(store)


def year_plan(store: Store, user: User, school_year: int, *, today: date) -> YearPlan:
    """Return the plan of a school year. Raises AccessRefused."""
    check_may(user, Action.READ_YEAR_PLAN)
    people = _people(store)
    entries = [replace(each, who=_who(each, people)) for each in _entries(store, school_year, today)]
    offered = {key: people[key] for key in stored.users_with(store, PLANNERS) if key in people}
    return YearPlan(school_year, entries, offered, may(user, Action.EDIT_YEAR_PLAN))


def may_tick(user: User, entry: PlanEntry) -> bool:
    """Whether the user may tick an entry that the register does not see by itself."""
    rows = Rows(user_id=user.user_id) if is_for(entry, user.user_id, user.roles) else Rows()
    return entry.fact is None and not entry.is_dropped and may(user, Action.TICK_YEAR_PLAN, rows)


def pressing_entries(store: Store, user: User, *, today: date) -> list[PlanEntry]:
    """Return what is overdue or soon of the running year's plan and is the user's own; nothing for who has no plan."""
    if not may_somewhere(user, Action.READ_YEAR_PLAN):
        return []
    own = [each for each in _pressing(store, today) if is_for(each, user.user_id, user.roles)]
    return _with_people(store, own)


def overdue_entries(store: Store, user: User, *, today: date) -> list[PlanEntry]:
    """Return what is overdue of the running year's plan, whoever's it is. Raises AccessRefused."""
    check_may(user, Action.READ_YEAR_PLAN)
    late = [each for each in _pressing(store, today) if state_of(each, today) is PlanState.OVERDUE]
    return _with_people(store, late)


def next_entries(store: Store, user: User, *, today: date, most: int) -> list[PlanEntry]:
    """Return what comes next in the running year's plan. Raises AccessRefused."""
    check_may(user, Action.READ_YEAR_PLAN)
    ahead = [
        each
        for each in _entries(store, school_year_of(today), today)
        if state_of(each, today) in (PlanState.SOON, PlanState.AHEAD)
    ]
    return _with_people(store, ahead[:most])


def waiting_plan(store: Store, user: User, *, today: date) -> int:
    """Return how much of the plan is the user's and is soon or overdue: from memory, for the menu."""
    return len(pressing_entries(store, user, today=today))


def _pressing(store: Store, today: date) -> list[PlanEntry]:
    return [each for each in _entries(store, school_year_of(today), today) if is_pressing(each, today)]


def _with_people(store: Store, entries: Sequence[PlanEntry]) -> list[PlanEntry]:
    people = _people(store) if entries else {}
    return [replace(each, who=_who(each, people)) for each in entries]


def _people(reader: Reader) -> dict[int, str]:
    names = staff_initials(reader)
    return {
        user_id: names[staff_id]
        for user_id, staff_id in stored.staff_of_users(reader).items()
        if staff_id in names
    }


def _who(entry: PlanEntry, people: Mapping[int, str]) -> str:
    if entry.user_id is not None:
        return people.get(entry.user_id, "")
    if entry.role is None:
        return ""
    title = ROLES[entry.role].title
    return title[0].lower() + title[1:]


def year_of_plan(reader: Reader, school_year: int) -> PlanYear:
    """Return the calendar of a school year as its plan follows from it."""
    terms = terms_to_inspect(reader, school_year)
    plain = [PlanTerm(*each) for each in terms]
    return PlanYear(school_year, plain, [PlanTerm(*each) for each in control_terms(terms)])


def entry_of_plan(
    reader: Reader, school_year: int, code: str, entry_id: int | None, *, today: date
) -> PlanEntry | None:
    """Return an entry by its code or its id, without what the register sees done; None where there is none."""
    year, kept = year_of_plan(reader, school_year), stored.stored_entries(reader, school_year)
    return next(
        (
            each
            for each in entries_of(year, kept, {}, today)
            if (each.code == code if code else not each.code and each.entry_id == entry_id)
        ),
        None,
    )


def _entries(store: Store, school_year: int, today: date) -> tuple[PlanEntry, ...]:
    """Return the plan of a year, computed once until something that it depends on changes: every page's menu asks for it."""

    def compute() -> tuple[PlanEntry, ...]:
        year = year_of_plan(store, school_year)
        return tuple(
            entries_of(year, stored.stored_entries(store, school_year), _facts_of(store, year), today)
        )

    state = (store.state_of(PLAN_TABLES), drills_state(store))
    return store.cache("rows").get(("year plan", school_year, today), state, compute)


def _facts_of(store: Store, year: PlanYear) -> Done:
    """Return the standard entries that the register sees done, with the day where it knows it."""
    return {
        f"{row.code}/{end}": found[end]
        for row in STANDARD
        if row.fact is not None and row.fact in _FACTS
        for found in [_FACTS[row.fact](store, year)]
        for _, end, _ in row.days(year)
        if end in found
    }


Days = Mapping[str, date | None]
"""Which terms of a year, or the year itself, something is done for, by the end of their codes."""


def _inspected(store: Store, year: PlanYear) -> Days:
    checked = quarters_checked(store, year.school_year)
    return {f"{term.kind}/{term.number}": day for term, day in checked.items() if day}


def _closed(store: Store, year: PlanYear) -> Days:
    return _by_code(stored.closed_terms(store, year.school_year))


def _reports(kind: ReportKind) -> Callable[[Store, PlanYear], Days]:
    return lambda store, year: _by_code(stored.reports_made(store, year.school_year, kind))


def _by_code(days: Mapping[tuple[str, int], date]) -> Days:
    return {f"{kind}/{number}": day for (kind, number), day in days.items()}


def _drills(store: Store, year: PlanYear) -> Days:
    """A drill of a quarter is any that came off from its first day on until the next quarter began."""
    days = drill_days(store)
    ends = [term.starts_on for term in year.control[1:]] + [first_of_september(year.school_year + 1)]
    found = {}
    for term, end in zip(year.control, ends, strict=False):
        if day := next((day for day in days if term.starts_on <= day < end), None):
            found[code_of(term)] = day
    return found


def _council(store: Store, year: PlanYear) -> Days:
    classes = [each for each in council_classes(store) if each.school_year == year.school_year]
    is_over = bool(classes) and all(each.decided >= each.pupils for each in classes)
    return {WHOLE_YEAR: stored.last_decision_day(store, year.school_year)} if is_over else {}


def _packed(store: Store, year: PlanYear) -> Days:
    day = stored.packed_on(store, year.school_year)
    return {WHOLE_YEAR: day} if day else {}


def _paper(store: Store, year: PlanYear) -> Days:
    is_signed = unsigned_count(store, year.school_year, SIGNED_STATES) == 0
    return {WHOLE_YEAR: stored.last_paper_day(store, year.school_year)} if is_signed else {}


def _opened(store: Store, year: PlanYear) -> Days:
    return {WHOLE_YEAR: None} if stored.has_timetable(store, year.school_year + 1) else {}


_FACTS: Mapping[Fact, Callable[[Store, PlanYear], Days]] = {
    Fact.INSPECTED: _inspected,
    Fact.TERM_CLOSED: _closed,
    Fact.REPORTS_MADE: _reports(ReportKind.PERFORMANCE),
    Fact.ACTIVITY_REPORT: _reports(ReportKind.USER_ACTIVITY),
    Fact.DRILL: _drills,
    Fact.COUNCIL: _council,
    Fact.PACKED: _packed,
    Fact.PAPER_SIGNED: _paper,
    Fact.YEAR_OPENED: _opened,
}
