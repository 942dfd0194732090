"""Lesson plans as rows: topics of a register, the lessons they are laid over, and the timetable ahead."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from school.records import PlanLesson, PlanTopic, RegisterKey
from school.store.reading import Reader, Writer, read_column
from school.store.selection import IN_REGISTER, is_not_over
from school.store.writing import insert, update


@dataclass(frozen=True)
class LessonPlan:
    """A register's plan; ``replanned_on`` and ``compressed_hours`` record changes after lost lessons."""

    plan_id: int
    key: RegisterKey
    topics: tuple[PlanTopic, ...]
    replanned_on: date | None
    compressed_hours: int
    saved_at: datetime


_PLANS = """
SELECT p.plan_id, p.class_id, p.subject_id, p.subgroup_id, p.replanned_on, p.compressed_hours, p.saved_at,
    t.title, t.hours, t.topic_id
FROM lesson_plans p LEFT JOIN plan_topics t USING (plan_id)
WHERE p.class_id IN (SELECT unnest($classes::BIGINT[])) AND ($subject IS NULL OR p.subject_id = $subject)
ORDER BY p.plan_id, t.position
"""

_LESSONS = """
SELECT l.class_id, l.subject_id, l.subgroup_id, l.held_on, l.number, l.lesson_id, l.status = 'cancelled', l.topic,
    k.topic_id
FROM lessons l LEFT JOIN lesson_plan_topics k USING (lesson_id)
WHERE l.class_id IN (SELECT unnest($classes::BIGINT[])) AND ($subject IS NULL OR l.subject_id = $subject)
    AND ($last_day IS NULL OR l.held_on <= $last_day)
ORDER BY l.held_on, l.number, l.lesson_id
"""


def plans_of_classes(
    reader: Reader, class_ids: Iterable[int], subject_id: int | None = None
) -> dict[RegisterKey, LessonPlan]:
    """Return the plans of these classes (in one subject, where given) by register."""
    parameters = {"classes": sorted(set(class_ids)), "subject": subject_id}
    rows = reader.steady(("lesson_plans", "plan_topics"), _PLANS, parameters)
    topics: dict[int, list[PlanTopic]] = {}
    for row in rows:
        listed = topics.setdefault(row[0], [])
        if row[-1] is not None:
            listed.append(PlanTopic(*row[7:]))
    plans = {}
    for plan_id, class_id, subject, subgroup, replanned_on, compressed, saved_at, *_topic in rows:
        key = RegisterKey(class_id, subject, subgroup)
        plans[key] = LessonPlan(plan_id, key, tuple(topics[plan_id]), replanned_on, compressed, saved_at)
    return plans


def plan_of(reader: Reader, key: RegisterKey) -> LessonPlan | None:
    """Return a register's plan, or None."""
    return plans_of_classes(reader, [key.class_id], key.subject_id).get(key)


def plan_lessons(
    reader: Reader, class_ids: Iterable[int], subject_id: int | None = None, last_day: date | None = None
) -> dict[RegisterKey, list[PlanLesson]]:
    """Return the dated lessons of these classes up to a day by register, in order."""
    lessons: dict[RegisterKey, list[PlanLesson]] = {}
    parameters = {"classes": sorted(set(class_ids)), "subject": subject_id, "last_day": last_day}
    rows = reader.steady(("lessons", "lesson_plan_topics"), _LESSONS, parameters)
    for class_id, subject, subgroup, *lesson in rows:
        lessons.setdefault(RegisterKey(class_id, subject, subgroup), []).append(PlanLesson(*lesson))
    return lessons


def timetable_slots(reader: Reader, key: RegisterKey, after: date) -> list[tuple[int, int]]:
    """Return (weekday, lesson number) of a register in the timetable that holds after a day."""
    query = f"""SELECT DISTINCT s.weekday, s.number FROM timetable s JOIN teaching_load l USING (load_id)
        WHERE {IN_REGISTER} AND {is_not_over("s", "$after::DATE + 1")}
            AND {is_not_over("l", "$after::DATE + 1")} ORDER BY ALL"""
    return reader.read(query, {**vars(key), "after": after})


def days_off(reader: Reader, school_year: int) -> list[date]:
    """Return the days without lessons of a school year."""
    query = """SELECT day FROM days_off, school_years
        WHERE school_year = $year AND day BETWEEN starts_on AND ends_on"""
    return read_column(reader, query, {"year": school_year})


def similar_registers(reader: Reader, key: RegisterKey) -> list[tuple[RegisterKey, int, str, str]]:
    """Return other registers with a plan in the same subject: of the same grade level this year or the one before.

    Each with its school year, class and subgroup names; this year first.
    """
    query = """SELECT p.class_id, p.subject_id, p.subgroup_id, c.school_year, c.name, coalesce(g.name, '')
        FROM lesson_plans p JOIN classes c USING (class_id) JOIN subjects s ON s.subject_id = p.subject_id
            LEFT JOIN subgroups g ON g.subgroup_id = p.subgroup_id,
            classes own JOIN subjects own_subject ON own_subject.subject_id = $subject_id
        WHERE own.class_id = $class_id AND c.school_id = own.school_id AND s.name = own_subject.name
            AND c.grade_level IS NOT DISTINCT FROM own.grade_level
            AND c.school_year BETWEEN own.school_year - 1 AND own.school_year
            AND NOT (p.class_id = $class_id AND p.subject_id = $subject_id
                     AND p.subgroup_id IS NOT DISTINCT FROM $subgroup_id)
        ORDER BY c.school_year DESC, c.name COLLATE ru, 6"""
    return [(RegisterKey(*row[:3]), *row[3:]) for row in reader.read(query, vars(key))]


def create_plan(writer: Writer, plan_id: int, key: RegisterKey, *, at: datetime, user_id: int) -> None:
    """Create a register's plan, without topics yet."""
    insert(writer, "lesson_plans", plan_id=plan_id, **vars(key), saved_at=at, saved_by=user_id)


def save_topics(
    writer: Writer,
    plan_id: int,
    topics: Sequence[PlanTopic],
    *,
    new: frozenset[int],
    at: datetime,
    user_id: int,
) -> None:
    """Make these the topics of a plan in this order; ``new`` are the identifiers that the plan did not have."""
    update(writer, "lesson_plans", {"plan_id": plan_id}, saved_at=at, saved_by=user_id)
    sql = "DELETE FROM plan_topics WHERE plan_id = $plan AND topic_id NOT IN (SELECT unnest($kept::BIGINT[]))"
    writer.change(sql, {"plan": plan_id, "kept": [topic.topic_id for topic in topics]})
    placed = list(enumerate(topics))
    kept = [(place, topic) for place, topic in placed if topic.topic_id not in new]
    fresh = [(place, topic) for place, topic in placed if topic.topic_id in new]
    listed = "(SELECT unnest($ids::BIGINT[]) AS topic_id, unnest($positions::SMALLINT[]) AS position, "
    listed += "unnest($titles::VARCHAR[]) AS title, unnest($hours::SMALLINT[]) AS hours) k"
    sql = f"""UPDATE plan_topics SET position = k.position, title = k.title, hours = k.hours
        FROM {listed} WHERE plan_topics.topic_id = k.topic_id"""
    writer.change(sql, _topic_columns(kept))
    sql = f"""INSERT INTO plan_topics (topic_id, plan_id, position, title, hours)
        SELECT k.topic_id, $plan, k.position, k.title, k.hours FROM {listed}"""
    writer.change(sql, {"plan": plan_id, **_topic_columns(fresh)})


def _topic_columns(placed: Sequence[tuple[int, PlanTopic]]) -> dict[str, list[object]]:
    return {
        "ids": [topic.topic_id for _, topic in placed],
        "positions": [place for place, _ in placed],
        "titles": [topic.title for _, topic in placed],
        "hours": [topic.hours for _, topic in placed],
    }


def note_replanned(writer: Writer, plan_id: int, day: date | None, compressed_hours: int) -> None:
    """Note from which day on lost lessons count, and what all replanning has cost so far in hours."""
    changed = {"replanned_on": day, "compressed_hours": compressed_hours}
    update(writer, "lesson_plans", {"plan_id": plan_id}, **changed)


def link_lesson(writer: Writer, lesson_id: int, topic_id: int | None) -> None:
    """Note which topic of the plan a lesson was given by; None: it was given by none."""
    if topic_id is None:
        sql = "DELETE FROM lesson_plan_topics WHERE lesson_id = $lesson"
        writer.change(sql, {"lesson": lesson_id}, entered_in=[lesson_id])
        return
    sql = """INSERT INTO lesson_plan_topics VALUES ($lesson, $topic)
        ON CONFLICT (lesson_id) DO UPDATE SET topic_id = excluded.topic_id"""
    writer.change(sql, {"lesson": lesson_id, "topic": topic_id}, entered_in=[lesson_id])


def linked_topic(reader: Reader, lesson_id: int) -> int | None:
    """Return the topic of the plan that a lesson was given by, or None."""
    query = "SELECT topic_id FROM lesson_plan_topics WHERE lesson_id = $lesson"
    rows = reader.steady(("lesson_plan_topics",), query, {"lesson": lesson_id})
    return rows[0][0] if rows else None


def plan_teachers(reader: Reader, key: RegisterKey) -> frozenset[int]:
    """Return whose register it is: the teachers of its load, or of its lessons where no load is known."""
    for table in ("teaching_load", "lessons"):
        query = f"SELECT DISTINCT teacher_id FROM {table} WHERE {IN_REGISTER} AND teacher_id IS NOT NULL"
        if teachers := read_column(reader, query, vars(key)):
            return frozenset(teachers)
    return frozenset()
