"""The load, its subgroups, the weekly timetable and the lessons made of it, as rows (п. 4.2, 4.3)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from school.records import PersonName
from school.store.connection import Transaction
from school.store.names import full_name, rows_apart
from school.store.reading import Reader, Writer, read_as, read_column, read_value
from school.store.rows import LessonRow, LoadRow, SlotRow, SubgroupMemberRow, SubgroupRow
from school.store.selection import among, has_not_left, holds_on, is_not_over, is_there
from school.store.structure import insert_rows
from school.store.writing import update
from school.year.records import (
    DatedSlot,
    LastLoad,
    LoadRecord,
    PresentLesson,
    SlotRecord,
    TaughtLoad,
    WantedLesson,
    YearKey,
)

ONE_DAY = timedelta(days=1)
# Lessons at which anything was ever entered, planned, arranged or asked for: a timetable leaves them alone.
TOUCHED = """SELECT lesson_id FROM lessons WHERE recorded_at IS NOT NULL OR attendance_taken_at IS NOT NULL OR topic <> ''
        OR homework_state <> 'unset' OR work_type_id IS NOT NULL OR status <> 'planned'
    UNION SELECT lesson_id FROM marks UNION SELECT lesson_id FROM absences UNION SELECT lesson_id FROM homework_tasks
    UNION SELECT lesson_id FROM homework_files UNION SELECT lesson_id FROM homework_due_days
    UNION SELECT lesson_id FROM lesson_plan_topics UNION SELECT lesson_id FROM gap_request_lessons
    UNION SELECT lesson_id FROM substitutions UNION SELECT joined_lesson_id FROM substitutions WHERE joined_lesson_id IS NOT NULL
    UNION SELECT lesson_id FROM events WHERE lesson_id IS NOT NULL"""
_NOT_ENDED = is_not_over("t", "$day")
_IN_FORCE = holds_on("t", "$day")


def load_of_year(reader: Reader, key: YearKey, day: date) -> list[LoadRecord]:
    """Return the load that holds on a day, by class, subject and subgroup."""
    query = f"""SELECT t.class_id, t.subject_id, coalesce(g.name, '') AS subgroup, t.teacher_id, t.hours_a_week,
            t.load_id AS record_id
        FROM teaching_load t JOIN classes c USING (class_id) JOIN subjects b ON b.subject_id = t.subject_id
            LEFT JOIN subgroups g ON g.subgroup_id = t.subgroup_id
        WHERE c.school_id = $school_id AND t.school_year = $school_year AND {_IN_FORCE}
        ORDER BY c.grade_level, c.name COLLATE ru, b.name COLLATE ru, g.name COLLATE ru, t.load_id"""
    return read_as(reader, LoadRecord, query, {**vars(key), "day": day})


def last_load(reader: Reader, key: YearKey) -> list[LastLoad]:
    """Return the load with which a year ended, by class, subject and subgroup."""
    query = """SELECT t.class_id, c.grade_level, t.subject_id, coalesce(g.name, '') AS subgroup, t.teacher_id,
            t.hours_a_week
        FROM teaching_load t JOIN classes c USING (class_id) JOIN subjects b ON b.subject_id = t.subject_id
            LEFT JOIN subgroups g ON g.subgroup_id = t.subgroup_id
                LEFT JOIN school_years y ON y.school_year = t.school_year
        WHERE c.school_id = $school_id AND t.school_year = $school_year AND coalesce(t.ends_on, y.ends_on) >= y.ends_on
        ORDER BY c.grade_level, c.name COLLATE ru, b.name COLLATE ru, g.name COLLATE ru"""
    return read_as(reader, LastLoad, query, vars(key))


def subgroups_of_year(reader: Reader, key: YearKey) -> dict[tuple[int, int], dict[str, int]]:
    """Return the subgroups of a year's classes: (class, subject) → name → subgroup."""
    query = """SELECT g.class_id, g.subject_id, g.name, g.subgroup_id FROM subgroups g JOIN classes c USING (class_id)
        WHERE c.school_id = $school_id AND c.school_year = $school_year ORDER BY g.name COLLATE ru"""
    rows = reader.read(query, vars(key))
    found: dict[tuple[int, int], dict[str, int]] = {}
    for class_id, subject_id, name, subgroup_id in rows:
        found.setdefault((class_id, subject_id), {})[name] = subgroup_id
    return found


def add_subgroups(
    transaction: Transaction, wanted: Iterable[tuple[int, int, str]]
) -> dict[tuple[int, int, str], int]:
    """Add subgroups (class, subject, name) and return their ids."""
    listed = list(dict.fromkeys(wanted))
    ids = transaction.new_ids(len(listed)) if listed else []
    insert_rows(transaction, [SubgroupRow(key, *place) for key, place in zip(ids, listed, strict=True)])
    return dict(zip(listed, ids, strict=True))


def add_loads(
    transaction: Transaction,
    school_year: int,
    rows: Sequence[tuple[LoadRecord, int | None]],
    starts_on: date | None = None,
) -> list[int]:
    """Add lines of the load, each with its subgroup's id; return their ids."""
    ids = transaction.new_ids(len(rows)) if rows else []
    lines = [
        LoadRow(load_id, school_year, **_columns_of_load(*row), starts_on=starts_on)
        for load_id, row in zip(ids, rows, strict=True)
    ]
    insert_rows(transaction, lines)
    return list(ids)


def update_load(writer: Writer, record: LoadRecord, subgroup_id: int | None) -> None:
    """Update a line of the load."""
    update(writer, "teaching_load", {"load_id": record.record_id}, **_columns_of_load(record, subgroup_id))


def _columns_of_load(record: LoadRecord, subgroup_id: int | None) -> dict[str, Any]:
    return {
        "class_id": record.class_id,
        "subgroup_id": subgroup_id,
        "subject_id": record.subject_id,
        "teacher_id": record.teacher_id,
        "hours_a_week": record.hours_a_week,
    }


def loads_with_history(reader: Reader, load_ids: Collection[int], today: date, first_day: date) -> set[int]:
    """Return those lines begun before a day whose register has lessons that are facts: up to today, or with anything at them."""
    wanted = sorted(load_ids)
    query = f"""SELECT DISTINCT t.load_id FROM teaching_load t JOIN lessons l ON l.class_id = t.class_id
            AND l.subject_id = t.subject_id AND l.subgroup_id IS NOT DISTINCT FROM t.subgroup_id
        WHERE {among("t.load_id", "ids", wanted)} AND (l.held_on <= $today OR l.lesson_id IN ({TOUCHED}))
            AND (t.starts_on IS NULL OR t.starts_on < $first_day)"""
    return set(read_column(reader, query, {"ids": wanted, "today": today, "first_day": first_day}))


def end_loads(writer: Writer, load_ids: Collection[int], last_day: date) -> None:
    """Let lines of the load and their weekly lessons hold up to a day."""
    end_slots_of_loads(writer, load_ids, last_day)
    sql = "UPDATE teaching_load SET ends_on = $day WHERE load_id IN (SELECT unnest($ids::BIGINT[]))"
    writer.change(sql, {"ids": list(load_ids), "day": last_day})


def end_slots_of_loads(writer: Writer, load_ids: Collection[int], last_day: date) -> None:
    """Let the weekly lessons of lines hold up to a day; those that would begin later are gone."""
    parameters = {"ids": list(load_ids), "day": last_day}
    own = "load_id IN (SELECT unnest($ids::BIGINT[]))"
    writer.change(f"DELETE FROM timetable WHERE {own} AND starts_on > $day", parameters)
    sql = f"UPDATE timetable SET ends_on = $day WHERE {own} AND (ends_on IS NULL OR ends_on > $day)"
    writer.change(sql, parameters)


def remove_loads(writer: Writer, load_ids: Collection[int]) -> None:
    """Delete lines of the load with their weekly lessons."""
    for table in ("timetable", "teaching_load"):
        sql = f"DELETE FROM {table} WHERE load_id IN (SELECT unnest($ids::BIGINT[]))"
        writer.change(sql, {"ids": list(load_ids)})


def remove_unused_subgroups(writer: Writer, class_ids: Collection[int]) -> None:
    """Delete subgroups that no load, lesson or plan refers to."""
    gone = f"""SELECT subgroup_id FROM subgroups WHERE {among("class_id", "ids", list(class_ids))}
        AND subgroup_id NOT IN (SELECT subgroup_id FROM teaching_load WHERE subgroup_id IS NOT NULL
            UNION SELECT subgroup_id FROM lessons WHERE subgroup_id IS NOT NULL
            UNION SELECT subgroup_id FROM lesson_plans WHERE subgroup_id IS NOT NULL
            UNION SELECT subgroup_id FROM homework_tasks WHERE subgroup_id IS NOT NULL)"""
    for table in ("subgroup_members", "subgroups"):
        writer.change(f"DELETE FROM {table} WHERE subgroup_id IN ({gone})", {"ids": sorted(class_ids)})


def pass_on_last_days(writer: Writer, pairs: Mapping[int, int]) -> None:
    """Let loads hold up to the day on which those they follow were to end: old load → new load."""
    sql = """UPDATE teaching_load SET ends_on = o.ends_on
        FROM (SELECT unnest($old::BIGINT[]) AS old_id, unnest($new::BIGINT[]) AS new_id) k
            JOIN teaching_load o ON o.load_id = k.old_id
        WHERE teaching_load.load_id = k.new_id"""
    writer.change(sql, {"old": list(pairs), "new": list(pairs.values())})


def move_slots(writer: Writer, pairs: Mapping[int, int], first_day: date, ids: Sequence[int]) -> None:
    """From a day on give the weekly lessons of a load to another: old load → new load; ``ids``: enough fresh ones.

    What was to begin or to end later still does.
    """
    sql = f"""INSERT INTO timetable (slot_id, load_id, weekday, number, room, starts_on, ends_on)
        SELECT list_extract($ids::BIGINT[], row_number() OVER (ORDER BY t.slot_id)), k.new_id, t.weekday, t.number,
            t.room, greatest(coalesce(t.starts_on, $day), $day), t.ends_on
        FROM timetable t JOIN (SELECT unnest($old::BIGINT[]) AS old_id, unnest($new::BIGINT[]) AS new_id) k
            ON k.old_id = t.load_id
        WHERE {_NOT_ENDED}"""
    writer.change(sql, {"ids": list(ids), "old": list(pairs), "new": list(pairs.values()), "day": first_day})
    end_slots_of_loads(writer, list(pairs), first_day - ONE_DAY)


def slot_count(reader: Reader, load_ids: Collection[int]) -> int:
    """Return how many rows the timetable holds of these loads."""
    query = "SELECT count(*) FROM timetable WHERE load_id IN (SELECT unnest($ids::BIGINT[]))"
    return int(reader.read(query, {"ids": list(load_ids)})[0][0])


def taught_loads(reader: Reader, key: YearKey, day: date) -> dict[int, TaughtLoad]:
    """Return the load that holds on a day with its names."""
    query = f"""SELECT t.load_id, t.class_id, c.name AS class_name, t.subject_id, b.name AS subject_name, t.subgroup_id,
            coalesce(g.name, '') AS subgroup, t.teacher_id, {full_name("s")} AS teacher_name, t.hours_a_week
        FROM teaching_load t JOIN classes c USING (class_id) JOIN subjects b ON b.subject_id = t.subject_id
            LEFT JOIN subgroups g ON g.subgroup_id = t.subgroup_id LEFT JOIN staff s ON s.staff_id = t.teacher_id
        WHERE c.school_id = $school_id AND t.school_year = $school_year AND {_IN_FORCE}
        ORDER BY c.grade_level, c.name COLLATE ru, b.name COLLATE ru, g.name COLLATE ru"""
    loads = read_as(reader, TaughtLoad, query, {**vars(key), "day": day})
    return {load.load_id: load for load in rows_apart(reader, loads, "teacher_name", "teacher_id", "staff")}


def slots_of_year(reader: Reader, key: YearKey, day: date) -> list[SlotRecord]:
    """Return the weekly lessons that hold on a day."""
    query = f"""SELECT t.load_id, t.weekday, t.number, t.room, t.slot_id AS record_id
        FROM timetable t JOIN teaching_load l USING (load_id) JOIN classes c USING (class_id)
        WHERE c.school_id = $school_id AND l.school_year = $school_year AND {_IN_FORCE}
            AND {holds_on("l", "$day")}
        ORDER BY c.grade_level, c.name COLLATE ru, t.weekday, t.number, t.slot_id"""
    return read_as(reader, SlotRecord, query, {**vars(key), "day": day})


def subgroup_pupils(reader: Reader, key: YearKey, day: date) -> dict[int, frozenset[int]]:
    """Return who is in which subgroup on a day."""
    query = f"""SELECT m.subgroup_id, list(m.pupil_id) FROM subgroup_members m JOIN subgroups g USING (subgroup_id)
            JOIN classes c USING (class_id)
        WHERE c.school_id = $school_id AND c.school_year = $school_year AND {is_there("m", "$day")}
        GROUP BY m.subgroup_id"""
    rows = reader.read(query, {**vars(key), "day": day})
    return {subgroup_id: frozenset(pupils) for subgroup_id, pupils in rows}


def add_slots(
    transaction: Transaction, slots: Sequence[SlotRecord], starts_on: date | None, ids: Sequence[int]
) -> None:
    """Add weekly lessons from a day on (None: from the year's first)."""
    insert_rows(
        transaction,
        [
            SlotRow(slot_id, slot.load_id, slot.weekday, slot.number, slot.room, starts_on, None)
            for slot_id, slot in zip(ids, slots, strict=True)
        ],
    )


def set_rooms(writer: Writer, slots: Sequence[SlotRecord]) -> None:
    """Update the rooms of weekly lessons."""
    sql = """UPDATE timetable SET room = k.room
        FROM (SELECT unnest($ids::BIGINT[]) AS slot_id, unnest($rooms::VARCHAR[]) AS room) k
        WHERE timetable.slot_id = k.slot_id"""
    writer.change(sql, {"ids": [slot.record_id for slot in slots], "rooms": [slot.room for slot in slots]})


def end_slots(writer: Writer, slot_ids: Collection[int], first_day: date) -> None:
    """Take weekly lessons out of the timetable from a day on; those that would begin then are gone."""
    own = "slot_id IN (SELECT unnest($ids::BIGINT[]))"
    sql = f"DELETE FROM timetable WHERE {own} AND starts_on >= $day"
    writer.change(sql, {"ids": list(slot_ids), "day": first_day})
    sql = f"UPDATE timetable SET ends_on = $day WHERE {own}"
    writer.change(sql, {"ids": list(slot_ids), "day": first_day - ONE_DAY})


def keep_slots(writer: Writer, class_ids: Collection[int], slot_ids: Collection[int], day: date) -> None:
    """Let the weekly lessons of classes go on from a day as they are then: what was to begin or end later is forgotten."""
    sql = """DELETE FROM timetable WHERE starts_on > $day AND load_id IN (SELECT load_id FROM teaching_load
            WHERE class_id IN (SELECT unnest($classes::BIGINT[])) AND coalesce(starts_on, $day) <= $day)"""
    writer.change(sql, {"classes": list(class_ids), "day": day})
    sql = "UPDATE timetable SET ends_on = NULL WHERE slot_id IN (SELECT unnest($ids::BIGINT[]))"
    writer.change(sql, {"ids": list(slot_ids)})


def dated_slots(reader: Reader, class_ids: Collection[int], day: date) -> list[DatedSlot]:
    """Return the weekly lessons of classes that hold on a day or later, with the days of slot and load together."""
    wanted = sorted(class_ids)
    query = f"""SELECT l.class_id, c.grade_level, l.subject_id, l.subgroup_id, l.teacher_id, t.weekday, t.number,
            nullif(greatest(coalesce(t.starts_on, DATE '0001-01-01'), coalesce(l.starts_on, DATE '0001-01-01')),
                DATE '0001-01-01') AS starts_on,
            nullif(least(coalesce(t.ends_on, DATE '9999-12-31'), coalesce(l.ends_on, DATE '9999-12-31')),
                DATE '9999-12-31') AS ends_on
        FROM timetable t JOIN teaching_load l USING (load_id) JOIN classes c ON c.class_id = l.class_id
        WHERE {among("l.class_id", "ids", wanted)} AND {_NOT_ENDED} ORDER BY t.slot_id"""
    return read_as(reader, DatedSlot, query, {"ids": wanted, "day": day})


def classes_with_timetable(reader: Reader, key: YearKey) -> list[int]:
    """Return the classes of a year that have, or had, a timetable."""
    query = """SELECT DISTINCT c.class_id FROM timetable JOIN teaching_load USING (load_id)
            JOIN classes c USING (class_id)
        WHERE c.school_id = $school_id AND c.school_year = $school_year ORDER BY 1"""
    return read_column(reader, query, vars(key))


def last_fact_day(reader: Reader, class_ids: Collection[int], today: date) -> date | None:
    """Return the last day up to today on which any of the classes has lessons."""
    wanted = sorted(class_ids)
    query = f"SELECT max(held_on) FROM lessons WHERE held_on <= $today AND {among('class_id', 'ids', wanted)}"
    return read_value(reader, query, {"ids": wanted, "today": today})


def present_lessons(reader: Reader, class_ids: Collection[int], first_day: date) -> list[PresentLesson]:
    """Return the lessons of classes from a day on, each with whether anything stands at it."""
    wanted = sorted(class_ids)
    query = f"""SELECT class_id, subject_id, subgroup_id, held_on, number, teacher_id, term_id, lesson_id,
            lesson_id IN ({TOUCHED}) AS has_data
        FROM lessons WHERE held_on >= $day AND {among("class_id", "ids", wanted)}
        ORDER BY held_on, number, lesson_id"""
    return read_as(reader, PresentLesson, query, {"ids": wanted, "day": first_day})


def add_lessons(transaction: Transaction, lessons: Sequence[WantedLesson]) -> None:
    """Add lessons with nothing at them."""
    ids = transaction.new_ids(len(lessons)) if lessons else []
    insert_rows(
        transaction,
        [LessonRow(lesson_id, **vars(lesson)) for lesson_id, lesson in zip(ids, lessons, strict=True)],
    )


def remove_lessons(writer: Writer, lesson_ids: Collection[int]) -> None:
    """Delete lessons without any entry."""
    sql = f"""DELETE FROM lessons WHERE lesson_id IN (SELECT unnest($ids::BIGINT[]))
        AND lesson_id NOT IN ({TOUCHED})"""
    writer.change(sql, {"ids": list(lesson_ids)})


def give_lessons(writer: Writer, given: Sequence[tuple[int, int | None, int]]) -> None:
    """Give lessons to a teacher and a term: (lesson, teacher, term)."""
    ids, teachers, terms = map(list, zip(*given, strict=True)) if given else ([], [], [])
    sql = """UPDATE lessons SET teacher_id = k.teacher_id, term_id = k.term_id
        FROM (SELECT unnest($ids::BIGINT[]) AS lesson_id, unnest($teachers::BIGINT[]) AS teacher_id,
                  unnest($terms::BIGINT[]) AS term_id) k
        WHERE lessons.lesson_id = k.lesson_id"""
    writer.change(sql, {"ids": ids, "teachers": teachers, "terms": terms})


def pupils_of_class(reader: Reader, class_id: int, day: date) -> list[tuple[int, PersonName]]:
    """Return who is in a class on a day, by name."""
    query = f"""SELECT p.pupil_id, p.last_name, p.first_name, p.middle_name
        FROM enrolments e JOIN pupils p USING (pupil_id)
        WHERE e.class_id = $class_id AND {is_there("e", "$day")}
        ORDER BY p.last_name COLLATE ru, p.first_name COLLATE ru, p.pupil_id"""
    rows = reader.read(query, {"class_id": class_id, "day": day})
    return [(pupil_id, PersonName(*parts)) for pupil_id, *parts in rows]


def memberships(reader: Reader, class_id: int, subject_id: int, day: date) -> dict[int, int]:
    """Return which subgroup of a class and subject each pupil is in on a day, or joins later."""
    query = f"""SELECT m.pupil_id, m.subgroup_id FROM subgroup_members m JOIN subgroups g USING (subgroup_id)
        WHERE g.class_id = $class_id AND g.subject_id = $subject AND {has_not_left("m", "$day")}
        ORDER BY coalesce(m.starts_on, $day)"""
    return dict(reader.read(query, {"class_id": class_id, "subject": subject_id, "day": day}))


def divide(
    transaction: Transaction, subgroup_ids: Collection[int], moved: Mapping[int, int | None], day: date
) -> None:
    """From a day on put pupils into other subgroups of a subject: pupil → subgroup or None; days before stay as they were."""
    parameters = {"groups": sorted(subgroup_ids), "pupils": list(moved), "day": day}
    own = """subgroup_id IN (SELECT unnest($groups::BIGINT[])) AND pupil_id IN (SELECT unnest($pupils::BIGINT[]))"""
    transaction.change(f"DELETE FROM subgroup_members WHERE {own} AND starts_on >= $day", parameters)
    sql = f"UPDATE subgroup_members SET ends_on = $day WHERE {own} AND (ends_on IS NULL OR ends_on > $day)"
    transaction.change(sql, parameters)
    insert_rows(
        transaction,
        [SubgroupMemberRow(group, pupil, day, None) for pupil, group in moved.items() if group is not None],
    )


def copy_subgroup_pupils(writer: Writer, pairs: Mapping[int, int], day: date) -> None:
    """Put whoever was in a subgroup of an old class into the subgroup of that subject and name of the new one."""
    sql = f"""INSERT INTO subgroup_members (subgroup_id, pupil_id, starts_on)
        SELECT DISTINCT n.subgroup_id, m.pupil_id, $day
        FROM (SELECT unnest($old::BIGINT[]) AS old_id, unnest($new::BIGINT[]) AS new_id) k
            JOIN subgroups o ON o.class_id = k.old_id
            JOIN subgroups n ON n.class_id = k.new_id AND n.subject_id = o.subject_id AND n.name = o.name
            JOIN subgroup_members m ON m.subgroup_id = o.subgroup_id
                AND {has_not_left("m", "$day::DATE - 1")}
            JOIN enrolments e ON e.class_id = k.new_id AND e.pupil_id = m.pupil_id"""
    writer.change(sql, {"old": list(pairs), "new": list(pairs.values()), "day": day})


def last_entries_in_subgroups(reader: Reader, subgroup_ids: Collection[int]) -> dict[int, date]:
    """Return each pupil's last day with a mark or an absence at a lesson of these subgroups."""
    wanted = sorted(subgroup_ids)
    query = f"""SELECT e.pupil_id, max(l.held_on) FROM lessons l JOIN (SELECT lesson_id, pupil_id FROM marks
            UNION SELECT lesson_id, pupil_id FROM absences) e USING (lesson_id)
        WHERE {among("l.subgroup_id", "ids", wanted)} GROUP BY e.pupil_id"""
    return dict(reader.read(query, {"ids": wanted}))
