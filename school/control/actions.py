"""The homeroom teacher asks a colleague, through the deputy head, to fill the register (п. 4.3)."""

from dataclasses import dataclass
from datetime import date, datetime

from school.access.action import Action
from school.access.checks import check_may
from school.access.scopes import Rows
from school.control import store as stored
from school.control.rules import check_closing_note, check_request
from school.control.store import StoredRequest
from school.errors import RuleRefused
from school.records import User
from school.register.store.lessons import lessons_by_id
from school.store.connection import Transaction, in_transaction
from school.store.events import Event


@dataclass(frozen=True)
class RequestDraft:
    """What a homeroom teacher asks for: of whom, which lessons, until when; ``short_pupils`` when marks are asked too."""

    class_id: int
    subject_id: int
    teacher_id: int
    term_id: int
    lesson_ids: tuple[int, ...]
    due_on: date
    short_pupils: int = 0
    comment: str = ""


@in_transaction
def send_request(transaction: Transaction, user: User, draft: RequestDraft, *, now: datetime) -> int:
    """Send a request to the deputy head's list and the teacher's day; return its id.

    Raises AccessRefused for another's class, RuleRefused for lessons of another class or subject, nothing to ask
    for, or a request about the same that nobody closed.
    """
    check_may(user, Action.SEND_GAP_REQUEST, Rows(class_id=draft.class_id))
    _check_not_own(user, draft)
    check_request(draft.comment, draft.due_on, now)
    _check_lessons(transaction, draft)
    _check_not_asked_yet(transaction, draft)
    (request_id,) = transaction.new_ids(1)
    request = StoredRequest(
        request_id,
        draft.class_id,
        "",
        draft.subject_id,
        "",
        draft.teacher_id,
        "",
        draft.term_id,
        draft.comment.strip(),
        draft.due_on,
        draft.short_pupils,
        now,
        None,
        None,
    )
    stored.save_request(transaction, request, draft.lesson_ids, user.user_id)
    transaction.record(
        _event(request, user, now, "gap_request", new_value=_words(draft), reason=request.comment)
    )
    return request_id


def _check_not_own(user: User, draft: RequestDraft) -> None:
    if draft.teacher_id == user.staff_id:
        raise RuleRefused("Этот предмет ведёте вы сами.", next_step="Дополните журнал на странице «Журнал».")


def _words(draft: RequestDraft) -> str:
    marks = f", учеников с нехваткой отметок: {draft.short_pupils}" if draft.short_pupils else ""
    return f"уроков: {len(draft.lesson_ids)}{marks}, срок {draft.due_on:%d.%m.%Y}"


def _check_lessons(transaction: Transaction, draft: RequestDraft) -> None:
    if not draft.lesson_ids and not draft.short_pupils:
        raise RuleRefused("Просить не о чем: всё заполнено.", next_step="Обновите страницу.")
    lessons = lessons_by_id(transaction, draft.lesson_ids)
    asked = {(lesson.class_id, lesson.subject_id, lesson.term_id) for lesson in lessons.values()}
    if len(lessons) != len(set(draft.lesson_ids)) or asked - {
        (draft.class_id, draft.subject_id, draft.term_id)
    }:
        raise RuleRefused("Уроки обращения изменились.", next_step="Обновите страницу и отправьте ещё раз.")


def _check_not_asked_yet(transaction: Transaction, draft: RequestDraft) -> None:
    same = [
        row
        for row in stored.requests_to_teacher(transaction, draft.teacher_id)
        if (row.class_id, row.subject_id) == (draft.class_id, draft.subject_id)
    ]
    lessons = stored.lessons_of_requests(transaction, [row.request_id for row in same]) if same else {}
    asked = {lesson.lesson_id for found in lessons.values() for lesson in found}
    pupils = max((row.short_pupils for row in same), default=0)
    if asked >= set(draft.lesson_ids) and pupils >= draft.short_pupils and same:
        raise RuleRefused("Об этом уже отправлено обращение.", next_step="Дождитесь срока.")


@in_transaction
def close_gap_request(
    transaction: Transaction, user: User, request_id: int, note: str, *, now: datetime
) -> None:
    """Close a request with a note: the deputy head's decision. Raises AccessRefused or RuleRefused."""
    check_may(user, Action.CLOSE_GAP_REQUEST)
    check_closing_note(note)
    request = stored.request_by_id(transaction, request_id)
    if request is None or request.closed_at is not None:
        raise RuleRefused("Обращение уже закрыто.", next_step="Обновите страницу.")
    stored.close_request(transaction, request_id, note.strip(), at=now, user_id=user.user_id)
    transaction.record(
        _event(request, user, now, "gap_request_closed", old_value="открыто", reason=note.strip())
    )


def _event(
    request: StoredRequest,
    user: User,
    now: datetime,
    kind: str,
    *,
    old_value: str | None = None,
    new_value: str | None = None,
    reason: str = "",
) -> Event:
    return Event(
        now,
        user.user_id,
        kind,
        record_id=request.request_id,
        old_value=old_value,
        new_value=new_value,
        reason=reason,
        class_id=request.class_id,
        subject_id=request.subject_id,
    )
