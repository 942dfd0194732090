"""Records of numbered papers: what is ordered, what a paper says, the register of issue, requests of families."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from school.records import PersonName


class PaperKind(StrEnum):
    """What is issued by number."""

    STUDY = "study"
    PERIOD = "period"
    EXTRACT = "extract"
    LETTER = "letter"


class RequestState(StrEnum):
    """What became of what a guardian asked for."""

    ASKED = "asked"
    READY = "ready"
    DECLINED = "declined"


@dataclass(frozen=True)
class PaperOrder:
    """What the office issues: of which pupil (None: a letter), for whom, on what ground.

    ``first`` and ``last`` are the days of an extract, both inclusive; ``about`` and ``body`` are a letter's; ``first_number`` continues
    a paper book that the school kept before; ``request_id``: the family's request that it answers.
    """

    kind: PaperKind
    pupil_id: int | None = None
    to_whom: str = ""
    basis: str = ""
    first: date | None = None
    last: date | None = None
    about: str = ""
    body: str = ""
    first_number: int | None = None
    request_id: int | None = None


@dataclass(frozen=True)
class PaperTable:
    """A table of a paper: titles of columns with their shares of the width, rows of texts."""

    columns: tuple[str, ...]
    shares: tuple[float, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class PaperWords:
    """What a paper says, kept as it was issued; ``signers`` are (duty, name)."""

    school_name: str
    letterhead: str
    title: str
    recipient: str
    paragraphs: tuple[str, ...]
    table: PaperTable | None
    closing: tuple[str, ...]
    signers: tuple[tuple[str, str], ...]


class IssuedPaper(NamedTuple):
    """A line of the register of issue; ``pupil_name`` is empty of a letter, ``issuer`` where nobody is known."""

    certificate_id: int
    kind: PaperKind
    number_year: int
    number: int
    pupil_id: int | None
    pupil_name: PersonName
    to_whom: str
    basis: str
    issued_at: datetime
    issued_by: int
    issuer: str
    cancelled_at: datetime | None
    cancel_reason: str

    @property
    def number_text(self) -> str:
        """«12/2026»: the number and the year of its register."""
        return f"{self.number}/{self.number_year}"


class PaperRequest(NamedTuple):
    """What a guardian asked for; ``number`` and ``number_year`` are of the paper that was issued for it."""

    request_id: int
    pupil_id: int
    pupil_name: PersonName
    kind: PaperKind
    to_whom: str
    note: str
    asked_at: datetime
    asked_by: int
    asker: str
    decided_at: datetime | None
    certificate_id: int | None
    number: int | None
    number_year: int | None
    is_cancelled: bool
    answer: str

    @property
    def state(self) -> RequestState:
        """What became of it."""
        if self.decided_at is None:
            return RequestState.ASKED
        return RequestState.READY if self.certificate_id is not None else RequestState.DECLINED


class YearResult(NamedTuple):
    """A pupil's result of a school year in a subject: the mark for the year and the final one (п. 5.4)."""

    school_year: int
    subject: str
    year_mark: int | None
    final_mark: int | None


class DatedMark(NamedTuple):
    """A mark with its day and its weight."""

    given_on: date
    value: int
    weight: float


@dataclass(frozen=True)
class SubjectMarks:
    """A subject in an extract: marks in the order of days, term marks so far by term id, lessons held."""

    subject: str
    marks: tuple[DatedMark, ...]
    by_term: dict[int, int]
    lessons: int
