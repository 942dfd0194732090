"""Printed documents that a user may read, and how far those asked for are (п. 2.3, 4.6, 6.6)."""

from dataclasses import dataclass

from school.access.action import Action
from school.access.checks import check_may_somewhere
from school.errors import RuleRefused
from school.files.kept import content_of
from school.paper import store as stored
from school.paper.access import check_may_read_papers, may_print_papers, may_read_papers
from school.paper.records import OrderState, Paper, PaperClass, PaperForm, PaperKind, PaperOrder, QueuedOrder
from school.paper.rules import OPEN, is_outdated
from school.records import User
from school.store.connection import Store


@dataclass(frozen=True)
class PaperShelf:
    """The documents of the classes of a year that a user may read; which of them the user may have made, what is in the queue."""

    classes: list[PaperClass]
    papers: dict[PaperOrder, Paper]
    printable: frozenset[int]
    queue: list[QueuedOrder]

    def is_outdated(self, paper: Paper) -> bool:
        """Whether the class has changed since this document was made."""
        newest = {each.class_id: each.newest_event for each in self.classes}
        return is_outdated(paper, newest[paper.order.class_id])

    def queued(self, order: PaperOrder) -> QueuedOrder | None:
        """Return the newest order for a document that is in the queue."""
        return next((each for each in reversed(self.queue) if each.order == order), None)


@dataclass(frozen=True)
class PaperProgress:
    """How far the queue is: so many of so many documents are made or failed; what is being made; whether any is open."""

    finished: int
    total: int
    current: PaperOrder | None
    is_open: bool


def paper_years(store: Store, user: User) -> list[int]:
    """Return the school years whose documents the user may read, newest first. Raises AccessRefused."""
    check_may_somewhere(user, Action.READ_PAPERS)
    return [year for year in stored.years_with_classes(store) if _readable(store, user, year)]


def paper_shelf(store: Store, user: User, school_year: int) -> PaperShelf:
    """Return the documents of a year within the user's scope. Raises AccessRefused."""
    check_may_somewhere(user, Action.READ_PAPERS)
    classes = _readable(store, user, school_year)
    class_ids = {each.class_id for each in classes}
    papers = {paper.order: paper for paper in stored.papers_of_year(store, school_year)}
    return PaperShelf(
        classes,
        {order: paper for order, paper in papers.items() if order.class_id in class_ids},
        frozenset(class_id for class_id in class_ids if may_print_papers(user, class_id)),
        [each for each in stored.orders_in_queue(store) if each.order.class_id in class_ids],
    )


def _readable(store: Store, user: User, school_year: int) -> list[PaperClass]:
    found = stored.classes_of_year(store, school_year)
    return [each for each in found if may_read_papers(user, each.class_id)]


def paper_content(store: Store, user: User, kind: PaperKind, class_id: int, form: PaperForm) -> bytes:
    """Return a form of a made document. Raises AccessRefused, RuleRefused where there is none."""
    check_may_read_papers(user, class_id)
    found = stored.file_of(store, PaperOrder(kind, class_id), form)
    if found is None:
        raise RuleRefused("Такого документа ещё нет.", next_step="Нажмите «Подготовить».")
    return content_of(store, *found)


def progress_of(queue: list[QueuedOrder]) -> PaperProgress:
    """Return how far a queue is."""
    finished = sum(each.state not in OPEN for each in queue)
    current = next((each.order for each in queue if each.state is OrderState.RUNNING), None)
    return PaperProgress(finished, len(queue), current, finished < len(queue))
