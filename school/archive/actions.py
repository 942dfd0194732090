"""The archive of a year asked for, its paper taken from step to step, signatures attached (п. 6.5, 6.6)."""

from collections.abc import Collection
from datetime import datetime

from school.access.action import Action
from school.access.checks import check_may
from school.archive.lookups import facts_of_year, known_document
from school.archive.records import ArchivedDocument, ArchiveState, CheckedSignature, MadePackage
from school.archive.rules.paper_states import STATE_TITLES, Step, check_step, state_before, state_on
from school.archive.rules.readiness import check_may_make_again, check_ready
from school.archive.shelf import trusted_roots
from school.archive.signatures import check_signature
from school.archive.store import archives as stored
from school.calendar import school_year_title
from school.errors import RuleRefused
from school.files.attachments.keeping import KeptFile, keeping
from school.files.attachments.kinds import CheckedFile
from school.records import User
from school.store.connection import Store, Transaction, in_transaction
from school.store.events import Event

ASKED, MADE, PAPER, SIGNED = "archive_asked", "archive", "archive_paper", "archive_signature"
TITLE_LENGTH = 120


def ask_archive(store: Store, user: User, school_year: int, reason: str = "", *, now: datetime) -> int:
    """Have the package of a school year made, beside the visitors; return its id.

    Raises AccessRefused, or RuleRefused with all that is open of the year (п. 6.5).
    """
    check_may(user, Action.MAKE_ARCHIVE)
    check_ready(facts_of_year(store, school_year, now.date()), now.date())
    return store.write(lambda transaction: _ask(transaction, user, school_year, reason, now))


def _ask(transaction: Transaction, user: User, school_year: int, reason: str, now: datetime) -> int:
    states = {each.state for each in stored.archives_of_year(transaction, school_year)}
    check_may_make_again(
        is_open=ArchiveState.ASKED in states, is_made=ArchiveState.MADE in states, reason=reason
    )
    archive_id = transaction.new_ids(1)[0]
    stored.add_archive(transaction, archive_id, school_year, reason.strip(), at=now, user_id=user.user_id)
    title = school_year_title(school_year)
    transaction.record(
        Event(now, user.user_id, ASKED, record_id=archive_id, new_value=title, reason=reason.strip())
    )
    return archive_id


@in_transaction
def keep_package(transaction: Transaction, archive_id: int, made: MadePackage, *, now: datetime) -> None:
    """Note that a package is whole: the server's job has put its file in its place. Raises RuleRefused where none is waited for."""
    archive = stored.archive_by_id(transaction, archive_id)
    if archive is None or archive.state is not ArchiveState.ASKED:
        raise RuleRefused("Этот архив уже не нужен.")
    ids = transaction.new_ids(len(made.documents)) if made.documents else []
    stored.save_package(transaction, archive_id, made, ids, now)
    title = f"{school_year_title(archive.school_year)}, SHA-256 {made.sha256}"
    transaction.record(Event(now, archive.asked_by, MADE, record_id=archive_id, new_value=title))


@in_transaction
def fail_archive(transaction: Transaction, archive_id: int, problem: str, *, now: datetime) -> None:
    """Note why a package could not be made, in Russian; it may be asked for again."""
    stored.save_failure(transaction, archive_id, problem)
    transaction.record(Event(now, None, MADE, record_id=archive_id, new_value=problem))


@in_transaction
def take_step(
    transaction: Transaction, user: User, document_ids: Collection[int], step: Step, *, now: datetime
) -> None:
    """Take documents one step further on paper, several at once. Raises AccessRefused or RuleRefused."""
    check_may(user, Action.MAKE_ARCHIVE)
    found = _known(transaction, document_ids)
    check_step(step, [state_on(each.state, each.packed.kept_until, now.date()) for each in found], now.date())
    stored.save_steps(transaction, found, step.state, step, at=now, user_id=user.user_id)
    words = ", ".join(filter(None, (STATE_TITLES[step.state], step.words)))
    transaction.record(*(_paper_event(now, user, each, words) for each in found))


@in_transaction
def take_step_back(
    transaction: Transaction, user: User, document_ids: Collection[int], *, now: datetime
) -> None:
    """Take back the last step of documents, noted by mistake. Raises AccessRefused or RuleRefused."""
    check_may(user, Action.MAKE_ARCHIVE)
    found = _known(transaction, document_ids)
    for each in found:
        before = state_before(each.state)
        stored.save_steps(transaction, [each], before, None, at=now, user_id=user.user_id)
        transaction.record(_paper_event(now, user, each, f"{STATE_TITLES[before]}: шаг отменён"))


def _known(transaction: Transaction, document_ids: Collection[int]) -> list[ArchivedDocument]:
    found = stored.documents_by_id(transaction, document_ids)
    if not found or len(found) != len(set(document_ids)):
        raise RuleRefused("Ни один документ не отмечен.", next_step="Отметьте документы в таблице.")
    return found


def _paper_event(now: datetime, user: User, document: ArchivedDocument, words: str) -> Event:
    return Event(
        now,
        user.user_id,
        PAPER,
        record_id=document.document_id,
        old_value=STATE_TITLES[document.state],
        new_value=f"{document.packed.title}: {words}",
    )


def attach_signature(
    store: Store, user: User, document_id: int, title: str, content: bytes, *, now: datetime
) -> int:
    """Attach a signature made outside to a document of the archive, once it is found to fit; return its id.

    Raises AccessRefused, RuleRefused where it does not fit, StoreUnavailable.
    """
    check_may(user, Action.MAKE_ARCHIVE)
    _, document = known_document(store, document_id)
    checked = check_signature(document, content, now, trusted_roots(store))
    with keeping(store, [CheckedFile(title[:TITLE_LENGTH], "sig", content)]) as (kept,):
        return store.write(lambda transaction: _attach(transaction, user, document_id, kept, checked, now))


def _attach(
    transaction: Transaction,
    user: User,
    document_id: int,
    kept: KeptFile,
    checked: CheckedSignature,
    now: datetime,
) -> int:
    (document,) = _known(transaction, [document_id])
    signature_id = transaction.new_ids(1)[0]
    stored.save_signature(
        transaction,
        signature_id,
        document_id,
        checked,
        title=kept.title,
        kept=(kept.stored_name, kept.sha256),
        at=now,
        user_id=user.user_id,
    )
    transaction.record(
        Event(
            now,
            user.user_id,
            SIGNED,
            record_id=document_id,
            new_value=f"{document.packed.title}: {checked.signer}",
        )
    )
    return signature_id
