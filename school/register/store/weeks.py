"""The dated lessons of a class or a teacher, as they will be or were: with substitutions and what was cancelled."""

from dataclasses import dataclass
from datetime import date, time

from school.records import SubstitutionKind
from school.register.store.days import ROOM
from school.store.names import surname_and_initials, tell_apart
from school.store.reading import Reader, read_as


@dataclass(frozen=True)
class WeekLesson:
    """A lesson on its day. ``substitution``: what became of it in its teacher's absence; ``regular_name``: who was to give it."""

    lesson_id: int
    held_on: date
    number: int
    starts_at: time | None
    ends_at: time | None
    class_id: int
    class_name: str
    subject_id: int
    subject_name: str
    subgroup_id: int | None
    subgroup_name: str
    room: str
    teacher_id: int | None
    teacher_name: str
    is_cancelled: bool
    substitution: SubstitutionKind | None
    regular_id: int | None
    regular_name: str


_LESSONS = f"""SELECT o.lesson_id, o.held_on, o.number, b.starts_at, b.ends_at, o.class_id, c.name AS class_name,
        o.subject_id, s.name AS subject_name, o.subgroup_id, coalesce(g.name, '') AS subgroup_name, {ROOM} AS room,
        o.teacher_id, {surname_and_initials("t")} AS teacher_name, o.status = 'cancelled' AS is_cancelled,
        u.kind AS substitution, u.regular_teacher_id AS regular_id, {surname_and_initials("r")} AS regular_name
    FROM lessons o JOIN classes c USING (class_id) JOIN subjects s ON s.subject_id = o.subject_id
        LEFT JOIN subgroups g ON g.subgroup_id = o.subgroup_id LEFT JOIN bell_times b ON b.number = o.number
        LEFT JOIN substitutions u ON u.lesson_id = o.lesson_id AND u.withdrawn_at IS NULL
        LEFT JOIN staff t ON t.staff_id = o.teacher_id LEFT JOIN staff r ON r.staff_id = u.regular_teacher_id
    WHERE o.held_on BETWEEN $first_day AND $last_day AND {{of_whom}}
    ORDER BY o.held_on, o.number, c.name COLLATE ru, subgroup_name, o.lesson_id"""


def lessons_of_class(reader: Reader, class_id: int, first_day: date, last_day: date) -> list[WeekLesson]:
    """Return the lessons of a class between two days, cancelled ones too, by day and number."""
    return _lessons(reader, "o.class_id = $whose", class_id, first_day, last_day)


def lessons_of_teacher(reader: Reader, staff_id: int, first_day: date, last_day: date) -> list[WeekLesson]:
    """Return the lessons that a teacher gives or was to give between two days, by day and number."""
    return _lessons(
        reader, "(o.teacher_id = $whose OR u.regular_teacher_id = $whose)", staff_id, first_day, last_day
    )


def _lessons(reader: Reader, of_whom: str, whose: int, first_day: date, last_day: date) -> list[WeekLesson]:
    days = {"whose": whose, "first_day": first_day, "last_day": last_day}
    return read_as(reader, WeekLesson, _LESSONS.format(of_whom=of_whom), days)


def classes_with_lessons(reader: Reader, first_day: date, last_day: date) -> dict[int, str]:
    """Return the names of the classes that have lessons between two days, in the order of a school's lists."""
    query = """SELECT class_id, name FROM classes
        WHERE class_id IN (SELECT class_id FROM lessons WHERE held_on BETWEEN $first_day AND $last_day)
        ORDER BY grade_level, name COLLATE ru, class_id"""
    return dict(reader.read(query, {"first_day": first_day, "last_day": last_day}))


def teachers_with_lessons(reader: Reader, first_day: date, last_day: date) -> dict[int, str]:
    """Return the names of those who give lessons between two days, namesakes told apart, by name."""
    query = f"""SELECT s.staff_id, {surname_and_initials("s")} FROM staff s
        WHERE s.staff_id IN (SELECT teacher_id FROM lessons WHERE held_on BETWEEN $first_day AND $last_day)
        ORDER BY s.last_name COLLATE ru, s.first_name COLLATE ru, s.staff_id"""
    rows = reader.read(query, {"first_day": first_day, "last_day": last_day})
    return tell_apart(reader, dict(rows), "staff")
