"""Entries in the register: marks, absences, attendance, and what stands at the head of a lesson."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from school.access.action import Action
from school.access.checks import check_may
from school.access.scopes import Rows
from school.errors import RuleRefused
from school.records import Cell, CorrectionPermission, HomeworkState, Lesson, RegisterKey, User
from school.register.actions.batch import CellBatch, CellEdit, CellResult
from school.register.actions.leaves import enter_leaves
from school.register.rules.cells import parse_cell
from school.register.rules.deadlines import is_late
from school.register.rules.entry import TOPIC_LENGTH, check_lesson_takes_entries, check_reason
from school.register.rules.work_types import check_work_type_is_offered
from school.register.store.cells import Pair
from school.register.store.corrections import note_permission_used, permissions_in_force
from school.register.store.lessons import lessons_by_id, note_lessons_entered, save_lesson_head
from school.register.store.registers import work_types
from school.store.connection import Transaction, in_transaction
from school.store.events import Event

HOMEWORK_LENGTH = 4000


def lesson_rows(lesson: Lesson) -> Rows:
    """Return whose rows a lesson's cells are."""
    return Rows(teacher_ids=lesson.teacher_ids, class_id=lesson.class_id)


@in_transaction
def enter_cells(
    transaction: Transaction, user: User, edits: Sequence[CellEdit], *, now: datetime, client_id: str = ""
) -> list[CellResult]:
    """Enter marks and absences; each edit is saved or refused on its own, in the order given (п. 4.5, 5.3, 5.5).

    A batch sent twice changes nothing the second time. Saved entries are durable when this returns.
    """
    return _Entry(transaction, user, now, client_id).enter(edits)


@dataclass
class _Entry(CellBatch[Cell]):
    """Marks and absences of a teacher; the first absence of a lesson takes its attendance."""

    permissions: dict[tuple[RegisterKey, int], CorrectionPermission] = field(default_factory=dict)

    def read(self, places: Sequence[Pair], edits: Sequence[CellEdit]) -> None:
        super().read(places, edits)
        if any(lesson.term_is_closed for lesson in self.lessons.values()):
            self.permissions = permissions_in_force(self.transaction, self.user.staff_id, self.now)

    def held_text(self, edit: CellEdit) -> str:
        return self.state(edit).cell.text

    def checked_value(self, edit: CellEdit) -> Cell:
        lesson = self.lesson(edit)
        may_correct = self._permission(lesson) is not None
        self.check_cell(edit, Action.ENTER_CELLS, lesson_rows(lesson), may_correct=may_correct)
        return parse_cell(edit.text)

    def text_of(self, value: Cell) -> str:
        return value.text

    def check_change(self, edit: CellEdit, value: Cell) -> None:
        state = self.state(edit)
        if value != state.cell:
            is_closed = self.lessons[edit.lesson_id].term_is_closed
            check_reason(state, value, self.moment(edit).date(), edit.reason, term_is_closed=is_closed)

    def change(self, edit: CellEdit, value: Cell) -> Event:
        return self.change_cell(edit, value)

    def write(self) -> None:
        super().write()
        self._note_lessons()
        self._enter_leaves()
        used = [self._permission(self.lessons[change.lesson_id]) for change in self.changes.values()]
        for permission_id in {permission.permission_id for permission in used if permission}:
            note_permission_used(self.transaction, permission_id, self.now)

    def is_late(self, edit: CellEdit) -> bool:
        lesson, state = self.lessons.get(edit.lesson_id), self.state(edit)
        recorded_at = state.recorded_at if state.cell.marks else None
        return bool(lesson and recorded_at and is_late(recorded_at, lesson.held_on))

    def _permission(self, lesson: Lesson) -> CorrectionPermission | None:
        return self.permissions.get(_register_and_term(lesson)) if lesson.term_is_closed else None

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

    def _enter_leaves(self) -> None:
        taken = {change.lesson_id for change in self.changes.values() if change.cell.absence}
        first = [lesson for lesson in taken if self.lessons[lesson].attendance_taken_at is None]
        enter_leaves(self.transaction, self.user.user_id, first, at=self.now)


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
    return lesson.key, lesson.term_id


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
