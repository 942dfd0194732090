"""What an import would do, row by row, before anybody agrees to it.

A check turns the rows of a file and the present state into a ``Plan``; an action applies the plan in one transaction,
after the same check in that transaction has given the same plan again.
"""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from school.errors import RuleRefused
from school.texts import printable

Record = TypeVar("Record")
Given = TypeVar("Given")


class ImportKind(StrEnum):
    """What a file brings; graduates are only taken away."""

    PUPILS = "pupils"
    STAFF = "staff"
    LOAD = "load"
    TIMETABLE = "timetable"
    JOURNAL = "journal"
    FACTS = "facts"
    ONE_ROSTER = "one_roster"
    CALENDAR = "calendar"
    CLASSES = "classes"
    SUBJECTS = "subjects"
    BELLS = "bells"
    EXTERNAL_TESTS = "external_tests"
    GRADUATES = "graduates"


@dataclass(frozen=True)
class SourceRow:
    """A row of a file: its number as people see it there (from 1) and its texts by field; an empty text is no value.

    ``unread`` says which cell of it could not be read and why; such a row is refused as a whole, whatever else it says.
    """

    number: int
    texts: dict[str, str]
    unread: str = ""

    def __getitem__(self, field: str) -> str:
        """Return the text of a field, empty where the file has no such column, without signs that no form can hold."""
        return printable(self.texts.get(field, ""))


@dataclass(frozen=True)
class PlannedRow(Generic[Record]):
    """A sound row: what the store would hold, and what it holds now where the row changes it."""

    number: int
    record: Record
    before: Record | None = None


@dataclass(frozen=True)
class RefusedRow:
    """A row that cannot be taken, and why, in words for the person who has the file."""

    number: int
    reason: str


@dataclass(frozen=True)
class Plan(Generic[Record]):
    """An import before it happens; each row of the file is in exactly one of the four parts.

    ``made_from`` is ``digest_of`` the records that the check compared the file with.
    """

    kind: StrEnum
    new: tuple[PlannedRow[Record], ...] = ()
    changed: tuple[PlannedRow[Record], ...] = ()
    unchanged: tuple[PlannedRow[Record], ...] = ()
    refused: tuple[RefusedRow, ...] = ()
    made_from: str = ""

    @property
    def brings_anything(self) -> bool:
        """Whether applying the plan would change the store."""
        return bool(self.new or self.changed)


def by_outcome(planned: Iterable[PlannedRow[Record]]) -> dict[str, tuple[PlannedRow[Record], ...]]:
    """Return sound rows as the parts ``new``, ``changed`` and ``unchanged`` of a plan, each in the order given."""
    found: dict[str, list[PlannedRow[Record]]] = {"new": [], "changed": [], "unchanged": []}
    for row in planned:
        outcome = "new" if row.before is None else "unchanged" if row.record == row.before else "changed"
        found[outcome].append(row)
    return {outcome: tuple(rows) for outcome, rows in found.items()}


def check_read(row: SourceRow) -> None:
    """Raise RuleRefused for a row of which something could not be read."""
    if row.unread:
        raise RuleRefused(f"Не прочитано: {row.unread}.")


def read_each(
    rows: Iterable[SourceRow], read: Callable[[SourceRow], Given]
) -> tuple[list[Given], list[RefusedRow]]:
    """Return what ``read`` makes of the rows, and those that are unread or for which it raises RuleRefused, with the reason."""
    found: list[Given] = []
    refused: list[RefusedRow] = []
    for row in rows:
        try:
            check_read(row)
            found.append(read(row))
        except RuleRefused as refusal:
            refused.append(RefusedRow(row.number, str(refusal)))
    return found, refused


def plan_of(
    kind: ImportKind, planned: Iterable[PlannedRow[Record]], refused: Iterable[RefusedRow], made_from: str
) -> Plan[Record]:
    """Return the plan of sound rows, in the order given, and of refused ones, by number."""
    in_order = tuple(sorted(refused, key=lambda row: row.number))
    return Plan(kind, **by_outcome(planned), refused=in_order, made_from=made_from)


def digest_of(records: Iterable[object]) -> str:
    """Return a short digest of the records a plan was made from, the same for the same records in the same order."""
    digest = hashlib.sha256()
    for record in records:
        digest.update(repr(record).encode())
        digest.update(b"\n")
    return digest.hexdigest()[:16]


def check_same_outcome(plan: Plan[Record], recomputed: Plan[Record]) -> None:
    """Raise RuleRefused when the plan, recomputed, would no longer do what was shown."""
    if (plan.new, plan.changed) != (recomputed.new, recomputed.changed):
        raise _moved_on()


def check_still_holds(plan: Plan[Record], made_from: str) -> None:
    """Raise RuleRefused when the records that a plan was made from are no longer what they were."""
    if plan.made_from != made_from:
        raise _moved_on()


def _moved_on() -> RuleRefused:
    return RuleRefused(
        "Пока вы смотрели, данные в журнале изменились.",
        "Кто-то правил те же записи, и загрузка дала бы не то, что показано.",
        "Посмотрите изменения ещё раз и подтвердите загрузку.",
    )
