"""A guardian announces an absence or takes it back; the homeroom teacher accepts or declines it (п. 3.6, 4.3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from school.access.action import Action
from school.access.checks import check_may
from school.access.scopes import Rows
from school.attendance.actions import LeaveOrder, LeaveOutcome, give_reason
from school.errors import AccessRefused, RuleRefused
from school.excuses import store as stored
from school.excuses.rules import (
    Absent,
    check_absent,
    check_answer,
    check_paper,
    check_paper_count,
    check_waits,
)
from school.excuses.store import Excuse, Paper
from school.files.attachments.kinds import CheckedFile
from school.files.kept import drop_content, keep_content
from school.records import User
from school.register.actions.leaves import REASON_WORDS
from school.register.store.pupil_lessons import classes_of_pupil
from school.spans import is_in_span
from school.store.connection import Store, Transaction, in_transaction
from school.store.events import Event


@dataclass(frozen=True)
class Announcement:
    """What a guardian sends: of which child, which absence, photos or PDFs of papers as (name, content)."""

    pupil_id: int
    absent: Absent
    papers: Sequence[tuple[str, bytes]] = ()


def announce_absence(store: Store, user: User, sent: Announcement, *, now: datetime) -> int:
    """Announce an absence of the user's child to the homeroom teacher; return its id.

    Raises AccessRefused for another's child; RuleRefused for days, words or papers that may not be, and then keeps nothing.
    """
    check_may(user, Action.ANNOUNCE_ABSENCE, Rows(pupil_id=sent.pupil_id))
    papers = [(name, content) for name, content in sent.papers if name or content]
    check_paper_count(len(papers))
    checked = [check_paper(name, content) for name, content in papers]
    # A cheap first look keeps refused contents off the disk; the transaction looks again.
    store.write(lambda transaction: _class_of(transaction, sent, now))
    kept: list[tuple[CheckedFile, str, str]] = []
    try:
        for file in checked:
            kept.append((file, *keep_content(store, file.content)))
        return store.write(lambda transaction: _announce(transaction, user, sent, kept, now))
    except BaseException:
        for _, stored_name, _ in kept:
            drop_content(store, stored_name)
        raise


def _class_of(transaction: Transaction, sent: Announcement, now: datetime) -> int:
    """Return the class whose homeroom teacher is asked; raises RuleRefused."""
    waiting = [each.absent for each in stored.waiting_excuses(transaction) if each.pupil_id == sent.pupil_id]
    check_absent(sent.absent, now.date(), waiting)
    first, last = sent.absent.starts_on, sent.absent.ends_on
    for stay in classes_of_pupil(transaction, sent.pupil_id, first):
        span = [(stay.starts_on, stay.ends_on)]
        if is_in_span(span, first) and is_in_span(span, last):
            return stay.class_id
    raise RuleRefused("В эти дни ребёнок не числится в одном классе.", next_step="Проверьте даты.")


def _announce(
    transaction: Transaction,
    user: User,
    sent: Announcement,
    kept: Sequence[tuple[CheckedFile, str, str]],
    now: datetime,
) -> int:
    class_id = _class_of(transaction, sent, now)
    excuse_id, *paper_ids = transaction.new_ids(1 + len(kept))
    stored.save_excuse(
        transaction,
        excuse_id,
        sent.absent,
        pupil_id=sent.pupil_id,
        class_id=class_id,
        at=now,
        user_id=user.user_id,
    )
    stored.save_papers(
        transaction,
        sent.pupil_id,
        [
            Paper(paper_id, excuse_id, name, file.title, file.kind, len(file.content), sha256)
            for paper_id, (file, name, sha256) in zip(paper_ids, kept, strict=True)
        ],
    )
    papers = f", файлов: {len(kept)}" if kept else ""
    words = absent_words(sent.absent) + papers
    transaction.record(
        Event(
            now,
            user.user_id,
            "excuse",
            pupil_id=sent.pupil_id,
            record_id=excuse_id,
            new_value=words,
            class_id=class_id,
        )
    )
    return excuse_id


def absent_words(absent: Absent) -> str:
    """Return «болезнь, 23.11.2026 – 27.11.2026, уроки: 5, 6»: nothing of the note, which may speak of health."""
    days = f"{absent.starts_on:%d.%m.%Y}"
    if absent.ends_on != absent.starts_on:
        days += f" – {absent.ends_on:%d.%m.%Y}"
    numbers = f", уроки: {', '.join(map(str, absent.lesson_numbers))}" if absent.lesson_numbers else ""
    return f"{REASON_WORDS[absent.reason]}, {days}{numbers}"


def take_back_excuse(store: Store, user: User, excuse_id: int, *, now: datetime) -> None:
    """Take back an announced absence that waits, with its papers. Raises AccessRefused for another's, RuleRefused once answered."""
    for stored_name in _take_back(store, user, excuse_id, now):
        drop_content(store, stored_name)


@in_transaction
def _take_back(transaction: Transaction, user: User, excuse_id: int, now: datetime) -> list[str]:
    excuse = stored.excuse_by_id(transaction, excuse_id)
    check_may(user, Action.ANNOUNCE_ABSENCE, Rows(pupil_id=excuse.pupil_id if excuse else None))
    if excuse is None or excuse.sent_by != user.user_id:
        raise AccessRefused(
            "Сообщение отзывает тот, кто его отправил.", next_step="Попросите отправителя или школу."
        )
    check_waits(excuse.state)
    papers = stored.papers_of(transaction, [excuse_id])[excuse_id]
    stored.save_withdrawal(transaction, excuse, now)
    transaction.record(_event(excuse, user, now, "отозвано семьёй"))
    return [paper.stored_name for paper in papers]


@in_transaction
def accept_excuse(transaction: Transaction, user: User, excuse_id: int, *, now: datetime) -> LeaveOutcome:
    """Accept an announced absence: it becomes a leave, as if the homeroom teacher had given the reason.

    Raises AccessRefused for another's class, RuleRefused where it no longer waits or the leave cannot be.
    """
    excuse = _decidable(transaction, user, excuse_id)
    order = LeaveOrder(
        excuse.class_id,
        (excuse.pupil_id,),
        excuse.starts_on,
        excuse.ends_on,
        excuse.reason,
        excuse.lesson_numbers,
        note=f"сообщила семья: {excuse.note}" if excuse.note else "сообщила семья",
    )
    outcome = give_reason(transaction, user, order, now=now)
    stored.save_decision(transaction, excuse, at=now, user_id=user.user_id, leave_id=outcome.leave_ids[0])
    transaction.record(_event(excuse, user, now, "принято"))
    return outcome


@in_transaction
def decline_excuse(
    transaction: Transaction, user: User, excuse_id: int, answer: str, *, now: datetime
) -> None:
    """Decline an announced absence with a word to the family. Raises AccessRefused, RuleRefused."""
    excuse = _decidable(transaction, user, excuse_id)
    words = check_answer(answer)
    stored.save_decision(transaction, excuse, at=now, user_id=user.user_id, leave_id=None, answer=words)
    transaction.record(_event(excuse, user, now, "отклонено", words))


def _decidable(transaction: Transaction, user: User, excuse_id: int) -> Excuse:
    excuse = stored.excuse_by_id(transaction, excuse_id)
    check_may(user, Action.EDIT_ABSENCES, Rows(class_id=excuse.class_id if excuse else None))
    if excuse is None:
        raise RuleRefused("Такого сообщения нет.", next_step="Обновите страницу.")
    check_waits(excuse.state)
    return excuse


def _event(excuse: Excuse, user: User, now: datetime, new_value: str, reason: str = "") -> Event:
    return Event(
        now,
        user.user_id,
        "excuse",
        pupil_id=excuse.pupil_id,
        record_id=excuse.excuse_id,
        old_value=absent_words(excuse.absent),
        new_value=new_value,
        reason=reason,
        class_id=excuse.class_id,
    )
