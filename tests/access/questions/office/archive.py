"""Questions about the archive, which holds 8Б as it holds every class, to its actions and lookups."""

from collections.abc import Callable
from typing import Any

from asking import Question, passed, past_the_door
from small_school import CLASS_8B, NOW, USER_IDS

from school.archive import actions, lookups
from school.archive.records import MadePackage, PackedDocument, PaperState
from school.archive.rules.paper_states import Step
from school.archive.shelf import folder_of
from school.archive.store import archives as stored
from school.errors import KeptFileLost
from school.records import User
from school.store.connection import Store, Transaction
from school.store.events import Event

SECRETARY = {"secretary"}
READERS = SECRETARY | {"head", "deputy", "admin"}
ARCHIVE, FILE, TODAY = 9001, "archive-2026-9001.zip", NOW.date()


def _packed(store: Store) -> int:
    """Put a package with the register of 8Б into the archive; return the id of the document."""
    register = PackedDocument(
        "class_register", CLASS_8B, "8Б", "Классный журнал 8Б", "8Б/a.pdf", 2, TODAY, "ab"
    )

    def work(transaction: Transaction) -> None:
        stored.add_archive(transaction, ARCHIVE, 2026, "", at=NOW, user_id=USER_IDS["secretary"])
        transaction.record(Event(NOW, None, "archive"))

    if not lookups.known_packages(store):
        store.write(work)
        actions.keep_package(store, ARCHIVE, MadePackage(FILE, "ab", 1, (register,)), now=NOW)
        (folder_of(store.path.parent) / FILE).touch()
    return stored.documents_of(store, ARCHIVE)[0].document_id


def _about(ask: Callable[[Store, User, int], Any]) -> Callable[[Store, User], Any]:
    return lambda store, user: ask(store, user, _packed(store))


def _found(ask: Callable[[Store, User, int], Any]) -> Callable[[Store, User], bool]:
    """Return a question whether somebody comes to the file, which is not there."""

    def asked(store: Store, user: User) -> bool:
        document_id = _packed(store)
        try:
            return passed(lambda: ask(store, user, document_id))
        except KeptFileLost:
            return True

    return asked


QUESTIONS: dict[str, Question] = {
    "archive.actions.ask_archive": Question(past_the_door(actions.ask_archive, 2026), SECRETARY, bool),
    "archive.actions.take_step": Question(
        _about(
            lambda store, user, document: passed(
                lambda: actions.take_step(store, user, [document], Step(PaperState.PRINTED), now=NOW)
            )
        ),
        SECRETARY,
        bool,
    ),
    "archive.actions.take_step_back": Question(
        _about(
            lambda store, user, document: passed(
                lambda: actions.take_step_back(store, user, [document], now=NOW)
            )
        ),
        SECRETARY,
        bool,
    ),
    "archive.actions.attach_signature": Question(
        _found(
            lambda store, user, document: actions.attach_signature(
                store, user, document, "a.sig", b"", now=NOW
            )
        ),
        SECRETARY,
        bool,
    ),
    "archive.lookups.archive_years": Question(lookups.archive_years, READERS, bool),
    "archive.lookups.archive_page": Question(
        _about(lambda store, user, _: lookups.archive_page(store, user, 2026, today=TODAY)), READERS
    ),
    "archive.lookups.open_points": Question(
        lambda store, user: lookups.open_points(store, user, 2026, today=TODAY), READERS
    ),
    "archive.lookups.due_paper": Question(
        lambda store, user: lookups.due_paper(store, user, today=TODAY.replace(year=2027, month=6)),
        {"secretary", "head"},
        bool,
    ),
    "archive.lookups.waiting_papers": Question(
        lambda store, user: lookups.waiting_papers(store, user, today=TODAY.replace(year=2027, month=6)),
        {"secretary", "head"},
        bool,
    ),
    "archive.lookups.expired_documents": Question(
        _about(lambda store, user, _: passed(lambda: lookups.expired_documents(store, user, today=TODAY))),
        READERS,
        bool,
    ),
    "archive.lookups.archived_document": Question(_found(lookups.archived_document), READERS, bool),
    "archive.lookups.archive_package": Question(
        _about(lambda store, user, _: lookups.archive_package(store, user, ARCHIVE)), READERS, bool
    ),
    "archive.lookups.signature_file": Question(
        lambda store, user: passed(lambda: lookups.signature_file(store, user, 1)), READERS, bool
    ),
}
