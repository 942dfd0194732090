"""The register of issue and requests of families as rows."""

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

from school.certificates.records import (
    IssuedPaper,
    PaperKind,
    PaperOrder,
    PaperRequest,
    PaperTable,
    PaperWords,
)
from school.store.names import name_parts, rows_apart, short_name, staff_apart, surname_and_initials
from school.store.reading import Reader, Writer, read_as, read_one, read_value, steady_as
from school.store.settings import setting
from school.store.writing import insert, update

_PAPERS = f"""SELECT c.certificate_id, c.kind, c.number_year, c.number, c.pupil_id, coalesce(p.last_name, '') AS last,
        coalesce(p.first_name, '') AS first, coalesce(p.middle_name, '') AS middle, c.to_whom, c.basis, c.issued_at, c.issued_by,
        coalesce({surname_and_initials("s")}, '') AS issuer, c.cancelled_at, c.cancel_reason
    FROM certificates c LEFT JOIN pupils p USING (pupil_id) LEFT JOIN users u ON u.user_id = c.issued_by
        LEFT JOIN staff s ON s.staff_id = u.staff_id"""
_REQUESTS = f"""SELECT r.request_id, r.pupil_id, {name_parts("p")}, r.kind, r.to_whom, r.note, r.asked_at, r.asked_by,
        coalesce({short_name("g")}, '') AS asker, r.decided_at, r.certificate_id, c.number, c.number_year,
        c.cancelled_at IS NOT NULL AS is_cancelled, r.answer
    FROM certificate_requests r JOIN pupils p USING (pupil_id) LEFT JOIN users u ON u.user_id = r.asked_by
        LEFT JOIN guardians g ON g.guardian_id = u.guardian_id LEFT JOIN certificates c USING (certificate_id)"""
LETTERHEAD = "certificates.letterhead"
REQUEST_TABLES = ("certificate_requests", "certificates", "pupils", "users", "guardians")


def letterhead(reader: Reader) -> str:
    """Return the lines under the school's name on its papers; empty where nobody has written them."""
    return setting(reader, LETTERHEAD) or ""


def papers_of_year(reader: Reader, number_year: int) -> list[IssuedPaper]:
    """Return the register of issue of a calendar year, the newest first."""
    query = f"{_PAPERS} WHERE c.number_year = $year ORDER BY c.issued_at DESC, c.certificate_id DESC"
    rows = read_as(reader, IssuedPaper, query, {"year": number_year})
    return staff_apart(reader, rows_apart(reader, rows, "pupil_name"), "issuer", "issued_by", is_user=True)


def paper_by_id(reader: Reader, certificate_id: int) -> IssuedPaper | None:
    """Return a paper, or None."""
    return read_one(reader, IssuedPaper, f"{_PAPERS} WHERE c.certificate_id = $id", {"id": certificate_id})


def years_of_papers(reader: Reader) -> list[int]:
    """Return the calendar years in which something was issued, newest first."""
    return [row[0] for row in reader.read("SELECT DISTINCT number_year FROM certificates ORDER BY 1 DESC")]


def last_numbers(reader: Reader, number_year: int) -> dict[PaperKind, int]:
    """Return the number last given in a calendar year, by kind."""
    query = "SELECT kind, max(number) FROM certificates WHERE number_year = $year GROUP BY kind"
    return {PaperKind(kind): number for kind, number in reader.read(query, {"year": number_year})}


def words_of(reader: Reader, certificate_id: int) -> PaperWords:
    """Return what an issued paper says."""
    query = "SELECT words FROM certificates WHERE certificate_id = $id"
    return words_from_json(read_value(reader, query, {"id": certificate_id}) or "")


def words_to_json(words: PaperWords) -> str:
    """Return the words of a paper as they are kept."""
    return json.dumps(asdict(words), ensure_ascii=False)


def words_from_json(kept: str) -> PaperWords:
    """Return kept words; the inverse of ``words_to_json``."""
    fields: dict[str, Any] = json.loads(kept)
    table = fields["table"] and PaperTable(
        tuple(fields["table"]["columns"]),
        tuple(fields["table"]["shares"]),
        tuple(map(tuple, fields["table"]["rows"])),
    )
    lists = {name: tuple(fields[name]) for name in ("paragraphs", "closing")}
    return PaperWords(**{**fields, **lists, "table": table, "signers": tuple(map(tuple, fields["signers"]))})


def save_paper(
    writer: Writer,
    certificate_id: int,
    order: PaperOrder,
    number: int,
    words: PaperWords,
    *,
    at: datetime,
    user_id: int,
) -> None:
    """Enter a paper in the register of issue of the year of ``at``."""
    insert(
        writer,
        "certificates",
        certificate_id=certificate_id,
        kind=str(order.kind),
        number_year=at.year,
        number=number,
        pupil_id=order.pupil_id,
        to_whom=order.to_whom,
        basis=order.basis or order.about,
        words=words_to_json(words),
        issued_at=at,
        issued_by=user_id,
    )


def save_cancel(writer: Writer, certificate_id: int, reason: str, *, at: datetime, user_id: int) -> None:
    """Note that a paper is cancelled."""
    key = {"certificate_id": certificate_id}
    update(writer, "certificates", key, cancelled_at=at, cancelled_by=user_id, cancel_reason=reason)


def waiting_requests(reader: Reader) -> list[PaperRequest]:
    """Return what families asked for and nobody has answered, the oldest first: asked often, few at a time."""
    query = f"{_REQUESTS} WHERE r.decided_at IS NULL ORDER BY r.asked_at, r.request_id"
    return rows_apart(reader, steady_as(reader, PaperRequest, REQUEST_TABLES, query, {}), "pupil_name")


def requests_of_pupil(reader: Reader, pupil_id: int) -> list[PaperRequest]:
    """Return what was asked for of a pupil, the newest first."""
    query = f"{_REQUESTS} WHERE r.pupil_id = $pupil ORDER BY r.asked_at DESC, r.request_id DESC"
    return read_as(reader, PaperRequest, query, {"pupil": pupil_id})


def request_by_id(reader: Reader, request_id: int) -> PaperRequest | None:
    """Return a request, or None."""
    return read_one(reader, PaperRequest, f"{_REQUESTS} WHERE r.request_id = $id", {"id": request_id})


def save_request(
    writer: Writer,
    request_id: int,
    pupil_id: int,
    kind: PaperKind,
    to_whom: str,
    note: str,
    *,
    at: datetime,
    user_id: int,
) -> None:
    """Add a request of a family's."""
    insert(
        writer,
        "certificate_requests",
        request_id=request_id,
        pupil_id=pupil_id,
        kind=str(kind),
        to_whom=to_whom,
        note=note,
        asked_at=at,
        asked_by=user_id,
    )


def save_decision(
    writer: Writer,
    request_id: int,
    *,
    at: datetime,
    user_id: int,
    certificate_id: int | None = None,
    answer: str = "",
) -> None:
    """Note what was issued for a request, or why nothing was."""
    key = {"request_id": request_id}
    decided = {"decided_at": at, "decided_by": user_id}
    update(writer, "certificate_requests", key, **decided, certificate_id=certificate_id, answer=answer)
