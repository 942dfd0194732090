"""A batch typed into a grid (marks, absences, term marks): each edit is checked and saved or refused on its own."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

from school.access.action import Action
from school.access.checks import check_may
from school.access.scopes import Rows
from school.errors import AccessRefused, ReasonRequired, RuleRefused
from school.records import Cell, CellState, Lesson, User
from school.register.rules.entry import check_lesson_takes_entries, check_pupil_is_listed, is_overwritten
from school.register.store.cells import CellChange, Pair, cell_states, last_authors, listed_pairs, save_cells
from school.register.store.lessons import lessons_by_id
from school.register.store.receipts import Receipt, receipts, remember_receipts
from school.store.connection import Transaction
from school.store.events import Event


class EntryStatus(StrEnum):
    """What became of an entry."""

    SAVED = "saved"
    REFUSED = "refused"
    CONFLICT = "conflict"
    REASON_REQUIRED = "reason_required"


class Edit(Protocol):
    """What was typed in one place of a grid; the fields are those of ``CellEdit``."""

    @property
    def text(self) -> str: ...
    @property
    def base(self) -> str | None: ...
    @property
    def seq(self) -> int: ...
    @property
    def reason(self) -> str: ...


EditT = TypeVar("EditT", bound=Edit)
Place = TypeVar("Place", bound=tuple[int, ...])
Value = TypeVar("Value")


@dataclass(frozen=True)
class EntryResult(Generic[EditT]):
    """What became of an edit, with the text that stands there now; ``by`` names who changed it meanwhile."""

    edit: EditT
    status: EntryStatus
    text: str
    message: str = ""
    by: str = ""
    is_late: bool = False


@dataclass
class EntryBatch(ABC, Generic[EditT, Place, Value]):
    """One batch of edits inside a transaction; subclasses say what stands in a place, what may, and how it is saved."""

    transaction: Transaction
    user: User
    now: datetime
    client_id: str = ""
    receipts: dict[tuple[int, ...], Receipt] = field(default_factory=dict)

    overwritten = "Клетку изменил другой человек, пока вы вводили."

    def enter(self, edits: Sequence[EditT]) -> list[EntryResult[EditT]]:
        """Enter edits in their order; an edit of a browser tab that was taken once is not taken again."""
        if not edits:
            return []
        places = list(dict.fromkeys(map(self.place, edits)))
        self.read(places, edits)
        if self.client_id:
            self.receipts = dict(receipts(self.transaction, self.client_id, self.now))
        results = [self._enter_one(edit) for edit in edits]
        self.write()
        if self.client_id:
            remember_receipts(self.transaction, self.client_id, self.receipts)
        return self._with_authors(results)

    def _enter_one(self, edit: EditT) -> EntryResult[EditT]:
        place = self.place(edit)
        text, receipt = self.held_text(edit), self.receipts.get(place)
        if receipt and receipt.client_seq >= edit.seq:
            return self._result(edit, EntryStatus.SAVED, text)
        try:
            value = self.checked_value(edit)
            new_text = self.text_of(value)
            if is_overwritten(edit.base, text, new_text, self.own_text(receipt) if receipt else None):
                return self._result(edit, EntryStatus.CONFLICT, text, self.overwritten)
            self.check_change(edit, value)
        except ReasonRequired as refusal:
            return self._result(edit, EntryStatus.REASON_REQUIRED, text, str(refusal))
        except (RuleRefused, AccessRefused) as refusal:
            return self._result(edit, EntryStatus.REFUSED, text, str(refusal))
        if new_text != text:
            event = self.change(edit, value)
            if self.client_id:
                self.receipts[place] = Receipt(edit.seq, event.new_value or "")
                event = replace(event, client_id=self.client_id, client_seq=edit.seq)
            self.transaction.record(event)
        return self._result(edit, EntryStatus.SAVED, new_text)

    def _result(self, edit: EditT, status: EntryStatus, text: str, message: str = "") -> EntryResult[EditT]:
        return EntryResult(edit, status, text, message, is_late=self.is_late(edit))

    def _with_authors(self, results: list[EntryResult[EditT]]) -> list[EntryResult[EditT]]:
        disputed = {self.place(each.edit) for each in results if each.status is EntryStatus.CONFLICT}
        if not disputed:
            return results
        names = self.last_authors(disputed)
        return [
            replace(each, by=names.get(self.place(each.edit), ""))
            if each.status is EntryStatus.CONFLICT
            else each
            for each in results
        ]

    @abstractmethod
    def place(self, edit: EditT) -> Place:
        """Return where an edit was typed."""

    @abstractmethod
    def read(self, places: Sequence[Place], edits: Sequence[EditT]) -> None:
        """Read everything that the checks need, at once."""

    @abstractmethod
    def held_text(self, edit: EditT) -> str:
        """Return what stands in the place of an edit now, with the batch up to here."""

    @abstractmethod
    def checked_value(self, edit: EditT) -> Value:
        """Return what was typed; raises AccessRefused or RuleRefused where it may not be entered."""

    @abstractmethod
    def text_of(self, value: Value) -> str:
        """Return a value as the grid shows it."""

    @abstractmethod
    def check_change(self, edit: EditT, value: Value) -> None:
        """Raise ReasonRequired or RuleRefused for a change that may not be made so."""

    @abstractmethod
    def change(self, edit: EditT, value: Value) -> Event:
        """Note the change; return its event."""

    @abstractmethod
    def write(self) -> None:
        """Store the changes."""

    @abstractmethod
    def last_authors(self, places: Collection[Place]) -> Mapping[Place, str]:
        """Return who changed these places last."""

    def own_text(self, receipt: Receipt) -> str:
        """Return what the browser tab itself last put into a place, as the grid shows it."""
        return receipt.text

    def is_late(self, edit: EditT) -> bool:
        """Whether what stands in the place of an edit was entered late (п. 5.5)."""
        return False


@dataclass(frozen=True)
class CellEdit:
    """What was typed into a cell.

    ``base`` is the text that stood there when it was typed (None: whatever stands there); ``seq`` grows with
    every edit of a browser tab; ``at`` dates entries that are replayed, otherwise the action's ``now`` holds.
    """

    lesson_id: int
    pupil_id: int
    text: str
    base: str | None = None
    seq: int = 0
    reason: str = ""
    at: datetime | None = None


CellResult = EntryResult[CellEdit]


@dataclass
class CellBatch(EntryBatch[CellEdit, Pair, Value]):
    """A batch of edits in cells of the register."""

    lessons: dict[int, Lesson] = field(default_factory=dict)
    listed: set[Pair] = field(default_factory=set)
    states: dict[Pair, CellState] = field(default_factory=dict)
    changes: dict[Pair, CellChange] = field(default_factory=dict)

    def place(self, edit: CellEdit) -> Pair:
        """Return the lesson and the pupil."""
        return edit.lesson_id, edit.pupil_id

    def read(self, places: Sequence[Pair], edits: Sequence[CellEdit]) -> None:
        """Read the lessons, who was at them, and the cells."""
        self.lessons = lessons_by_id(self.transaction, {lesson for lesson, _ in places})
        self.listed = listed_pairs(self.transaction, self.lessons, places)
        self.states = cell_states(self.transaction, places)

    def state(self, edit: CellEdit) -> CellState:
        """Return what the cell of an edit holds, with the batch up to here."""
        return self.states.get(self.place(edit), CellState())

    def check_cell(self, edit: CellEdit, action: Action, rows: Rows, *, may_correct: bool = False) -> None:
        """Raise AccessRefused or RuleRefused unless the user may enter in this cell now."""
        check_may(self.user, action, rows)
        check_lesson_takes_entries(
            self.lessons[edit.lesson_id], self.moment(edit).date(), may_correct=may_correct
        )
        check_pupil_is_listed(self.place(edit) in self.listed)

    def lesson(self, edit: CellEdit) -> Lesson:
        """Return the lesson of an edit; raises RuleRefused where there is none."""
        if edit.lesson_id not in self.lessons:
            raise RuleRefused("Такого урока нет.", next_step="Обновите страницу.")
        return self.lessons[edit.lesson_id]

    def moment(self, edit: CellEdit) -> datetime:
        """Return when an edit was made."""
        return edit.at or self.now

    def change_cell(self, edit: CellEdit, cell: Cell) -> Event:
        """Note that a cell now holds this; return the event."""
        place, at = self.place(edit), self.moment(edit)
        state = self.state(edit)
        stored = self.changes[place].old if place in self.changes else state.cell
        self.changes[place] = CellChange(*place, cell, stored, at, self.user.user_id)
        self.states[place] = CellState(cell, state.recorded_at or at)
        return cell_event(
            place, state.cell, cell, user_id=self.user.user_id, at=at, reason=edit.reason.strip()
        )

    def write(self) -> None:
        """Store the cells."""
        save_cells(self.transaction, self.changes.values())

    def last_authors(self, places: Iterable[Pair]) -> dict[Pair, str]:
        """Return who changed these cells last."""
        return last_authors(self.transaction, set(places))


def cell_event(
    pair: Pair,
    old: Cell,
    new: Cell,
    *,
    user_id: int | None,
    at: datetime,
    reason: str,
    leave_id: int | None = None,
) -> Event:
    """Return the event of a changed cell; a leave that gave the reason is its record."""
    return Event(
        at,
        user_id,
        "cell",
        *pair,
        record_id=leave_id,
        old_value=old.text or None,
        new_value=new.text or None,
        reason=reason,
    )
