"""Absences of a class as the homeroom teacher works with them, and leaves (п. 4.3)."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

from school.records import AbsenceReason, Leave, PersonName
from school.register.store.leaves import LEAVE_COLUMNS
from school.store.names import name_parts, staff_apart, surname_and_initials
from school.store.reading import Reader, Writer, read_as, read_column, read_one
from school.store.selection import is_there, was_there
from school.store.writing import insert, update


class PupilLesson(NamedTuple):
    """One filled lesson of a pupil and what is entered for them."""

    pupil_id: int
    term_id: int
    held_on: date
    reason: AbsenceReason | None


class StoredLeave(NamedTuple):
    """A leave with the pupil's name and who entered it."""

    leave: Leave
    pupil_name: PersonName
    created_by: int | None
    entered_by: str
    created_at: datetime


def class_lesson_ids(reader: Reader, class_id: int, first_day: date, last_day: date) -> list[int]:
    """Return the lessons of a class that are not cancelled, of both days and between, by day and number."""
    query = """SELECT lesson_id FROM lessons WHERE class_id = $class_id AND held_on BETWEEN $first_day AND $last_day
            AND status <> 'cancelled' ORDER BY held_on, number, lesson_id"""
    return read_column(reader, query, {"class_id": class_id, "first_day": first_day, "last_day": last_day})


def names_in_class(reader: Reader, class_id: int, first_day: date, last_day: date) -> dict[int, PersonName]:
    """Return the pupils who were in a class on any day from the first to the last, in alphabetical order."""
    query = f"""SELECT DISTINCT p.pupil_id, p.last_name, p.first_name, p.middle_name
        FROM enrolments e JOIN pupils p USING (pupil_id)
        WHERE e.class_id = $class_id AND {was_there("e", "$first_day", "$last_day")}
        ORDER BY p.last_name COLLATE ru, p.first_name COLLATE ru, p.middle_name COLLATE ru, p.pupil_id"""
    rows = reader.read(query, {"class_id": class_id, "first_day": first_day, "last_day": last_day})
    return {pupil: PersonName(*names) for pupil, *names in rows}


def subject_names(reader: Reader, class_id: int) -> dict[int, str]:
    """Return the names of the subjects that a class has lessons in."""
    query = """SELECT subject_id, name FROM subjects WHERE subject_id IN
            (SELECT subject_id FROM lessons WHERE class_id = $class_id)"""
    return dict(reader.read(query, {"class_id": class_id}))


def pupil_lessons(reader: Reader, class_id: int, first_day: date, last_day: date) -> list[PupilLesson]:
    """Return the filled lessons of each pupil who was then in the class (and in the subgroup), by day.

    A lesson in which nobody entered anything is left out: absence is not known there.
    """
    query = f"""SELECT e.pupil_id, l.term_id, l.held_on, a.reason
        FROM lessons l JOIN enrolments e ON e.class_id = l.class_id
            AND {is_there("e", "l.held_on")}
        LEFT JOIN absences a ON a.lesson_id = l.lesson_id AND a.pupil_id = e.pupil_id
        WHERE l.class_id = $class_id AND l.held_on BETWEEN $first_day AND $last_day
            AND l.status <> 'cancelled' AND l.recorded_at IS NOT NULL
            AND (l.subgroup_id IS NULL OR EXISTS (SELECT 1 FROM subgroup_members g
                WHERE g.subgroup_id = l.subgroup_id AND g.pupil_id = e.pupil_id
                    AND {is_there("g", "l.held_on")}))
        ORDER BY l.held_on, l.number"""
    days = {"class_id": class_id, "first_day": first_day, "last_day": last_day}
    return read_as(reader, PupilLesson, query, days)


def class_leaves(reader: Reader, class_id: int, first_day: date, last_day: date) -> list[StoredLeave]:
    """Return the leaves of a class in force that touch these days, by name and day."""
    query = f"""SELECT {name_parts("p")}, f.created_by, {surname_and_initials("s")} AS entered_by, f.created_at,
            {LEAVE_COLUMNS}
        FROM leaves f JOIN pupils p USING (pupil_id) LEFT JOIN users u ON u.user_id = f.created_by
            LEFT JOIN staff s ON s.staff_id = u.staff_id
        WHERE f.class_id = $class_id AND f.withdrawn_at IS NULL
            AND f.starts_on <= $last_day AND f.ends_on >= $first_day
        ORDER BY p.last_name COLLATE ru, p.first_name COLLATE ru, f.starts_on, f.leave_id"""
    days = {"class_id": class_id, "first_day": first_day, "last_day": last_day}
    leaves = read_as(reader, StoredLeave, query, days)
    return staff_apart(reader, leaves, "entered_by", "created_by", is_user=True)


class KnownLeave(NamedTuple):
    """A leave and when it was withdrawn (None: it is in force)."""

    leave: Leave
    withdrawn_at: datetime | None


def leave_by_id(reader: Reader, leave_id: int) -> KnownLeave | None:
    """Return a leave, or None."""
    query = f"SELECT f.withdrawn_at, {LEAVE_COLUMNS} FROM leaves f WHERE f.leave_id = $leave"
    return read_one(reader, KnownLeave, query, {"leave": leave_id})


def save_leaves(writer: Writer, leaves: Iterable[Leave], *, at: datetime, user_id: int) -> None:
    """Add leaves under the identifiers they carry."""
    for leave in leaves:
        values = {**vars(leave), "lesson_numbers": list(leave.lesson_numbers), "reason": str(leave.reason)}
        insert(writer, "leaves", "", None, [leave.pupil_id], **values, created_at=at, created_by=user_id)


def withdraw_leave(writer: Writer, leave: Leave, at: datetime) -> None:
    """Take a leave out of force."""
    update(writer, "leaves", {"leave_id": leave.leave_id}, [leave.pupil_id], withdrawn_at=at)
