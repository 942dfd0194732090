"""Marks for terms and years as rows: what they stand on, who may give them, how they change."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from school.records import YEAR, GivenMark, MarkElsewhere, RegisterKey, Term, TermMarkState, TermPlace
from school.register.rules.minimum_marks import counting_day
from school.register.store.pupil_marks import FormerMark, former_marks, former_places, left_terms
from school.register.store.registers import class_terms, registers, year_of_class
from school.spans import LoadSpan, Span, holds, hours_in_force, overlaps
from school.store.names import staff_apart, surname_and_initials
from school.store.reading import Reader, Writer, read_as
from school.store.selection import IN_REGISTER, held_within, is_there

SubjectPlace = tuple[int, int, int, int]  # class_id, subject_id, term_id (or YEAR), pupil_id


@dataclass(frozen=True)
class SubjectTerms:
    """Everything about a register that its term marks stand on, over all terms of its class.

    ``given``, ``held``, ``listed`` and ``left`` are by (term_id, pupil_id); ``held`` has the year under YEAR. ``listed`` have their
    mark given here, ``left`` were here and have it given in the class of the school in which they end the term. ``given`` are the pupil's
    marks in the subject, whichever class gave them; ``brought`` are those of them that former classes gave. ``elsewhere``:
    the term marks that others gave, by pupil. ``teacher_ids`` are those who may give the marks of a term.
    """

    terms: list[Term]
    given: dict[TermPlace, list[GivenMark]] = field(default_factory=dict)
    held: dict[TermPlace, TermMarkState] = field(default_factory=dict)
    listed: frozenset[TermPlace] = frozenset()
    left: frozenset[TermPlace] = frozenset()
    teacher_ids: dict[int, frozenset[int]] = field(default_factory=dict)
    brought: dict[TermPlace, list[FormerMark]] = field(default_factory=dict)
    elsewhere: dict[int, list[MarkElsewhere]] = field(default_factory=dict)
    loads: tuple[LoadSpan, ...] = ()

    def hours(self, today: date) -> dict[int, float | None]:
        """Return the weekly hours of each term: those in force today, or as the term ended."""
        return {term.term_id: hours_in_force(self.loads, counting_day(term, today)) for term in self.terms}


def subject_terms(reader: Reader, key: RegisterKey) -> SubjectTerms:
    """Return what the term marks of a register stand on: of a subject's marks all, whichever class or subgroup they are of."""
    terms = class_terms(reader, key.class_id)
    places = given_marks(reader, class_id=key.class_id, subject_id=key.subject_id)
    brought: dict[TermPlace, list[FormerMark]] = {}
    for each in former_marks(reader, key.class_id, subject_id=key.subject_id):
        brought.setdefault((each.term_id, each.mark.pupil_id), []).append(each)
    others = marks_elsewhere(reader, key.class_id)
    held = {place[2:]: state for place, state in held_marks(reader, key.class_id, key.subject_id).items()}
    # A mark that was given here before the pupil left can still be seen to.
    left = left_terms(reader, key.class_id) - held.keys()
    return SubjectTerms(
        terms=terms,
        given={place[2:]: marks for place, marks in places.items()},
        brought=brought,
        elsewhere={
            pupil: marks for (_, subject, pupil), marks in others.items() if subject == key.subject_id
        },
        held=held,
        listed=_listed(reader, key, terms) - left,
        left=left,
        teacher_ids=_term_teachers(reader, key, terms),
        loads=_loads(reader, key),
    )


def given_marks(
    reader: Reader,
    *,
    term_ids: Collection[int] | None = None,
    class_id: int | None = None,
    subject_id: int | None = None,
) -> dict[SubjectPlace, list[GivenMark]]:
    """Return the current marks that count for pupils by class, subject and term, whichever class of the school gave them."""
    query = """SELECT class_id, subject_id, term_id, pupil_id, list(value), list(weight), list(is_written_control)
        FROM mark_rows WHERE ($class_id IS NULL OR class_id = $class_id)
            AND ($subject IS NULL OR subject_id = $subject)
            AND ($terms IS NULL OR term_id IN (SELECT unnest($terms::BIGINT[])))
        GROUP BY class_id, subject_id, term_id, pupil_id"""
    terms = None if term_ids is None else sorted(term_ids)
    rows = reader.read(query, {"class_id": class_id, "subject": subject_id, "terms": terms})
    found: dict[SubjectPlace, list[GivenMark]] = {tuple(row[:4]): [*map(GivenMark, *row[4:])] for row in rows}
    for moved_to in sorted({each.class_id for each in former_places(reader, class_id, term_ids)}):
        for each in former_marks(reader, moved_to, subject_id=subject_id, term_ids=term_ids):
            mark = each.mark
            place = (moved_to, each.subject_id, each.term_id, mark.pupil_id)
            found.setdefault(place, []).append(GivenMark(mark.value, mark.weight, mark.is_written_control))
    return found


_TERM_COLUMNS = "t.term_id, t.school_year, t.kind, t.number, t.starts_on, t.ends_on, t.closed_at IS NOT NULL"
_BY_OTHER_CLASSES = f"""
SELECT h.class_id, m.subject_id, m.pupil_id, m.value, c.name, {_TERM_COLUMNS}
FROM (SELECT pupil_id, class_id, school_id, school_year, max(last_day) AS last_day FROM moved_stays GROUP BY ALL) h
    JOIN term_marks m ON m.pupil_id = h.pupil_id AND m.class_id <> h.class_id
    JOIN classes c ON c.class_id = m.class_id AND c.school_id = h.school_id AND c.school_year = h.school_year
    JOIN terms t USING (term_id)
WHERE t.ends_on <= h.last_day ORDER BY t.ends_on, m.recorded_at"""
_BY_FORMER_SCHOOL = f"""
SELECT DISTINCT c.class_id, m.subject_id, m.pupil_id, m.value, '', {_TERM_COLUMNS}
FROM former_school_marks m JOIN terms t USING (term_id) JOIN enrolments e USING (pupil_id)
    JOIN classes c ON c.class_id = e.class_id AND c.school_year = t.school_year"""


def marks_elsewhere(
    reader: Reader, class_id: int | None = None
) -> dict[tuple[int, int, int], list[MarkElsewhere]]:
    """Return the term marks that other classes of the year, or the former school, gave pupils of a class (None: of any).

    By class, subject and pupil, in the order of the terms; of another class those of terms that ended before the pupil left.
    """
    found: dict[tuple[int, int, int], list[MarkElsewhere]] = {}
    places = ("terms", "enrolments", "classes")
    rows = (
        *reader.steady(("former_school_marks", *places), _BY_FORMER_SCHOOL, {}),
        *reader.steady(("term_marks", *places), _BY_OTHER_CLASSES, {}),
    )
    for of_class, subject_id, pupil_id, value, name, *term in rows:
        if class_id in (None, of_class):
            place = (of_class, subject_id, pupil_id)
            found.setdefault(place, []).append(MarkElsewhere(Term(*term), value, name))
    return found


_HELD = """
SELECT class_id, subject_id, term_id, pupil_id, value, reason, recorded_at FROM term_marks
UNION ALL SELECT class_id, subject_id, 0, pupil_id, value, reason, recorded_at FROM year_marks
"""


def held_marks(
    reader: Reader, class_id: int | None = None, subject_id: int | None = None
) -> dict[SubjectPlace, TermMarkState]:
    """Return the marks for terms and (under YEAR) years of a class in a subject."""
    query = f"SELECT * FROM ({_HELD}) WHERE class_id = $class_id AND subject_id = $subject"
    rows = reader.read(query, {"class_id": class_id, "subject": subject_id})
    return {tuple(row[:4]): TermMarkState(*row[4:]) for row in rows}


def held_marks_of_terms(
    reader: Reader, term_ids: Collection[int], year_of_classes: Collection[int]
) -> dict[SubjectPlace, TermMarkState]:
    """Return the marks for these terms, and the marks for the year of these classes."""
    query = f"""SELECT * FROM ({_HELD}) WHERE term_id IN (SELECT unnest($terms::BIGINT[]))
        OR (term_id = 0 AND class_id IN (SELECT unnest($classes::BIGINT[])))"""
    rows = reader.read(query, {"terms": sorted(term_ids), "classes": sorted(year_of_classes)})
    return {tuple(row[:4]): TermMarkState(*row[4:]) for row in rows}


def _listed(reader: Reader, key: RegisterKey, terms: Sequence[Term]) -> frozenset[TermPlace]:
    """Return who was in the register during each term."""
    in_class = _spans(reader, "enrolments", "class_id", key.class_id)
    in_group = (
        None
        if key.subgroup_id is None
        else _spans(reader, "subgroup_members", "subgroup_id", key.subgroup_id)
    )
    pupils = (
        in_class if in_group is None else {pupil: in_class[pupil] for pupil in in_group if pupil in in_class}
    )

    def was_there(pupil: int, term: Term) -> bool:
        groups = [in_class[pupil], *([] if in_group is None else [in_group[pupil]])]
        return all(any(overlaps(span, term.starts_on, term.ends_on) for span in spans) for spans in groups)

    return frozenset((term.term_id, pupil) for term in terms for pupil in pupils if was_there(pupil, term))


def _spans(reader: Reader, table: str, column: str, group_id: int) -> dict[int, list[Span]]:
    spans: dict[int, list[Span]] = {}
    for pupil, starts_on, ends_on in reader.read(
        f"SELECT pupil_id, starts_on, ends_on FROM {table} WHERE {column} = $group_id", {"group_id": group_id}
    ):
        spans.setdefault(pupil, []).append((starts_on, ends_on))
    return spans


def _term_teachers(reader: Reader, key: RegisterKey, terms: Sequence[Term]) -> dict[int, frozenset[int]]:
    """Return who may give the marks of each term: whose load it is then or later, else whose lessons they were.

    A substitute of single lessons is not among them.
    """
    own = f"{IN_REGISTER} AND teacher_id IS NOT NULL"
    load = reader.read(f"SELECT teacher_id, ends_on FROM teaching_load WHERE {own}", vars(key))
    lessons = reader.read(f"SELECT DISTINCT teacher_id, term_id FROM lessons WHERE {own}", vars(key))
    return {
        term.term_id: frozenset(
            [teacher for teacher, ends_on in load if holds(None, ends_on, term.starts_on)]
            or [teacher for teacher, term_id in lessons if term_id == term.term_id]
        )
        for term in terms
    }


def _loads(reader: Reader, key: RegisterKey) -> tuple[LoadSpan, ...]:
    year = year_of_class(reader, key.class_id)
    found = [] if year is None else registers(reader, year, key.class_id, key.subject_id)
    return next((row.loads for row in found if row.key == key), ())


@dataclass(frozen=True)
class TermMarkChange:
    """The new state of a term mark (value None takes it back); ``place`` as in the store, YEAR for the year."""

    place: SubjectPlace
    state: TermMarkState
    school_year: int
    teacher_id: int | None
    user_id: int


def save_term_marks(writer: Writer, changes: Iterable[TermMarkChange]) -> None:
    """Bring term marks and year marks to their new state."""
    for change in changes:
        _save_term_mark(writer, change)


def _save_term_mark(writer: Writer, change: TermMarkChange) -> None:
    class_id, subject_id, term_id, pupil_id = change.place
    place: dict[str, Any] = {"class_id": class_id, "subject": subject_id, "pupil": pupil_id}
    table, column = ("year_marks", "school_year") if term_id == YEAR else ("term_marks", "term_id")
    place["term"] = change.school_year if term_id == YEAR else term_id
    if change.state.value is None:
        sql = f"""DELETE FROM {table} WHERE class_id = $class_id AND subject_id = $subject
            AND {column} = $term AND pupil_id = $pupil"""
        writer.change(sql, place, of_pupils=[pupil_id])
        return
    place |= {
        "value": change.state.value,
        "reason": change.state.reason,
        "at": change.state.recorded_at,
        "user": change.user_id,
    }
    teacher, given = ("", "") if term_id == YEAR else (", teacher_id", ", $teacher")
    if given:
        place["teacher"] = change.teacher_id
    sql = f"""INSERT INTO {table} (class_id, subject_id, {column}, pupil_id, value, reason, recorded_at, recorded_by{teacher})
        VALUES ($class_id, $subject, $term, $pupil, $value, $reason, $at, $user{given})
        ON CONFLICT DO UPDATE SET value = excluded.value, reason = excluded.reason,
            recorded_at = excluded.recorded_at, recorded_by = excluded.recorded_by"""
    writer.change(sql, place, of_pupils=[pupil_id])


@dataclass(frozen=True)
class MarkEvent:
    """One line of a mark's history; ``who`` is empty for what a program loaded."""

    happened_at: datetime
    user_id: int | None
    who: str
    old_value: str
    new_value: str
    reason: str


def term_mark_events(reader: Reader, place: SubjectPlace) -> list[MarkEvent]:
    """Return the history of a term mark or a year mark, oldest first. A year mark's event names no term."""
    return mark_events(reader, "year_mark" if place[2] == YEAR else "term_mark", place)


def mark_events(reader: Reader, kind: str, place: SubjectPlace) -> list[MarkEvent]:
    """Return the events of a kind in a place of a register's sheet, oldest first; the term YEAR stands for any record.

    Events without a subject come from before subjects were noted.
    """
    class_id, subject_id, record_id, pupil_id = place
    query = f"""SELECT e.happened_at, e.user_id, {surname_and_initials("s")} AS who,
            coalesce(e.old_value, '') AS old_value, coalesce(e.new_value, '') AS new_value, e.reason
        FROM events e LEFT JOIN users u USING (user_id) LEFT JOIN staff s ON s.staff_id = u.staff_id
        WHERE e.kind = $kind AND e.pupil_id = $pupil AND e.class_id = $class_id AND e.subject_id = $subject
            AND ($record = 0 OR e.record_id = $record) ORDER BY e.event_id"""
    place_of_mark = {"class_id": class_id, "subject": subject_id, "record": record_id, "pupil": pupil_id}
    events = read_as(reader, MarkEvent, query, {"kind": kind, **place_of_mark})
    return staff_apart(reader, events, "who", "user_id", is_user=True)


_TERMS = """SELECT term_id, school_year, kind, number, starts_on, ends_on, closed_at IS NOT NULL AS is_closed
    FROM terms"""


def terms_of_period(reader: Reader, school_year: int, kind: str, number: int) -> list[Term]:
    """Return the terms of a kind and number in a school year: one for each school of the register."""
    query = f"{_TERMS} WHERE school_year = $year AND kind = $kind AND number = $number ORDER BY term_id"
    return read_as(reader, Term, query, {"year": school_year, "kind": kind, "number": number})


def all_terms(reader: Reader) -> list[Term]:
    """Return the terms that classes report by, newest first."""
    query = f"""{_TERMS} WHERE term_id IN (SELECT term_id FROM class_terms)
        ORDER BY school_year DESC, starts_on DESC, number DESC, term_id"""
    return read_as(reader, Term, query)


def set_terms_closed(
    writer: Writer, term_ids: Collection[int], at: datetime | None, user_id: int | None
) -> None:
    """Close terms at a moment, or open them again with None."""
    sql = """UPDATE terms SET closed_at = $closed_at, closed_by = $user
        WHERE term_id IN (SELECT unnest($terms::BIGINT[]))"""
    writer.change(sql, {"closed_at": at, "user": user_id, "terms": sorted(term_ids)})


@dataclass(frozen=True)
class TermPupil:
    """A pupil of a register who is in it on the last day of a term, and so needs a term mark."""

    class_id: int
    subject_id: int
    subgroup_id: int | None
    term_id: int
    pupil_id: int


def pupils_at_end(reader: Reader, term_ids: Collection[int], class_id: int | None = None) -> list[TermPupil]:
    """Return who needs a mark for these terms: the pupils of every register (of a class) in the load on the last day of a term."""
    query = f"""SELECT DISTINCT k.class_id, k.subject_id, k.subgroup_id, t.term_id, e.pupil_id
        FROM (SELECT class_id, subject_id, subgroup_id, starts_on, ends_on FROM teaching_load
              UNION SELECT class_id, subject_id, subgroup_id, NULL, NULL FROM lessons l
              WHERE NOT EXISTS (SELECT 1 FROM teaching_load o WHERE o.class_id = l.class_id)) k
            JOIN class_terms c USING (class_id) JOIN terms t USING (term_id)
            JOIN enrolments e ON e.class_id = k.class_id AND {is_there("e", "t.ends_on")}
            LEFT JOIN subgroup_members g ON g.subgroup_id = k.subgroup_id AND g.pupil_id = e.pupil_id
                AND {is_there("g", "t.ends_on")}
        WHERE t.term_id IN (SELECT unnest($terms::BIGINT[])) AND ($class_id IS NULL OR k.class_id = $class_id)
            AND (k.subgroup_id IS NULL OR g.pupil_id IS NOT NULL)
            AND {held_within("k", "t.starts_on", "t.ends_on")}"""
    return read_as(reader, TermPupil, query, {"terms": sorted(term_ids), "class_id": class_id})
