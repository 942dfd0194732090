"""Who has been missing day after day: the rule of the homeroom teacher's warning, over columns (п. 4.3)."""

from datetime import date, datetime, timedelta

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.measures.running_absences import running_absences
from school.attendance.rules.absences import missed_days
from school.attendance.rules.running_absences import is_explained, running_missed_days
from school.records import AbsenceReason

MONDAY, FRIDAY = date(2024, 9, 9), date(2024, 9, 13)
FILLED = datetime(2024, 9, 2, 12, 0)
LESSONS = "lesson_id class_id subgroup_id held_on recorded_at is_held"
ALWAYS = (7, 1, None, None)


def day(number, *, lesson=None, subgroup=None, recorded_at=FILLED, is_held=True):
    return (lesson or number, 7, subgroup, MONDAY + timedelta(number), recorded_at, is_held)


def runs(table, rows_of, lessons, absences, *, pupils=(ALWAYS,), members=()):
    return rows_of(
        running_absences(
            table(LESSONS, *lessons),
            table("lesson_id pupil_id reason", *absences),
            enrolments=table("class_id pupil_id starts_on ends_on", *pupils),
            subgroup_members=table("subgroup_id pupil_id", *members),
            today=FRIDAY,
        )
    )


def missed(*lessons, reason="unknown"):
    return [(lesson, 1, reason) for lesson in lessons]


def test_days_missed_up_to_the_last_one_are_a_run(table, rows_of):
    lessons = [day(number, lesson=10 + number) for number in range(4)]
    (row,) = runs(table, rows_of, lessons, [*missed(12), *missed(13, reason="illness")])
    assert (row["class_id"], row["pupil_id"]) == (7, 1)
    assert (row["days_missed_in_a_row"], row["lessons_unexplained"]) == (2, 1)
    assert row["missing_since"].isoformat()[:10] == "2024-09-11"


@pytest.mark.parametrize(
    ("lessons", "absences"),
    [
        ([day(0, lesson=1), day(1, lesson=2)], missed(1)),  # was there again on the last day
        ([day(0, lesson=1), day(0, lesson=2)], missed(1)),  # a day is missed when all its lessons are
        ([day(0, lesson=1)], missed(1, reason="late")),  # late is not missing
        ([day(0, lesson=1, is_held=False)], missed(1)),
        ([day(0, lesson=1, recorded_at=None)], missed(1)),  # nobody filled it: not a school day
        ([], []),
    ],
)
def test_no_run(table, rows_of, lessons, absences):
    assert runs(table, rows_of, lessons, absences) == []


def test_the_other_subgroups_lesson_does_not_end_a_run(table, rows_of):
    lessons = [day(0, lesson=1, subgroup=71), day(0, lesson=2, subgroup=72)]
    (row,) = runs(table, rows_of, lessons, missed(1), members=[(71, 1), (72, 2)])
    assert row["days_missed_in_a_row"] == 1


def test_days_after_leaving_are_not_missed(table, rows_of):
    left = (7, 1, None, MONDAY + timedelta(1))
    assert runs(table, rows_of, [day(0, lesson=1), day(1, lesson=2)], missed(2), pupils=[left]) == []


entries = st.sampled_from([None, *AbsenceReason])


@given(st.lists(st.tuples(st.integers(0, 4), entries), max_size=10))
@settings(max_examples=20, deadline=None)
def test_the_measure_is_the_rule(week):
    lessons = [(MONDAY + timedelta(number), reason) for number, reason in week]
    run = running_missed_days(missed_days(lessons))
    found = _by_duckdb(lessons)
    if not run:
        assert found == []
        return
    unexplained = [reason for held_on, reason in lessons if held_on in run]
    ((days, since, lessons_unexplained),) = found
    assert (days, since) == (len(run), run[0])
    assert (lessons_unexplained == 0) == is_explained(unexplained)


def _by_duckdb(lessons):
    connection = duckdb.connect()
    held = pa.table(
        {
            "lesson_id": pa.array(range(len(lessons)), pa.int64()),
            "class_id": pa.array([7] * len(lessons), pa.int64()),
            "subgroup_id": pa.array([None] * len(lessons), pa.int64()),
            "held_on": pa.array([held_on for held_on, _ in lessons], pa.date32()),
            "recorded_at": pa.array([FILLED] * len(lessons), pa.timestamp("us")),
            "is_held": pa.array([True] * len(lessons), pa.bool_()),
        }
    )
    noted = [(number, reason.value) for number, (_, reason) in enumerate(lessons) if reason]
    absences = pa.table(
        {
            "lesson_id": pa.array([number for number, _ in noted], pa.int64()),
            "pupil_id": pa.array([1] * len(noted), pa.int64()),
            "reason": pa.array([reason for _, reason in noted], pa.string()),
        }
    )
    answer = running_absences(
        connection.from_arrow(held),
        connection.from_arrow(absences),
        enrolments=connection.sql("SELECT 7 AS class_id, 1 AS pupil_id"),
        subgroup_members=connection.sql("SELECT 0 AS subgroup_id, 0 AS pupil_id WHERE false"),
        today=FRIDAY,
    )
    return answer.select("days_missed_in_a_row", "missing_since", "lessons_unexplained").fetchall()
