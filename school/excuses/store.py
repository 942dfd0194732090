"""Announced absences and the photos of their papers as rows."""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import NamedTuple

from school.excuses.rules import Absent, ExcuseState, state_of
from school.records import AbsenceReason, PersonName
from school.store.names import name_parts, short_name, staff_apart, surname_and_initials
from school.store.reading import Reader, Writer, read_as, read_column, read_one, steady_as
from school.store.writing import insert, update

TABLES = ("excuses", "leaves", "pupils", "users", "guardians", "staff")


class Excuse(NamedTuple):
    """An announced absence with the names that people read; ``leave_withdrawn_at``: the reason was taken back later."""

    excuse_id: int
    pupil_id: int
    pupil_name: PersonName
    class_id: int
    starts_on: date
    ends_on: date
    lesson_numbers: tuple[int, ...]
    reason: AbsenceReason
    note: str
    sent_at: datetime
    sent_by: int
    sender: str
    withdrawn_at: datetime | None
    decided_at: datetime | None
    decided_by: int | None
    decider: str
    leave_id: int | None
    leave_withdrawn_at: datetime | None
    answer: str

    @property
    def absent(self) -> Absent:
        """The days and the reason."""
        return Absent(self.starts_on, self.ends_on, self.reason, self.lesson_numbers, self.note)

    @property
    def state(self) -> ExcuseState:
        """What became of it."""
        return state_of(self.withdrawn_at, self.decided_at, self.leave_id)


class Paper(NamedTuple):
    """A photo or PDF of a certificate; its content lies in the files' folder under ``stored_name``."""

    paper_id: int
    excuse_id: int
    stored_name: str
    title: str
    kind: str
    size_bytes: int
    sha256: str


_EXCUSES = f"""SELECT x.excuse_id, x.pupil_id, {name_parts("p")}, x.class_id, x.starts_on, x.ends_on, x.lesson_numbers, x.reason,
        x.note, x.sent_at, x.sent_by, coalesce({short_name("g")}, '') AS sender, x.withdrawn_at, x.decided_at, x.decided_by,
        coalesce({surname_and_initials("s")}, '') AS decider, x.leave_id, f.withdrawn_at AS leave_withdrawn_at, x.answer
    FROM excuses x JOIN pupils p USING (pupil_id) LEFT JOIN leaves f USING (leave_id)
        LEFT JOIN users w ON w.user_id = x.sent_by LEFT JOIN guardians g ON g.guardian_id = w.guardian_id
        LEFT JOIN users u ON u.user_id = x.decided_by LEFT JOIN staff s ON s.staff_id = u.staff_id"""
_WAITING = "x.decided_at IS NULL AND x.withdrawn_at IS NULL"


def excuses_of_pupil(reader: Reader, pupil_id: int, since: date) -> list[Excuse]:
    """Return what was announced of a pupil since a day, the newest first."""
    query = f"{_EXCUSES} WHERE x.pupil_id = $pupil AND x.sent_at >= $since ORDER BY x.sent_at DESC, x.excuse_id DESC"
    return _named(reader, read_as(reader, Excuse, query, {"pupil": pupil_id, "since": since}))


def waiting_excuses(reader: Reader) -> list[Excuse]:
    """Return what waits for an answer in the whole school, the earliest days first: asked often, few at a time."""
    query = f"{_EXCUSES} WHERE {_WAITING} ORDER BY x.starts_on, x.excuse_id"
    return steady_as(reader, Excuse, TABLES, query, {})


def excuse_by_id(reader: Reader, excuse_id: int) -> Excuse | None:
    """Return an announced absence, or None."""
    return read_one(reader, Excuse, f"{_EXCUSES} WHERE x.excuse_id = $excuse", {"excuse": excuse_id})


def _named(reader: Reader, rows: list[Excuse]) -> list[Excuse]:
    return staff_apart(reader, rows, "decider", "decided_by", is_user=True)


def save_excuse(
    writer: Writer,
    excuse_id: int,
    absent: Absent,
    *,
    pupil_id: int,
    class_id: int,
    at: datetime,
    user_id: int,
) -> None:
    """Add an announced absence."""
    values = {
        **vars(absent),
        "lesson_numbers": list(absent.lesson_numbers),
        "reason": str(absent.reason),
        "pupil_id": pupil_id,
        "class_id": class_id,
    }
    insert(
        writer, "excuses", "", None, [pupil_id], excuse_id=excuse_id, **values, sent_at=at, sent_by=user_id
    )


def save_decision(
    writer: Writer, excuse: Excuse, *, at: datetime, user_id: int, leave_id: int | None, answer: str = ""
) -> None:
    """Note what the homeroom teacher has decided: ``leave_id`` is the leave it became, None where it is declined."""
    key, whose, decided = (
        {"excuse_id": excuse.excuse_id},
        [excuse.pupil_id],
        {"decided_at": at, "decided_by": user_id},
    )
    update(writer, "excuses", key, whose, **decided, leave_id=leave_id, answer=answer)


def save_withdrawal(writer: Writer, excuse: Excuse, at: datetime) -> None:
    """Note that the family has taken it back, and drop the rows of its papers."""
    key, whose = {"excuse_id": excuse.excuse_id}, [excuse.pupil_id]
    update(writer, "excuses", key, whose, withdrawn_at=at)
    writer.change("DELETE FROM excuse_papers WHERE excuse_id = $excuse_id", key, of_pupils=whose)


def save_papers(writer: Writer, pupil_id: int, papers: Iterable[Paper]) -> None:
    """Add papers of a pupil's whose contents are kept already."""
    for paper in papers:
        insert(writer, "excuse_papers", "", None, [pupil_id], **paper._asdict())


def papers_of(reader: Reader, excuse_ids: Collection[int]) -> dict[int, list[Paper]]:
    """Return the papers of announced absences, by these, in the order they were added."""
    query = (
        "SELECT * FROM excuse_papers WHERE excuse_id IN (SELECT unnest($excuses::BIGINT[])) ORDER BY paper_id"
    )
    found: dict[int, list[Paper]] = {excuse: [] for excuse in excuse_ids}
    for paper in read_as(reader, Paper, query, {"excuses": sorted(excuse_ids)}) if excuse_ids else []:
        found[paper.excuse_id].append(paper)
    return found


def paper_by_id(reader: Reader, paper_id: int) -> Paper | None:
    """Return a paper, or None."""
    query = "SELECT * FROM excuse_papers WHERE paper_id = $paper"
    return read_one(reader, Paper, query, {"paper": paper_id})


def contents_before(reader: Reader, day: date) -> list[str]:
    """Return under which names the contents lie of papers whose absence was over before a day."""
    query = "SELECT stored_name FROM excuse_papers JOIN excuses USING (excuse_id) WHERE ends_on < $before"
    return read_column(reader, query, {"before": day})
