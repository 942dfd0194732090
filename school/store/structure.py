"""Rows of a school's structure, written many at a time."""

from collections.abc import Sequence
from dataclasses import fields
from operator import attrgetter
from typing import Any

import pyarrow as pa

from school.store import rows as rows_of
from school.store.connection import Transaction
from school.store.reading import Reader
from school.store.writing import update
from school.texts import storable

TABLES: dict[type, str] = {
    rows_of.SettingRow: "settings",
    rows_of.SchoolRow: "schools",
    rows_of.SchoolYearRow: "school_years",
    rows_of.DayOffRow: "days_off",
    rows_of.TermRow: "terms",
    rows_of.BellTimeRow: "bell_times",
    rows_of.StaffRow: "staff",
    rows_of.ClassRow: "classes",
    rows_of.ClassTermRow: "class_terms",
    rows_of.PupilRow: "pupils",
    rows_of.EnrolmentRow: "enrolments",
    rows_of.SubjectRow: "subjects",
    rows_of.SubgroupRow: "subgroups",
    rows_of.SubgroupMemberRow: "subgroup_members",
    rows_of.WorkTypeRow: "work_types",
    rows_of.GuardianRow: "guardians",
    rows_of.GuardianPupilRow: "guardian_pupils",
    rows_of.UserRow: "users",
    rows_of.UserRoleRow: "user_roles",
    rows_of.LoadRow: "teaching_load",
    rows_of.SlotRow: "timetable",
    rows_of.LessonRow: "lessons",
    rows_of.TermMarkRow: "term_marks",
    rows_of.YearMarkRow: "year_marks",
    rows_of.LessonPlanRow: "lesson_plans",
    rows_of.PlanTopicRow: "plan_topics",
    rows_of.HomeworkDueDayRow: "homework_due_days",
    rows_of.HomeworkTimeRow: "homework_times",
    rows_of.HomeworkTaskRow: "homework_tasks",
    rows_of.HomeworkTaskPupilRow: "homework_task_pupils",
    rows_of.SubstitutionRow: "substitutions",
    rows_of.MovementRow: "pupil_movements",
}

# What happened at the head of a lesson, in the order a teacher fills it: event kind, old value's condition, new value.
_HEAD_EVENTS = (
    ("attendance", "l.attendance_taken_at IS NOT NULL", "NULL"),
    ("topic", "l.topic <> ''", "l.topic"),
    ("work_type", "l.work_type_id IS NOT NULL", "CAST(l.work_type_id AS VARCHAR)"),
    (
        "homework",
        "l.homework_state <> 'unset'",
        "CASE l.homework_state WHEN 'none' THEN 'без задания' ELSE l.homework END",
    ),
)


def insert_rows(transaction: Transaction, rows: Sequence[Any], table: str = "") -> None:
    """Append rows of one kind to a table with columns of the same names; the caller must record an event.

    Without a table they go into that of their kind in ``TABLES``.
    """
    if not rows:
        return
    names = [column.name for column in fields(rows[0])]
    listed = zip(*map(attrgetter(*names), rows), strict=True)
    # An Arrow table goes in five times faster than lists through unnest.
    transaction.cursor.register(
        "new_rows", pa.table(storable(dict(zip(names, map(list, listed), strict=True))))
    )
    columns = ", ".join(names)
    sql = f"INSERT INTO {table or TABLES[type(rows[0])]} ({columns}) SELECT {columns} FROM new_rows"
    transaction.change(sql)
    transaction.cursor.unregister("new_rows")


def has_school(reader: Reader) -> bool:
    """Whether any school or account is in the store."""
    is_founded: bool = reader.read("SELECT EXISTS (FROM schools) OR EXISTS (FROM users)")[0][0]
    return is_founded


def record_lesson_heads(transaction: Transaction, lesson_ids: Sequence[int]) -> None:
    """Record an event for each part of the heads of the filled lessons among ``lesson_ids``, by their teacher."""
    for kind, is_written, new_value in _HEAD_EVENTS:
        query = f"""SELECT l.recorded_at, u.user_id, '{kind}', l.lesson_id, NULL, NULL, NULL, {new_value}, '',
                NULL, NULL
            FROM lessons l JOIN (SELECT unnest($lessons::BIGINT[]) AS lesson_id) k USING (lesson_id)
            LEFT JOIN users u ON u.staff_id = l.teacher_id
            WHERE l.recorded_at IS NOT NULL AND {is_written} ORDER BY l.lesson_id"""
        transaction.record_rows(query, {"lessons": list(lesson_ids)})


def close_terms(transaction: Transaction, closed: Sequence[tuple[int, Any, int]]) -> None:
    """Close terms: term id, moment, user id."""
    for term_id, at, user_id in closed:
        update(transaction, "terms", {"term_id": term_id}, closed_at=at, closed_by=user_id)
