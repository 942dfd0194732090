"""Records of printed documents: what is asked for, what was made, what waits to be made (п. 2.3, 6.6)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class PaperKind(StrEnum):
    """The documents of a class that a school prints at the end of a year; each is about one class, and so about one year."""

    CLASS_REGISTER = "class_register"
    MARKS_SUMMARY = "marks_summary"
    ATTENDANCE_SUMMARY = "attendance_summary"
    PUPIL_SUMMARIES = "pupil_summaries"


class PaperForm(StrEnum):
    """A form that a document goes out in."""

    PDF = "pdf"
    XLSX = "xlsx"


class OrderState(StrEnum):
    """How far the making of a document is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True)
class PaperOrder:
    """A document of a class asked for."""

    kind: PaperKind
    class_id: int


@dataclass(frozen=True)
class QueuedOrder:
    """An order in the queue: by whom, when, how far; ``problem`` is in Russian where it failed."""

    order_id: int
    order: PaperOrder
    asked_at: datetime
    asked_by: int
    state: OrderState
    attempts: int
    problem: str


@dataclass(frozen=True)
class Paper:
    """A document that was made: by whom, when, from which newest event of the data, of how many pages."""

    paper_id: int
    order: PaperOrder
    made_at: datetime
    made_by: int
    made_by_name: str
    made_from: int
    pages: int


@dataclass(frozen=True)
class PaperClass:
    """A class whose documents are printed; ``newest_event``: of its newest change, 0 where none is recorded."""

    class_id: int
    name: str
    grade_level: int | None
    school_year: int
    newest_event: int


@dataclass(frozen=True)
class Correction:
    """A change of a cell or of a mark for a term (or YEAR) after the term was closed; ``lesson_id`` None: of a term's mark."""

    pupil_id: int
    subject_id: int
    lesson_id: int | None
    term_id: int
    happened_at: datetime
    old_text: str
    new_text: str
    reason: str
