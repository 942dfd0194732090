"""One pupil's diary as rows: marks, absences, lessons of a day with homework, term marks."""

from dataclasses import dataclass
from datetime import date

from school.records import PersonName
from school.store.reading import Reader, read_as, read_value
from school.store.selection import is_there


@dataclass(frozen=True)
class PupilClass:
    """A class that a pupil is or was in."""

    class_id: int
    class_name: str
    school_year: int


@dataclass(frozen=True)
class DiaryMark:
    """A mark as a family reads it."""

    subject_id: int
    subject_name: str
    value: int
    weight: float
    given_on: date
    work_type: str
    topic: str


@dataclass(frozen=True)
class DiaryLesson:
    """A lesson of a pupil's day."""

    number: int
    subject_name: str
    subject_id: int
    subgroup_id: int | None


@dataclass(frozen=True)
class DiaryTermMark:
    """A term mark (п. 5.4); a year mark has no term."""

    subject_id: int
    subject_name: str
    term_id: int | None
    value: int


def pupil_names(reader: Reader, pupil_ids: frozenset[int]) -> dict[int, PersonName]:
    """Return the names of pupils by id, in alphabetical order."""
    query = """SELECT pupil_id, last_name, first_name, middle_name FROM pupils
        WHERE pupil_id IN (SELECT unnest($pupils::BIGINT[]))
        ORDER BY last_name COLLATE ru, first_name COLLATE ru, pupil_id"""
    rows = reader.read(query, {"pupils": sorted(pupil_ids)})
    return {pupil: PersonName(*names) for pupil, *names in rows}


def classes_of_pupil(reader: Reader, pupil_id: int, today: date) -> list[PupilClass]:
    """Return the classes of a pupil: those of today first, then the others from the newest."""
    query = """SELECT c.class_id, c.name AS class_name, c.school_year FROM enrolments e JOIN classes c USING (class_id)
        WHERE e.pupil_id = $pupil
        ORDER BY coalesce(e.starts_on, $today) <= $today AND coalesce(e.ends_on, DATE '9999-12-31') > $today DESC,
            c.school_year DESC, e.starts_on DESC, c.class_id"""
    return list(dict.fromkeys(read_as(reader, PupilClass, query, {"pupil": pupil_id, "today": today})))


def marks_of_pupil(reader: Reader, pupil_id: int, term_id: int) -> list[DiaryMark]:
    """Return a pupil's marks of a term by subject and day, whichever class they were given in."""
    query = """SELECT l.subject_id, s.name AS subject_name, m.value, coalesce(m.weight, w.weight, 1.0) AS weight,
            l.held_on AS given_on, coalesce(w.name, '') AS work_type, l.topic
        FROM marks m JOIN lessons l USING (lesson_id) JOIN subjects s USING (subject_id)
            LEFT JOIN work_types w ON w.work_type_id = coalesce(m.work_type_id, l.work_type_id)
        WHERE m.pupil_id = $pupil AND l.term_id = $term
        ORDER BY s.name COLLATE ru, l.subject_id, l.held_on, l.number, m.slot"""
    return read_as(reader, DiaryMark, query, {"pupil": pupil_id, "term": term_id})


def absences_of_pupil(reader: Reader, pupil_id: int, term_id: int) -> dict[str, int]:
    """Return how many lessons of a term a pupil missed or came late to, by reason."""
    query = """SELECT a.reason, count(*) FROM absences a JOIN lessons l USING (lesson_id)
        WHERE a.pupil_id = $pupil AND l.term_id = $term GROUP BY ALL"""
    return dict(reader.read(query, {"pupil": pupil_id, "term": term_id}))


def term_marks_of_pupil(reader: Reader, pupil_id: int, school_year: int) -> list[DiaryTermMark]:
    """Return a pupil's term marks and year marks of a school year, by subject."""
    query = """SELECT k.subject_id, s.name AS subject_name, k.term_id, k.value FROM (
            SELECT m.subject_id, m.term_id, m.value FROM term_marks m JOIN terms t USING (term_id)
            WHERE m.pupil_id = $pupil AND t.school_year = $year
            UNION ALL SELECT subject_id, NULL, value FROM year_marks
            WHERE pupil_id = $pupil AND school_year = $year) k JOIN subjects s USING (subject_id)
        ORDER BY s.name COLLATE ru, k.subject_id"""
    return read_as(reader, DiaryTermMark, query, {"pupil": pupil_id, "year": school_year})


_LISTED = f"""EXISTS (SELECT 1 FROM enrolments e WHERE e.pupil_id = $pupil AND e.class_id = l.class_id
        AND {is_there("e", "l.held_on")})
    AND (l.subgroup_id IS NULL OR EXISTS (SELECT 1 FROM subgroup_members g WHERE g.pupil_id = $pupil
        AND g.subgroup_id = l.subgroup_id AND {is_there("g", "l.held_on")}))
    AND l.status <> 'cancelled'"""


def next_day_of_pupil(reader: Reader, pupil_id: int, after: date) -> date | None:
    """Return the pupil's next day with lessons after a day."""
    query = f"SELECT min(l.held_on) FROM lessons l WHERE l.held_on > $after AND {_LISTED}"
    return read_value(reader, query, {"pupil": pupil_id, "after": after})


def lessons_of_day(reader: Reader, pupil_id: int, day: date) -> list[DiaryLesson]:
    """Return a pupil's lessons of a day, in order."""
    query = f"""SELECT l.number, s.name AS subject_name, l.subject_id, l.subgroup_id
        FROM lessons l JOIN subjects s USING (subject_id)
        WHERE l.held_on = $day AND {_LISTED} ORDER BY l.number, s.name COLLATE ru"""
    return read_as(reader, DiaryLesson, query, {"pupil": pupil_id, "day": day})
