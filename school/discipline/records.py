"""Records of measures: what was found, how it goes on, the days on which the staff works."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class MeasureKind(StrEnum):
    """What the head has decided; UNDECIDED: nothing yet."""

    UNDECIDED = ""
    ORAL = "oral"
    CAUTION = "caution"
    REPRIMAND = "reprimand"
    DISMISSAL = "dismissal"
    COMMENDATION = "commendation"


class Source(StrEnum):
    """Where a measure comes from: the finding of an inspection, a gap request, or the head's own words."""

    FINDING = "finding"
    REQUEST = "request"
    WORDS = "words"


@dataclass(frozen=True)
class MeasureDraft:
    """What the head writes down: about whom, where it was found and in which words, when it was done and found out."""

    staff_id: int
    found_words: str
    deed_on: date
    found_on: date
    source: Source = Source.WORDS
    source_id: int | None = None
    kind: MeasureKind = MeasureKind.UNDECIDED


@dataclass(frozen=True)
class Measure:
    """A measure; see the table's own words."""

    measure_id: int
    staff_id: int
    source: Source
    source_id: int | None
    found_words: str
    deed_on: date
    found_on: date
    kind: MeasureKind
    asked_on: date | None
    explained_on: date | None
    explanation: str
    refused_on: date | None
    away_from: tuple[date, ...]
    away_until: tuple[date, ...]
    order_number: str
    ordered_on: date | None
    order_text: str
    acquainted_on: date | None
    order_refused_on: date | None
    lifted_on: date | None
    closed_on: date | None
    recorded_at: datetime
    recorded_by: int

    @property
    def away(self) -> list[tuple[date, date]]:
        """The days of illness and leave, both inclusive, that no term counts."""
        return [*zip(self.away_from, self.away_until, strict=True)]


@dataclass(frozen=True)
class WorkCalendar:
    """On which days the staff works: weekdays of the school's week but days off; a moved day is one of work."""

    days_a_week: int
    days_off: frozenset[date] = frozenset()
    moved_days: frozenset[date] = frozenset()

    def is_working(self, day: date) -> bool:
        """Whether the staff works on a day."""
        if day in self.moved_days:
            return True
        return day.isoweekday() <= self.days_a_week and day not in self.days_off


@dataclass(frozen=True)
class Asked:
    """The explanation was asked for."""

    on: date


@dataclass(frozen=True)
class Explained:
    """The employee has given an explanation."""

    on: date
    words: str


@dataclass(frozen=True)
class Refused:
    """An act says that there is no explanation."""

    on: date


@dataclass(frozen=True)
class Away:
    """The employee was ill or on leave, both days inclusive."""

    first: date
    last: date


@dataclass(frozen=True)
class Ordered:
    """The head has decided by an order."""

    kind: MeasureKind
    number: str
    on: date
    text: str


@dataclass(frozen=True)
class Acquainted:
    """The order was made known under signature, or an act says that the employee refused to sign."""

    on: date
    is_refused: bool = False


@dataclass(frozen=True)
class Lifted:
    """The measure was lifted before its year was over."""

    on: date


@dataclass(frozen=True)
class Closed:
    """The head has decided on no measure."""

    on: date


Change = Asked | Explained | Refused | Away | Ordered | Acquainted | Lifted | Closed


@dataclass(frozen=True)
class Step:
    """What is to be done next, until which day (None: no term), by which clause; ``is_late``: that day is over."""

    title: str
    due: date | None
    clause: str
    is_late: bool = False
