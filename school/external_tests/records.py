"""Records of national tests: ВПР, ОГЭ, ЕГЭ."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from school.records import PersonName
from school.spans import Span


class ExternalTestKind(StrEnum):
    """Which national test."""

    VPR = "vpr"
    OGE = "oge"
    EGE = "ege"


@dataclass(frozen=True)
class ExternalTestKey:
    """A test as people name it: which, in what subject, on which day."""

    kind: ExternalTestKind
    subject_id: int
    held_on: date


@dataclass(frozen=True)
class ExternalResult:
    """What a pupil reached in a test; a mark 2..5, a score, or both."""

    test: ExternalTestKey
    pupil_id: int
    mark: int | None = None
    score: float | None = None


@dataclass(frozen=True)
class ExternalMark:
    """A pupil's mark 2..5 in a test that ``written`` pupils of the class wrote."""

    kind: ExternalTestKind
    held_on: date
    mark: int
    written: int


@dataclass(frozen=True)
class EnrolledName:
    """A pupil in a class of a school year, with the span in which they are in it."""

    pupil_id: int
    name: PersonName
    class_name: str
    school_year: int
    span: Span
    born_on: date | None = None


@dataclass(frozen=True)
class LoadedTest:
    """A test whose results are in the register: how many, and of how many pupils there is a mark to compare with."""

    test_id: int
    key: ExternalTestKey
    subject_name: str
    result_count: int
    compared_count: int
