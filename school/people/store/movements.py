"""Who was in which class and subgroup when, the movements that made it so, and entries that a change would strand."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from school.people.records import ClassOfYear, Division, JointMovement, LaterEntry, Movement, Stay
from school.records import AbsenceReason, Cell
from school.store.connection import Transaction
from school.store.reading import Reader, Writer, read_as, read_value
from school.store.rows import SubgroupMemberRow
from school.store.selection import has_come, has_not_left, is_there
from school.store.structure import insert_rows
from school.store.writing import insert, update

Membership = tuple[int, date | None, date | None]  # subgroup_id, starts_on, ends_on


@dataclass(frozen=True)
class LeftBehind:
    """What a movement ended or removed in the class left: subgroups as they stood, absences (lesson id, reason)."""

    memberships: tuple[Membership, ...]
    absences: tuple[tuple[int, AbsenceReason], ...] = ()


_CLASS = "c.class_id, c.name, c.school_id, c.school_year, y.starts_on AS first_day, y.ends_on AS last_day, c.grade_level"


def stays_of(reader: Reader, pupil_id: int) -> list[Stay]:
    """Return where a pupil was, oldest first."""
    query = f"""SELECT e.enrolment_id, e.starts_on, e.ends_on, {_CLASS}
        FROM enrolments e JOIN classes c USING (class_id) LEFT JOIN school_years y USING (school_year)
        WHERE e.pupil_id = $pupil ORDER BY c.school_year, coalesce(e.starts_on, y.starts_on), e.enrolment_id"""
    return read_as(reader, Stay, query, {"pupil": pupil_id})


def classes_of_years(reader: Reader, class_ids: Collection[int]) -> dict[int, ClassOfYear]:
    """Return those of the classes that there are."""
    query = f"""SELECT {_CLASS} FROM classes c LEFT JOIN school_years y USING (school_year)
        WHERE c.class_id IN (SELECT unnest($ids::BIGINT[]))"""
    return {
        each.class_id: each for each in read_as(reader, ClassOfYear, query, {"ids": sorted(set(class_ids))})
    }


def entries_from(
    reader: Reader, pupil_id: int, class_id: int, day: date, subgroup_ids: Collection[int] | None = None
) -> list[LaterEntry]:
    """Return what a class's registers say of a pupil from a day on; of some subgroups only, where they are named."""
    query = """SELECT l.lesson_id, l.held_on, b.name AS subject, m.marks, a.reason AS absence,
            t.closed_at IS NOT NULL AS term_is_closed
        FROM lessons l JOIN subjects b USING (subject_id) JOIN terms t USING (term_id)
            LEFT JOIN (SELECT lesson_id, list(value ORDER BY slot) AS marks FROM marks WHERE pupil_id = $pupil
                GROUP BY lesson_id) m USING (lesson_id)
            LEFT JOIN (SELECT lesson_id, reason FROM absences WHERE pupil_id = $pupil) a USING (lesson_id)
        WHERE l.class_id = $class AND l.held_on >= $day AND (m.marks IS NOT NULL OR a.reason IS NOT NULL)
            AND ($groups::BIGINT[] IS NULL OR list_contains($groups::BIGINT[], l.subgroup_id))
        ORDER BY l.held_on, l.number"""
    groups = None if subgroup_ids is None else sorted(subgroup_ids)
    scope = {"pupil": pupil_id, "class": class_id, "day": day, "groups": groups}
    return read_as(reader, LaterEntry, query, scope)


def open_stay(writer: Writer, enrolment_id: int, pupil_id: int, class_id: int, starts_on: date) -> None:
    """Put a pupil into a class from a day on."""
    stay = {"enrolment_id": enrolment_id, "pupil_id": pupil_id, "class_id": class_id, "starts_on": starts_on}
    insert(writer, "enrolments", **stay)


def set_stay_end(writer: Writer, enrolment_id: int, ends_on: date | None) -> None:
    """Set the day on which a pupil leaves a class, or take it back."""
    update(writer, "enrolments", {"enrolment_id": enrolment_id}, ends_on=ends_on)


def remove_stay(writer: Writer, enrolment_id: int) -> None:
    """Take back a pupil's coming into a class."""
    writer.change("DELETE FROM enrolments WHERE enrolment_id = $id", {"id": enrolment_id})


_IN_SUBGROUPS = "subgroup_members.pupil_id = $pupil AND list_contains($groups::BIGINT[], subgroup_id)"


def leave_subgroups(writer: Writer, pupil_id: int, subgroup_ids: Collection[int], day: date) -> None:
    """End a pupil's time in subgroups on a day; what would have begun on it or later is gone."""
    parameters = {"pupil": pupil_id, "groups": sorted(subgroup_ids), "day": day}
    writer.change(f"DELETE FROM subgroup_members WHERE {_IN_SUBGROUPS} AND starts_on >= $day", parameters)
    sql = f"""UPDATE subgroup_members SET ends_on = $day
        WHERE {_IN_SUBGROUPS} AND (ends_on IS NULL OR ends_on > $day)"""
    writer.change(sql, parameters)


def join_subgroup(writer: Writer, pupil_id: int, subgroup_id: int, day: date) -> None:
    """Put a pupil into a subgroup from a day on."""
    insert(writer, "subgroup_members", subgroup_id=subgroup_id, pupil_id=pupil_id, starts_on=day)


def memberships_of(reader: Reader, pupil_id: int, class_id: int) -> tuple[Membership, ...]:
    """Return when a pupil was in which subgroups of a class."""
    query = """SELECT m.subgroup_id, m.starts_on, m.ends_on FROM subgroup_members m JOIN subgroups g USING (subgroup_id)
        WHERE m.pupil_id = $pupil AND g.class_id = $class ORDER BY ALL"""
    return tuple(reader.read(query, {"pupil": pupil_id, "class": class_id}))


def restore_memberships(
    transaction: Transaction,
    pupil_id: int,
    subgroup_ids: Collection[int],
    memberships: Collection[Membership],
) -> None:
    """Make a pupil's days in these subgroups what they were; subgroups that are there no more are passed over."""
    there = [each for each in memberships if each[0] in set(subgroup_ids)]
    parameters = {"pupil": pupil_id, "groups": sorted(subgroup_ids)}
    transaction.change(f"DELETE FROM subgroup_members WHERE {_IN_SUBGROUPS}", parameters)
    insert_rows(transaction, [SubgroupMemberRow(group, pupil_id, *days) for group, *days in there])


def divisions_of(reader: Reader, class_id: int, pupil_id: int, day: date) -> list[Division]:
    """Return the subgroups of a class by subject, and in which of them the pupil is on a day."""
    query = f"""SELECT b.subject_id, b.name AS subject, g.subgroup_id, g.name AS subgroup,
            EXISTS (FROM subgroup_members m
            WHERE m.subgroup_id = g.subgroup_id AND m.pupil_id = $pupil AND {is_there("m", "$day")}) AS is_member
        FROM subgroups g JOIN subjects b USING (subject_id) WHERE g.class_id = $class
        ORDER BY b.name COLLATE ru, g.name COLLATE ru, g.subgroup_id"""
    return read_as(reader, Division, query, {"class": class_id, "pupil": pupil_id, "day": day})


_MOVEMENT = """movement_id, pupil_id, kind, happened_on, from_class_id, to_class_id, order_title, reason, recorded_at,
    recorded_by, from_where, to_where"""


def keep_left_behind(writer: Writer, movement_id: int, left: LeftBehind) -> None:
    """Keep with a movement what it ended and removed, so that it can be taken back exactly."""
    kept = {"memberships": left.memberships, "absences": left.absences}
    written = json.dumps(kept, default=date.isoformat)
    update(writer, "pupil_movements", {"movement_id": movement_id}, left_behind=written)


def left_behind(reader: Reader, movement_id: int) -> LeftBehind | None:
    """Return what a movement ended and removed, or None for one that left no class."""
    query = "SELECT left_behind FROM pupil_movements WHERE movement_id = $id"
    written = read_value(reader, query, {"id": movement_id})
    if written is None:
        return None
    kept = json.loads(written)
    return LeftBehind(
        tuple((subgroup_id, _day(first), _day(last)) for subgroup_id, first, last in kept["memberships"]),
        tuple((lesson_id, AbsenceReason(reason)) for lesson_id, reason in kept["absences"]),
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def absences_to_return(reader: Reader, pupil_id: int, left: LeftBehind) -> list[LaterEntry]:
    """Return the removed absences whose lessons are still there and say nothing of the pupil."""
    reasons = dict(left.absences)
    query = """SELECT l.lesson_id, l.held_on, b.name, t.closed_at IS NOT NULL
        FROM lessons l JOIN subjects b USING (subject_id) JOIN terms t USING (term_id)
        WHERE list_contains($lessons::BIGINT[], l.lesson_id) AND l.status <> 'cancelled'
            AND NOT EXISTS (FROM absences a WHERE a.lesson_id = l.lesson_id AND a.pupil_id = $pupil)
        ORDER BY l.held_on, l.number"""
    rows = reader.read(query, {"lessons": sorted(reasons), "pupil": pupil_id})
    return [
        LaterEntry(lesson_id, held_on, subject, Cell(reasons[lesson_id]), is_closed)
        for lesson_id, held_on, subject, is_closed in rows
    ]


def movements_of(reader: Reader, pupil_id: int) -> list[Movement]:
    """Return a pupil's movements that stand, newest first."""
    query = f"""SELECT {_MOVEMENT} FROM pupil_movements WHERE pupil_id = $pupil AND withdrawn_at IS NULL
        ORDER BY happened_on DESC, movement_id DESC"""
    return read_as(reader, Movement, query, {"pupil": pupil_id})


def movements_of_class(reader: Reader, class_id: int) -> list[Movement]:
    """Return the movements into a class and out of it that stand, oldest first."""
    query = f"""SELECT {_MOVEMENT} FROM pupil_movements
        WHERE withdrawn_at IS NULL AND $class IN (from_class_id, to_class_id) ORDER BY happened_on, movement_id"""
    return read_as(reader, Movement, query, {"class": class_id})


def joint_movements_of(reader: Reader, class_id: int) -> list[JointMovement]:
    """Return the transfers of several pupils, entered at one moment, out of a class or into it that stand, newest first."""
    query = """SELECT f.name AS from_class, t.name AS to_class, m.happened_on, any_value(m.order_title) AS order_title,
            list((m.movement_id, m.pupil_id) ORDER BY m.movement_id) AS members
        FROM pupil_movements m JOIN classes f ON f.class_id = m.from_class_id
            JOIN classes t ON t.class_id = m.to_class_id
        WHERE m.withdrawn_at IS NULL AND m.kind = 'transfer' AND $class IN (m.from_class_id, m.to_class_id)
        GROUP BY m.recorded_at, m.recorded_by, m.from_class_id, m.to_class_id, f.name, t.name, m.happened_on
        HAVING count(*) > 1 ORDER BY m.recorded_at DESC"""
    return [
        JointMovement(left, entered, day, order, tuple(members))
        for left, entered, day, order, members in reader.read(query, {"class": class_id})
    ]


def set_order(writer: Writer, movement_id: int, order_title: str) -> None:
    """Write the order of a movement that was noted before it was issued, or correct it."""
    sql = "UPDATE pupil_movements SET order_title = $order WHERE movement_id = $movement"
    writer.change(sql, {"order": order_title, "movement": movement_id})


def withdraw_movement(writer: Writer, movement_id: int, at: datetime) -> None:
    """Note that a movement was entered by mistake."""
    update(writer, "pupil_movements", {"movement_id": movement_id}, withdrawn_at=at)


def movements_between(reader: Reader, first: date, last: date) -> list[tuple[Any, ...]]:
    """Return the movements of these days, newest first, with names.

    A row holds: day, kind, pupil id, last, first, middle name, class left, class entered, order, reason, from where, to where,
    birthday.
    """
    query = """SELECT m.happened_on, m.kind, m.pupil_id, p.last_name, p.first_name, p.middle_name,
            coalesce(f.name, ''), coalesce(t.name, ''), m.order_title, m.reason, m.from_where, m.to_where, p.born_on
        FROM pupil_movements m JOIN pupils p USING (pupil_id) LEFT JOIN classes f ON f.class_id = m.from_class_id
            LEFT JOIN classes t ON t.class_id = m.to_class_id
        WHERE m.withdrawn_at IS NULL AND m.happened_on BETWEEN $first AND $last
        ORDER BY m.happened_on DESC, m.movement_id DESC"""
    return reader.read(query, {"first": first, "last": last})


def current_classes(reader: Reader, pupil_ids: Collection[int], day: date) -> dict[int, list[ClassOfYear]]:
    """Return the classes of pupils who have not left them by a day: of a year that is not over, or of the newest."""
    query = f"""SELECT e.pupil_id, {_CLASS} FROM enrolments e JOIN classes c USING (class_id)
            LEFT JOIN school_years y USING (school_year)
        WHERE e.pupil_id IN (SELECT unnest($pupils::BIGINT[])) AND {has_not_left("e", "$day")}
            AND {has_come("e")}
            AND (coalesce(y.ends_on, $day) >= $day OR c.school_year = (SELECT max(school_year) FROM classes))
        ORDER BY c.school_year DESC, c.name COLLATE ru"""
    rows = reader.read(query, {"pupils": sorted(set(pupil_ids)), "day": day})
    found: dict[int, list[ClassOfYear]] = {}
    for pupil_id, *place in rows:
        found.setdefault(pupil_id, []).append(ClassOfYear(*place))
    return found


def classes_on(reader: Reader, day: date) -> list[ClassOfYear]:
    """Return the classes of school years that are not over by a day (or of the newest year), by grade level and name."""
    query = f"""SELECT {_CLASS} FROM classes c LEFT JOIN school_years y USING (school_year)
        WHERE coalesce(y.ends_on, $day) >= $day OR c.school_year = (SELECT max(school_year) FROM classes)
        ORDER BY c.school_year, c.grade_level NULLS LAST, c.name COLLATE ru, c.class_id"""
    return read_as(reader, ClassOfYear, query, {"day": day})
