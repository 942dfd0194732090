"""Booked times as rows."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from school.consultations.records import Booking, Slot
from school.store.names import name_parts, rows_apart, short_name, staff_apart, surname_and_initials
from school.store.reading import Reader, Writer, read_as, read_column, steady_as
from school.store.selection import among
from school.store.writing import insert, update

TABLES = ("consultation_bookings", "consultation_slots", "pupils", "classes", "users", "guardians", "staff")
_BOOKINGS = f"""SELECT b.booking_id, b.slot_id, s.staff_id, {surname_and_initials("t")} AS staff_name, s.evening_id, s.begins_at,
        s.ends_at, s.place, b.pupil_id, {name_parts("p")}, b.class_id, c.name AS class_name, b.question, b.booked_at, b.booked_by,
        coalesce({short_name("g")}, '') AS guardian, b.cancelled_at, b.is_by_school, b.cancel_words, b.note, b.noted_at
    FROM consultation_bookings b JOIN consultation_slots s USING (slot_id) JOIN staff t USING (staff_id)
        JOIN pupils p USING (pupil_id) JOIN classes c ON c.class_id = b.class_id
        LEFT JOIN users u ON u.user_id = b.booked_by LEFT JOIN guardians g ON g.guardian_id = u.guardian_id"""
_IN_ORDER = "ORDER BY s.begins_at, b.booking_id"


def bookings_of_pupils(reader: Reader, pupil_ids: Collection[int], since: date) -> list[Booking]:
    """Return what was booked for pupils from a day on, cancelled bookings too, the earliest first."""
    query = f"""{_BOOKINGS} WHERE {among("b.pupil_id", "pupils", pupil_ids)} AND s.begins_at >= $since::DATE {_IN_ORDER}"""
    parameters = {"pupils": sorted(pupil_ids), "since": since}
    return _apart(reader, steady_as(reader, Booking, TABLES, query, parameters))


def bookings_of_staff(reader: Reader, staff_id: int, since: date) -> list[Booking]:
    """Return what was booked with an employee from a day on, cancelled bookings too, the earliest first; from memory, for every «Сегодня»."""
    query = f"{_BOOKINGS} WHERE s.staff_id = $staff AND s.begins_at >= $since::DATE {_IN_ORDER}"
    return _apart(reader, steady_as(reader, Booking, TABLES, query, {"staff": staff_id, "since": since}))


def bookings_of_classes(reader: Reader, class_ids: Collection[int] | None, since: date) -> list[Booking]:
    """Return what was booked for pupils of these classes (None: of all) from a day on, cancelled bookings too."""
    query = f"""{_BOOKINGS} WHERE s.begins_at >= $since::DATE
        AND ($every OR b.class_id IN (SELECT unnest($classes::BIGINT[]))) {_IN_ORDER}"""
    parameters: dict[str, Any] = {"since": since, "every": class_ids is None}
    return _apart(reader, read_as(reader, Booking, query, parameters | {"classes": sorted(class_ids or ())}))


def bookings_of_user(reader: Reader, user_id: int, since: date) -> list[Booking]:
    """Return what a guardian has booked and nobody cancelled, from a day on."""
    query = f"""{_BOOKINGS} WHERE b.booked_by = $user AND b.cancelled_at IS NULL AND s.begins_at >= $since::DATE {_IN_ORDER}"""
    return _apart(reader, read_as(reader, Booking, query, {"user": user_id, "since": since}))


def bookings_of_slots(reader: Reader, slot_ids: Collection[int]) -> list[Booking]:
    """Return who has booked these times and has not cancelled."""
    query = (
        f"{_BOOKINGS} WHERE {among('b.slot_id', 'slots', slot_ids)} AND b.cancelled_at IS NULL {_IN_ORDER}"
    )
    return _apart(reader, read_as(reader, Booking, query, {"slots": sorted(slot_ids)}))


def booking_by_id(reader: Reader, booking_id: int) -> Booking | None:
    """Return a booking, or None."""
    found = read_as(reader, Booking, f"{_BOOKINGS} WHERE b.booking_id = $booking", {"booking": booking_id})
    return next(iter(_apart(reader, found)), None)


def _apart(reader: Reader, rows: list[Booking]) -> list[Booking]:
    return rows_apart(reader, staff_apart(reader, rows, "staff_name", "staff_id"), "pupil_name")


def taken_slots(reader: Reader, day: date) -> frozenset[int]:
    """Return which of the times from a day on are booked, of the whole school."""
    query = """SELECT b.slot_id FROM consultation_bookings b JOIN consultation_slots s USING (slot_id)
        WHERE b.cancelled_at IS NULL AND s.begins_at >= $day::DATE"""
    tables = ("consultation_bookings", "consultation_slots")
    return frozenset(row[0] for row in reader.steady(tables, query, {"day": day}))


def guardian_times_of_staff(reader: Reader, day: date) -> list[Slot]:
    """Return the times from a day on that employees have booked as guardians of their own children, each as a time of theirs."""
    query = """SELECT s.slot_id, u.staff_id, s.evening_id, s.begins_at, s.ends_at, s.place
        FROM consultation_bookings b JOIN consultation_slots s USING (slot_id) JOIN users u ON u.user_id = b.booked_by
        WHERE b.cancelled_at IS NULL AND u.staff_id IS NOT NULL AND s.begins_at >= $day::DATE"""
    return steady_as(
        reader, Slot, ("consultation_bookings", "consultation_slots", "users"), query, {"day": day}
    )


def pupils_booked(reader: Reader, evening_id: int) -> frozenset[int]:
    """Return whose families come to a parents' evening."""
    query = """SELECT DISTINCT b.pupil_id FROM consultation_bookings b JOIN consultation_slots s USING (slot_id)
        WHERE s.evening_id = $evening AND b.cancelled_at IS NULL"""
    return frozenset(read_column(reader, query, {"evening": evening_id}))


def is_guardian_still(reader: Reader, user_id: int, pupil_id: int) -> bool:
    """Whether an account that booked for a pupil still is a guardian's of theirs who can sign in."""
    query = """SELECT u.user_id, k.pupil_id FROM users u JOIN guardian_pupils k USING (guardian_id)
        WHERE u.user_id = $user AND k.pupil_id = $pupil AND u.blocked_at IS NULL"""
    return bool(reader.steady(("users", "guardian_pupils"), query, {"user": user_id, "pupil": pupil_id}))


def save_booking(
    writer: Writer,
    booking_id: int,
    *,
    slot_id: int,
    pupil_id: int,
    class_id: int,
    question: str,
    at: datetime,
    user_id: int,
) -> None:
    """Book a time."""
    insert(
        writer,
        "consultation_bookings",
        "",
        None,
        [pupil_id],
        booking_id=booking_id,
        slot_id=slot_id,
        pupil_id=pupil_id,
        class_id=class_id,
        question=question,
        booked_at=at,
        booked_by=user_id,
    )


def save_cancelling(
    writer: Writer, booking: Booking, *, at: datetime, user_id: int, is_by_school: bool, words: str
) -> None:
    """Note that a booking was cancelled, from which side and with which words: its time is free again."""
    update(
        writer,
        "consultation_bookings",
        {"booking_id": booking.booking_id},
        [booking.pupil_id],
        cancelled_at=at,
        cancelled_by=user_id,
        is_by_school=is_by_school,
        cancel_words=words,
    )


def save_note(writer: Writer, booking: Booking, note: str, at: datetime) -> None:
    """Keep the note on a talk."""
    key = {"booking_id": booking.booking_id}
    update(writer, "consultation_bookings", key, [booking.pupil_id], note=note, noted_at=at)
