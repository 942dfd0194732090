"""The archive as its readers see it: years, packages, documents with their paper and signatures, what is open, what is due (п. 6.5, 6.6)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from school.access.action import Action
from school.access.checks import check_may, may
from school.archive import shelf
from school.archive.records import Archive, ArchivedDocument, ArchiveState, PaperState, Signature
from school.archive.rules.paper_states import UNSIGNED, state_on
from school.archive.rules.readiness import (
    ClassCount,
    Obstacle,
    PaperDue,
    YearFacts,
    obstacles,
    paper_due,
    year_due,
)
from school.archive.store import archives as stored
from school.archive.store import facts as stored_facts
from school.calendar import school_year_title, term_title
from school.councils.lookups import undecided_pupils
from school.errors import RuleRefused
from school.files.kept import content_of
from school.records import Role, User
from school.store.connection import Store
from school.terms.lookups import term_lines

__all__ = ["Archive", "ArchivedDocument", "Obstacle", "Signature"]
# What is open of a year is counted over the whole school, whoever asks for its archive.
COUNTS = User(0, "", "архив", frozenset({Role.DEPUTY}))
SIGNED_STATES = [state for state in PaperState if state not in UNSIGNED]


@dataclass(frozen=True)
class ArchivePage:
    """The packages of a year, newest first; the documents of the newest whole one as they are on a day, with signatures by document.

    ``may_make``: the user makes packages and notes what becomes of the paper.
    """

    archives: Sequence[Archive]
    documents: Sequence[ArchivedDocument]
    signatures: Mapping[int, Sequence[Signature]]
    may_make: bool

    @property
    def made(self) -> Archive | None:
        """The newest whole package."""
        return next((each for each in self.archives if each.state is ArchiveState.MADE), None)

    @property
    def is_asked(self) -> bool:
        """Whether a package is being made or waits to be."""
        return any(each.state is ArchiveState.ASKED for each in self.archives)

    @property
    def problem(self) -> str:
        """Why the newest package could not be made, in Russian; empty where it could."""
        newest = next(iter(self.archives), None)
        return newest.problem if newest and newest.state is ArchiveState.FAILED else ""


def archive_years(store: Store, user: User) -> list[int]:
    """Return the school years, newest first: all of them stay in the register, archived or not (п. 2.4). Raises AccessRefused."""
    check_may(user, Action.READ_ARCHIVE)
    return stored_facts.years_with_classes(store)


def archive_page(store: Store, user: User, school_year: int, *, today: date) -> ArchivePage:
    """Return the archive of a year. Raises AccessRefused."""
    check_may(user, Action.READ_ARCHIVE)
    page = ArchivePage(stored.archives_of_year(store, school_year), (), {}, may(user, Action.MAKE_ARCHIVE))
    if page.made is None:
        return page
    signatures: dict[int, list[Signature]] = defaultdict(list)
    for each in stored.signatures_of(store, page.made.archive_id):
        signatures[each.document_id].append(each)
    documents = [
        replace(each, state=state_on(each.state, each.packed.kept_until, today))
        for each in stored.documents_of(store, page.made.archive_id)
    ]
    return replace(page, documents=documents, signatures=signatures)


def open_points(store: Store, user: User, school_year: int, *, today: date) -> list[Obstacle]:
    """Return all that must be closed before a year is archived (п. 6.5). Raises AccessRefused."""
    check_may(user, Action.READ_ARCHIVE)
    return obstacles(facts_of_year(store, school_year, today), today)


def facts_of_year(store: Store, school_year: int, today: date) -> YearFacts:
    """Return what is open of a year."""
    open_terms = [term_title(kind, number) for kind, number in stored_facts.open_periods(store, school_year)]
    ends_on = stored_facts.last_day(store, school_year)
    return YearFacts(
        school_year,
        ends_on,
        open_terms,
        stored_facts.unfilled_lessons(store, school_year, today),
        _missing_marks(store, school_year),
        stored_facts.unpublished_inspections(store, school_year),
        stored_facts.unread_inspections(store, school_year),
        _undecided_pupils(store, school_year, ends_on) if ends_on else (),
    )


def _undecided_pupils(store: Store, school_year: int, ends_on: date) -> list[ClassCount]:
    class_ids = list(stored_facts.class_names(store, school_year))
    found = undecided_pupils(store, COUNTS, class_ids, ends_on)
    return [ClassCount(name, len(pupils)) for name, pupils in found.items() if pupils]


def _missing_marks(store: Store, school_year: int) -> list[ClassCount]:
    counts: dict[int, int] = defaultdict(int)
    for period in stored_facts.periods(store, school_year):
        for line in term_lines(store, COUNTS, period):
            counts[line.register.key.class_id] += line.missing + line.year_missing
    names = stored_facts.class_names(store, school_year)
    return [ClassCount(name, counts[class_id]) for class_id, name in names.items() if counts[class_id]]


def due_paper(store: Store, user: User, *, today: date) -> PaperDue | None:
    """Return what is due on paper of the year that ends, for whom it concerns; None where nothing is (п. 6.6).

    A year that had ended before the school came here is kept elsewhere.
    """
    if not (may(user, Action.MAKE_ARCHIVE) or user.has(Role.HEAD)):
        return None
    school_year = year_due(today)
    ends_on, began_on = stored_facts.last_day(store, school_year), stored_facts.first_event_day(store)
    if ends_on is None or began_on is None or began_on > ends_on:
        return None
    due = paper_due(school_year, stored.unsigned_count(store, school_year, SIGNED_STATES), today)
    return due if due.count else None


def waiting_papers(store: Store, user: User, *, today: date) -> int:
    """Return how many documents wait to be printed, signed and sewn, for the menu of those whom it concerns (п. 6.6)."""
    due = due_paper(store, user, today=today)
    return due.count if due else 0


def expired_documents(store: Store, user: User, *, today: date) -> list[tuple[str, ArchivedDocument]]:
    """Return what may be destroyed by an act, with its school year: stored paper whose term is over (п. 6.6). Raises AccessRefused."""
    check_may(user, Action.READ_ARCHIVE)
    return [
        (school_year_title(school_year), replace(document, state=PaperState.EXPIRED))
        for school_year, document in stored.stored_until(store, today)
    ]


def archived_document(store: Store, user: User, document_id: int) -> tuple[ArchivedDocument, bytes]:
    """Return a document of the archive with its content. Raises AccessRefused, RuleRefused where there is none, KeptFileLost."""
    check_may(user, Action.READ_ARCHIVE)
    return known_document(store, document_id)


def known_document(store: Store, document_id: int) -> tuple[ArchivedDocument, bytes]:
    """Return a document with its content, for whoever has been asked already. Raises RuleRefused, KeptFileLost."""
    document = next(iter(stored.documents_by_id(store, [document_id])), None)
    archive = stored.archive_by_id(store, document.archive_id) if document else None
    if document is None or archive is None:
        raise RuleRefused("Такого документа в архиве нет.", next_step="Обновите страницу.")
    return document, shelf.document_content(store, archive, document)


def archive_package(store: Store, user: User, archive_id: int) -> tuple[Archive, Path]:
    """Return a whole package and where it lies. Raises AccessRefused, RuleRefused where there is none, KeptFileLost."""
    check_may(user, Action.READ_ARCHIVE)
    archive = stored.archive_by_id(store, archive_id)
    if archive is None or archive.state is not ArchiveState.MADE:
        raise RuleRefused("Такого пакета нет.", next_step="Обновите страницу.")
    return archive, shelf.package_path(store, archive)


def signature_file(store: Store, user: User, signature_id: int) -> tuple[Signature, bytes]:
    """Return a signature with its file. Raises AccessRefused, RuleRefused where there is none, KeptFileLost."""
    check_may(user, Action.READ_ARCHIVE)
    signature = stored.signature_by_id(store, signature_id)
    if signature is None:
        raise RuleRefused("Такой подписи нет.", next_step="Обновите страницу.")
    return signature, content_of(store, signature.stored_name, signature.sha256)


def archive_to_make(store: Store) -> Archive | None:
    """Return the package that has waited longest to be made, for the server's own job."""
    return stored.first_asked(store)


def classes_to_pack(store: Store, archive: Archive) -> dict[int, str]:
    """Return the classes of a package by id, for the server's own job."""
    return stored_facts.class_names(store, archive.school_year)


def known_packages(store: Store) -> set[str]:
    """Return the files of the packages that are whole, for the server's own job."""
    return stored.package_names(store)
