"""Exams, final marks and the council's decisions as rows, and a class's year read together (п. 4.2, 6.6)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

from school.councils.records import (
    ClassYear,
    CouncilClass,
    Decision,
    ExamColumn,
    Missed,
    PupilYear,
    SubjectYear,
)
from school.councils.rules import proposed_final
from school.records import YEAR, PersonName, RegisterKey, Term, TermKind
from school.register.rules.marks import is_graded
from school.register.store.registers import class_terms, listed_pupils, subject_names
from school.store.names import surname_and_initials, tell_apart
from school.store.reading import Reader, Writer, read_as, read_one
from school.store.selection import among, has_come, has_not_left, is_there
from school.store.writing import insert
from school.term_marks.store import MarkEvent, mark_events, marks_elsewhere, pupils_at_end

Place = tuple[int, int]  # subject_id, pupil_id
YearPlace = tuple[int, int, int]  # pupil_id, subject_id, school_year
# The setting that holds how summary sheets are printed.
SHEET_LOOK = "papers.marks_summary"
ExamPlace = tuple[int, int, int, int]  # class_id, subject_id, an ExamColumn, pupil_id
EXAM_EVENTS = {ExamColumn.EXAM: "exam_mark", ExamColumn.FINAL: "final_mark"}


class _Class(NamedTuple):
    class_id: int
    name: str
    grade_level: int | None
    school_year: int
    school_name: str
    homeroom: str


class StoredDecision(NamedTuple):
    """A decision with the pupil and the class that it is about."""

    class_id: int
    pupil_id: int
    decision: Decision


_DECISION = "outcome, decided_on, protocol, debts, note, recorded_at"


def class_year(reader: Reader, class_id: int) -> ClassYear | None:
    """Return everything of a class's year that the council decides on; None where there is no such class."""
    query = f"""SELECT c.class_id, c.name, c.grade_level, c.school_year, coalesce(s.name, '') AS school_name,
            {surname_and_initials("h")} AS homeroom
        FROM classes c LEFT JOIN schools s USING (school_id) LEFT JOIN staff h ON h.staff_id = c.homeroom_id
        WHERE c.class_id = $class_id"""
    head = read_one(reader, _Class, query, {"class_id": class_id})
    if head is None:
        return None
    terms, exams = class_terms(reader, class_id), exams_of(reader, class_id)
    results = _subject_years(reader, head, terms, exams)
    named = subject_names(reader)
    there = {subject for subject, _ in results} | exams
    return ClassYear(
        *head,
        terms=terms,
        subjects={key: name for key, name in named.items() if key in there},
        exams=exams,
        pupils=_pupil_years(reader, head, terms, results),
    )


def _pupil_years(
    reader: Reader, head: _Class, terms: list[Term], results: Mapping[Place, SubjectYear]
) -> list[PupilYear]:
    listed = _listed(reader, head.class_id)
    names = tell_apart(reader, {pupil: name for pupil, (name, _) in listed.items()})
    missed, decisions = (
        _missed(reader, listed, head.school_year),
        {each.pupil_id: each.decision for each in decisions_of(reader, [head.class_id])},
    )
    before = _debts_before(reader, listed, head.school_year)
    last_day = terms[-1].ends_on if terms else None
    movements, file_numbers = _movements(reader, head.class_id), _file_numbers(reader, listed)
    by_pupil: dict[int, dict[int, SubjectYear]] = {}
    for (subject, pupil), each in results.items():
        by_pupil.setdefault(pupil, {})[subject] = each
    return [
        PupilYear(
            pupil,
            names[pupil],
            by_pupil.get(pupil, {}),
            missed.get(pupil, Missed()),
            decisions.get(pupil),
            left_on if left_on and (last_day is None or left_on <= last_day) else None,
            before.get(pupil, frozenset()),
            file_numbers.get(pupil, ""),
            movements.get(pupil, ""),
        )
        for pupil, (_, left_on) in listed.items()
    ]


def _listed(reader: Reader, class_id: int) -> dict[int, tuple[PersonName, date | None]]:
    """Return who was ever in a class by name, with the day of leaving it for the last time (None: still there)."""
    query = f"""WITH listed AS (SELECT p.pupil_id, p.last_name, p.first_name, p.middle_name,
            nullif(max(coalesce(e.ends_on, DATE '9999-12-31')), DATE '9999-12-31') AS left_on
        FROM enrolments e JOIN pupils p USING (pupil_id) WHERE e.class_id = $class_id AND {has_come("e")}
        GROUP BY ALL)
        SELECT * FROM listed ORDER BY last_name COLLATE ru, first_name COLLATE ru, middle_name COLLATE ru, pupil_id"""
    rows = reader.read(query, {"class_id": class_id})
    return {pupil: (PersonName(*parts), left_on) for pupil, *parts, left_on in rows}


def _movements(reader: Reader, class_id: int) -> dict[int, str]:
    """Return how pupils left a class: where to, from which day, by which order."""
    query = """SELECT m.pupil_id, m.happened_on, coalesce(t.name, ''), m.order_title FROM pupil_movements m
            LEFT JOIN classes t ON t.class_id = m.to_class_id
        WHERE m.from_class_id = $class_id AND m.withdrawn_at IS NULL ORDER BY m.happened_on, m.movement_id"""
    rows = reader.read(query, {"class_id": class_id})
    return {
        pupil: ", ".join(
            filter(None, (f"{f'перевод в {there}' if there else 'выбытие'} {day:%d.%m.%Y}", order))
        )
        for pupil, day, there, order in rows
    }


def _file_numbers(reader: Reader, pupil_ids: Collection[int]) -> dict[int, str]:
    """Return the numbers of the pupils' personal files, of those that have one."""
    query = f"SELECT pupil_id, file_number FROM pupils WHERE {among('pupil_id', 'pupils', pupil_ids)} AND file_number <> ''"
    return dict(reader.read(query, {"pupils": sorted(pupil_ids)}))


def _subject_years(
    reader: Reader, head: _Class, terms: list[Term], exams: frozenset[int]
) -> dict[Place, SubjectYear]:
    held = _held(reader, head, terms)
    exam_marks, others = _exam_marks(reader, head.class_id), _other_finals(reader, head.class_id)
    owed = owed_places(reader, head.class_id, head.grade_level, terms)
    places = {(subject, pupil) for subject, _, pupil in held} | exam_marks.keys() | others.keys() | owed
    found = {}
    for subject, pupil in sorted(places):
        year = held.get((subject, YEAR, pupil))
        exam = exam_marks.get((subject, pupil))
        proposed = proposed_final(year, exam, has_exam=subject in exams)
        final, reason = others.get((subject, pupil), (proposed, ""))
        found[subject, pupil] = SubjectYear(
            tuple(held.get((subject, term.term_id, pupil)) for term in terms),
            year,
            exam,
            proposed,
            final,
            reason,
            (subject, pupil) in owed,
        )
    return found


def _held(reader: Reader, head: _Class, terms: list[Term]) -> dict[tuple[int, int, int], int]:
    """Return the marks by subject, term (YEAR: the year) and pupil; where the class gave none, what others gave."""
    query = """SELECT subject_id, term_id, pupil_id, value FROM term_marks WHERE class_id = $class_id
        UNION ALL SELECT subject_id, 0, pupil_id, value FROM year_marks WHERE class_id = $class_id"""
    own = {tuple(place): value for *place, value in reader.read(query, {"class_id": head.class_id})}
    others = marks_elsewhere(reader, head.class_id)
    elsewhere = {
        (subject, each.term.term_id, pupil): each.value
        for (_, subject, pupil), marks in others.items()
        for each in marks
    }
    found = {**elsewhere, **own}
    if terms and terms[-1].kind == TermKind.YEAR:
        # A class that reports once a year has no other year mark.
        found |= {
            (subject, YEAR, pupil): value
            for (subject, term, pupil), value in found.items()
            if term == terms[-1].term_id
        }
    return found


def owed_places(reader: Reader, class_id: int, grade_level: int | None, terms: list[Term]) -> set[Place]:
    """Return in which subjects which pupils owe a final mark: those taught to them at the end of the last term (п. 4.5)."""
    if not terms or not is_graded(grade_level):
        return set()
    listed = pupils_at_end(reader, [terms[-1].term_id], class_id)
    return {(each.subject_id, each.pupil_id) for each in listed}


def _missed(reader: Reader, pupil_ids: Collection[int], school_year: int) -> dict[int, Missed]:
    query = f"""SELECT pupil_id, count(*), count(*) FILTER (reason = 'illness') FROM absence_rows
        WHERE {among("pupil_id", "pupils", pupil_ids)} AND school_year = $year AND reason <> 'late' GROUP BY 1"""
    rows = reader.read(query, {"pupils": sorted(pupil_ids), "year": school_year})
    return {pupil: Missed(*counts) for pupil, *counts in rows}


def exams_of(reader: Reader, class_id: int) -> frozenset[int]:
    """Return the subjects in which a class ends the year with an exam."""
    query = "SELECT subject_id FROM class_exams WHERE class_id = $class_id"
    return frozenset(row[0] for row in reader.steady(("class_exams",), query, {"class_id": class_id}))


def _exam_marks(reader: Reader, class_id: int) -> dict[Place, int]:
    query = "SELECT subject_id, pupil_id, value FROM exam_marks WHERE class_id = $class_id"
    return {(subject, pupil): value for subject, pupil, value in reader.read(query, {"class_id": class_id})}


def _other_finals(reader: Reader, class_id: int) -> dict[Place, tuple[int, str]]:
    query = "SELECT subject_id, pupil_id, value, reason FROM final_marks WHERE class_id = $class_id"
    return {
        (subject, pupil): (value, reason)
        for subject, pupil, value, reason in reader.read(query, {"class_id": class_id})
    }


def final_marks(
    reader: Reader, year_marks: Mapping[YearPlace, int], pupil_ids: Collection[int]
) -> dict[YearPlace, int]:
    """Return the final marks of pupils in all their years from their year marks, their exams and what was decided otherwise (п. 5.4)."""
    asked = {"pupils": sorted(set(pupil_ids))}
    by_pupil = among("n.pupil_id", "pupils", asked["pupils"])
    exams, others = (
        {
            (pupil, subject, year): value
            for pupil, subject, year, value in reader.read(
                f"""SELECT n.pupil_id, n.subject_id, c.school_year, n.value FROM {table} n JOIN classes c USING (class_id)
                    WHERE {by_pupil} ORDER BY n.recorded_at""",
                asked,
            )
        }
        for table in ("exam_marks", "final_marks")
    )
    with_exam = {
        tuple(row)
        for row in reader.read(
            f"""SELECT n.pupil_id, n.subject_id, n.school_year FROM year_marks n JOIN class_exams USING (class_id, subject_id)
                WHERE {by_pupil}""",
            asked,
        )
    }
    found = {
        place: others.get(
            place, proposed_final(year_marks.get(place), exams.get(place), has_exam=place in with_exam)
        )
        for place in year_marks.keys() | others.keys()
    }
    return {place: mark for place, mark in found.items() if mark is not None}


def decisions_of(reader: Reader, class_ids: Collection[int]) -> list[StoredDecision]:
    """Return the decisions and proposals about the pupils of classes."""
    query = f"""SELECT class_id, pupil_id, {_DECISION} FROM council_decisions
        WHERE {among("class_id", "classes", class_ids)} ORDER BY class_id, pupil_id"""
    return read_as(reader, StoredDecision, query, {"classes": sorted(class_ids)})


def _debts_before(reader: Reader, pupil_ids: Collection[int], school_year: int) -> dict[int, frozenset[int]]:
    """Return the subjects with which pupils were moved up conditionally at the end of the year before."""
    query = f"""SELECT d.pupil_id, d.debts FROM council_decisions d JOIN classes c USING (class_id)
        WHERE {among("d.pupil_id", "pupils", pupil_ids)} AND c.school_year = $year - 1
            AND d.outcome = 'conditional' AND d.decided_on IS NOT NULL"""
    rows = reader.read(query, {"pupils": sorted(pupil_ids), "year": school_year})
    return {pupil: frozenset(subjects) for pupil, subjects in rows}


def save_exams(writer: Writer, class_id: int, subject_ids: Collection[int]) -> None:
    """Write in which subjects a class has an exam."""
    writer.change("DELETE FROM class_exams WHERE class_id = $class_id", {"class_id": class_id})
    for subject_id in sorted(subject_ids):
        insert(writer, "class_exams", class_id=class_id, subject_id=subject_id)


class ExamChange(NamedTuple):
    """What is to stand in a place of an exam sheet (``value`` None: nothing), why, since when and by whom."""

    place: ExamPlace
    value: int | None
    reason: str
    at: datetime
    user_id: int


def save_exam_changes(writer: Writer, changes: Iterable[ExamChange]) -> None:
    """Write exam marks and final marks other than the rule's, each in place of what was there."""
    for (class_id, subject_id, column, pupil_id), value, reason, at, user_id in changes:
        place = {"class_id": class_id, "subject_id": subject_id, "pupil_id": pupil_id}
        table = "exam_marks" if column == ExamColumn.EXAM else "final_marks"
        why = {"reason": reason} if column == ExamColumn.FINAL else {}
        if value is None:
            sql = f"DELETE FROM {table} WHERE class_id = $class_id AND subject_id = $subject_id AND pupil_id = $pupil_id"
            writer.change(sql, place, of_pupils=[pupil_id])
        else:
            row = {"value": value, "recorded_at": at, "recorded_by": user_id, **why}
            insert(writer, table, "OR REPLACE", None, [pupil_id], **place, **row)


def exam_events(reader: Reader, place: ExamPlace) -> list[MarkEvent]:
    """Return the history of an exam mark or of a final mark other than the rule's, oldest first."""
    class_id, subject_id, column, pupil_id = place
    return mark_events(reader, EXAM_EVENTS[ExamColumn(column)], (class_id, subject_id, YEAR, pupil_id))


def listed_at_end(reader: Reader, key: RegisterKey, terms: Sequence[Term]) -> frozenset[int]:
    """Return who is in a register on the last day of its class's year."""
    if not terms:
        return frozenset()
    listed = listed_pupils(reader, key, terms[-1])
    return frozenset(each.pupil_id for each in listed if each.is_listed_on(terms[-1].ends_on))


def save_decisions(
    writer: Writer, class_id: int, decisions: Iterable[tuple[int, Decision | None]], user_id: int
) -> None:
    """Write decisions or proposals about pupils of a class, each in place of what was there; None takes it back."""
    for pupil_id, decision in decisions:
        place = {"class_id": class_id, "pupil_id": pupil_id}
        if decision is None:
            sql = "DELETE FROM council_decisions WHERE class_id = $class_id AND pupil_id = $pupil_id"
            writer.change(sql, place, of_pupils=[pupil_id])
        else:
            row = {**vars(decision), "debts": list(decision.debts), "recorded_by": user_id}
            insert(writer, "council_decisions", "OR REPLACE", None, [pupil_id], **place, **row)


def undecided(reader: Reader, class_ids: Collection[int], day: date) -> dict[str, list[PersonName]]:
    """Return by class who is still in it on a day without a decision of the council."""
    query = f"""SELECT c.name, p.pupil_id, p.last_name, p.first_name, p.middle_name
        FROM enrolments e JOIN classes c USING (class_id) JOIN pupils p USING (pupil_id)
        WHERE {among("c.class_id", "classes", class_ids)} AND {has_come("e")}
            AND {has_not_left("e", "$day")}
            AND NOT EXISTS (FROM council_decisions d WHERE d.class_id = c.class_id AND d.pupil_id = p.pupil_id
                AND d.decided_on IS NOT NULL)
        ORDER BY c.grade_level, c.name COLLATE ru, p.last_name COLLATE ru, p.first_name COLLATE ru, p.pupil_id"""
    found: dict[str, list[PersonName]] = {}
    for name, _, *parts in reader.read(query, {"classes": sorted(class_ids), "day": day}):
        found.setdefault(name, []).append(PersonName(*parts))
    return found


def council_classes(reader: Reader) -> list[CouncilClass]:
    """Return the classes that report by terms, with the state of their decisions; newest year first."""
    query = f"""WITH ends AS (SELECT class_id, max(ends_on) AS last_day FROM class_terms JOIN terms USING (term_id) GROUP BY 1)
        SELECT c.class_id, c.name, c.school_year, count(DISTINCT e.pupil_id) AS pupils,
            count(DISTINCT d.pupil_id) AS decided
        FROM classes c JOIN ends t USING (class_id)
            JOIN enrolments e ON e.class_id = c.class_id AND {is_there("e", "t.last_day")}
            LEFT JOIN council_decisions d ON d.class_id = c.class_id AND d.pupil_id = e.pupil_id
                AND d.decided_on IS NOT NULL
        GROUP BY c.class_id, c.name, c.school_year, c.grade_level
        ORDER BY c.school_year DESC, c.grade_level, c.name COLLATE ru"""
    return read_as(reader, CouncilClass, query)


class YearDecision(NamedTuple):
    """A decision about a pupil, with the school year and the grade level that it ends."""

    school_year: int
    grade_level: int | None
    decision: Decision


def latest_decision(reader: Reader, pupil_id: int) -> YearDecision | None:
    """Return what the council has last decided about a pupil; None: nothing yet."""
    query = f"""SELECT c.school_year, c.grade_level, {_DECISION} FROM council_decisions d JOIN classes c USING (class_id)
        WHERE d.pupil_id = $pupil AND d.decided_on IS NOT NULL ORDER BY c.school_year DESC, d.recorded_at DESC"""
    return read_one(reader, YearDecision, query, {"pupil": pupil_id})


def taught_subjects(reader: Reader, class_id: int) -> set[int]:
    """Return the subjects in a class's load, or, without one, in its lessons."""
    query = """SELECT DISTINCT subject_id FROM teaching_load WHERE class_id = $class_id
        UNION SELECT DISTINCT subject_id FROM lessons WHERE class_id = $class_id"""
    return {row[0] for row in reader.read(query, {"class_id": class_id})}
