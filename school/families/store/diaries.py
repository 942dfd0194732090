"""What a diary reads beside lessons and cells: names, bells, rooms, corrections, term marks."""

from collections.abc import Collection, Iterable
from datetime import date, datetime, time
from operator import itemgetter
from typing import NamedTuple

from school.records import PersonName
from school.register.store.pupil_lessons import DatedLesson, of_pupil
from school.store.memory.entered import Kind
from school.store.names import surname_and_initials, tell_apart
from school.store.reading import Reader, steady_as
from school.store.selection import among

# An event stands beside each change of a cell, so a lesson's corrections are as old as its marks and absences.
CORRECTIONS = Kind("marks", ("absences",))


class CellChange(NamedTuple):
    """A change of what stood in a pupil's cell of a lesson."""

    pupil_id: int
    changed_at: datetime
    old_text: str
    new_text: str
    reason: str


class Room(NamedTuple):
    """Where the timetable puts a lesson: on a weekday (1 is Monday) at a number, between two days (open where None)."""

    subject_id: int
    subgroup_id: int | None
    weekday: int
    number: int
    room: str
    starts_on: date | None
    ends_on: date | None


class DiaryTermMark(NamedTuple):
    """A term mark (п. 5.4); a year mark has no term."""

    subject_id: int
    term_id: int | None
    value: int
    is_of_former_school: bool = False


class RememberedForecast(NamedTuple):
    """A forecast as it was made: the chances of 2 to 5."""

    as_of: date
    p2: float
    p3: float
    p4: float
    p5: float


def remembered_forecast(
    reader: Reader, pupil_id: int, subject_id: int, term_id: int
) -> RememberedForecast | None:
    """Return the newest remembered forecast of a pupil's term mark, or None."""
    query = """SELECT s.as_of, r.p2, r.p3, r.p4, r.p5 FROM forecast_snapshot_rows r JOIN forecast_snapshots s USING (snapshot_id)
        WHERE r.snapshot_id = (SELECT snapshot_id FROM forecast_snapshots WHERE NOT is_replayed
                ORDER BY as_of DESC, snapshot_id DESC LIMIT 1)
            AND r.pupil_id = $pupil AND r.subject_id = $subject AND r.term_id = $term"""
    parameters = {"pupil": pupil_id, "subject": subject_id, "term": term_id}
    tables = ("forecast_snapshots", "forecast_snapshot_rows")
    return next(iter(steady_as(reader, RememberedForecast, tables, query, parameters)), None)


def pupil_names(reader: Reader, pupil_ids: frozenset[int]) -> dict[int, PersonName]:
    """Return the names of pupils by id, in alphabetical order."""
    query = """SELECT pupil_id, row_number() OVER (ORDER BY last_name COLLATE ru, first_name COLLATE ru, pupil_id) AS place,
            last_name, first_name, middle_name FROM pupils ORDER BY pupil_id"""
    # Of the whole school: one question serves a thousand families.
    rows = reader.steady(("pupils",), query, {})
    found = sorted((row for each in pupil_ids for row in of_pupil(rows, each)), key=itemgetter(1))
    return tell_apart(reader, {pupil: PersonName(*name) for pupil, _, *name in found})


def staff_names(reader: Reader) -> dict[int, PersonName]:
    """Return the names of the staff by id."""
    query = "SELECT staff_id, last_name, first_name, middle_name FROM staff"
    return {staff: PersonName(*names) for staff, *names in reader.steady(("staff",), query, {})}


def bell_times(reader: Reader) -> dict[int, tuple[time, time]]:
    """Return when the lessons of a day begin and end, by their number."""
    rows = reader.steady(("bell_times",), "SELECT number, starts_at, ends_at FROM bell_times", {})
    return {number: (starts_at, ends_at) for number, starts_at, ends_at in rows}


def days_off(reader: Reader) -> dict[date, str]:
    """Return the names of the days without lessons."""
    return dict(reader.steady(("days_off",), "SELECT day, name FROM days_off", {}))


def grade_days_off(reader: Reader, class_id: int) -> dict[date, str]:
    """Return the names of the days without lessons of a class's grade alone."""
    query = """SELECT d.day, d.name FROM grade_days_off d JOIN classes c USING (grade_level)
        WHERE c.class_id = $class_id"""
    return dict(reader.steady(("grade_days_off", "classes"), query, {"class_id": class_id}))


def rooms_of_class(reader: Reader, class_id: int) -> list[Room]:
    """Return where the timetable puts the lessons of a class."""
    query = """SELECT l.subject_id, l.subgroup_id, t.weekday, t.number, t.room, t.starts_on, t.ends_on
        FROM timetable t JOIN teaching_load l USING (load_id) WHERE l.class_id = $class_id AND t.room <> ''"""
    rows = reader.steady(("timetable", "teaching_load"), query, {"class_id": class_id})
    return [Room(*row) for row in rows]


def room_of(rooms: Iterable[Room], lesson: DatedLesson) -> str:
    """Return where the timetable puts a lesson; empty where it does not say."""
    place = (lesson.subject_id, lesson.subgroup_id, lesson.held_on.isoweekday(), lesson.number)
    return next(
        (
            each.room
            for each in rooms
            if each[:4] == place
            and (each.starts_on is None or each.starts_on <= lesson.held_on)
            and (each.ends_on is None or lesson.held_on <= each.ends_on)
        ),
        "",
    )


def substituted_lessons(reader: Reader, class_id: int) -> frozenset[int]:
    """Return the lessons of a class that are given by a substitute (п. 4.5)."""
    query = """SELECT lesson_id FROM substitutions
        WHERE class_id = $class_id AND withdrawn_at IS NULL AND substitute_id IS NOT NULL"""
    rows = reader.steady(("substitutions",), query, {"class_id": class_id})
    return frozenset(row[0] for row in rows)


def changes_by_lesson(reader: Reader, lesson_ids: Collection[int]) -> dict[int, tuple[CellChange, ...]]:
    """Return what became of cells that were filled already, oldest first, by lesson."""
    return reader.entered(CORRECTIONS, lesson_ids, lambda wanted: _changes(reader, sorted(wanted)))


def _changes(reader: Reader, lesson_ids: list[int]) -> dict[int, tuple[CellChange, ...]]:
    query = f"""SELECT lesson_id, pupil_id, happened_at, old_value, coalesce(new_value, ''), reason FROM events
        WHERE lesson_id BETWEEN $first AND $last AND kind = 'cell' AND old_value <> ''
            AND {among("lesson_id", "lessons", lesson_ids)} ORDER BY event_id"""
    parameters = {"lessons": lesson_ids, "first": lesson_ids[0], "last": lesson_ids[-1]}
    found: dict[int, list[CellChange]] = {lesson: [] for lesson in lesson_ids}
    for lesson, *change in reader.read(query, parameters):
        found[lesson].append(CellChange(*change))
    return {lesson: tuple(changes) for lesson, changes in found.items()}


def absence_authors(reader: Reader, pupil_id: int, lesson_ids: Collection[int]) -> dict[int, str]:
    """Return who set a pupil's absences at lessons, surname and initials by lesson; those nobody is known to have set are missing."""
    query = f"""SELECT a.lesson_id, {surname_and_initials("s")} FROM absences a JOIN users u ON u.user_id = a.recorded_by
            JOIN staff s ON s.staff_id = u.staff_id
        WHERE a.pupil_id = $pupil AND {among("a.lesson_id", "lessons", lesson_ids)}"""
    return dict(reader.read(query, {"pupil": pupil_id, "lessons": sorted(lesson_ids)}))


def term_marks_of_pupil(
    reader: Reader, pupil_id: int, class_ids: Collection[int], school_year: int
) -> list[DiaryTermMark]:
    """Return a pupil's term marks and year marks of a school year: brought from the former school, then of these classes."""
    query = """SELECT m.pupil_id, m.subject_id, m.term_id, m.value FROM term_marks m JOIN terms t USING (term_id)
        WHERE m.class_id = $class_id AND t.school_year = $year
        UNION ALL SELECT pupil_id, subject_id, NULL, value FROM year_marks
        WHERE class_id = $class_id AND school_year = $year"""
    brought = "SELECT pupil_id, subject_id, term_id, value FROM former_school_marks JOIN terms USING (term_id) WHERE school_year = $year"
    rows = reader.steady(("former_school_marks", "terms"), brought, {"year": school_year})
    found = [
        DiaryTermMark(subject, term, value, is_of_former_school=True)
        for pupil, subject, term, value in rows
        if pupil == pupil_id
    ]
    tables = ("term_marks", "year_marks", "terms")
    # Of the whole class, so that its other families find them in memory.
    for class_id in class_ids:
        rows = reader.steady(tables, query, {"class_id": class_id, "year": school_year})
        found += [DiaryTermMark(*row[1:]) for row in rows if row[0] == pupil_id]
    return found
