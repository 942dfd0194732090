"""Results of pupils as their papers print them: marks with days, term marks, results of years, lessons missed."""

from collections import Counter, defaultdict
from collections.abc import Collection
from datetime import date
from typing import NamedTuple

from school.certificates.records import DatedMark, SubjectMarks, YearResult
from school.councils.store import YearPlace, final_marks
from school.families.store.diaries import term_marks_of_pupil
from school.records import AbsenceReason, LessonStatus
from school.register.store.pupil_lessons import lessons_of_pupil
from school.register.store.registers import subject_names
from school.store.names import full_name
from school.store.reading import Reader, read_value


class Missed(NamedTuple):
    """Lessons that a pupil missed in a subject and a term, for one reason."""

    subject_id: int
    term_id: int
    reason: AbsenceReason
    lessons: int


def head_of_school(reader: Reader) -> str:
    """Return the head's full name; empty where nobody has the role."""
    query = f"""SELECT {full_name("s")} FROM staff s JOIN users u USING (staff_id) JOIN user_roles r USING (user_id)
        WHERE r.role = 'head' AND s.dismissed_on IS NULL AND u.blocked_at IS NULL ORDER BY s.staff_id LIMIT 1"""
    return str(read_value(reader, query) or "")


def marks_of_days(
    reader: Reader, pupil_id: int, class_ids: Collection[int], school_year: int, first: date, last: date
) -> list[SubjectMarks]:
    """Return a pupil's subjects with all current marks of these days, the term marks of the year and the lessons held, by name.

    A mark counts whichever class gave it (п. 5.2); lessons are those of the classes and subgroups that the pupil was in.
    """
    query = """SELECT subject_id, given_on, value, weight FROM mark_rows
        WHERE pupil_id = $pupil AND given_on BETWEEN $first AND $last ORDER BY given_on, lesson_id, slot"""
    marks: dict[int, list[DatedMark]] = defaultdict(list)
    for subject_id, *mark in reader.read(query, {"pupil": pupil_id, "first": first, "last": last}):
        marks[subject_id].append(DatedMark(*mark))
    held = Counter(
        each.subject_id for each in lessons_of_pupil(reader, pupil_id, first, last) if not each.is_cancelled
    )
    by_term = term_marks(reader, pupil_id, class_ids, school_year)
    return [
        SubjectMarks(name, tuple(marks[key]), by_term.get(key, {}), held[key])
        for key, name in subject_names(reader).items()
        if marks[key] or held[key] or by_term.get(key)
    ]


def term_marks(
    reader: Reader, pupil_id: int, class_ids: Collection[int], school_year: int
) -> dict[int, dict[int, int]]:
    """Return a pupil's marks for terms of a school year by subject and term; what the class of today gave counts most."""
    found: dict[int, dict[int, int]] = defaultdict(dict)
    for each in term_marks_of_pupil(reader, pupil_id, list(reversed([*class_ids])), school_year):
        if each.term_id is not None:
            found[each.subject_id][each.term_id] = each.value
    return found


def year_marks(reader: Reader, pupil_ids: Collection[int]) -> dict[YearPlace, int]:
    """Return marks for years by pupil, subject and school year; of two classes of a year the mark given last."""
    query = """SELECT pupil_id, subject_id, school_year, max_by(value, coalesce(recorded_at, TIMESTAMP '0001-01-01')) FROM year_marks
        WHERE pupil_id IN (SELECT unnest($pupils::BIGINT[])) GROUP BY ALL"""
    rows = reader.read(query, {"pupils": sorted(set(pupil_ids))})
    return {(pupil, subject, year): value for pupil, subject, year, value in rows}


def year_results(reader: Reader, pupil_id: int) -> list[YearResult]:
    """Return a pupil's results by year and subject."""
    of_year, names = year_marks(reader, [pupil_id]), subject_names(reader)
    final = final_marks(reader, of_year, [pupil_id])
    places = sorted(of_year.keys() | final.keys(), key=lambda place: (place[2], names[place[1]]))
    return [YearResult(place[2], names[place[1]], of_year.get(place), final.get(place)) for place in places]


def missed_lessons(
    reader: Reader, pupil_ids: Collection[int], first: date, last: date
) -> dict[int, list[Missed]]:
    """Return what pupils missed on these days, by pupil; coming late is no miss."""
    query = f"""SELECT a.pupil_id, l.subject_id, l.term_id, a.reason, count(*) FROM absences a JOIN lessons l USING (lesson_id)
        WHERE a.pupil_id IN (SELECT unnest($pupils::BIGINT[])) AND a.reason <> '{AbsenceReason.LATE}'
            AND l.status <> '{LessonStatus.CANCELLED}' AND l.held_on BETWEEN $first AND $last
        GROUP BY ALL ORDER BY ALL"""
    found: dict[int, list[Missed]] = {pupil: [] for pupil in pupil_ids}
    rows = reader.read(query, {"pupils": sorted(set(pupil_ids)), "first": first, "last": last})
    for pupil_id, subject_id, term_id, reason, lessons in rows:
        found[pupil_id].append(Missed(subject_id, term_id, AbsenceReason(reason), lessons))
    return found
