"""Substitutions as rows: the lessons of an absent teacher, who is busy when, the log and the sheet (п. 4.2, 4.5)."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from school.calendar import school_year_of_lesson
from school.records import JoinTarget, Substitution, SubstitutionKind, TeacherHours
from school.store.names import staff_apart, surname_and_initials, tell_apart
from school.store.reading import Reader, Writer, read_as, read_column, read_value
from school.store.selection import among, held_within, holds_on, is_not_over
from school.store.writing import update

_DAYS = (
    "(SELECT day::DATE AS day FROM range($first_day::DATE, $last_day::DATE + 1, INTERVAL 1 DAY) AS r(day))"
)


@dataclass(frozen=True)
class NamedLesson:
    """A lesson with the names that people know it by."""

    lesson_id: int
    held_on: date
    number: int
    class_id: int
    class_name: str
    grade_level: int | None
    subject_id: int
    subject_name: str
    subgroup_id: int | None
    subgroup_name: str


class LogRow(NamedTuple):
    """A line of the substitution log: the lesson, who was absent, who gave it, why, and the signature."""

    substitution_id: int
    lesson: NamedLesson
    kind: SubstitutionKind
    regular_id: int | None
    regular_name: str
    substitute_id: int | None
    substitute_name: str
    reason: str
    assigned_at: datetime
    signed_at: datetime | None
    joined_with: str
    is_filled: bool


_NAMED = """l.lesson_id, l.held_on, l.number, l.class_id, c.name AS class_name, c.grade_level, l.subject_id,
    b.name AS subject_name, l.subgroup_id, coalesce(g.name, '') AS subgroup_name"""
_NAMES = """JOIN classes c ON c.class_id = l.class_id JOIN subjects b ON b.subject_id = l.subject_id
    LEFT JOIN subgroups g ON g.subgroup_id = l.subgroup_id"""


def known_teachers(reader: Reader, first_day: date, last_day: date) -> list[tuple[int, str]]:
    """Return who teaches in these days, by name: everybody with a load of the year or the role of a teacher."""
    query = f"""SELECT s.staff_id, {surname_and_initials("s")} FROM staff s
        WHERE coalesce(s.hired_on, $first_day) <= $first_day
            AND (s.dismissed_on IS NULL OR s.dismissed_on > $last_day)
            AND (s.staff_id IN (SELECT teacher_id FROM teaching_load WHERE school_year = $year)
                OR s.staff_id IN (SELECT u.staff_id FROM users u JOIN user_roles r USING (user_id)
                    WHERE r.role = 'teacher' AND u.blocked_at IS NULL))
        ORDER BY s.last_name COLLATE ru, s.first_name COLLATE ru, s.staff_id"""
    rows = reader.read(query, {**_days(first_day, last_day), "year": school_year_of_lesson(first_day)})
    return list(tell_apart(reader, dict(rows), "staff").items())


def _days(first_day: date, last_day: date) -> dict[str, Any]:
    return {"first_day": first_day, "last_day": last_day}


def teacher_hours(reader: Reader, first_day: date, last_day: date) -> list[TeacherHours]:
    """Return the teachers with what they teach now and when they are busy or away in these days.

    A dated lesson decides about its hour; the timetable speaks where no lesson is dated yet.
    """
    taught, busy, away = (
        _taught(reader, first_day, last_day),
        _busy(reader, first_day, last_day),
        _away(reader, first_day, last_day),
    )
    return [
        TeacherHours(
            staff_id,
            name,
            frozenset(subject for subject, _ in taught[staff_id]),
            frozenset(class_id for _, class_id in taught[staff_id]),
            frozenset(busy[staff_id]),
            frozenset(away[staff_id]),
        )
        for staff_id, name in known_teachers(reader, first_day, last_day)
    ]


def _taught(reader: Reader, first_day: date, last_day: date) -> dict[int, set[tuple[int, int]]]:
    found: dict[int, set[tuple[int, int]]] = defaultdict(set)
    query = f"""SELECT DISTINCT t.teacher_id, t.subject_id, t.class_id FROM teaching_load t
         WHERE t.school_year = $year AND t.teacher_id IS NOT NULL
             AND {held_within("t", "$first_day", "$last_day")}"""
    rows = reader.read(query, {**_days(first_day, last_day), "year": school_year_of_lesson(first_day)})
    for teacher_id, subject_id, class_id in rows:
        found[teacher_id].add((subject_id, class_id))
    return found


def _busy(reader: Reader, first_day: date, last_day: date) -> dict[int, set[tuple[date, int]]]:
    found: dict[int, set[tuple[date, int]]] = defaultdict(set)
    query = f"""SELECT teacher_id, held_on, number FROM lessons
        WHERE held_on BETWEEN $first_day AND $last_day AND status <> 'cancelled' AND teacher_id IS NOT NULL
        UNION
        SELECT t.teacher_id, d.day, x.number FROM {_DAYS} d
        JOIN timetable x ON x.weekday = isodow(d.day) AND {holds_on("x", "d.day")}
        JOIN teaching_load t ON t.load_id = x.load_id AND t.school_year = $year AND {holds_on("t", "d.day")}
        WHERE t.teacher_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM lessons l
            WHERE l.held_on = d.day AND l.number = x.number AND l.class_id = t.class_id
                AND l.subject_id = t.subject_id AND l.subgroup_id IS NOT DISTINCT FROM t.subgroup_id)"""
    rows = reader.read(query, {**_days(first_day, last_day), "year": school_year_of_lesson(first_day)})
    for teacher_id, day, number in rows:
        found[teacher_id].add((day, number))
    return found


def _away(reader: Reader, first_day: date, last_day: date) -> dict[int, set[date]]:
    found: dict[int, set[date]] = defaultdict(set)
    query = """SELECT DISTINCT s.regular_teacher_id, l.held_on FROM substitutions s JOIN lessons l USING (lesson_id)
        WHERE s.withdrawn_at IS NULL AND l.held_on BETWEEN $first_day AND $last_day"""
    rows = reader.read(query, _days(first_day, last_day))
    for teacher_id, day in rows:
        found[teacher_id].add(day)
    return found


def join_targets(reader: Reader, first_day: date, last_day: date) -> list[JoinTarget]:
    """Return the lessons that others may be joined with: given by somebody, not cancelled, not joined themselves."""
    query = f"""SELECT l.lesson_id, l.held_on, l.number, l.teacher_id, {surname_and_initials("t")} AS teacher_name,
            l.class_id, c.name AS class_name, c.grade_level, l.subject_id, b.name AS subject_name,
            coalesce(g.name, '') AS subgroup_name
        FROM lessons l {_NAMES} JOIN staff t ON t.staff_id = l.teacher_id
        WHERE l.held_on BETWEEN $first_day AND $last_day AND l.status <> 'cancelled'
            AND l.lesson_id NOT IN (SELECT lesson_id FROM substitutions
                WHERE withdrawn_at IS NULL AND kind = 'joined')
        ORDER BY l.lesson_id"""
    targets = read_as(reader, JoinTarget, query, _days(first_day, last_day))
    return staff_apart(reader, targets, "teacher_name", "teacher_id")


def lessons_of_absent(reader: Reader, teacher_id: int, first_day: date, last_day: date) -> list[NamedLesson]:
    """Return the lessons of a teacher in these days by hour: their own, those given by others, those they stand in for."""
    query = f"""SELECT {_NAMED} FROM lessons l {_NAMES}
        WHERE l.held_on BETWEEN $first_day AND $last_day AND (l.teacher_id = $teacher
            OR l.lesson_id IN (SELECT lesson_id FROM substitutions
                WHERE withdrawn_at IS NULL AND regular_teacher_id = $teacher)
            OR (l.teacher_id IS NULL AND EXISTS (SELECT 1 FROM teaching_load t WHERE t.teacher_id = $teacher
                AND t.class_id = l.class_id AND t.subject_id = l.subject_id
                AND t.subgroup_id IS NOT DISTINCT FROM l.subgroup_id)))
        ORDER BY l.held_on, l.number, c.name COLLATE ru, l.lesson_id"""
    return read_as(reader, NamedLesson, query, {**_days(first_day, last_day), "teacher": teacher_id})


_CURRENT = """SELECT substitution_id, lesson_id, kind, regular_teacher_id, substitute_id, joined_lesson_id, reason,
    signed_at FROM substitutions WHERE withdrawn_at IS NULL"""


def substitutions_of_lessons(reader: Reader, lesson_ids: Collection[int]) -> dict[int, Substitution]:
    """Return the substitutions that hold, by lesson."""
    wanted = sorted(set(lesson_ids))
    query = f"{_CURRENT} AND {among('lesson_id', 'ids', wanted)}"
    return {each.lesson_id: each for each in read_as(reader, Substitution, query, {"ids": wanted})}


def substitutions_by_id(reader: Reader, substitution_ids: Collection[int]) -> dict[int, Substitution]:
    """Return those of the substitutions that hold."""
    wanted = sorted(set(substitution_ids))
    query = f"{_CURRENT} AND {among('substitution_id', 'ids', wanted)}"
    return {each.substitution_id: each for each in read_as(reader, Substitution, query, {"ids": wanted})}


def lessons_with_entries(reader: Reader, lesson_ids: Collection[int]) -> set[int]:
    """Return those lessons in which anything was entered: a head, attendance, cells, tasks or files."""
    wanted = sorted(set(lesson_ids))
    here = among("lesson_id", "ids", wanted)
    query = f"""SELECT lesson_id FROM lessons WHERE {here}
            AND (recorded_at IS NOT NULL OR attendance_taken_at IS NOT NULL)
        UNION SELECT lesson_id FROM marks WHERE {here} UNION SELECT lesson_id FROM absences WHERE {here}
        UNION SELECT lesson_id FROM homework_tasks WHERE {here}
        UNION SELECT lesson_id FROM homework_files WHERE {here}"""
    return set(read_column(reader, query, {"ids": wanted}))


def lessons_joined_to(reader: Reader, lesson_ids: Collection[int]) -> set[int]:
    """Return those lessons that another lesson is joined to."""
    wanted = sorted(set(lesson_ids))
    query = f"""SELECT DISTINCT joined_lesson_id FROM substitutions
        WHERE withdrawn_at IS NULL AND {among("joined_lesson_id", "ids", wanted)}"""
    return set(read_column(reader, query, {"ids": wanted}))


_LOG = f"""
SELECT s.substitution_id, {_NAMED}, s.kind, s.regular_teacher_id AS regular_id, {surname_and_initials("r")} AS regular_name,
    s.substitute_id,
    {surname_and_initials("t")} AS substitute_name, s.reason, s.assigned_at, s.signed_at,
    coalesce(jc.name || ', ' || jb.name, '') AS joined_with, l.recorded_at IS NOT NULL AS is_filled
FROM substitutions s JOIN lessons l USING (lesson_id) {_NAMES}
    LEFT JOIN staff r ON r.staff_id = s.regular_teacher_id LEFT JOIN staff t ON t.staff_id = s.substitute_id
    LEFT JOIN lessons j ON j.lesson_id = s.joined_lesson_id LEFT JOIN classes jc ON jc.class_id = j.class_id
    LEFT JOIN subjects jb ON jb.subject_id = j.subject_id
WHERE s.withdrawn_at IS NULL"""
_BY_HOUR = "ORDER BY l.held_on, l.number, c.name COLLATE ru, l.lesson_id"


def log_of_days(
    reader: Reader, first_day: date, last_day: date, substitute_id: int | None = None
) -> list[LogRow]:
    """Return the log of lessons in these days (of one substitute, where given), in order."""
    query = f"""{_LOG} AND l.held_on BETWEEN $first_day AND $last_day
        AND ($substitute IS NULL OR s.substitute_id = $substitute) {_BY_HOUR}"""
    return _log(reader, query, {**_days(first_day, last_day), "substitute": substitute_id})


def unsigned_log(reader: Reader, last_day: date) -> list[LogRow]:
    """Return the lines up to a day that their substitutes have not signed."""
    query = f"{_LOG} AND l.held_on <= $last_day AND s.signed_at IS NULL AND s.kind <> 'cancelled' {_BY_HOUR}"
    return _log(reader, query, {"last_day": last_day})


def log_of_lessons(reader: Reader, lesson_ids: Collection[int]) -> list[LogRow]:
    """Return the lines about these lessons."""
    wanted = sorted(set(lesson_ids))
    query = f"{_LOG} AND {among('l.lesson_id', 'ids', wanted)} {_BY_HOUR}"
    return _log(reader, query, {"ids": wanted})


def _log(reader: Reader, query: str, parameters: dict[str, Any]) -> list[LogRow]:
    rows = staff_apart(reader, read_as(reader, LogRow, query, parameters), "regular_name", "regular_id")
    return staff_apart(reader, rows, "substitute_name", "substitute_id")


def save_substitution(writer: Writer, row: Substitution, *, at: datetime, user_id: int | None) -> None:
    """Add a substitution and give the lesson to its substitute, or cancel it."""
    sql = """INSERT INTO substitutions SELECT $id, lesson_id, class_id, subject_id, subgroup_id, $kind, $regular,
            $substitute, $joined, $reason, $now, $user, $signed_at, NULL, NULL
        FROM lessons WHERE lesson_id = $lesson"""
    writer.change(
        sql,
        {
            "id": row.substitution_id,
            "lesson": row.lesson_id,
            "kind": str(row.kind),
            "regular": row.regular_teacher_id,
            "substitute": row.substitute_id,
            "joined": row.joined_lesson_id,
            "reason": row.reason,
            "now": at,
            "user": user_id,
            "signed_at": row.signed_at,
        },
    )
    status = "cancelled" if row.kind is SubstitutionKind.CANCELLED else "planned"
    _set_lesson(writer, row.lesson_id, row.substitute_id or row.regular_teacher_id, status)


def withdraw_substitution(writer: Writer, row: Substitution, *, at: datetime) -> None:
    """Take a substitution back: the lesson is its regular teacher's again."""
    update(writer, "substitutions", {"substitution_id": row.substitution_id}, withdrawn_at=at)
    _set_lesson(writer, row.lesson_id, row.regular_teacher_id, "planned")


def _set_lesson(writer: Writer, lesson_id: int, teacher_id: int | None, status: str) -> None:
    update(writer, "lessons", {"lesson_id": lesson_id}, teacher_id=teacher_id, status=status)


def sign_substitutions(
    writer: Writer, substitution_ids: Collection[int], *, at: datetime, user_id: int
) -> None:
    """Put a signature under lines of the log (п. 4.5): who and when."""
    wanted = sorted(set(substitution_ids))
    sql = f"""UPDATE substitutions SET signed_at = $now, signed_by = $user
        WHERE {among("substitution_id", "ids", wanted)}"""
    writer.change(sql, {"ids": wanted, "now": at, "user": user_id})


def teacher_of_load(reader: Reader, lesson_id: int) -> int | None:
    """Return whose lesson it is by the load, for lessons that name no teacher."""
    query = f"""SELECT t.teacher_id FROM lessons l JOIN teaching_load t ON t.class_id = l.class_id
            AND t.subject_id = l.subject_id AND t.subgroup_id IS NOT DISTINCT FROM l.subgroup_id
        WHERE l.lesson_id = $lesson AND t.teacher_id IS NOT NULL AND {is_not_over("t", "l.held_on")}
        ORDER BY t.load_id LIMIT 1"""
    return read_value(reader, query, {"lesson": lesson_id})
