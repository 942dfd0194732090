"""Asking for the documents of a class, and keeping them when they are made (п. 2.3, 4.6, 6.6)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from school.access.action import Action
from school.access.checks import check_may_somewhere
from school.errors import RuleRefused
from school.files.kept import drop_content, keep_content
from school.numbers import counted
from school.paper import store as stored
from school.paper.access import check_may_print_papers, may_print_papers
from school.paper.records import OrderState, Paper, PaperForm, PaperOrder, QueuedOrder
from school.paper.rules import MOST_ATTEMPTS, OPEN, PAPERS
from school.records import User
from school.store.connection import Store, Transaction, in_transaction
from school.store.events import Event

GIVEN_UP = "Документ не удалось сделать: журнал останавливали на нём несколько раз. Попросите ещё раз."
KILLED = "Документ не сделан: серверу не хватило памяти. Попросите ещё раз, когда сервер будет свободнее."
FAILED = "Документ не сделан: ошибка программы. Подробности — в служебном журнале сервера."


@dataclass(frozen=True)
class PaperContent:
    """A document as it was made: its forms as bytes, its pages, and the newest event of the data that it was made of."""

    forms: Mapping[PaperForm, bytes]
    pages: int
    made_from: int


@in_transaction
def ask_papers(transaction: Transaction, user: User, orders: Sequence[PaperOrder], *, now: datetime) -> int:
    """Queue documents of classes; return how many were not in the queue yet.

    Raises AccessRefused, RuleRefused where there is no such class or nothing to make.
    """
    for order in orders:
        check_may_print_papers(user, order.class_id)
    names = stored.known_classes(transaction, {order.class_id for order in orders})
    if any(order.class_id not in names for order in orders):
        raise RuleRefused("Такого класса нет.", next_step="Обновите страницу.")
    queued = stored.orders_in_queue(transaction)
    waiting = {each.order for each in queued if each.state in OPEN}
    if not waiting:
        stored.drop_orders(transaction, [each.order_id for each in queued])
    new = [order for order in dict.fromkeys(orders) if order not in waiting]
    if not new:
        raise RuleRefused("Эти документы уже готовятся.", next_step="Дождитесь окончания.")
    for order_id, order in zip(transaction.new_ids(len(new)), new, strict=True):
        stored.add_order(transaction, order_id, order, user.user_id, now)
    transaction.record(Event(now, user.user_id, stored.ASKED, new_value=_titles(new, names)))
    return len(new)


def _titles(orders: Sequence[PaperOrder], names: Mapping[int, str]) -> str:
    kinds = dict.fromkeys(PAPERS[order.kind].title for order in orders)
    classes = dict.fromkeys(names[order.class_id] for order in orders)
    whose = next(iter(classes)) if len(classes) == 1 else counted(len(classes), "класс", "класса", "классов")
    return f"{', '.join(kinds)}: {whose}"


@in_transaction
def cancel_papers(transaction: Transaction, user: User, *, now: datetime) -> None:
    """Take out of the queue what waits there and the user may have made; what is being made is finished.

    Raises AccessRefused.
    """
    check_may_somewhere(user, Action.PRINT_PAPERS)
    waiting = [
        each.order_id
        for each in stored.orders_in_queue(transaction)
        if each.state is OrderState.WAITING and may_print_papers(user, each.order.class_id)
    ]
    if waiting:
        stored.drop_orders(transaction, waiting)
        words = counted(len(waiting), "документ", "документа", "документов")
        transaction.record(Event(now, user.user_id, stored.ASKED, old_value=words))


@in_transaction
def resume_papers(transaction: Transaction) -> None:
    """After a start: what was being made when the server stopped waits again; after MOST_ATTEMPTS it is given up."""
    for each in stored.orders_in_queue(transaction):
        if each.state is OrderState.RUNNING:
            is_over = each.attempts >= MOST_ATTEMPTS
            state, problem = (OrderState.FAILED, GIVEN_UP) if is_over else (OrderState.WAITING, "")
            stored.note_order(transaction, each.order_id, state, attempts=each.attempts, problem=problem)


@in_transaction
def begin_paper(transaction: Transaction) -> QueuedOrder | None:
    """Take the order that has waited longest to work; None where none waits."""
    queued = stored.orders_in_queue(transaction)
    first = next((each for each in queued if each.state is OrderState.WAITING), None)
    if first is not None:
        stored.note_order(transaction, first.order_id, OrderState.RUNNING, attempts=first.attempts + 1)
    return first


@in_transaction
def put_back_paper(transaction: Transaction, queued: QueuedOrder) -> None:
    """Let an order that was begun wait again, as if it had not been: the server stops in an orderly way."""
    stored.note_order(transaction, queued.order_id, OrderState.WAITING, attempts=queued.attempts)


@in_transaction
def fail_paper(transaction: Transaction, queued: QueuedOrder, problem: str) -> None:
    """Note why an order failed, in Russian; an earlier document stays."""
    stored.note_order(
        transaction, queued.order_id, OrderState.FAILED, attempts=queued.attempts + 1, problem=problem
    )


def keep_paper(store: Store, user: User, queued: QueuedOrder, content: PaperContent, *, now: datetime) -> int:
    """Keep a document that was made for the user in place of the earlier one; return its id. Raises AccessRefused."""
    check_may_print_papers(user, queued.order.class_id)
    files: dict[PaperForm, tuple[str, str]] = {}
    earlier = None
    try:
        for form, made in content.forms.items():
            files[form] = keep_content(store, made)
        paper_id, earlier = store.write(
            lambda transaction: _save(transaction, user, queued, content, files, now)
        )
    finally:
        # Without a record nothing is left of the document; with one nothing of the earlier.
        dropped = earlier if earlier is not None else [name for name, _ in files.values()]
        for name in dropped:
            drop_content(store, name)
    return paper_id


def _save(
    transaction: Transaction,
    user: User,
    queued: QueuedOrder,
    content: PaperContent,
    files: dict[PaperForm, tuple[str, str]],
    now: datetime,
) -> tuple[int, list[str]]:
    order = queued.order
    earlier = stored.stored_names(transaction, order)
    paper_id = transaction.new_ids(1)[0]
    paper = Paper(paper_id, order, now, user.user_id, "", content.made_from, content.pages)
    stored.save_paper(transaction, paper, files)
    stored.note_order(transaction, queued.order_id, OrderState.DONE, attempts=queued.attempts + 1)
    transaction.record(
        Event(
            now,
            user.user_id,
            stored.PRINTED,
            record_id=paper_id,
            class_id=order.class_id,
            new_value=PAPERS[order.kind].title,
        )
    )
    return paper_id, earlier
