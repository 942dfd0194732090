"""Questions about 8Б to the actions and lookups of printed documents."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from asking import LEADER, Question, past_the_door, the_deputy, was_done
from small_school import CLASS_8B, NOW

from school.errors import RuleRefused
from school.paper import actions, lookups
from school.paper.records import OrderState, PaperForm, PaperKind, PaperOrder, QueuedOrder
from school.records import User
from school.store.connection import Store

REGISTER_OF_8B = PaperOrder(PaperKind.CLASS_REGISTER, CLASS_8B)
PRINTERS = {"deputy", "admin", "secretary"} | LEADER
READERS = PRINTERS | {"head"}


QUEUED = QueuedOrder(1, REGISTER_OF_8B, NOW, 1, OrderState.RUNNING, 1, "")


def _keep(store: Store, user: User) -> int:
    content = actions.PaperContent({PaperForm.PDF: "Журнал 8Б".encode()}, 2, 0)
    return actions.keep_paper(store, user, QUEUED, content, now=NOW)


def _cancel(store: Store, user: User) -> bool:
    """Whether the user takes the register of 8Б out of the queue."""
    deputy = the_deputy(store)
    with suppress(RuleRefused):
        actions.ask_papers(store, deputy, [REGISTER_OF_8B], now=NOW)
    actions.cancel_papers(store, user, now=NOW)
    return lookups.paper_shelf(store, deputy, 2026).queued(REGISTER_OF_8B) is None


def _about_paper(ask: Callable[[Store, User], Any]) -> Callable[[Store, User], Any]:
    """Ask about the register of 8Б that the deputy has had made."""

    def work(store: Store, user: User) -> Any:
        _keep(store, the_deputy(store))
        return ask(store, user)

    return work


QUESTIONS: dict[str, Question] = {
    "paper.actions.ask_papers": Question(past_the_door(actions.ask_papers, [REGISTER_OF_8B]), PRINTERS, bool),
    "paper.actions.cancel_papers": Question(_cancel, PRINTERS, bool),
    "paper.actions.keep_paper": Question(_keep, PRINTERS, was_done),
    "paper.lookups.paper_years": Question(_about_paper(lookups.paper_years), READERS | {"homeroom"}, bool),
    "paper.lookups.paper_shelf": Question(
        _about_paper(lambda store, user: lookups.paper_shelf(store, user, 2026)), READERS
    ),
    "paper.lookups.paper_content": Question(
        _about_paper(
            lambda store, user: lookups.paper_content(
                store, user, PaperKind.CLASS_REGISTER, CLASS_8B, PaperForm.PDF
            ).decode()
        ),
        READERS,
    ),
}
