"""The school and its calendar as rows: name, years, terms by grade level, days off, moved days (п. 5.1)."""

from collections.abc import Collection
from datetime import date
from itertools import groupby
from operator import attrgetter

from school.store.connection import Transaction
from school.store.reading import Reader, Writer, read_as
from school.store.settings import save_setting
from school.store.writing import insert, update
from school.year.records import ONE_DAY, Break, MovedDay, TermSpan, YearCalendar, YearKey, days_between
from school.year.store.timetables import TOUCHED

NAME_SETTING = "school.name"


def known_schools(reader: Reader) -> list[tuple[int, str]]:
    """Return (id, name) of the schools, those made here before those that an import brought."""
    return reader.read("SELECT school_id, name FROM schools ORDER BY external_id IS NOT NULL, school_id")


def save_school(transaction: Transaction, school_id: int | None, name: str, *, is_only: bool) -> int:
    """Name a school, or make it; the only school's name heads every screen. Return its id."""
    if school_id is None:
        school_id = transaction.new_ids(1)[0]
        insert(transaction, "schools", school_id=school_id, name=name)
    else:
        update(transaction, "schools", {"school_id": school_id}, name=name)
    if is_only:
        save_setting(transaction, NAME_SETTING, name)
    return school_id


def calendar_of(reader: Reader, key: YearKey) -> YearCalendar | None:
    """Return the calendar of a school's year, or None where the year is not there."""
    query = "SELECT starts_on, ends_on, days_a_week FROM school_years WHERE school_year = $school_year"
    years = reader.read(query, {"school_year": key.school_year})
    if not years:
        return None
    starts_on, ends_on, days_a_week = years[0]
    moved = "SELECT day, weekday FROM moved_days WHERE day BETWEEN $first AND $last ORDER BY day"
    return YearCalendar(
        key.school_year,
        starts_on,
        ends_on,
        days_a_week,
        tuple(_terms(reader, key)),
        tuple(_breaks(reader, starts_on, ends_on)),
        tuple(read_as(reader, MovedDay, moved, {"first": starts_on, "last": ends_on})),
    )


def _terms(reader: Reader, key: YearKey) -> list[TermSpan]:
    query = """WITH grades AS (SELECT term_id, grade_level FROM term_grades
            UNION SELECT k.term_id, c.grade_level FROM class_terms k JOIN classes c USING (class_id)
            WHERE c.grade_level IS NOT NULL AND k.term_id NOT IN (SELECT term_id FROM term_grades))
        SELECT t.kind, t.number, t.starts_on, t.ends_on,
            list(g.grade_level) FILTER (g.grade_level IS NOT NULL) AS grade_levels,
            t.term_id, t.closed_at IS NOT NULL AS is_closed
        FROM terms t LEFT JOIN grades g USING (term_id) WHERE t.school_id = $school_id AND t.school_year = $school_year
        GROUP BY ALL ORDER BY 1 DESC, 2, 3"""
    return read_as(reader, TermSpan, query, vars(key))


def _breaks(reader: Reader, first: date, last: date) -> list[Break]:
    query = """SELECT day, name, [] AS grades FROM days_off WHERE day BETWEEN $first AND $last
        UNION ALL SELECT day, name, list(grade_level ORDER BY grade_level) FROM grade_days_off
        WHERE day BETWEEN $first AND $last GROUP BY day, name ORDER BY 3, 2, 1"""
    days = reader.read(query, {"first": first, "last": last})
    runs = groupby(enumerate(days), key=lambda row: (row[1][1:], row[1][0] - row[0] * ONE_DAY))
    spans = [[day for _, day in run] for _, run in runs]
    found = [Break(run[0][1], run[0][0], run[-1][0], frozenset(run[0][2])) for run in spans]
    return sorted(found, key=attrgetter("starts_on", "name"))


def save_calendar(transaction: Transaction, school_id: int, calendar: YearCalendar) -> None:
    """Write a year's days, terms and breaks in place of those it had; terms without an identifier are added."""
    insert(
        transaction,
        "school_years",
        "OR REPLACE",
        school_year=calendar.school_year,
        starts_on=calendar.starts_on,
        ends_on=calendar.ends_on,
        days_a_week=calendar.days_a_week,
    )
    _save_terms(transaction, school_id, calendar)
    _save_breaks(transaction, calendar)


def _save_terms(transaction: Transaction, school_id: int, calendar: YearCalendar) -> None:
    kept = [term.term_id for term in calendar.terms if term.term_id is not None]
    key = YearKey(school_id, calendar.school_year)
    scope = {**vars(key), "kept": kept}
    gone = """SELECT term_id FROM terms WHERE school_id = $school_id AND school_year = $school_year
        AND term_id NOT IN (SELECT unnest($kept::BIGINT[]))"""
    for table in ("class_terms", "term_grades", "terms"):
        transaction.change(f"DELETE FROM {table} WHERE term_id IN ({gone})", scope)
    ids = iter(
        transaction.new_ids(len(calendar.terms) - len(kept)) if len(calendar.terms) > len(kept) else ()
    )
    for term in calendar.terms:
        _save_term(transaction, key, term, term.term_id or next(ids))


def _save_term(transaction: Transaction, key: YearKey, term: TermSpan, term_id: int) -> None:
    span = {"starts_on": term.starts_on, "ends_on": term.ends_on}
    if term.term_id is None:
        insert(
            transaction,
            "terms",
            term_id=term_id,
            **vars(key),
            kind=str(term.kind),
            number=term.number,
            **span,
        )
    else:
        update(transaction, "terms", {"term_id": term_id}, **span)
    transaction.change("DELETE FROM term_grades WHERE term_id = $term", {"term": term_id})
    sql = "INSERT INTO term_grades SELECT $term, unnest($grades::TINYINT[])"
    transaction.change(sql, {"term": term_id, "grades": sorted(term.grade_levels)})


def _save_breaks(transaction: Transaction, calendar: YearCalendar) -> None:
    span = {"first": calendar.starts_on, "last": calendar.ends_on}
    for table in ("days_off", "grade_days_off", "moved_days"):
        transaction.change(f"DELETE FROM {table} WHERE day BETWEEN $first AND $last", span)
    for each in calendar.breaks:
        days = list(days_between(each.starts_on, each.ends_on))
        if each.grade_levels:
            sql = """INSERT OR IGNORE INTO grade_days_off SELECT d.day, g.grade, $name
                FROM unnest($days::DATE[]) d(day), unnest($grades::TINYINT[]) g(grade)"""
            transaction.change(sql, {"days": days, "grades": sorted(each.grade_levels), "name": each.name})
        else:
            sql = "INSERT OR IGNORE INTO days_off SELECT unnest($days::DATE[]), $name"
            transaction.change(sql, {"days": days, "name": each.name})
    for moved in calendar.moved_days:
        insert(transaction, "moved_days", day=moved.day, weekday=moved.weekday)


def give_terms_to_classes(writer: Writer, key: YearKey) -> None:
    """Let the classes of a year report by the terms of their grade level, and lessons stand in the term of their day.

    Terms that came with their classes, by an import, name no grades: those classes keep them, and a new class has its grade's.
    """
    scope = vars(key)
    own = """SELECT class_id FROM classes
        WHERE school_id = $school_id AND school_year = $school_year AND grade_level IS NOT NULL"""
    came_with_classes = "term_id NOT IN (SELECT term_id FROM term_grades)"
    wanted = f"""SELECT c.class_id, g.term_id FROM classes c JOIN terms t ON t.school_id = c.school_id
        AND t.school_year = c.school_year JOIN term_grades g ON g.term_id = t.term_id AND g.grade_level = c.grade_level
        WHERE c.class_id IN ({own})
        UNION SELECT class_id, term_id FROM class_terms WHERE class_id IN ({own}) AND {came_with_classes}
        UNION SELECT c.class_id, term_id FROM classes c JOIN classes a USING (school_id, school_year, grade_level)
            JOIN class_terms k ON k.class_id = a.class_id
        WHERE c.class_id IN ({own}) AND {came_with_classes} AND c.class_id NOT IN (SELECT class_id FROM class_terms)"""
    sql = f"""DELETE FROM class_terms WHERE class_id IN ({own})
        AND (class_id, term_id) NOT IN (SELECT (class_id, term_id) FROM ({wanted}))"""
    writer.change(sql, scope)
    writer.change(f"INSERT OR IGNORE INTO class_terms {wanted}", scope)
    sql = f"""UPDATE classes SET term_kind = k.kind FROM (SELECT w.class_id, any_value(t.kind) AS kind FROM ({wanted}) w
            JOIN terms t USING (term_id) GROUP BY w.class_id) k
        WHERE classes.class_id = k.class_id AND classes.term_kind IS DISTINCT FROM k.kind"""
    writer.change(sql, scope)
    sql = f"""UPDATE lessons SET term_id = k.term_id FROM (SELECT w.class_id, w.term_id, t.starts_on, t.ends_on
            FROM ({wanted}) w JOIN terms t USING (term_id)) k
        WHERE lessons.class_id = k.class_id AND lessons.held_on BETWEEN k.starts_on AND k.ends_on
            AND lessons.term_id <> k.term_id"""
    writer.change(sql, scope)


def fact_days(reader: Reader, key: YearKey, today: date) -> list[tuple[int, str, int | None, date, int]]:
    """Return the days with lessons that are facts, up to today or with anything at them: class id, name, grade level, day, term."""
    query = f"""SELECT DISTINCT c.class_id, c.name, c.grade_level, l.held_on, l.term_id
        FROM lessons l JOIN classes c USING (class_id)
        WHERE c.school_id = $school_id AND c.school_year = $school_year
            AND (l.held_on <= $today OR l.lesson_id IN ({TOUCHED}) OR l.class_id NOT IN (
                SELECT t.class_id FROM teaching_load t JOIN timetable USING (load_id)))
        ORDER BY c.name, l.held_on"""
    return reader.read(query, {**vars(key), "today": today})


def terms_with_term_marks(reader: Reader, term_ids: Collection[int]) -> set[tuple[int, int | None]]:
    """Return (term, grade level of a class) where marks for the term are given."""
    query = """SELECT DISTINCT m.term_id, c.grade_level FROM term_marks m JOIN classes c USING (class_id)
        WHERE m.term_id IN (SELECT unnest($terms::BIGINT[]))"""
    return set(reader.read(query, {"terms": sorted(term_ids)}))
