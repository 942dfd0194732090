"""Teachers write remarks and take them back; guardians confirm that they have read them, and a week of the diary (п. 3.6, 4.7)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from school.access.action import Action
from school.access.checks import check_may, may
from school.access.scopes import Rows
from school.errors import AccessRefused, RuleRefused
from school.families.rules import (
    REMARK_TITLES,
    check_confirmable,
    check_marks_hour,
    check_not_withdrawn,
    check_remark,
    marks_hour_on,
    marks_hour_text,
    monday_of,
)
from school.families.store import confirmations, news, remarks
from school.families.store.news import Visit
from school.families.store.readings import save_readings
from school.families.store.remarks import StoredRemark, TaughtPupil
from school.records import RemarkKind, User
from school.register.store.pupil_lessons import lessons_of_pupil
from school.store.connection import Transaction, in_transaction
from school.store.events import Event


@dataclass(frozen=True)
class RemarkDraft:
    """What a teacher writes of a pupil; ``subject_id`` where it is about a subject that they teach."""

    pupil_id: int
    kind: RemarkKind
    text: str
    subject_id: int | None = None


@in_transaction
def note_readings(transaction: Transaction, read: Mapping[tuple[int, int], datetime]) -> None:
    """Keep when users last opened diaries, by (user, pupil): done by the program, beside the pages."""
    save_readings(transaction, read)


@in_transaction
def write_remark(transaction: Transaction, user: User, draft: RemarkDraft, *, now: datetime) -> int:
    """Write a remark or a recommendation to the family of a pupil whom the user teaches or leads; return its id.

    Raises AccessRefused for other pupils, RuleRefused for an empty or too long text or a subject not taught.
    """
    pupil = _writable_pupil(transaction, user, draft.pupil_id, now)
    text = check_remark(draft.text)
    _check_subject(transaction, user, pupil, draft.subject_id)
    (remark_id,) = transaction.new_ids(1)
    remarks.save_remark(
        transaction,
        remark_id,
        pupil_id=pupil.pupil_id,
        class_id=pupil.class_id,
        subject_id=draft.subject_id,
        kind=str(draft.kind),
        text=text,
        at=now,
        user_id=user.user_id,
    )
    transaction.record(
        Event(
            now,
            user.user_id,
            "remark",
            pupil_id=pupil.pupil_id,
            record_id=remark_id,
            new_value=f"{REMARK_TITLES[draft.kind]}: {text}",
            class_id=pupil.class_id,
            subject_id=draft.subject_id,
        )
    )
    return remark_id


def _writable_pupil(transaction: Transaction, user: User, pupil_id: int, now: datetime) -> TaughtPupil:
    for pupil in remarks.taught_pupils(transaction, now.date(), pupil_id):
        if may(user, Action.WRITE_REMARK, Rows(teacher_ids=pupil.teacher_ids, class_id=pupil.class_id)):
            return pupil
    check_may(user, Action.WRITE_REMARK)
    raise RuleRefused("Такого ученика сейчас нет.", next_step="Выберите ученика из списка.")


def _check_subject(transaction: Transaction, user: User, pupil: TaughtPupil, subject_id: int | None) -> None:
    if subject_id is None:
        return
    if user.staff_id is None or subject_id not in remarks.subjects_taught(
        transaction, pupil.class_id, user.staff_id
    ):
        raise RuleRefused("Этот предмет ведёт другой учитель.", next_step="Выберите свой предмет.")


@in_transaction
def withdraw_own_remark(transaction: Transaction, user: User, remark_id: int, *, now: datetime) -> None:
    """Take back a remark that the user wrote: the family no longer sees it, its text stays in the events.

    Raises AccessRefused for somebody else's, RuleRefused for one withdrawn already.
    """
    remark = _own_remark(remarks.remark_by_id(transaction, remark_id), user)
    check_not_withdrawn(remark.withdrawn_at)
    remarks.withdraw_remark(transaction, remark, now)
    transaction.record(
        Event(
            now,
            user.user_id,
            "remark_withdrawn",
            pupil_id=remark.pupil_id,
            record_id=remark_id,
            old_value=f"{REMARK_TITLES[RemarkKind(remark.kind)]}: {remark.text}",
            class_id=remark.class_id,
        )
    )


def _own_remark(remark: StoredRemark | None, user: User) -> StoredRemark:
    if remark is None or remark.written_by != user.user_id:
        raise AccessRefused(
            "Эту запись отзывает только её автор.", next_step="Если она ошибочна, скажите об этом автору."
        )
    return remark


@in_transaction
def confirm_remark(transaction: Transaction, user: User, remark_id: int, *, now: datetime) -> None:
    """Note that a guardian has read a remark of their child; once is enough. Raises AccessRefused for another's child."""
    remark = remarks.remark_by_id(transaction, remark_id)
    check_may(user, Action.CONFIRM_REMARK, Rows(pupil_id=remark.pupil_id if remark else None))
    if remark is None or remarks.has_read(transaction, remark_id, user.user_id):
        return
    check_not_withdrawn(remark.withdrawn_at)
    remarks.save_reading(transaction, remark, user.user_id, now)
    transaction.record(
        Event(
            now,
            user.user_id,
            "remark_read",
            pupil_id=remark.pupil_id,
            record_id=remark_id,
            new_value="прочитано",
            class_id=remark.class_id,
        )
    )


@in_transaction
def confirm_week(transaction: Transaction, user: User, pupil_id: int, day: date, *, now: datetime) -> None:
    """Note that a guardian has looked through the week of a day in their child's diary; once is enough (п. 3.6, 4.7).

    Raises AccessRefused for another's child, RuleRefused for a week that is not over yet or has no lessons.
    """
    check_may(user, Action.CONFIRM_WEEK, Rows(pupil_id=pupil_id))
    monday = monday_of(day)
    lessons = [
        each
        for each in lessons_of_pupil(transaction, pupil_id, monday, monday + timedelta(6))
        if not each.is_cancelled
    ]
    check_confirmable({each.held_on for each in lessons}, now.date())
    if confirmations.has_confirmed(transaction, pupil_id, monday, user.user_id):
        return
    ids = [each.lesson_id for each in lessons]
    confirmations.save_confirmation(transaction, pupil_id, monday, user.user_id, now, ids)
    transaction.record(
        Event(
            now,
            user.user_id,
            "week_confirmed",
            pupil_id=pupil_id,
            new_value=f"неделя с {monday:%d.%m.%Y}",
            class_id=lessons[0].class_id,
        )
    )


@in_transaction
def mark_news_read(
    transaction: Transaction, user: User, pupil_id: int, visit: Visit, *, now: datetime
) -> None:
    """Note that a family has read what was new in its child's diary up to a visit; never less than before.

    Staff who look at a diary have nothing to note: raises AccessRefused for another's child.
    """
    check_may(user, Action.READ_DIARY, Rows(pupil_id=pupil_id))
    if pupil_id not in user.pupil_ids:
        raise AccessRefused("Отметку о прочтении ставит семья.", next_step="Откройте дневник ребёнка.")
    asked = Visit(min(visit.seen_at, now), min(visit.last_event, news.last_event(transaction)))
    before = news.visits_of(transaction, [user.user_id])[user.user_id].get(pupil_id, asked)
    seen = Visit(max(before.seen_at, asked.seen_at), max(before.last_event, asked.last_event))
    news.save_visit(transaction, user.user_id, pupil_id, seen)


@in_transaction
def set_marks_hour(transaction: Transaction, user: User, hour: time | None, *, now: datetime) -> None:
    """Choose the hour from which families see the marks of a day; None: at once. It holds from the next day on.

    So nothing that a family has seen today disappears, and nothing passes it by. Raises AccessRefused or RuleRefused.
    """
    check_may(user, Action.EDIT_MARKING)
    check_marks_hour(hour)
    tomorrow = now.date() + timedelta(1)
    old = marks_hour_on(news.marks_hours(transaction), tomorrow)
    if old == hour:
        return
    news.save_marks_hour(transaction, tomorrow, hour)
    transaction.record(
        Event(
            now,
            user.user_id,
            "marks_hour",
            old_value=marks_hour_text(old),
            new_value=f"{marks_hour_text(hour)} с {tomorrow:%d.%m.%Y}",
        )
    )
