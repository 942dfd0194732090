"""Packages of school years, their documents with the steps on paper, and signatures."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from school.archive.records import (
    Archive,
    ArchivedDocument,
    ArchiveState,
    CheckedSignature,
    MadePackage,
    PaperState,
    Signature,
)
from school.archive.rules.paper_states import Step
from school.store.names import staff_apart, surname_and_initials
from school.store.reading import Reader, Writer, read_as, read_column, read_one
from school.store.selection import among
from school.store.writing import insert, update

_NAME = surname_and_initials("s")
_ARCHIVE = f"""SELECT a.archive_id, a.school_year, a.asked_at, a.asked_by, {_NAME} AS asked_by_name, a.reason, a.state,
        a.problem, a.made_at, a.file_name, a.sha256, a.size_bytes
    FROM archives a LEFT JOIN users u ON u.user_id = a.asked_by LEFT JOIN staff s USING (staff_id)"""
# Of the last step: «распечатал Секачёва М. 12.06.2026, 48 л.»
_DOCUMENT = f"""WITH last_steps AS (
        SELECT t.document_id, concat_ws(', ', concat_ws(' ', strftime(t.made_at, '%d.%m.%Y'), nullif({_NAME}, '')),
            t.sheets || ' л.', nullif(t.words, '')) AS step
        FROM archive_steps t LEFT JOIN users u ON u.user_id = t.made_by LEFT JOIN staff s USING (staff_id)
        QUALIFY row_number() OVER (PARTITION BY t.document_id ORDER BY t.made_at DESC, t.rowid DESC) = 1)
    SELECT d.document_id, d.archive_id, d.kind, d.class_id, d.class_name, d.title, d.path, d.pages, d.kept_until, d.sha256,
        d.state, coalesce(l.step, '') AS step
    FROM archive_documents d LEFT JOIN last_steps l USING (document_id)"""
_SIGNATURE = f"""SELECT g.signature_id, g.document_id, g.title, g.verdict, g.trust, g.signer, g.valid_from, g.valid_until,
        g.added_at, {_NAME} AS added_by_name, g.added_by, g.stored_name, g.sha256
    FROM archive_signatures g LEFT JOIN users u ON u.user_id = g.added_by LEFT JOIN staff s USING (staff_id)"""


def archives_of_year(reader: Reader, school_year: int) -> list[Archive]:
    """Return the packages of a year, the newest first."""
    query = f"{_ARCHIVE} WHERE a.school_year = $year ORDER BY a.archive_id DESC"
    found = read_as(reader, Archive, query, {"year": school_year})
    return staff_apart(reader, found, "asked_by_name", "asked_by", is_user=True)


def archive_by_id(reader: Reader, archive_id: int) -> Archive | None:
    """Return a package, or None."""
    return read_one(reader, Archive, f"{_ARCHIVE} WHERE a.archive_id = $id", {"id": archive_id})


def first_asked(reader: Reader) -> Archive | None:
    """Return the package that has waited longest to be made, or None."""
    query = f"{_ARCHIVE} WHERE a.state = $state ORDER BY a.archive_id LIMIT 1"
    return read_one(reader, Archive, query, {"state": ArchiveState.ASKED})


def package_names(reader: Reader) -> set[str]:
    """Return the files of the packages that are whole."""
    return set(read_column(reader, "SELECT file_name FROM archives WHERE file_name <> ''"))


def add_archive(
    writer: Writer, archive_id: int, school_year: int, reason: str, *, at: datetime, user_id: int
) -> None:
    """Add a package that is to be made."""
    insert(
        writer,
        "archives",
        archive_id=archive_id,
        school_year=school_year,
        asked_at=at,
        asked_by=user_id,
        reason=reason,
        state=ArchiveState.ASKED,
    )


def save_package(
    writer: Writer, archive_id: int, made: MadePackage, document_ids: Sequence[int], at: datetime
) -> None:
    """Note that a package is whole, and its documents."""
    update(
        writer,
        "archives",
        {"archive_id": archive_id},
        state=ArchiveState.MADE,
        made_at=at,
        file_name=made.file_name,
        sha256=made.sha256,
        size_bytes=made.size_bytes,
    )
    for document_id, packed in zip(document_ids, made.documents, strict=True):
        insert(
            writer,
            "archive_documents",
            document_id=document_id,
            archive_id=archive_id,
            **vars(packed),
            state=PaperState.FORMED,
        )


def save_failure(writer: Writer, archive_id: int, problem: str) -> None:
    """Note why a package could not be made, in Russian."""
    update(writer, "archives", {"archive_id": archive_id}, state=ArchiveState.FAILED, problem=problem)


def documents_of(reader: Reader, archive_id: int) -> list[ArchivedDocument]:
    """Return the documents of a package in the order of its inventory."""
    query = f"{_DOCUMENT} WHERE d.archive_id = $id ORDER BY d.document_id"
    return read_as(reader, ArchivedDocument, query, {"id": archive_id})


def stored_until(reader: Reader, today: date) -> list[tuple[int, ArchivedDocument]]:
    """Return the stored documents whose last day of keeping is over, each with its school year, the oldest first."""
    years = dict(reader.read("SELECT archive_id, school_year FROM archives"))
    query = (
        f"{_DOCUMENT} WHERE d.state = $stored AND d.kept_until < $today ORDER BY d.kept_until, d.document_id"
    )
    found = read_as(reader, ArchivedDocument, query, {"stored": PaperState.STORED, "today": today})
    return [(years[each.archive_id], each) for each in found]


def documents_by_id(reader: Reader, document_ids: Collection[int]) -> list[ArchivedDocument]:
    """Return those of the documents that there are."""
    query = f"{_DOCUMENT} WHERE {among('d.document_id', 'ids', document_ids)} ORDER BY d.document_id"
    return read_as(reader, ArchivedDocument, query, {"ids": sorted(document_ids)})


def unsigned_count(reader: Reader, school_year: int, signed: Collection[PaperState]) -> int | None:
    """Return how many documents of the newest made package of a year are in none of these states; None without a package."""
    query = """SELECT count(d.document_id) FILTER (NOT list_contains($signed::VARCHAR[], d.state))
        FROM archives a LEFT JOIN archive_documents d USING (archive_id)
        WHERE a.school_year = $year AND a.state = 'made' GROUP BY a.archive_id ORDER BY a.archive_id DESC LIMIT 1"""
    parameters = {"year": school_year, "signed": [str(each) for each in signed]}
    rows = reader.steady(("archives", "archive_documents"), query, parameters)
    return rows[0][0] if rows else None


def save_steps(
    writer: Writer,
    documents: Sequence[ArchivedDocument],
    state: PaperState,
    step: Step | None,
    *,
    at: datetime,
    user_id: int,
) -> None:
    """Bring documents into a state; ``step`` is None where one is taken back."""
    for each in documents:
        update(writer, "archive_documents", {"document_id": each.document_id}, state=state)
        sheets = (step.sheets or _sheets(each)) if step and state is PaperState.PRINTED else None
        insert(
            writer,
            "archive_steps",
            document_id=each.document_id,
            state=state,
            made_at=at,
            made_by=user_id,
            sheets=sheets,
            words=step.words if step else "шаг отменён",
        )


def _sheets(document: ArchivedDocument) -> int:
    return (document.packed.pages + 1) // 2


def signatures_of(reader: Reader, archive_id: int) -> list[Signature]:
    """Return the signatures of a package's documents, in the order in which they were attached."""
    query = f"""{_SIGNATURE} WHERE g.document_id IN (SELECT document_id FROM archive_documents WHERE archive_id = $id)
        ORDER BY g.signature_id"""
    found = read_as(reader, Signature, query, {"id": archive_id})
    return staff_apart(reader, found, "added_by_name", "added_by", is_user=True)


def signature_by_id(reader: Reader, signature_id: int) -> Signature | None:
    """Return a signature, or None."""
    return read_one(reader, Signature, f"{_SIGNATURE} WHERE g.signature_id = $id", {"id": signature_id})


def save_signature(
    writer: Writer,
    signature_id: int,
    document_id: int,
    checked: CheckedSignature,
    *,
    title: str,
    kept: tuple[str, str],
    at: datetime,
    user_id: int,
) -> None:
    """Attach a signature; ``kept``: the stored name and the SHA-256 of its file."""
    insert(
        writer,
        "archive_signatures",
        signature_id=signature_id,
        document_id=document_id,
        title=title,
        **vars(checked),
        stored_name=kept[0],
        sha256=kept[1],
        added_at=at,
        added_by=user_id,
    )
