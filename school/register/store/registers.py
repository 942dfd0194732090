"""Registers as rows: which there are, and everything that one page of a register shows."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from school.records import Lesson, ListedPupil, PersonName, RegisterKey, RegisterRow, Term, WorkType
from school.register.store.cells import StoredMark, marks_by_lesson
from school.spans import LoadSpan
from school.store.names import tell_apart
from school.store.reading import Reader
from school.store.selection import IN_REGISTER, among, was_there


@dataclass(frozen=True)
class MarkRow:
    """One mark with its effective weight."""

    lesson_id: int
    pupil_id: int
    value: int
    weight: float
    is_written_control: bool
    recorded_at: datetime | None


@dataclass
class _Taught:
    """Who teaches a register, and its weekly hours where the load says them."""

    teacher_ids: set[int] = field(default_factory=set)
    loads: list[LoadSpan] = field(default_factory=list)


def registers(
    reader: Reader, school_year: int, class_id: int | None = None, subject_id: int | None = None
) -> list[RegisterRow]:
    """Return the registers of a school year (of one class and subject, where given), ordered by class and subject."""
    query = """SELECT class_id, name, grade_level FROM classes
        WHERE school_year = $year AND ($class_id IS NULL OR class_id = $class_id)
        ORDER BY grade_level, name COLLATE ru"""
    classes = {
        row[0]: row for row in reader.steady(("classes",), query, {"year": school_year, "class_id": class_id})
    }
    subjects = dict(
        reader.steady(("subjects",), "SELECT subject_id, name FROM subjects ORDER BY name COLLATE ru", {})
    )
    subgroups = dict(reader.steady(("subgroups",), "SELECT subgroup_id, name FROM subgroups", {}))
    taught = _taught_registers(reader, list(classes), subject_id)
    teachers = _short_names(reader)
    class_places, subject_places = (
        {each: place for place, each in enumerate(ids)} for ids in (classes, subjects)
    )
    ordered = sorted(
        taught,
        key=lambda key: (
            class_places[key.class_id],
            subject_places[key.subject_id],
            subgroups.get(key.subgroup_id, ""),
        ),
    )
    together: dict[tuple[int, int], list[RegisterKey]] = {}
    for key in taught:
        together.setdefault((key.class_id, key.subject_id), []).append(key)
    return [
        RegisterRow(
            key,
            school_year,
            classes[key.class_id][1],
            classes[key.class_id][2],
            subjects[key.subject_id],
            subgroups.get(key.subgroup_id, ""),
            frozenset(taught[key].teacher_ids),
            ", ".join(sorted(teachers[each] for each in taught[key].teacher_ids)),
            tuple(
                load
                for other in together[key.class_id, key.subject_id]
                if _gives_hours(other, key)
                for load in taught[other].loads
            ),
        )
        for key in ordered
    ]


def _taught_registers(
    reader: Reader, class_ids: list[int], subject_id: int | None
) -> dict[RegisterKey, _Taught]:
    wanted = f"{among('class_id', 'ids', class_ids)} AND ($subject_id IS NULL OR subject_id = $subject_id)"
    parameters = {"ids": class_ids, "subject_id": subject_id}
    columns = "class_id, subject_id, subgroup_id, teacher_id"
    query = f"SELECT {columns}, hours_a_week, starts_on, ends_on FROM teaching_load WHERE {wanted} ORDER BY load_id"
    distinct = f"SELECT DISTINCT {columns}, NULL, NULL, NULL FROM lessons WHERE {wanted}"
    rows = [
        *reader.steady(("teaching_load",), query, parameters),
        *reader.steady(("lessons",), distinct, parameters, but_entries=True),
    ]
    found: dict[RegisterKey, _Taught] = {}
    for *key, teacher_id, hours, starts_on, ends_on in rows:
        register = found.setdefault(RegisterKey(*key), _Taught())
        register.teacher_ids |= {teacher_id} - {None}
        if hours:
            register.loads.append(LoadSpan(hours, starts_on, ends_on, key[-1]))
    return found


def _gives_hours(other: RegisterKey, key: RegisterKey) -> bool:
    """Whether a load of a class's subject gives a register's pupils hours: of the whole class, of the subgroup, or of any of them."""
    return key.subgroup_id is None or other.subgroup_id in (None, key.subgroup_id)


def _short_names(reader: Reader) -> dict[int, str]:
    rows = reader.steady(("staff",), "SELECT staff_id, last_name, first_name FROM staff", {})
    names = tell_apart(reader, {staff_id: PersonName(last, first) for staff_id, last, first in rows}, "staff")
    return {staff_id: name.initials for staff_id, name in names.items()}


def class_names(reader: Reader) -> dict[int, str]:
    """Return the names of classes by id."""
    return dict(reader.steady(("classes",), "SELECT class_id, name FROM classes", {}))


def school_years(reader: Reader) -> list[int]:
    """Return the school years that have classes, newest first."""
    query = "SELECT DISTINCT school_year FROM classes ORDER BY 1 DESC"
    return [row[0] for row in reader.steady(("classes",), query, {})]


def year_of_class(reader: Reader, class_id: int) -> int | None:
    """Return the school year of a class, or None where there is no such class."""
    query = "SELECT school_year FROM classes WHERE class_id = $class_id"
    rows = reader.steady(("classes",), query, {"class_id": class_id})
    return rows[0][0] if rows else None


def class_terms(reader: Reader, class_id: int) -> list[Term]:
    """Return the terms that a class reports by, in order."""
    query = """SELECT t.term_id, t.school_year, t.kind, t.number, t.starts_on, t.ends_on,
            t.closed_at IS NOT NULL
        FROM class_terms c JOIN terms t USING (term_id) WHERE c.class_id = $class_id
        ORDER BY t.starts_on, t.number"""
    rows = reader.steady(("class_terms", "terms"), query, {"class_id": class_id})
    return [Term(*row) for row in rows]


def listed_pupils(reader: Reader, key: RegisterKey, term: Term) -> list[ListedPupil]:
    """Return the pupils who were in the register at any time of the term, ordered by name."""
    query = f"""WITH listed AS (SELECT p.pupil_id, p.last_name, p.first_name, p.middle_name,
            list({{'a': nullif(greatest(coalesce(e.starts_on, DATE '0001-01-01'),
                                       coalesce(g.starts_on, DATE '0001-01-01')), DATE '0001-01-01'),
                  'b': nullif(least(coalesce(e.ends_on, DATE '9999-12-31'),
                                    coalesce(g.ends_on, DATE '9999-12-31')), DATE '9999-12-31')}}) AS spans
        FROM enrolments e JOIN pupils p USING (pupil_id)
            LEFT JOIN subgroup_members g ON g.pupil_id = e.pupil_id AND g.subgroup_id = $subgroup
                AND {was_there("g", "$starts_on", "$ends_on")} AND coalesce(g.starts_on < e.ends_on, true)
                AND coalesce(e.starts_on < g.ends_on, true)
        WHERE e.class_id = $class_id AND ($subgroup IS NULL OR g.pupil_id IS NOT NULL)
            AND {was_there("e", "$starts_on", "$ends_on")}
        GROUP BY ALL)
        SELECT * FROM listed
        ORDER BY last_name COLLATE ru, first_name COLLATE ru, middle_name COLLATE ru, pupil_id"""
    rows = reader.steady(
        ("enrolments", "pupils", "subgroup_members"),
        query,
        {
            "class_id": key.class_id,
            "subgroup": key.subgroup_id,
            "starts_on": term.starts_on,
            "ends_on": term.ends_on,
        },
    )
    names = tell_apart(reader, {pupil: PersonName(*parts) for pupil, *parts, _ in rows})
    return [
        ListedPupil(pupil, names[pupil], tuple((span["a"], span["b"]) for span in spans))
        for pupil, *_, spans in rows
    ]


def lessons_of_subject(reader: Reader, class_id: int, subject_id: int) -> list[tuple[int, int]]:
    """Return the lessons of a class in a subject, of whatever subgroup, each with its term."""
    query = "SELECT lesson_id, term_id FROM lessons WHERE class_id = $class AND subject_id = $subject"
    rows: list[tuple[int, int]] = reader.steady(
        ("lessons",), query, {"class": class_id, "subject": subject_id}, but_entries=True
    )
    return rows


def lesson_ids_of(reader: Reader, key: RegisterKey, term_id: int) -> list[int]:
    """Return the lessons of a register in a term, by day and number."""
    query = f"""SELECT lesson_id FROM lessons WHERE {IN_REGISTER} AND term_id = $term
        ORDER BY held_on, number, lesson_id"""
    rows = reader.steady(("lessons",), query, {**vars(key), "term": term_id}, but_entries=True)
    return [row[0] for row in rows]


def marks_of_lessons(
    reader: Reader, lessons: Collection[Lesson], pupil_ids: Collection[int] | None = None
) -> list[MarkRow]:
    """Return the marks given at these lessons, by lesson, pupil and slot; of all pupils, or of some."""
    query = "SELECT work_type_id, weight, is_written_control FROM work_types"
    types = {
        kind: (weight, is_written_control)
        for kind, weight, is_written_control in reader.steady(("work_types",), query, {})
    }
    types_of_lessons = {lesson.lesson_id: lesson.work_type_id for lesson in lessons}
    marks = marks_by_lesson(reader, types_of_lessons)
    return [
        _mark_row(lesson, mark, types.get(mark.work_type_id or types_of_lessons[lesson]))
        for lesson in sorted(marks)
        for mark in marks[lesson]
        if pupil_ids is None or mark.pupil_id in pupil_ids
    ]


def _mark_row(lesson_id: int, mark: StoredMark, kind: tuple[float, bool] | None) -> MarkRow:
    kind_weight, is_written_control = kind or (1.0, False)
    own = kind_weight if mark.weight is None else mark.weight
    return MarkRow(lesson_id, mark.pupil_id, mark.value, own, is_written_control, mark.recorded_at)


def term_marks_of(reader: Reader, key: RegisterKey, term_id: int) -> dict[int, int]:
    """Return the term marks of a class in a subject by pupil."""
    query = """SELECT pupil_id, value FROM term_marks
        WHERE class_id = $class_id AND subject_id = $subject AND term_id = $term"""
    parameters = {"class_id": key.class_id, "subject": key.subject_id, "term": term_id}
    return dict(reader.steady(("term_marks",), query, parameters))


def work_types(reader: Reader) -> dict[int, WorkType]:
    """Return all work types by id, retired ones too, in the order of their weight and name."""
    query = """SELECT work_type_id, name, short_name, weight, is_written_control,
            work_type_id IN (SELECT work_type_id FROM retired_work_types) AS is_retired
        FROM work_types ORDER BY weight, name COLLATE ru"""
    rows = reader.steady(("work_types", "retired_work_types"), query, {})
    return {row[0]: WorkType(*row) for row in rows}


def subject_names(reader: Reader) -> dict[int, str]:
    """Return all subjects by id, in alphabetical order."""
    query = "SELECT subject_id, name FROM subjects ORDER BY name COLLATE ru, subject_id"
    return dict(reader.steady(("subjects",), query, {}))


def teachers_of(reader: Reader, key: RegisterKey) -> frozenset[int]:
    """Return who teaches a register; nobody where there is no such register."""
    year = year_of_class(reader, key.class_id)
    rows = registers(reader, year, key.class_id, key.subject_id) if year is not None else []
    return next((row.teacher_ids for row in rows if row.key == key), frozenset())
