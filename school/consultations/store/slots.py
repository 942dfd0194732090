"""Times that the staff offers and parents' evenings as rows, and what else the staff does at these hours."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from school.consultations.records import Evening, Slot
from school.consultations.rules import Times
from school.store.reading import Reader, Writer, read_as, read_one, steady_as
from school.store.selection import among, holds_on
from school.store.writing import insert, spread, update

_SLOTS = "SELECT slot_id, staff_id, evening_id, begins_at, ends_at, place FROM consultation_slots"
_EVENINGS = "SELECT evening_id, begins_at, ends_at, minutes, cancelled_at FROM parents_evenings"
_TYPES = {
    "slot_id": "BIGINT",
    "staff_id": "BIGINT",
    "evening_id": "BIGINT",
    "begins_at": "TIMESTAMP",
    "ends_at": "TIMESTAMP",
    "place": "VARCHAR",
    "offered_at": "TIMESTAMP",
    "offered_by": "BIGINT",
}


def offered_slots(reader: Reader, day: date) -> list[Slot]:
    """Return all times offered from a day on, the earliest first: of the whole school, so that one question serves all families."""
    query = f"{_SLOTS} WHERE removed_at IS NULL AND begins_at >= $day::DATE ORDER BY begins_at, slot_id"
    return steady_as(reader, Slot, ("consultation_slots",), query, {"day": day})


def slots_by_id(reader: Reader, slot_ids: Collection[int]) -> dict[int, Slot]:
    """Return times that are still offered, by id."""
    query = f"{_SLOTS} WHERE removed_at IS NULL AND {among('slot_id', 'slots', slot_ids)} ORDER BY begins_at, slot_id"
    return {each.slot_id: each for each in read_as(reader, Slot, query, {"slots": sorted(slot_ids)})}


def save_slots(writer: Writer, slots: Sequence[Slot], *, at: datetime, user_id: int) -> None:
    """Offer times."""
    rows = {name: [getattr(each, name) for each in slots] for name in Slot._fields}
    query, parameters = spread(
        rows | {"offered_at": [at] * len(slots), "offered_by": [user_id] * len(slots)}, _TYPES
    )
    # No diary shows free times: none is drawn again.
    writer.change(f"INSERT INTO consultation_slots BY NAME {query}", parameters, of_pupils=[])


def remove_slots(writer: Writer, slot_ids: Collection[int], at: datetime) -> None:
    """Offer times no longer."""
    sql = f"UPDATE consultation_slots SET removed_at = $at WHERE {among('slot_id', 'slots', slot_ids)}"
    writer.change(sql, {"at": at, "slots": sorted(slot_ids)}, of_pupils=[])


def lessons_on(reader: Reader, days: Collection[date]) -> dict[int, list[Times]]:
    """Return when the staff gives lessons on these days, by employee; lessons without a bell time are of no hour."""
    query = """SELECT l.teacher_id, l.held_on + b.starts_at, l.held_on + b.ends_at FROM lessons l JOIN bell_times b USING (number)
        WHERE l.teacher_id IS NOT NULL AND l.status <> 'cancelled' AND l.held_on IN (SELECT unnest($days::DATE[]))"""
    found: dict[int, list[Times]] = {}
    for staff_id, begins_at, ends_at in reader.steady(
        ("lessons", "bell_times"), query, {"days": sorted(days)}, but_entries=True
    ):
        found.setdefault(staff_id, []).append(Times(begins_at, ends_at))
    return found


def rooms_of_staff(reader: Reader, day: date) -> dict[int, str]:
    """Return the room that the timetable of a day's year names most often, by employee."""
    query = f"""SELECT l.teacher_id, t.room FROM timetable t JOIN teaching_load l USING (load_id)
        WHERE t.room <> '' AND l.teacher_id IS NOT NULL AND {holds_on("t", "$day")} AND {holds_on("l", "$day")}
            AND l.school_year = (SELECT max(school_year) FROM school_years WHERE starts_on <= $day)
        GROUP BY l.teacher_id, t.room
        QUALIFY row_number() OVER (PARTITION BY l.teacher_id ORDER BY count(*) DESC, t.room) = 1"""
    return dict(reader.steady(("timetable", "teaching_load", "school_years"), query, {"day": day}))


def evenings_from(reader: Reader, day: date) -> list[Evening]:
    """Return the parents' evenings from a day on, cancelled ones too, the first first."""
    query = f"{_EVENINGS} WHERE begins_at >= $day::DATE ORDER BY begins_at, evening_id"
    return steady_as(reader, Evening, ("parents_evenings",), query, {"day": day})


def evening_by_id(reader: Reader, evening_id: int) -> Evening | None:
    """Return a parents' evening, or None."""
    return read_one(reader, Evening, f"{_EVENINGS} WHERE evening_id = $evening", {"evening": evening_id})


def save_evening(writer: Writer, evening: Evening, *, at: datetime, user_id: int) -> None:
    """Add a parents' evening."""
    insert(writer, "parents_evenings", **evening._asdict(), planned_at=at, planned_by=user_id)


def cancel_evening(writer: Writer, evening_id: int, at: datetime) -> None:
    """Note that a parents' evening does not take place."""
    update(writer, "parents_evenings", {"evening_id": evening_id}, cancelled_at=at)
