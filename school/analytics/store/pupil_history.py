"""A pupil over all years of the register: who may be found, the classes, final and current marks, absences (п. 2.4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from school.analytics.store.frames import (
    OWN_PUPIL,
    ReadScope,
    Selection,
    mark_table,
    rows_in_scope,
    term_mark_table,
    year_mark_rows,
)
from school.records import TermKind
from school.store.connection import Cursor
from school.store.names import full_name
from school.store.reading import Reader, read_as, read_value
from school.store.selection import is_there


@dataclass(frozen=True)
class HistoryPupil:
    """A pupil in a list: the class of today or the last one, and of how many school years there are records."""

    pupil_id: int
    name: str
    class_id: int
    class_name: str
    school_year: int
    years: int
    is_here: bool


@dataclass(frozen=True)
class PlaceRow:
    """A class that a pupil is or was in; ``ends_on`` is the day of leaving."""

    class_id: int
    class_name: str
    school_year: int
    starts_on: date | None
    ends_on: date | None


TermKey = tuple[int, str, int]  # school_year, term_kind, term_number


@dataclass(frozen=True)
class FinalMarkRow:
    """A mark for a term or, with the kind of a year, for a school year."""

    school_year: int
    term_kind: str
    term_number: int
    subject_id: int
    subject_name: str
    class_name: str
    value: int

    @property
    def term(self) -> TermKey:
        """The term or the year."""
        return (self.school_year, self.term_kind, self.term_number)


@dataclass(frozen=True)
class CurrentMarksRow:
    """The current marks of a term in a subject, in the order of the days, with their weighted mean."""

    school_year: int
    term_kind: str
    term_number: int
    subject_id: int
    subject_name: str
    marks: tuple[int, ...]
    weighted_mean: float | None

    @property
    def term(self) -> TermKey:
        """The term."""
        return (self.school_year, self.term_kind, self.term_number)


def _plain(column: str) -> str:
    """A name as it is searched by: case, the dots of «ё», hyphens and apostrophes make no difference."""
    return f"translate(lower({column}), 'ё-‐‑–—''’ʼ`', 'е     ')"


def find_pupils(
    cursor: Cursor, scope: ReadScope, selection: Selection, words: Sequence[str], today: date, limit: int
) -> list[HistoryPupil]:
    """Return pupils in scope, by name; each of the words must begin a part of the name, «ё» being «е».

    Those whose surname the first word begins stand first.
    """
    placed = rows_in_scope("enrolments", scope, OWN_PUPIL, selection)
    parameters: dict[str, object] = {f"word{number}": word for number, word in enumerate(words)}
    matches = [f"contains(' ' || {_plain('k.name')}, ' ' || {_plain(f'${name}')})" for name in parameters]
    surname_first = f"NOT starts_with({_plain('k.name')}, {_plain('$word0')})," if words else ""
    query = f"""WITH placed AS ({placed}), named AS (
            SELECT p.pupil_id, {full_name("p")} AS name
            FROM pupils p WHERE p.pupil_id IN (SELECT pupil_id FROM placed)),
        here AS (
            SELECT e.pupil_id, c.class_id, c.name AS class_name, c.school_year,
                {is_there("e", "$today")} AS is_here,
                e.starts_on
            FROM placed e JOIN classes c USING (class_id)),
        latest AS (
            SELECT *, (SELECT count(DISTINCT school_year) FROM here a WHERE a.pupil_id = here.pupil_id) AS years
            FROM here QUALIFY row_number() OVER (PARTITION BY pupil_id
                ORDER BY is_here DESC, school_year DESC, starts_on DESC, class_id) = 1)
        SELECT k.pupil_id, k.name, l.class_id, l.class_name, l.school_year, l.years, l.is_here
        FROM named k JOIN latest l USING (pupil_id)
        WHERE {" AND ".join(matches) or "true"}
        ORDER BY {surname_first} k.name COLLATE ru, k.pupil_id LIMIT $limit"""
    return read_as(cursor, HistoryPupil, query, {**parameters, "today": today, "limit": limit})


def pupil_name(reader: Reader, pupil_id: int) -> str | None:
    """Return the full name of a pupil; None where nobody has the id."""
    query = f"SELECT {full_name('pupils')} FROM pupils WHERE pupil_id = $pupil"
    return read_value(reader, query, {"pupil": pupil_id})


def places_of_pupil(reader: Reader, pupil_id: int) -> list[PlaceRow]:
    """Return the classes of a pupil, the newest first."""
    query = """SELECT c.class_id, c.name AS class_name, c.school_year, e.starts_on, e.ends_on
        FROM enrolments e JOIN classes c USING (class_id) WHERE e.pupil_id = $pupil
        ORDER BY c.school_year DESC, e.starts_on DESC, c.class_id"""
    return read_as(reader, PlaceRow, query, {"pupil": pupil_id})


def is_own_pupil(cursor: Cursor, scope: ReadScope, pupil_id: int) -> bool:
    """Whether any place of a pupil in a class is in scope."""
    sql = rows_in_scope("enrolments", scope, OWN_PUPIL, {"pupil_id": [pupil_id]}, "1")
    return bool(cursor.execute(f"{sql} LIMIT 1").fetchall())


def final_marks(cursor: Cursor, scope: ReadScope, pupil_id: int) -> list[FinalMarkRow]:
    """Return a pupil's marks for terms and years that are in scope, in the order of the terms, by subject.

    Those of the former school are the pupil's: for who sees all of the pupil.
    """
    pupil: Selection = {"pupil_id": [pupil_id]}
    columns = "school_year, term_kind, term_number, term_id, class_id, subject_id, value"
    brought = (
        f""" UNION ALL SELECT t.school_year, t.kind, t.number, f.term_id, NULL, f.subject_id, f.value
            FROM former_school_marks f JOIN terms t USING (term_id) WHERE f.pupil_id = {int(pupil_id)}"""
        if scope.is_whole_school
        else ""
    )
    query = f"""SELECT k.school_year, k.term_kind, k.term_number, k.subject_id, s.name AS subject_name,
            coalesce(c.name, 'прежняя школа') AS class_name, k.value
        FROM (SELECT {columns} FROM ({term_mark_table(cursor, scope, pupil).sql_query()})
              UNION ALL SELECT {columns} FROM ({year_mark_rows(cursor, scope, pupil).sql_query()}){brought}) k
            JOIN subjects s USING (subject_id) LEFT JOIN classes c ON c.class_id = k.class_id
            LEFT JOIN terms t ON t.term_id = k.term_id
        ORDER BY k.school_year, k.term_kind = '{TermKind.YEAR}', t.starts_on, k.term_number, s.name COLLATE ru,
            k.subject_id"""
    return read_as(cursor, FinalMarkRow, query)


def current_marks(cursor: Cursor, scope: ReadScope, pupil_id: int) -> list[CurrentMarksRow]:
    """Return a pupil's current marks that are in scope by term and subject, in the order of the terms."""
    marks = mark_table(cursor, scope, {"pupil_id": [pupil_id]}).sql_query()
    query = f"""SELECT m.school_year, m.term_kind, m.term_number, m.subject_id, s.name AS subject_name,
            list(m.value ORDER BY m.given_on, m.lesson_id, m.slot) AS marks,
            sum(m.value * m.weight) / nullif(sum(m.weight), 0) AS weighted_mean
        FROM ({marks}) m JOIN subjects s USING (subject_id) JOIN terms t USING (term_id)
        GROUP BY m.school_year, m.term_kind, m.term_number, m.subject_id, s.name
        ORDER BY m.school_year, min(t.starts_on), m.term_number, s.name COLLATE ru, m.subject_id"""
    return read_as(cursor, CurrentMarksRow, query)
