"""A teacher's lessons by day, with what has been entered for them."""

from dataclasses import dataclass
from datetime import date, datetime, time

from school.store.reading import Reader, read_as, read_column, read_value
from school.store.selection import holds_on, is_there


@dataclass(frozen=True)
class DayLesson:
    """One lesson of a teacher's day and what has been entered for it."""

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
    topic: str
    homework_state: str
    attendance_taken_at: datetime | None
    mark_count: int
    pupil_count: int


# Of a lesson ``o``: the room that the timetable of its day names.
ROOM = f"""coalesce((SELECT any_value(tt.room) FROM timetable tt JOIN teaching_load tl USING (load_id)
    WHERE tl.class_id = o.class_id AND tl.subject_id = o.subject_id
    AND tl.subgroup_id IS NOT DISTINCT FROM o.subgroup_id AND tt.number = o.number
    AND tt.weekday = isodow(o.held_on) AND {holds_on("tt", "o.held_on")} AND {holds_on("tl", "o.held_on")}), '')"""
_LESSONS = f"""
WITH own AS (
    SELECT * FROM lessons WHERE teacher_id = $teacher AND held_on BETWEEN $first_day AND $last_day
        AND status <> 'cancelled'
), mark_counts AS (
    SELECT lesson_id, count(*) AS mark_count FROM marks WHERE lesson_id IN (SELECT lesson_id FROM own) GROUP BY ALL
), class_sizes AS (
    SELECT o.lesson_id, count(DISTINCT e.pupil_id) AS pupil_count FROM own o
    JOIN enrolments e ON e.class_id = o.class_id AND {is_there("e", "o.held_on")}
    LEFT JOIN subgroup_members g ON g.subgroup_id = o.subgroup_id AND g.pupil_id = e.pupil_id
        AND {is_there("g", "o.held_on")}
    WHERE o.subgroup_id IS NULL OR g.pupil_id IS NOT NULL GROUP BY ALL
)
SELECT o.lesson_id, o.held_on, o.number, b.starts_at, b.ends_at, o.class_id, c.name AS class_name, o.subject_id,
    s.name AS subject_name, o.subgroup_id, coalesce(g.name, '') AS subgroup_name,
    {ROOM} AS room,
    o.topic, o.homework_state, o.attendance_taken_at, coalesce(m.mark_count, 0) AS mark_count,
    coalesce(z.pupil_count, 0) AS pupil_count
FROM own o JOIN classes c USING (class_id) JOIN subjects s ON s.subject_id = o.subject_id
    LEFT JOIN subgroups g ON g.subgroup_id = o.subgroup_id LEFT JOIN bell_times b ON b.number = o.number
    LEFT JOIN mark_counts m ON m.lesson_id = o.lesson_id LEFT JOIN class_sizes z ON z.lesson_id = o.lesson_id
ORDER BY o.held_on, o.number, c.name
"""


def teacher_lessons(reader: Reader, teacher_id: int, first_day: date, last_day: date) -> list[DayLesson]:
    """Return a teacher's lessons that are not cancelled from ``first_day`` to ``last_day`` inclusive, in order."""
    return read_as(
        reader, DayLesson, _LESSONS, {"teacher": teacher_id, "first_day": first_day, "last_day": last_day}
    )


def last_lesson_day(reader: Reader, teacher_id: int, before: date) -> date | None:
    """Return the teacher's last day with lessons before a day."""
    query = "SELECT max(held_on) FROM lessons WHERE teacher_id = $teacher AND held_on < $before"
    return read_value(reader, query, {"teacher": teacher_id, "before": before})


def next_lesson_day(reader: Reader, teacher_id: int, after: date) -> date | None:
    """Return the teacher's next day with lessons after a day."""
    query = "SELECT min(held_on) FROM lessons WHERE teacher_id = $teacher AND held_on > $after"
    return read_value(reader, query, {"teacher": teacher_id, "after": after})


def absent_on(reader: Reader, class_id: int, day: date) -> set[int]:
    """Return who of a class was missing, late comers not counted, at the latest lesson of the day with attendance."""
    query = """SELECT a.pupil_id FROM absences a JOIN lessons l USING (lesson_id)
        WHERE l.class_id = $class_id AND l.held_on = $day AND a.reason <> 'late' AND l.number = (
            SELECT max(number) FROM lessons
            WHERE class_id = $class_id AND held_on = $day AND attendance_taken_at IS NOT NULL)"""
    return set(read_column(reader, query, {"class_id": class_id, "day": day}))
