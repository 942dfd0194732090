"""A family answers to a pupil's task, its teacher accepts the answer or wants it done again; tasks without a lesson (п. 4.7)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from school.access.action import Action
from school.access.checks import check_may
from school.access.scopes import Rows
from school.errors import AccessRefused, RuleRefused
from school.files.attachments.keeping import KeptFile, keeping
from school.files.attachments.kinds import check_file
from school.files.kept import drop_content
from school.homework.rules.due_days import check_task, check_unanswered
from school.records import RegisterKey, User
from school.register.store.class_members import members_on
from school.register.store.registers import teachers_of
from school.store.connection import Store, Transaction, in_transaction
from school.store.events import Event
from school.tasks import store as stored
from school.tasks.rules import (
    STATE_TITLES,
    StepKind,
    TaskState,
    check_answer,
    check_due,
    check_files_of_task,
    check_review,
    state_of,
)
from school.tasks.store import FoundTask, RegisterTask, Step

SentFiles = Sequence[tuple[str, bytes]]


@dataclass(frozen=True)
class Answer:
    """What a family sends: of which pupil, to which task, files as (name, content)."""

    pupil_id: int
    task_id: int
    text: str
    files: SentFiles = ()


def answer_task(store: Store, user: User, sent: Answer, *, now: datetime) -> None:
    """Answer to a task of the user's child, or to one's own (п. 4.7).

    Raises AccessRefused for another's task; RuleRefused for an answer or a file that may not be, and then keeps nothing.
    """
    check_may(user, Action.ANSWER_TASK, Rows(pupil_id=sent.pupil_id))
    checked = [check_file(name, content) for name, content in sent.files]
    # A cheap first look keeps refused contents off the disk; the transaction looks again.
    store.write(lambda transaction: _answerable(transaction, sent, now))
    with keeping(store, checked) as kept:
        store.write(lambda transaction: _answer(transaction, user, sent, kept, now))


def _answerable(transaction: Transaction, sent: Answer, now: datetime) -> tuple[FoundTask, str, TaskState]:
    """Return the task, the words and how it stood before. Raises AccessRefused, RuleRefused."""
    task = _task_of(transaction, sent.task_id, sent.pupil_id)
    kinds = [step.kind for step in stored.steps_of_pupil(transaction, sent.task_id, sent.pupil_id)]
    members = {each.pupil_id for each in members_on(transaction, [task.key.class_id], now.date())}
    words = check_answer(sent.text, len(sent.files), kinds, is_there=sent.pupil_id in members)
    return task, words, state_of(kinds)


def _task_of(transaction: Transaction, task_id: int, pupil_id: int) -> FoundTask:
    task = stored.find_task(transaction, task_id)
    if task is None or pupil_id not in task.pupil_ids:
        raise AccessRefused("Такого задания у ученика нет.", "Учитель мог его снять.", "Обновите страницу.")
    return task


def _answer(
    transaction: Transaction, user: User, sent: Answer, kept: Sequence[KeptFile], now: datetime
) -> None:
    task, words, _ = _answerable(transaction, sent, now)
    step_id, *file_ids = transaction.new_ids(1 + len(kept))
    files = stored.task_files(kept, file_ids, task.task_id, step_id)
    step = Step(step_id, task.task_id, sent.pupil_id, StepKind.ANSWERED, words, now, user.user_id, files)
    stored.save_step(transaction, step)
    # Nothing of the answer itself: the record of changes is read by more people than the answer.
    said = "отправлен" + (f", файлов: {len(kept)}" if kept else "")
    transaction.record(_event("task_answer", task, sent.pupil_id, user, now, new=said))


def _event(
    kind: str,
    task: FoundTask,
    pupil_id: int,
    user: User,
    now: datetime,
    *,
    old: str | None = None,
    new: str | None = None,
) -> Event:
    return Event(
        now,
        user.user_id,
        kind,
        pupil_id=pupil_id,
        record_id=task.task_id,
        old_value=old,
        new_value=new,
        class_id=task.key.class_id,
        subject_id=task.key.subject_id,
    )


@dataclass(frozen=True)
class Review:
    """What a teacher says of a pupil's task: accepted or to be done again, with words."""

    task_id: int
    pupil_id: int
    kind: StepKind
    text: str = ""


@in_transaction
def review_task(transaction: Transaction, user: User, review: Review, *, now: datetime) -> None:
    """Accept a pupil's task or ask for it to be done again; what was said before stays (п. 4.7).

    Raises AccessRefused for another teacher's task, RuleRefused for what cannot be said.
    """
    task = stored.find_task(transaction, review.task_id)
    _check_teaches(user, task.teacher_ids if task else frozenset(), task.key if task else None)
    task = _task_of(transaction, review.task_id, review.pupil_id)
    kinds = [step.kind for step in stored.steps_of_pupil(transaction, task.task_id, review.pupil_id)]
    words = check_review(review.kind, review.text, kinds)
    (step_id,) = transaction.new_ids(1)
    stored.save_step(
        transaction, Step(step_id, task.task_id, review.pupil_id, review.kind, words, now, user.user_id)
    )
    old, new = STATE_TITLES[state_of(kinds)], STATE_TITLES[state_of([*kinds, review.kind])]
    transaction.record(_event("task_review", task, review.pupil_id, user, now, old=old, new=new))


def _check_teaches(user: User, teacher_ids: frozenset[int], key: RegisterKey | None) -> None:
    check_may(user, Action.EDIT_LESSON, Rows(teacher_ids=teacher_ids, class_id=key.class_id if key else None))


@dataclass(frozen=True)
class NewRegisterTask:
    """A task without a lesson: for which pupils of a register, by which day, files as (name, content)."""

    key: RegisterKey
    text: str
    due_on: date
    pupil_ids: Collection[int]
    files: SentFiles = ()


def give_task(store: Store, user: User, new: NewRegisterTask, *, now: datetime) -> int:
    """Give pupils of one's register a task without a lesson (п. 4.7); return its id.

    Raises AccessRefused; RuleRefused for words, a day, pupils or files that may not be, and then keeps nothing.
    """
    checked = [check_file(name, content) for name, content in new.files]
    store.write(lambda transaction: _check_new(transaction, user, new, now))
    with keeping(store, checked) as kept:
        return store.write(lambda transaction: _give(transaction, user, new, kept, now))


def _check_new(transaction: Transaction, user: User, new: NewRegisterTask, now: datetime) -> None:
    _check_teaches(user, teachers_of(transaction, new.key), new.key)
    check_task(new.text, len(new.pupil_ids))
    check_due(new.due_on, now.date())
    check_files_of_task(len(new.files))
    here = members_on(transaction, [new.key.class_id], now.date(), new.key.subgroup_id)
    if not set(new.pupil_ids) <= {each.pupil_id for each in here}:
        raise RuleRefused(
            "Не все выбранные ученики сегодня в этом классе.", next_step="Выберите учеников заново."
        )


def _give(
    transaction: Transaction, user: User, new: NewRegisterTask, kept: Sequence[KeptFile], now: datetime
) -> int:
    _check_new(transaction, user, new, now)
    task_id, *file_ids = transaction.new_ids(1 + len(kept))
    files = stored.task_files(kept, file_ids, task_id, None)
    task = RegisterTask(
        task_id, new.key, new.text.strip(), new.due_on, now, user.user_id, frozenset(new.pupil_ids), files
    )
    stored.save_register_task(transaction, task)
    _record_of_task(transaction, task, user, now, new=task.text)
    return task_id


def _record_of_task(
    transaction: Transaction,
    task: RegisterTask,
    user: User,
    now: datetime,
    *,
    old: str | None = None,
    new: str | None = None,
) -> None:
    found = stored.find_task(transaction, task.task_id)
    if found is not None:
        events = (_event("task", found, each, user, now, old=old, new=new) for each in sorted(task.pupil_ids))
        transaction.record(*events)


def take_task_back(store: Store, user: User, task_id: int, *, now: datetime) -> None:
    """Take a task without a lesson back, with its files, before anybody has answered. Raises AccessRefused, RuleRefused."""
    for stored_name in _take_back(store, user, task_id, now):
        drop_content(store, stored_name)


@in_transaction
def _take_back(transaction: Transaction, user: User, task_id: int, now: datetime) -> list[str]:
    task = stored.register_task(transaction, task_id)
    _check_teaches(
        user, teachers_of(transaction, task.key) if task else frozenset(), task.key if task else None
    )
    if task is None:
        raise RuleRefused("Этого задания уже нет.", next_step="Обновите страницу.")
    check_unanswered(len(stored.steps_of_tasks(transaction, [task_id])[task_id]))
    _record_of_task(transaction, task, user, now, old=task.text)
    stored.delete_register_task(transaction, task)
    return [file.stored_name for file in task.files]
