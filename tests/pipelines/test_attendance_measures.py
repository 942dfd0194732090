"""Missed lessons by reason, their share of the pupil's lessons, and chronic absence."""

from datetime import date, datetime

import pytest

from pipelines.measures.attendance import attendance, pupil_attendance

FRIDAY = date(2024, 9, 13)
FILLED = datetime(2024, 9, 2, 12, 0)
LESSONS = "lesson_id class_id subgroup_id subject_id held_on recorded_at is_held"
ABSENCES = "lesson_id pupil_id reason"
EVERY_DAY = [(1, None, None), (2, None, None)]


def lessons_of(
    how_many, *, first=1, subgroup=None, held_on=date(2024, 9, 2), recorded_at=FILLED, is_held=True
):
    return [(first + i, 7, subgroup, 1, held_on, recorded_at, is_held) for i in range(how_many)]


def measured(
    measure, table, rows_of, lessons, absences=(), *, pupils=((1, None, None),), members=(), by=("class_id",)
):
    return rows_of(
        measure(
            table(LESSONS, *lessons),
            table(ABSENCES, *absences),
            by,
            enrolments=table("class_id pupil_id starts_on ends_on", *[(7, *pupil) for pupil in pupils]),
            subgroup_members=table("subgroup_id pupil_id starts_on ends_on", *members),
            today=FRIDAY,
        )
    )


def test_missed_lessons_by_reason(table, rows_of):
    reasons = ["unknown", "unknown", "illness", "valid", "late"]
    absences = [(lesson, 1, reason) for lesson, reason in enumerate(reasons, start=1)]
    (row,) = measured(attendance, table, rows_of, lessons_of(8), absences)
    assert row == {
        "class_id": 7, "pupils_with_lessons": 1, "pupil_lessons": 8, "missed_lessons": 4, "missed_unknown": 2,
        "missed_illness": 1, "missed_valid": 1, "late_arrivals": 1, "chronic_pupils": 1,
        "missed_share": 50.0, "late_share": 12.5, "chronic_share": 100.0,
    }  # fmt: skip


@pytest.mark.parametrize(("missed", "is_chronic"), [(0, False), (1, False), (2, True), (20, True)])
def test_a_tenth_of_the_lessons_is_chronic(table, rows_of, missed, is_chronic):
    absences = [(lesson, 1, "illness") for lesson in range(1, missed + 1)]
    (row,) = measured(pupil_attendance, table, rows_of, lessons_of(20), absences)
    assert (row["missed_share"], row["is_chronic"]) == (5.0 * missed, is_chronic)


def test_coming_late_is_not_missing(table, rows_of):
    (row,) = measured(pupil_attendance, table, rows_of, lessons_of(1), [(1, 1, "late")])
    assert (row["missed_lessons"], row["late_arrivals"], row["is_chronic"]) == (0, 1, False)


@pytest.mark.parametrize(
    "lesson",
    [
        lessons_of(1, first=2, is_held=False),
        lessons_of(1, first=2, held_on=date(2024, 9, 14)),
        lessons_of(1, first=2, recorded_at=None),  # nobody filled it: absence is not known
    ],
    ids=["cancelled", "to come", "not filled"],
)
def test_lessons_that_say_nothing_about_attendance(table, rows_of, lesson):
    (row,) = measured(attendance, table, rows_of, lessons_of(1) + lesson, [(2, 1, "illness")])
    assert (row["pupil_lessons"], row["missed_lessons"]) == (1, 0)


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "pupil_lessons"),
    [
        (None, None, 1),
        (date(2024, 9, 2), None, 1),
        (date(2024, 9, 3), None, 0),
        (None, date(2024, 9, 3), 1),
        (None, date(2024, 9, 2), 0),  # the day of leaving is the first without the pupil
    ],
)
def test_only_lessons_while_the_pupil_was_in_the_class(table, rows_of, starts_on, ends_on, pupil_lessons):
    found = measured(attendance, table, rows_of, lessons_of(1), pupils=[(1, starts_on, ends_on)])
    assert sum(row["pupil_lessons"] for row in found) == pupil_lessons


def test_a_lesson_of_a_subgroup_is_its_pupils_lesson(table, rows_of):
    found = measured(
        pupil_attendance, table, rows_of,
        lessons_of(1) + lessons_of(1, first=2, subgroup=71),
        pupils=EVERY_DAY, members=[(71, 1, None, None)],
    )  # fmt: skip
    assert [(row["pupil_id"], row["pupil_lessons"]) for row in found] == [(1, 2), (2, 1)]


def test_a_pupil_who_changed_subgroup(table, rows_of):
    members = [(71, 1, None, date(2024, 9, 2)), (72, 1, date(2024, 9, 2), None)]
    lessons = lessons_of(1, subgroup=71) + lessons_of(1, first=2, subgroup=72)
    (row,) = measured(pupil_attendance, table, rows_of, lessons, members=members, by=("subgroup_id",))
    assert (row["subgroup_id"], row["pupil_lessons"]) == (72, 1)


def test_chronic_pupils_are_a_share_of_all_pupils(table, rows_of):
    (row,) = measured(attendance, table, rows_of, lessons_of(4), [(1, 1, "valid")], pupils=EVERY_DAY)
    assert (row["pupils_with_lessons"], row["chronic_pupils"], row["chronic_share"]) == (2, 1, 50.0)
    assert row["missed_share"] == 12.5


def test_no_lessons_at_all(table, rows_of):
    # The first of September, before anything is filled.
    assert measured(attendance, table, rows_of, []) == []
    (school,) = measured(attendance, table, rows_of, [], by=())
    assert (school["pupils_with_lessons"], school["missed_share"], school["chronic_share"]) == (0, None, None)
