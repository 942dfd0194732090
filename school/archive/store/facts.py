"""What is open of a school year, as its rows say (п. 6.5)."""

from datetime import date
from typing import Any

from school.archive.rules.readiness import ClassCount
from school.register.rules.completeness import Part, missing_parts
from school.store.reading import Reader, read_as, read_column

# A lesson without homework is a lesson all the same; without a topic or attendance it is no record of one (п. 4.5).
NEEDED = {Part.TOPIC, Part.ATTENDANCE}


def years_with_classes(reader: Reader) -> list[int]:
    """Return the school years that have classes, newest first."""
    return read_column(reader, "SELECT DISTINCT school_year FROM classes ORDER BY 1 DESC")


def class_names(reader: Reader, school_year: int) -> dict[int, str]:
    """Return the names of a year's classes by id, by grade level and name."""
    query = """SELECT class_id, name FROM classes WHERE school_year = $year
        ORDER BY grade_level NULLS LAST, name COLLATE ru, class_id"""
    return dict(reader.read(query, {"year": school_year}))


def last_day(reader: Reader, school_year: int) -> date | None:
    """Return the last day of a year by its calendar, or by its terms; None where it has none."""
    query = """SELECT greatest((SELECT max(ends_on) FROM school_years WHERE school_year = $year),
        (SELECT max(ends_on) FROM terms WHERE school_year = $year))"""
    return _first(reader.steady(("school_years", "terms"), query, {"year": school_year}))


def first_event_day(reader: Reader) -> date | None:
    """Return the day of the oldest change: what ended before was not kept here."""
    # Asked by the menu at every page: the oldest change stays what it is.
    return _first(reader.steady(("school_years",), "SELECT min(happened_at)::DATE FROM events", {}))


def _first(rows: list[tuple[Any, ...]]) -> date | None:
    day: date | None = rows[0][0] if rows else None
    return day


def open_periods(reader: Reader, school_year: int) -> list[tuple[str, int]]:
    """Return kind and number of the terms that some class reports by and that are not closed."""
    query = """SELECT t.kind, t.number FROM terms t WHERE t.school_year = $year AND t.closed_at IS NULL
            AND t.term_id IN (SELECT term_id FROM class_terms) GROUP BY ALL ORDER BY min(t.ends_on), 1, 2"""
    return reader.read(query, {"year": school_year})


def periods(reader: Reader, school_year: int) -> list[tuple[int, str, int]]:
    """Return year, kind and number of the terms that classes report by."""
    query = """SELECT t.school_year, t.kind, t.number FROM terms t WHERE t.school_year = $year
        AND t.term_id IN (SELECT term_id FROM class_terms) GROUP BY ALL ORDER BY min(t.ends_on), 2, 3"""
    return reader.read(query, {"year": school_year})


def unfilled_lessons(reader: Reader, school_year: int, today: date) -> list[ClassCount]:
    """Return by class how many lessons held before a day lack what makes them a record (п. 4.5)."""
    query = """SELECT c.class_id, c.name, l.topic <> '', l.attendance_taken_at IS NOT NULL, any_value(l.topic),
            any_value(l.homework_state), any_value(l.attendance_taken_at), count(*)
        FROM lessons l JOIN classes c USING (class_id)
        WHERE c.school_year = $year AND l.status <> 'cancelled' AND l.held_on < $today
        GROUP BY c.class_id, c.name, c.grade_level, 3, 4 ORDER BY c.grade_level NULLS LAST, c.name COLLATE ru"""
    counts: dict[str, int] = {}
    rows = reader.read(query, {"year": school_year, "today": today})
    for _, name, _, _, topic, homework_state, attendance_taken_at, count in rows:
        if NEEDED.intersection(missing_parts(topic, homework_state, attendance_taken_at, 0)):
            counts[name] = counts.get(name, 0) + count
    return [ClassCount(name, count) for name, count in counts.items()]


def unpublished_inspections(reader: Reader, school_year: int) -> list[str]:
    """Return the titles of a year's inspections whose report nobody has made known."""
    query = (
        "SELECT title FROM inspections WHERE school_year = $year AND published_at IS NULL ORDER BY started_at"
    )
    return read_column(reader, query, {"year": school_year})


def unread_inspections(reader: Reader, school_year: int) -> list[ClassCount]:
    """Return the year's published reports with how many of the teachers named, who work here still, have not read them."""
    query = """SELECT i.title AS class_name, count(DISTINCT f.teacher_id) AS count
        FROM inspections i JOIN inspection_findings f USING (inspection_id) JOIN staff s ON s.staff_id = f.teacher_id
        WHERE i.school_year = $year AND i.published_at IS NOT NULL AND f.is_kept AND s.dismissed_on IS NULL
            AND NOT EXISTS (FROM inspection_readings r WHERE r.inspection_id = i.inspection_id AND r.staff_id = f.teacher_id)
        GROUP BY i.inspection_id, i.title, i.started_at ORDER BY i.started_at"""
    return read_as(reader, ClassCount, query, {"year": school_year})
