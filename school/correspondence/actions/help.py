"""«Помощь»: everybody asks the administrators how the register works; they take the call, answer and finish it (п. 8.1)."""

from datetime import datetime
from functools import partial

from school.access.action import Action
from school.access.checks import check_may
from school.access.scopes import Rows
from school.access.writing import FAMILY, STAFF
from school.correspondence.access import NOT_YOURS, family_role, role_as
from school.correspondence.actions.letters import Letter
from school.correspondence.rules.letters import (
    HelpState,
    ThreadKind,
    check_files,
    check_new_threads,
    check_text,
    check_title,
    help_state,
)
from school.correspondence.store import threads
from school.correspondence.store.threads import NewThread, Thread
from school.correspondence.writing import check_own_pace, write_messages
from school.errors import AccessRefused, RuleRefused
from school.files.attachments.keeping import KeptFile, keeping
from school.records import Role, User
from school.store.connection import Store, Transaction, in_transaction
from school.store.events import Event


def ask_help(store: Store, user: User, letter: Letter, *, child: int | None = None, now: datetime) -> int:
    """Ask the administrators, as the family of a child or (None) as staff; return the call's id.

    It reaches them at once, and who is muted may ask too. Raises AccessRefused for another's child, RuleRefused.
    """
    check_may(user, Action.CORRESPOND, Rows(user_id=user.user_id))
    own = user.roles & STAFF
    role = family_role(user, child) if child is not None else role_as(own, is_led=False) if own else None
    if role is None:
        raise AccessRefused(*NOT_YOURS)
    files = check_files(letter.words.files)
    check_title(letter.title)
    check_text(letter.words.text, has_files=bool(files))
    with keeping(store, files) as kept:
        return store.write(partial(_ask, kept=kept, user=user, role=role, letter=letter, now=now))


def _ask(
    transaction: Transaction, kept: list[KeptFile], *, user: User, role: Role, letter: Letter, now: datetime
) -> int:
    check_own_pace(transaction, user, letter.words, now)
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    if role in FAMILY:
        check_new_threads(threads.count_started(transaction, user.user_id, today))
    thread_id, *ids = transaction.new_ids(2 + len(kept))
    call = NewThread(thread_id, None, [(user.user_id, role)])
    title = check_title(letter.title)
    threads.save_threads(transaction, [call], ThreadKind.HELP, title, "", now, user.user_id)
    write_messages(transaction, user, [thread_id], ids, letter.words, kept, now, is_at_once=True)
    transaction.record(Event(now, user.user_id, "help", record_id=thread_id, new_value="новое"))
    return thread_id


@in_transaction
def take_help(transaction: Transaction, user: User, thread_id: int, *, now: datetime) -> None:
    """Take a call, new or a colleague's: from now on its taker answers. Raises AccessRefused, RuleRefused for one that is theirs or done."""
    call = _call(transaction, user, thread_id)
    if call.closed_at is not None or call.taken_by == user.user_id:
        raise RuleRefused("Это обращение уже взято или решено.", next_step="Обновите страницу.")
    threads.set_help_state(transaction, thread_id, (now, user.user_id), (None, None))
    writers = threads.people_of(transaction, [thread_id])[thread_id]
    if all(each.user_id != user.user_id for each in writers):
        threads.add_people(transaction, [(thread_id, user.user_id, str(Role.ADMIN))])
    transaction.record(Event(now, user.user_id, "help", record_id=thread_id, new_value="в работе"))


@in_transaction
def finish_help(transaction: Transaction, user: User, thread_id: int, *, now: datetime) -> None:
    """Note that a call is done. Raises AccessRefused, RuleRefused for one that nobody has taken, or that is done."""
    call = _call(transaction, user, thread_id)
    if help_state(call.taken_at, call.closed_at) is not HelpState.TAKEN:
        raise RuleRefused("Решают взятое обращение.", next_step="Сначала возьмите его.")
    taken = (call.taken_at, call.taken_by)
    threads.set_help_state(transaction, thread_id, taken, (now, user.user_id))
    transaction.record(Event(now, user.user_id, "help", record_id=thread_id, new_value="решено"))


def _call(transaction: Transaction, user: User, thread_id: int) -> Thread:
    check_may(user, Action.ANSWER_HELP)
    call = threads.thread_by_id(transaction, thread_id)
    if call is None or call.kind is not ThreadKind.HELP:
        raise RuleRefused("Такого обращения нет.", next_step="Обновите страницу.")
    return call
