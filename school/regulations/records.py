"""Records of documents of the school: a version, its draft, the acquaintance of an employee with it."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from school.records import Role


class RegulationKind(StrEnum):
    """What a document of the school is."""

    STATUTE = "statute"
    ORDER = "order"
    PROCEDURE = "procedure"
    INSTRUCTION = "instruction"
    SCHEDULE = "schedule"
    ACT = "act"


class RegulationState(StrEnum):
    """How far a version has come: written, before the head, approved."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"


@dataclass(frozen=True)
class RegulationDraft:
    """What is written of a document before its approval. ``target`` … are those of an ``Audience`` of staff.

    ``body``: a line a paragraph, cells of a table between «|»; ``file``: name and content, in place of the one that is kept.
    """

    kind: RegulationKind
    title: str
    target: str
    target_ids: tuple[int, ...] = ()
    target_roles: tuple[Role, ...] = ()
    number: str = ""
    dated_on: date | None = None
    basis: str = ""
    body: str = ""
    valid_from: date | None = None
    valid_until: date | None = None
    read_by: date | None = None
    is_for_families: bool = False
    file: tuple[str, bytes] | None = None


@dataclass(frozen=True)
class Regulation:
    """A version of a document of the school; see the table's own words. ``author`` and ``approver``: surname and initials."""

    regulation_id: int
    series_id: int
    version: int
    kind: RegulationKind
    number: str
    dated_on: date | None
    title: str
    basis: str
    body: str
    valid_from: date | None
    valid_until: date | None
    target: str
    target_ids: tuple[int, ...]
    target_roles: tuple[Role, ...]
    read_by: date | None
    is_for_families: bool
    state: RegulationState
    note: str
    drafted_at: datetime
    drafted_by: int
    author: str
    approved_at: datetime | None
    approved_by: int | None
    approver: str
    replaced_by: int | None
    repealed_at: datetime | None
    stored_name: str
    file_name: str
    file_kind: str
    size_bytes: int
    sha256: str

    @property
    def is_approved(self) -> bool:
        """Whether the head has approved it."""
        return self.state is RegulationState.APPROVED

    def is_in_force(self, day: date) -> bool:
        """Whether it holds on a day: approved, begun, neither over nor repealed."""
        if not self.is_approved or self.repealed_at is not None:
            return False
        return (self.valid_from is None or self.valid_from <= day) and not self.is_over(day)

    def is_over(self, day: date) -> bool:
        """Whether its last day has passed."""
        return self.valid_until is not None and self.valid_until < day

    def asks_to_be_read(self, day: date) -> bool:
        """Whether people are still to be acquainted with it: not with what a newer version has replaced."""
        return (
            self.is_approved
            and self.replaced_by is None
            and self.repealed_at is None
            and not self.is_over(day)
        )


@dataclass(frozen=True)
class Acquaintance:
    """An employee who is to be acquainted with a version; see the table's own words."""

    regulation_id: int
    staff_id: int
    given_at: datetime
    is_late: bool
    seen_at: datetime | None = None
    confirmed_at: datetime | None = None
    paper_by: int | None = None
    reminded_at: datetime | None = None
