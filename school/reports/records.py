"""Records of periodic reports: what is asked for, what was made and for what the schedule stands ready (п. 2.6)."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class ReportKind(StrEnum):
    """The periodic reports of a school."""

    PERFORMANCE = "performance"
    HOMEROOM = "homeroom"
    SUBJECT_TEACHER = "subject_teacher"
    MARK_COVERAGE = "mark_coverage"
    CURRICULUM = "curriculum"
    SUBSTITUTIONS = "substitutions"
    USER_ACTIVITY = "user_activity"


class About(StrEnum):
    """What one report is about."""

    SCHOOL = "school"
    CLASS = "class"
    TEACHER = "teacher"


@dataclass(frozen=True)
class Span:
    """The reporting period of a report: a term of a kind, or a whole school year."""

    school_year: int
    term_kind: str
    term_number: int


@dataclass(frozen=True)
class ReportOrder:
    """A report asked for; ``about_id`` is a class or an employee, None where the report is about the school."""

    kind: ReportKind
    span: Span
    about_id: int | None = None

    @property
    def schedule_key(self) -> str:
        """What distinguishes this order from every other."""
        span = self.span
        return (
            f"{self.kind}/{span.school_year}/{span.term_kind}/{span.term_number}/{self.about_id or 'school'}"
        )


@dataclass(frozen=True)
class EndedSpan:
    """A reporting period that is over: when, and whether every class has closed it."""

    span: Span
    ended_on: date
    is_closed: bool


@dataclass(frozen=True)
class MadeReport:
    """A report that was made: by whom (empty: by the schedule), when and of what; its contents lie in a file."""

    report_id: int
    order: ReportOrder
    about_name: str
    made_at: datetime
    made_by_name: str
    made_of: str
    stored_name: str
    sha256: str
    made_by: int | None = None
