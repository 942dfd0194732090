"""The school's order of correspondence as rows: its settings, complaints, mutings, readings by request, moments without words."""

from datetime import date, datetime, time
from typing import NamedTuple

from school.correspondence.rules.hours import LetterOrder, SaidAt
from school.store.reading import Reader, Writer, read_as, read_one, steady_as
from school.store.settings import save_setting, settings_under
from school.store.writing import insert, update

PREFIX = "correspondence."


class Complaint(NamedTuple):
    """A complaint with its sealed copy; ``answered_at`` None: it waits for the deputy head."""

    complaint_id: int
    thread_id: int
    made_at: datetime
    made_by: int
    reason: str
    copy: str
    sha256: str
    answered_at: datetime | None
    answered_by: int | None
    answer: str


class Mute(NamedTuple):
    """Who may not write, up to a day, that day included."""

    mute_id: int
    user_id: int
    muted_at: datetime
    until: date
    reason: str
    muted_by: int
    lifted_at: datetime | None
    lifted_by: int | None


class Reading(NamedTuple):
    """That the head has opened a thread by a written request."""

    thread_id: int
    request_number: str
    reason: str
    read_at: datetime
    read_by: int


def letter_order(reader: Reader) -> LetterOrder:
    """Return the hours of correspondence and the norm of answering, as the school has set them."""
    found, usual = settings_under(reader, PREFIX), LetterOrder()
    return LetterOrder(
        time.fromisoformat(found.get("opens_at", usual.opens_at.isoformat())),
        time.fromisoformat(found.get("closes_at", usual.closes_at.isoformat())),
        int(found.get("norm_days", usual.norm_days)),
    )


def save_order(writer: Writer, order: LetterOrder) -> None:
    """Set the hours and the norm."""
    save_setting(writer, f"{PREFIX}opens_at", order.opens_at.isoformat())
    save_setting(writer, f"{PREFIX}closes_at", order.closes_at.isoformat())
    save_setting(writer, f"{PREFIX}norm_days", str(order.norm_days))


def closed_setting(reader: Reader) -> str | None:
    """Return which pairs of roles the school has closed to each other, as the setting holds them."""
    return settings_under(reader, PREFIX).get("closed")


def save_closed_setting(writer: Writer, text: str) -> None:
    """Set which pairs of roles are closed."""
    save_setting(writer, f"{PREFIX}closed", text)


def save_complaint(writer: Writer, complaint: Complaint) -> None:
    """Add a complaint."""
    insert(writer, "complaints", **complaint._asdict())


def answer_complaint(writer: Writer, complaint_id: int, answer: str, at: datetime, by: int) -> None:
    """Note what the deputy head has answered."""
    update(
        writer, "complaints", {"complaint_id": complaint_id}, answered_at=at, answered_by=by, answer=answer
    )


def complaints(reader: Reader) -> list[Complaint]:
    """Return all complaints, those that wait first."""
    query = "SELECT * FROM complaints ORDER BY answered_at IS NOT NULL, made_at DESC, complaint_id DESC"
    return read_as(reader, Complaint, query)


def complaint_by_id(reader: Reader, complaint_id: int) -> Complaint | None:
    """Return a complaint, or None."""
    query = "SELECT * FROM complaints WHERE complaint_id = $complaint"
    return read_one(reader, Complaint, query, {"complaint": complaint_id})


def own_complaints(reader: Reader, thread_id: int, user_id: int) -> list[Complaint]:
    """Return what somebody has complained of in a thread, the newest first."""
    query = "SELECT * FROM complaints WHERE thread_id = $thread AND made_by = $user ORDER BY made_at DESC"
    return steady_as(reader, Complaint, ("complaints",), query, {"thread": thread_id, "user": user_id})


def waiting_complaints(reader: Reader) -> int:
    """Return how many complaints wait for an answer."""
    query = "SELECT count(*) FROM complaints WHERE answered_at IS NULL"
    return int(reader.steady(("complaints",), query, {})[0][0])


def save_mute(writer: Writer, mute: Mute) -> None:
    """Add a muting."""
    insert(writer, "mutes", **mute._asdict())


def lift_mute(writer: Writer, mute_id: int, at: datetime, by: int) -> None:
    """End a muting before its day."""
    update(writer, "mutes", {"mute_id": mute_id}, lifted_at=at, lifted_by=by)


def mutes_on(reader: Reader, day: date) -> list[Mute]:
    """Return who may not write on a day, the newest first."""
    query = (
        "SELECT * FROM mutes WHERE until >= $day AND lifted_at IS NULL ORDER BY muted_at DESC, mute_id DESC"
    )
    return steady_as(reader, Mute, ("mutes",), query, {"day": day})


def save_reading(writer: Writer, reading_id: int, reading: Reading) -> None:
    """Note that a thread was opened by a written request."""
    insert(writer, "request_readings", reading_id=reading_id, **reading._asdict())


def readings(reader: Reader) -> list[Reading]:
    """Return which threads were opened by a written request, the newest first."""
    query = "SELECT thread_id, request_number, reason, read_at, read_by FROM request_readings ORDER BY read_at DESC, reading_id DESC"
    return read_as(reader, Reading, query)


def has_opened(reader: Reader, thread_id: int, user_id: int, day: date) -> bool:
    """Whether somebody has opened a thread by a written request on a day."""
    query = """SELECT 1 FROM request_readings WHERE thread_id = $thread AND read_by = $user AND read_at::DATE = $day"""
    return bool(reader.read(query, {"thread": thread_id, "user": user_id, "day": day}))


def moments_since(reader: Reader, since: datetime, now: datetime) -> list[SaidAt]:
    """Return who wrote to whom when since a moment, between a family and one employee, without a word of it."""
    query = """SELECT m.thread_id, m.written_by AS user_id, h.role NOT IN ('guardian', 'pupil') AS is_of_staff, m.written_at, m.delivered_at,
            m.settled_at IS NOT NULL AS is_settled
        FROM messages m JOIN threads t USING (thread_id)
            JOIN thread_people h ON h.thread_id = m.thread_id AND h.user_id = m.written_by
        WHERE t.kind = 'letters' AND t.pupil_id IS NOT NULL AND m.withdrawn_at IS NULL AND m.delivered_at >= $since
            AND m.delivered_at <= $now ORDER BY m.written_at, m.message_id"""
    return read_as(reader, SaidAt, query, {"since": since, "now": now})


def urgent_counts(reader: Reader, since: datetime) -> dict[int, int]:
    """Return who has sent how many messages urgently since a moment, the most first."""
    query = """SELECT written_by, count(*) FROM messages WHERE is_urgent AND written_at >= $since
        GROUP BY written_by ORDER BY count(*) DESC, written_by"""
    return dict(reader.read(query, {"since": since}))
