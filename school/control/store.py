"""What the registers of a class still lack, and requests to fill them (п. 4.3)."""

from collections import Counter
from collections.abc import Collection
from datetime import date, datetime
from typing import NamedTuple

from school.register.store.pupil_marks import former_marks
from school.store.names import staff_apart, surname_and_initials
from school.store.reading import Reader, Writer, read_as, read_column, read_one
from school.store.selection import holds_on, is_there
from school.store.writing import insert, update


class ControlledLesson(NamedTuple):
    """A lesson with whom to ask and what is entered for it."""

    lesson_id: int
    held_on: date
    number: int
    subject_id: int
    teacher_id: int | None
    topic: str
    homework_state: str
    attendance_taken_at: datetime | None
    subgroup_id: int | None = None


class MarkCount(NamedTuple):
    """How many marks a pupil of today has in a subject, and the hours a week that they have in it."""

    subject_id: int
    teacher_id: int | None
    pupil_id: int
    hours_a_week: float
    mark_count: int


class StoredRequest(NamedTuple):
    """A request with the names that people read."""

    request_id: int
    class_id: int
    class_name: str
    subject_id: int
    subject_name: str
    teacher_id: int
    teacher_name: str
    term_id: int
    comment: str
    due_on: date
    short_pupils: int
    sent_at: datetime
    closed_at: datetime | None
    closing_note: str | None


_TAUGHT_BY = f"""coalesce(l.teacher_id, (SELECT any_value(t.teacher_id) FROM teaching_load t
    WHERE t.class_id = l.class_id AND t.subject_id = l.subject_id
        AND t.subgroup_id IS NOT DISTINCT FROM l.subgroup_id AND {holds_on("t", "l.held_on")}))"""
_COLUMNS = f"""l.lesson_id, l.held_on, l.number, l.subject_id, {_TAUGHT_BY} AS teacher_id, l.topic, l.homework_state,
    l.attendance_taken_at, l.subgroup_id"""


def lessons_of_term(reader: Reader, class_id: int, term_id: int, last_day: date) -> list[ControlledLesson]:
    """Return the lessons of a class in a term up to a day, without the cancelled ones, by day."""
    query = f"""SELECT {_COLUMNS} FROM lessons l WHERE l.class_id = $class_id AND l.term_id = $term
            AND l.held_on <= $last_day AND l.status <> 'cancelled' ORDER BY l.held_on, l.number, l.lesson_id"""
    return read_as(
        reader, ControlledLesson, query, {"class_id": class_id, "term": term_id, "last_day": last_day}
    )


def lessons_of_requests(reader: Reader, request_ids: Collection[int]) -> dict[int, list[ControlledLesson]]:
    """Return the lessons that each request asks to fill; cancelled ones need no filling any more."""
    query = f"""SELECT q.request_id, {_COLUMNS} FROM gap_request_lessons q JOIN lessons l USING (lesson_id)
        WHERE q.request_id IN (SELECT unnest($requests::BIGINT[])) AND l.status <> 'cancelled'
        ORDER BY l.held_on, l.number"""
    rows = reader.read(query, {"requests": list(request_ids)})
    lessons: dict[int, list[ControlledLesson]] = {}
    for request_id, *lesson in rows:
        lessons.setdefault(request_id, []).append(ControlledLesson(*lesson))
    return lessons


def mark_counts(reader: Reader, class_id: int, term_id: int, day: date) -> list[MarkCount]:
    """Return the marks in a term of the pupils of a class on a day, by subject in the load of that day.

    Hours of a pupil in class and in subgroup add up; a mark counts whoever of the school gave it, a former class too (п. 5.2).
    """
    query = f"""WITH taught AS (
            SELECT t.subject_id, t.teacher_id, t.hours_a_week, e.pupil_id FROM teaching_load t
            JOIN enrolments e ON e.class_id = t.class_id AND {is_there("e", "$day")}
            WHERE t.class_id = $class_id AND {holds_on("t", "$day")}
                AND (t.subgroup_id IS NULL OR EXISTS (SELECT 1 FROM subgroup_members g
                    WHERE g.subgroup_id = t.subgroup_id AND g.pupil_id = e.pupil_id
                        AND {is_there("g", "$day")}))
        ), given AS (
            SELECT l.subject_id, m.pupil_id, count(*) AS mark_count FROM marks m JOIN lessons l USING (lesson_id)
            WHERE l.class_id = $class_id AND l.term_id = $term GROUP BY ALL
        )
        SELECT t.subject_id, t.teacher_id, t.pupil_id,
            sum(t.hours_a_week) OVER (PARTITION BY t.subject_id, t.pupil_id) AS hours_a_week,
            coalesce(g.mark_count, 0) AS mark_count
        FROM taught t LEFT JOIN given g USING (subject_id, pupil_id)"""
    rows = read_as(reader, MarkCount, query, {"class_id": class_id, "term": term_id, "day": day})
    brought = Counter(
        (each.subject_id, each.mark.pupil_id) for each in former_marks(reader, class_id, term_ids=[term_id])
    )
    return [
        row._replace(mark_count=row.mark_count + brought[row.subject_id, row.pupil_id]) if brought else row
        for row in rows
    ]


_REQUESTS = f"""
SELECT q.request_id, q.class_id, c.name AS class_name, q.subject_id, s.name AS subject_name, q.teacher_id,
    {surname_and_initials("t")} AS teacher_name, q.term_id, q.comment, q.due_on, q.short_pupils, q.sent_at,
        q.closed_at, q.closing_note
FROM gap_requests q JOIN classes c USING (class_id) JOIN subjects s ON s.subject_id = q.subject_id
    LEFT JOIN staff t ON t.staff_id = q.teacher_id
"""


def requests_since(reader: Reader, since: datetime | None) -> list[StoredRequest]:
    """Return the requests sent since a moment (None: no others) and those that nobody closed, the newest first."""
    query = f"{_REQUESTS} WHERE q.sent_at >= $since OR q.closed_at IS NULL ORDER BY q.sent_at DESC, q.request_id DESC"
    requests = read_as(reader, StoredRequest, query, {"since": since})
    return staff_apart(reader, requests, "teacher_name", "teacher_id")


def request_by_id(reader: Reader, request_id: int) -> StoredRequest | None:
    """Return a request, or None."""
    query = f"{_REQUESTS} WHERE q.request_id = $request"
    return read_one(reader, StoredRequest, query, {"request": request_id})


def requests_to_teacher(reader: Reader, teacher_id: int) -> list[StoredRequest]:
    """Return the requests to a teacher that nobody closed, those due first in front."""
    query = (
        f"{_REQUESTS} WHERE q.teacher_id = $teacher AND q.closed_at IS NULL ORDER BY q.due_on, q.request_id"
    )
    return read_as(reader, StoredRequest, query, {"teacher": teacher_id})


def save_request(writer: Writer, request: StoredRequest, lesson_ids: Collection[int], user_id: int) -> None:
    """Add a request and the lessons it asks to fill."""
    insert(
        writer,
        "gap_requests",
        request_id=request.request_id,
        class_id=request.class_id,
        subject_id=request.subject_id,
        teacher_id=request.teacher_id,
        term_id=request.term_id,
        comment=request.comment,
        due_on=request.due_on,
        short_pupils=request.short_pupils,
        sent_at=request.sent_at,
        sent_by=user_id,
    )
    sql = "INSERT INTO gap_request_lessons SELECT $request, unnest($lessons::BIGINT[])"
    writer.change(sql, {"request": request.request_id, "lessons": list(lesson_ids)})


def close_request(writer: Writer, request_id: int, note: str, *, at: datetime, user_id: int) -> None:
    """Close a request."""
    closed = {"closed_at": at, "closed_by": user_id, "closing_note": note}
    update(writer, "gap_requests", {"request_id": request_id}, **closed)


def school_days(reader: Reader, class_id: int, first_day: date, last_day: date) -> set[date]:
    """Return the days between two on which the class has school: in a term, on a school weekday, not a day off."""
    query = """SELECT DISTINCT d.day::DATE FROM range($first_day::DATE, $last_day::DATE + 1, INTERVAL 1 DAY) AS d(day)
        JOIN class_terms k ON k.class_id = $class_id JOIN terms t USING (term_id)
        JOIN school_years y ON y.school_year = t.school_year
        WHERE d.day BETWEEN t.starts_on AND t.ends_on AND isodow(d.day) <= y.days_a_week
            AND d.day::DATE NOT IN (SELECT day FROM days_off)"""
    return set(
        read_column(reader, query, {"class_id": class_id, "first_day": first_day, "last_day": last_day})
    )
