"""Records of the plan of a year: its calendar, its entries, what the register knows to be done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from school.records import Role


class Fact(StrEnum):
    """What the register itself knows to be done."""

    DAY_CAME = "day_came"
    INSPECTED = "inspected"
    TERM_CLOSED = "term_closed"
    REPORTS_MADE = "reports_made"
    ACTIVITY_REPORT = "activity_report"
    DRILL = "drill"
    COUNCIL = "council"
    PACKED = "packed"
    PAPER_SIGNED = "paper_signed"
    YEAR_OPENED = "year_opened"


class PlanTerm(NamedTuple):
    """A reporting period that classes of the year have; both days inclusive."""

    kind: str
    number: int
    starts_on: date
    ends_on: date


class PlanYear(NamedTuple):
    """A school year as its plan follows from it: the periods in order, and those in which the registers are inspected."""

    school_year: int
    terms: Sequence[PlanTerm]
    control: Sequence[PlanTerm]


@dataclass(frozen=True)
class PlanEntry:
    """An entry of the plan. ``code``: which standard entry it is, empty for a typed one; ``page``: where it is done.

    ``fact``: by what the register sees it done, None where it is ticked; ``role``: who does it unless ``user_id`` names
    somebody. ``is_done`` with ``done_on`` None: the register sees it, but not since when.
    """

    code: str
    title: str
    due_on: date
    remind_days: int
    role: Role | None = None
    clause: str = ""
    page: str = ""
    fact: Fact | None = None
    entry_id: int | None = None
    user_id: int | None = None
    note: str = ""
    is_done: bool = False
    done_on: date | None = None
    is_dropped: bool = False
    who: str = ""


class StoredEntry(NamedTuple):
    """A row of the plan as people left it; see the table ``plan_entries``."""

    entry_id: int
    school_year: int
    code: str
    title: str
    note: str
    due_on: date | None
    user_id: int | None
    remind_days: int
    done_on: date | None
    is_dropped: bool


class PlanDraft(NamedTuple):
    """What somebody types of an entry; ``user_id`` None: whoever has the role, of a typed one: nobody yet."""

    title: str
    due_on: date
    user_id: int | None = None
    remind_days: int = 7
    note: str = ""


Done = Mapping[str, date | None]
"""The codes of standard entries that the register sees done, with the day where it knows it."""
