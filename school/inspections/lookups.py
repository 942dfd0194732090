"""Inspections of the registers as their readers see them: the inspector all, a teacher what names them (п. 6.2–6.4)."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from school.access.action import Action
from school.access.checks import check_may, check_may_somewhere
from school.errors import Refusal
from school.inspections import store as stored
from school.inspections.rules import (
    STATES,
    CheckState,
    ControlTerm,
    Inspected,
    Quarter,
    RegisterPlace,
    check_state,
    control_terms,
    covers,
    due_inspection,
    is_mended,
    looks_at,
    reaches_into,
    wholly_checked_on,
)
from school.inspections.store import (
    HeldRegister,
    Inspection,
    InspectionFinding,
    KeptFinding,
    Reading,
    Recheck,
)
from school.records import RegisterFinding, User
from school.register.store.registers import class_names, subject_names
from school.spans import holds
from school.store.connection import Store
from school.store.names import staff_initials
from school.store.reading import Reader

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
            Quarter(title, first, last, any(reaches_into(*span, first, last) for span in spans))
            for title, first, last in quarters
        ],
        today,
    )


class About(StrEnum):
    """Whose state of control a line says."""

    CLASS = "class"
    SUBJECT = "subject"
    TEACHER = "teacher"


# Which part of a register says whose it is.
PART_OF: dict[About, str] = {
    About.CLASS: "class_id",
    About.SUBJECT: "subject_id",
    About.TEACHER: "teacher_id",
}


@dataclass(frozen=True)
class ControlLine:
    """How a class, a subject or a teacher stands (п. 6.2): in each quarter begun, and the last report that looks at it.

    ``checked`` of ``registers`` are checked in the last quarter; ``due_on``: the nearest deadline of open findings.
    """

    key: int
    name: str
    states: tuple[CheckState, ...]
    registers: int
    checked: int
    last: Inspected | None
    open: int
    overdue: int
    mended: int
    due_on: date | None

    @property
    def state(self) -> CheckState:
        """How it stands in the last quarter begun."""
        return self.states[-1]


@dataclass(frozen=True)
class ControlState:
    """The quarters begun, and by whom the lines are, worst first."""

    quarters: tuple[ControlTerm, ...]
    lines: Mapping[About, Sequence[ControlLine]]

    def checked(self, about: About) -> int:
        """How many are checked in the last quarter."""
        return sum(line.state is CheckState.CHECKED for line in self.lines[about])


def control_state(store: Store, user: User, school_year: int, *, today: date) -> ControlState | None:
    """Return when each class, subject and teacher was last checked (п. 6.2); None before the first quarter.

    The registers of a quarter are those whose load is in force on its last day, or today. Raises AccessRefused.
    """
    check_may(user, Action.READ_INSPECTIONS)
    quarters = _begun(store, school_year, today)
    if not quarters:
        return None
    held, inspected = (
        stored.registers_of_year(store, school_year),
        stored.inspected_in_year(store, school_year),
    )
    by_quarter = [_registers_on(held, min(today, each.ends_on)) for each in quarters]
    findings = stored.kept_findings(store, school_year)
    class_titles = class_names(store)
    names: dict[About, Mapping[int, str]] = {
        About.CLASS: {each.class_id: class_titles[each.class_id] for each in held},
        About.SUBJECT: subject_names(store),
        About.TEACHER: staff_initials(store),
    }
    lines = {
        about: _lines(about, names[about], quarters, by_quarter, inspected, findings, today)
        for about in About
    }
    return ControlState(tuple(quarters), lines)


def _begun(reader: Reader, school_year: int, today: date) -> list[ControlTerm]:
    terms = control_terms(stored.terms_to_inspect(reader, school_year))
    return [each for each in terms if each.starts_on <= today]


def _registers_on(held: Collection[HeldRegister], day: date) -> list[RegisterPlace]:
    found = (RegisterPlace(*each[:3]) for each in held if holds(each.starts_on, each.ends_on, day))
    return list(dict.fromkeys(found))


def _lines(
    about: About,
    names: Mapping[int, str],
    quarters: Sequence[ControlTerm],
    by_quarter: Sequence[Sequence[RegisterPlace]],
    inspected: Sequence[Inspected],
    findings: Sequence[KeptFinding],
    today: date,
) -> list[ControlLine]:
    part = PART_OF[about]
    grouped = [_grouped(registers, part) for registers in by_quarter]
    own: dict[int, list[KeptFinding]] = defaultdict(list)
    for each in findings:
        if (key := getattr(each, part)) is not None:
            own[key].append(each)
    found = [
        _line(key, name, quarters, [group.get(key, []) for group in grouped], inspected, own[key], today)
        for key, name in names.items()
        if key in grouped[-1]
    ]
    return sorted(found, key=_worst_first)


def _grouped(registers: Collection[RegisterPlace], part: str) -> dict[int, list[RegisterPlace]]:
    groups: dict[int, list[RegisterPlace]] = defaultdict(list)
    for each in registers:
        if (key := getattr(each, part)) is not None:
            groups[key].append(each)
    return groups


def _line(
    key: int,
    name: str,
    quarters: Sequence[ControlTerm],
    registers: Sequence[Sequence[RegisterPlace]],
    inspected: Sequence[Inspected],
    findings: Sequence[KeptFinding],
    today: date,
) -> ControlLine:
    now = registers[-1]
    known = [each for each in inspected if each.made_known_on]
    still_open = [each for each in findings if not is_mended(each.state)]
    deadlines = [each.mend_until for each in still_open if each.mend_until]
    return ControlLine(
        key,
        name,
        tuple(check_state(own, inspected, quarter) for own, quarter in zip(registers, quarters, strict=True)),
        len(now),
        sum(bool(looks_at(each, known, quarters[-1])) for each in now),
        next((each for each in reversed(known) if any(covers(each.scope, *one) for one in now)), None),
        len(still_open),
        sum(day < today for day in deadlines),
        len(findings) - len(still_open),
        min(deadlines, default=None),
    )


def _worst_first(line: ControlLine) -> tuple[int, date, int, int]:
    """Order by the state, then who was checked longest ago, then by what is overdue and open."""
    last = (line.last and line.last.made_known_on) or date.min
    return STATES.index(line.state), last, -line.overdue, -line.open


def quarters_checked(store: Store, school_year: int) -> dict[ControlTerm, date | None]:
    """Return the quarters of a year with the day on which the last register of each was checked, None where one is not (п. 6.2).

    For the plan of the year, which whoever has something in it reads.
    """
    held, inspected = (
        stored.registers_of_year(store, school_year),
        stored.inspected_in_year(store, school_year),
    )
    return {
        each: wholly_checked_on(_registers_on(held, each.ends_on), inspected, each)
        for each in control_terms(stored.terms_to_inspect(store, school_year))
    }
