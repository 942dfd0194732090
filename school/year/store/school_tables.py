"""Classes of a year, subjects and bell times as rows, with what hangs on them (п. 4.3)."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from school.calendar import first_of_september
from school.records import PersonName
from school.store.connection import Transaction
from school.store.names import tell_apart
from school.store.reading import Reader, Writer, read_as, read_column
from school.store.rows import EnrolmentRow
from school.store.selection import among, has_not_left
from school.store.structure import insert_rows
from school.store.writing import insert, update
from school.year.records import BellRecord, ClassRecord, LastClass, SubjectRecord, YearKey


def staff_names(reader: Reader, today: date) -> dict[int, PersonName]:
    """Return who works at the school on a day, by name."""
    query = """SELECT staff_id, last_name, first_name, middle_name FROM staff
        WHERE dismissed_on IS NULL OR dismissed_on > $today
        ORDER BY last_name COLLATE ru, first_name COLLATE ru, staff_id"""
    rows = reader.read(query, {"today": today})
    return tell_apart(reader, {staff_id: PersonName(*parts) for staff_id, *parts in rows}, "staff")


def classes_of_year(reader: Reader, key: YearKey) -> list[ClassRecord]:
    """Return the classes of a school's year, by grade level and name."""
    query = """SELECT name, coalesce(grade_level, 0) AS grade_level, homeroom_id, class_id AS record_id FROM classes
        WHERE school_id = $school_id AND school_year = $school_year ORDER BY classes.grade_level, name COLLATE ru"""
    return read_as(reader, ClassRecord, query, vars(key))


def add_classes(transaction: Transaction, key: YearKey, records: Sequence[ClassRecord]) -> list[int]:
    """Add classes and return their ids in order."""
    ids = transaction.new_ids(len(records)) if records else []
    for class_id, record in zip(ids, records, strict=True):
        insert(transaction, "classes", class_id=class_id, **vars(key), **_columns_of_class(record))
    return ids


def update_class(writer: Writer, record: ClassRecord) -> None:
    """Update a class's name, grade level and homeroom teacher."""
    update(writer, "classes", {"class_id": record.record_id}, **_columns_of_class(record))


def _columns_of_class(record: ClassRecord) -> dict[str, Any]:
    return {"name": record.name, "grade_level": record.grade_level, "homeroom_id": record.homeroom_id}


_TABLES_OF_BOTH = ("teaching_load", "lessons", "lesson_plans", "term_marks", "year_marks", "subgroups")
_CLASS_TABLES = ("enrolments", *_TABLES_OF_BOTH)
_SUBJECT_TABLES = ("external_tests", *_TABLES_OF_BOTH)


def classes_in_use(reader: Reader, class_ids: Collection[int]) -> set[int]:
    """Return those classes that anything refers to."""
    return _in_use(reader, "class_id", class_ids, _CLASS_TABLES)


def subjects_in_use(reader: Reader, subject_ids: Collection[int]) -> set[int]:
    """Return those subjects that anything refers to."""
    return _in_use(reader, "subject_id", subject_ids, _SUBJECT_TABLES)


def _in_use(reader: Reader, column: str, ids: Collection[int], tables: Sequence[str]) -> set[int]:
    wanted = sorted(ids)
    selects = (f"SELECT {column} FROM {table} WHERE {among(column, 'ids', wanted)}" for table in tables)
    return set(read_column(reader, " UNION ".join(selects), {"ids": wanted}))


def remove_classes(writer: Writer, class_ids: Collection[int]) -> None:
    """Delete classes that nothing refers to."""
    for table in ("class_terms", "class_promotions", "classes"):
        sql = f"DELETE FROM {table} WHERE class_id IN (SELECT unnest($ids::BIGINT[]))"
        writer.change(sql, {"ids": list(class_ids)})


def subjects_of_school(reader: Reader, school_id: int) -> list[SubjectRecord]:
    """Return the subjects by name."""
    query = """SELECT name, coalesce(area, '') AS area, subject_id AS record_id
        FROM subjects WHERE school_id = $school_id
        ORDER BY name COLLATE ru"""
    return read_as(reader, SubjectRecord, query, {"school_id": school_id})


def add_subjects(transaction: Transaction, school_id: int, records: Sequence[SubjectRecord]) -> None:
    """Add subjects."""
    ids = transaction.new_ids(len(records)) if records else []
    for subject_id, record in zip(ids, records, strict=True):
        words = {"name": record.name, "area": record.area or None}
        insert(transaction, "subjects", subject_id=subject_id, school_id=school_id, **words)


def update_subject(writer: Writer, record: SubjectRecord) -> None:
    """Update a subject's name and area."""
    words = {"name": record.name, "area": record.area or None}
    update(writer, "subjects", {"subject_id": record.record_id}, **words)


def remove_subjects(writer: Writer, subject_ids: Collection[int]) -> None:
    """Delete subjects that nothing refers to."""
    sql = "DELETE FROM subjects WHERE subject_id IN (SELECT unnest($ids::BIGINT[]))"
    writer.change(sql, {"ids": list(subject_ids)})


def bell_times(reader: Reader) -> list[BellRecord]:
    """Return when each lesson number starts and ends."""
    query = "SELECT number, starts_at, ends_at, number AS record_id FROM bell_times ORDER BY number"
    return read_as(reader, BellRecord, query)


def save_bells(writer: Writer, records: Sequence[BellRecord], removed: Collection[int]) -> None:
    """Write bell times and delete those of some numbers."""
    sql = "DELETE FROM bell_times WHERE number IN (SELECT unnest($numbers::TINYINT[]))"
    writer.change(sql, {"numbers": sorted({*removed, *(record.number for record in records)})})
    for each in records:
        insert(writer, "bell_times", number=each.number, starts_at=each.starts_at, ends_at=each.ends_at)


def numbers_in_timetable(reader: Reader) -> set[int]:
    """Return the lesson numbers that stand in any timetable."""
    return set(read_column(reader, "SELECT DISTINCT number FROM timetable"))


def last_classes(reader: Reader, key: YearKey) -> list[LastClass]:
    """Return the classes of a year as the next one takes them over, with the pupils who are still in them then."""
    query = f"""SELECT c.class_id, c.name, c.grade_level, c.homeroom_id, count(DISTINCT e.pupil_id) AS pupils
        FROM classes c LEFT JOIN enrolments e ON e.class_id = c.class_id
            AND {has_not_left("e", "$next_year")}
        WHERE c.school_id = $school_id AND c.school_year = $school_year
        GROUP BY c.class_id, c.name, c.grade_level, c.homeroom_id ORDER BY c.grade_level, c.name COLLATE ru"""
    scope = {**vars(key), "next_year": first_of_september(key.school_year + 1)}
    return read_as(reader, LastClass, query, scope)


def promoted_classes(reader: Reader, class_ids: Collection[int]) -> dict[int, int]:
    """Return which of these classes go on, and as which class of the next year."""
    wanted = sorted(class_ids)
    query = (
        f"SELECT from_class_id, class_id FROM class_promotions WHERE {among('from_class_id', 'ids', wanted)}"
    )
    return dict(reader.read(query, {"ids": wanted}))


def still_there(reader: Reader, class_ids: Collection[int], day: date) -> list[tuple[int, int]]:
    """Return who has not left which of these classes by a day: (class, pupil)."""
    query = f"""SELECT DISTINCT class_id, pupil_id FROM enrolments e
        WHERE {among("class_id", "ids", class_ids)} AND {has_not_left("e", "$day")} ORDER BY 1, 2"""
    rows: list[tuple[int, int]] = reader.read(query, {"ids": sorted(class_ids), "day": day})
    return rows


def promote_pupils(
    transaction: Transaction,
    pairs: Mapping[int, int],
    leaving: Collection[int],
    first_day: date,
    repeaters: Mapping[int, int],
) -> int:
    """Enrol whoever ended the old classes in the new ones from a day on, and let the graduating go; return how many go up.

    ``repeaters``: pupil → the class of the new year that they go into instead.
    """
    old_ids = sorted({*pairs, *leaving})
    going = [
        (pupil_id, repeaters.get(pupil_id, pairs.get(class_id)))
        for class_id, pupil_id in still_there(transaction, old_ids, first_day)
    ]
    sql = """UPDATE enrolments SET ends_on = $day WHERE class_id IN (SELECT unnest($old::BIGINT[]))
            AND (ends_on IS NULL OR ends_on > $day)"""
    transaction.change(sql, {"old": old_ids, "day": first_day})
    query = f"""SELECT n.pupil_id FROM enrolments n JOIN classes c USING (class_id)
        WHERE c.school_year = (SELECT school_year FROM classes WHERE class_id = $new) AND {has_not_left("n", "$day")}"""
    wanted = sorted({*pairs.values(), *repeaters.values()})
    taken = set(read_column(transaction, query, {"new": wanted[0], "day": first_day})) if wanted else set()
    rows = [(pupil, to) for pupil, to in going if to is not None and pupil not in taken]
    ids = transaction.new_ids(len(rows)) if rows else []
    insert_rows(
        transaction,
        [
            EnrolmentRow(enrolment_id, pupil_id, class_id, first_day, None)
            for enrolment_id, (pupil_id, class_id) in zip(ids, rows, strict=True)
        ],
    )
    sql = """INSERT INTO class_promotions SELECT k.new_id, k.old_id
        FROM (SELECT unnest($old::BIGINT[]) AS old_id, unnest($new::BIGINT[]) AS new_id) k"""
    transaction.change(sql, {"old": list(pairs), "new": list(pairs.values())})
    return len(rows)
