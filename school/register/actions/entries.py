"""Entries in the register: marks, absences, attendance, and what stands at the head of a lesson."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from school.access.action import Action
from school.access.checks import check_may
from school.access.scopes import Rows
from school.errors import AccessRefused, ReasonRequired, RuleRefused
from school.records import Cell, CellState, CorrectionPermission, HomeworkState, Lesson, RegisterKey, User
from school.register.actions.leaves import enter_leaves
from school.register.rules.cells import parse_cell
from school.register.rules.deadlines import is_late
from school.register.rules.entry import (
    TOPIC_LENGTH,
    check_lesson_takes_entries,
    check_pupil_is_listed,
    check_reason,
    is_overwritten,
)
from school.register.rules.work_types import check_work_type_is_offered
from school.register.store.cells import (
    CellChange,
    Pair,
    Receipt,
    cell_states,
    forget_receipts,
    last_authors,
    listed_pairs,
    receipts,
    save_cells,
    save_receipts,
)
from school.register.store.corrections import note_permission_used, permissions_in_force
from school.register.store.lessons import lessons_by_id, note_lessons_entered, save_lesson_head
from school.register.store.registers import work_types
from school.store.connection import Store, Transaction, in_transaction
from school.store.events import Event

HOMEWORK_LENGTH = 4000


RECEIPTS_KEPT = timedelta(days=30)


class EntryStatus(StrEnum):
    """What became of an entry."""

    SAVED = "saved"
    REFUSED = "refused"
    CONFLICT = "conflict"
    REASON_REQUIRED = "reason_required"


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


@dataclass(frozen=True)
class CellResult:
    """What became of an edit, with the text that the cell holds now."""

    lesson_id: int
    pupil_id: int
    seq: int
    status: EntryStatus
    text: str
    message: str = ""
    by: str = ""
    is_late: bool = False


def lesson_rows(lesson: Lesson) -> Rows:
    """Return whose rows a lesson's cells are."""
    return Rows(teacher_ids=lesson.teacher_ids, class_id=lesson.class_id)


def enter_cells(
    store: Store, user: User, edits: Sequence[CellEdit], *, now: datetime, client_id: str = ""
) -> list[CellResult]:
    """Enter marks and absences; each edit is saved or refused on its own, in the order given (п. 4.5, 5.3, 5.5).

    A batch sent twice changes nothing the second time. Saved entries are durable when this returns.
    """
    return store.write(lambda transaction: _Entry(transaction, user, now, client_id).enter(edits))


@in_transaction
def forget_old_receipts(transaction: Transaction, now: datetime) -> None:
    """Drop receipts of entries that no browser will send again; nothing that a person sees changes."""
    forget_receipts(transaction, now - RECEIPTS_KEPT)


@dataclass
class _Entry:
    """One batch of edits inside a transaction, with everything that its checks need read at once."""

    transaction: Transaction
    user: User
    now: datetime
    client_id: str
    lessons: dict[int, Lesson] = field(default_factory=dict)
    listed: set[Pair] = field(default_factory=set)
    states: dict[Pair, CellState] = field(default_factory=dict)
    receipts: dict[Pair, Receipt] = field(default_factory=dict)
    new_receipts: dict[Pair, Receipt] = field(default_factory=dict)
    changes: dict[Pair, CellChange] = field(default_factory=dict)
    permissions: dict[tuple[RegisterKey, int], CorrectionPermission] = field(default_factory=dict)

    def enter(self, edits: Sequence[CellEdit]) -> list[CellResult]:
        pairs = list(dict.fromkeys((edit.lesson_id, edit.pupil_id) for edit in edits))
        if not pairs:
            return []
        self.lessons = lessons_by_id(self.transaction, {lesson for lesson, _ in pairs})
        self.listed = listed_pairs(self.transaction, self.lessons, pairs)
        self.states = cell_states(self.transaction, pairs)
        if any(lesson.term_is_closed for lesson in self.lessons.values()):
            self.permissions = permissions_in_force(self.transaction, self.user.staff_id, self.now)
        if self.client_id:
            self.receipts = receipts(self.transaction, self.client_id, pairs)
        results = [self._enter_one(edit) for edit in edits]
        save_cells(self.transaction, self.changes.values())
        self._note_lessons()
        self._enter_leaves()
        self._note_permissions()
        save_receipts(self.transaction, self.client_id, self.new_receipts, self.now)
        return self._with_authors(results)

    def _enter_one(self, edit: CellEdit) -> CellResult:
        pair = (edit.lesson_id, edit.pupil_id)
        state = self.states.get(pair, CellState())
        receipt = self.receipts.get(pair)
        if receipt and receipt.client_seq >= edit.seq:
            return self._result(edit, EntryStatus.SAVED, state.cell.text)
        try:
            cell = self._checked_cell(edit)
            if self._is_conflict(edit, state, cell, receipt):
                message = "Клетку изменил другой человек, пока вы вводили."
                return self._result(edit, EntryStatus.CONFLICT, state.cell.text, message)
            if cell != state.cell:
                is_closed = self.lessons[edit.lesson_id].term_is_closed
                check_reason(state, cell, (edit.at or self.now).date(), edit.reason, term_is_closed=is_closed)
        except ReasonRequired as refusal:
            return self._result(edit, EntryStatus.REASON_REQUIRED, state.cell.text, str(refusal))
        except (RuleRefused, AccessRefused) as refusal:
            return self._result(edit, EntryStatus.REFUSED, state.cell.text, str(refusal))
        self._save(edit, pair, state, cell)
        return self._result(edit, EntryStatus.SAVED, cell.text)

    def _checked_cell(self, edit: CellEdit) -> Cell:
        lesson = self.lessons.get(edit.lesson_id)
        if lesson is None:
            raise RuleRefused("Такого урока нет.", next_step="Обновите страницу.")
        check_may(self.user, Action.ENTER_CELLS, lesson_rows(lesson))
        may_correct = self._permission(lesson) is not None
        check_lesson_takes_entries(lesson, (edit.at or self.now).date(), may_correct=may_correct)
        check_pupil_is_listed((edit.lesson_id, edit.pupil_id) in self.listed)
        return parse_cell(edit.text)

    def _is_conflict(self, edit: CellEdit, state: CellState, cell: Cell, receipt: Receipt | None) -> bool:
        own_last = receipt.cell_text if receipt else None
        return is_overwritten(edit.base, state.cell.text, cell.text, own_last)

    def _permission(self, lesson: Lesson) -> CorrectionPermission | None:
        return self.permissions.get(_register_and_term(lesson)) if lesson.term_is_closed else None

    def _save(self, edit: CellEdit, pair: Pair, state: CellState, cell: Cell) -> None:
        at = edit.at or self.now
        if self.client_id:
            self.receipts[pair] = self.new_receipts[pair] = Receipt(edit.seq, cell.text)
        if cell == state.cell:
            return
        stored = self.changes[pair].old if pair in self.changes else state.cell
        self.changes[pair] = CellChange(*pair, cell, stored, at, self.user.user_id)
        self.states[pair] = CellState(cell, state.recorded_at or at)
        self.transaction.record(
            Event(
                at,
                self.user.user_id,
                "cell",
                *pair,
                old_value=state.cell.text or None,
                new_value=cell.text or None,
                reason=edit.reason.strip(),
            )
        )

    def _note_lessons(self) -> None:
        entered: dict[int, tuple[datetime, datetime | None]] = {}
        for change in self.changes.values():
            first, attendance = entered.get(change.lesson_id, (change.at, None))
            taken = change.at if change.cell.absence else None
            entered[change.lesson_id] = (min(first, change.at), attendance or taken)
        news = ((self.lessons[lesson_id], at, taken) for lesson_id, (at, taken) in entered.items())
        note_lessons_entered(
            self.transaction,
            (
                (lesson.lesson_id, at, taken)
                for lesson, at, taken in news
                if lesson.recorded_at is None or (taken and lesson.attendance_taken_at is None)
            ),
        )

    def _note_permissions(self) -> None:
        used = [self._permission(self.lessons[change.lesson_id]) for change in self.changes.values()]
        for permission_id in {permission.permission_id for permission in used if permission}:
            note_permission_used(self.transaction, permission_id, self.now)

    def _enter_leaves(self) -> None:
        taken = {change.lesson_id for change in self.changes.values() if change.cell.absence}
        first = [lesson for lesson in taken if self.lessons[lesson].attendance_taken_at is None]
        enter_leaves(self.transaction, self.user.user_id, first, at=self.now)

    def _result(self, edit: CellEdit, status: EntryStatus, text: str, message: str = "") -> CellResult:
        lesson = self.lessons.get(edit.lesson_id)
        state = self.states.get((edit.lesson_id, edit.pupil_id))
        recorded_at = state.recorded_at if state and state.cell.marks else None
        late = bool(lesson and recorded_at and is_late(recorded_at, lesson.held_on))
        return CellResult(edit.lesson_id, edit.pupil_id, edit.seq, status, text, message, is_late=late)

    def _with_authors(self, results: list[CellResult]) -> list[CellResult]:
        disputed = {(r.lesson_id, r.pupil_id) for r in results if r.status is EntryStatus.CONFLICT}
        if not disputed:
            return results
        authors = last_authors(self.transaction, disputed)
        return [
            _named(result, authors) if result.status is EntryStatus.CONFLICT else result for result in results
        ]


def _named(result: CellResult, authors: dict[Pair, tuple[int | None, str]]) -> CellResult:
    _, name = authors.get((result.lesson_id, result.pupil_id), (None, ""))
    return CellResult(
        result.lesson_id,
        result.pupil_id,
        result.seq,
        result.status,
        result.text,
        result.message,
        name,
        result.is_late,
    )


@in_transaction
def confirm_attendance(
    transaction: Transaction, user: User, lesson_ids: Collection[int], *, now: datetime
) -> None:
    """Note that attendance of the lessons was taken: whoever has no absence was present (п. 4.5).

    Raises AccessRefused or RuleRefused and then notes none of them.
    """
    lessons = lessons_by_id(transaction, lesson_ids)
    for lesson_id in lesson_ids:
        _check_lesson(transaction, user, lessons.get(lesson_id), now)
    fresh = [lesson for lesson in lessons.values() if lesson.attendance_taken_at is None]
    note_lessons_entered(transaction, ((lesson.lesson_id, now, now) for lesson in fresh))
    transaction.record(
        *(Event(now, user.user_id, "attendance", lesson_id=lesson.lesson_id) for lesson in fresh)
    )
    enter_leaves(transaction, user.user_id, [lesson.lesson_id for lesson in fresh], at=now)


def _check_lesson(
    transaction: Transaction,
    user: User,
    lesson: Lesson | None,
    now: datetime,
    action: Action = Action.ENTER_CELLS,
) -> Lesson:
    if lesson is None:
        raise RuleRefused("Такого урока нет.", next_step="Обновите страницу.")
    check_may(user, action, lesson_rows(lesson))
    may_correct = _permission_for(transaction, user, lesson, now) is not None
    check_lesson_takes_entries(lesson, now.date(), may_correct=may_correct)
    return lesson


def _permission_for(
    transaction: Transaction, user: User, lesson: Lesson, now: datetime
) -> CorrectionPermission | None:
    if not lesson.term_is_closed:
        return None
    return permissions_in_force(transaction, user.staff_id, now).get(_register_and_term(lesson))


def _register_and_term(lesson: Lesson) -> tuple[RegisterKey, int]:
    return RegisterKey(lesson.class_id, lesson.subject_id, lesson.subgroup_id), lesson.term_id


@dataclass(frozen=True)
class LessonHead:
    """What a teacher writes at the head of a lesson."""

    topic: str
    work_type_id: int | None
    homework_state: HomeworkState
    homework: str = ""


def lesson_to_describe(transaction: Transaction, user: User, lesson_id: int, now: datetime) -> Lesson:
    """Return a lesson whose head the user may write now; raises AccessRefused or RuleRefused."""
    lesson = lessons_by_id(transaction, [lesson_id]).get(lesson_id)
    return _check_lesson(transaction, user, lesson, now, Action.EDIT_LESSON)


def write_head(transaction: Transaction, user: User, lesson_id: int, head: LessonHead, now: datetime) -> None:
    """Write a lesson's topic, work type and homework inside a transaction (п. 4.5); each changed part leaves an event.

    Raises AccessRefused, or RuleRefused for texts that are too long or homework that is set without words.
    """
    _check_head(head)
    lesson = lesson_to_describe(transaction, user, lesson_id, now)
    if head.work_type_id is not None and head.work_type_id != lesson.work_type_id:
        check_work_type_is_offered(work_types(transaction).get(head.work_type_id))
    permission = _permission_for(transaction, user, lesson, now)
    events = _head_events(lesson, head, user, now, permission.reason if permission else "")
    if not events:
        return
    if permission is not None:
        note_permission_used(transaction, permission.permission_id, now)
    save_lesson_head(
        transaction,
        lesson_id,
        topic=head.topic.strip(),
        work_type_id=head.work_type_id,
        homework_state=head.homework_state,
        homework=_homework_text(head),
        at=now,
    )
    transaction.record(*events)


def _homework_text(head: LessonHead) -> str:
    return head.homework.strip() if head.homework_state == HomeworkState.SET else ""


def _check_head(head: LessonHead) -> None:
    if len(head.topic) > TOPIC_LENGTH:
        raise RuleRefused(f"Тема длиннее {TOPIC_LENGTH} знаков.", next_step="Сократите её.")
    if len(head.homework) > HOMEWORK_LENGTH:
        raise RuleRefused(f"Задание длиннее {HOMEWORK_LENGTH} знаков.", next_step="Сократите его.")
    if head.homework_state == HomeworkState.SET and not head.homework.strip():
        raise RuleRefused(
            "Домашнее задание не написано.", next_step="Напишите его или выберите «без задания»."
        )


def _head_events(
    lesson: Lesson, head: LessonHead, user: User, now: datetime, reason: str = ""
) -> list[Event]:
    parts = {
        "topic": (lesson.topic, head.topic.strip()),
        "work_type": (lesson.work_type_id, head.work_type_id),
        "homework": (
            (lesson.homework_state, lesson.homework),
            (str(head.homework_state), _homework_text(head)),
        ),
    }
    return [
        Event(
            now,
            user.user_id,
            kind,
            lesson_id=lesson.lesson_id,
            old_value=_event_text(old),
            new_value=_event_text(new),
            reason=reason,
        )
        for kind, (old, new) in parts.items()
        if old != new
    ]


def _event_text(value: object) -> str | None:
    if isinstance(value, tuple):
        state, text = value
        return text or {"none": "без задания"}.get(state)
    return None if value in (None, "") else str(value)
