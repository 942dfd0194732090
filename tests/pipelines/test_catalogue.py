"""Every figure on a screen can be explained: what it answers, how it is reckoned, what is left out."""

import re
from dataclasses import fields
from datetime import date, datetime
from pathlib import Path

import pytest

from pipelines.catalogue.measures import CATALOGUE, MEASURES, STANDING_TITLES
from pipelines.catalogue.page import measures_page
from pipelines.fair.comparison import fair_comparison
from pipelines.fair.grading_consistency import (
    alike_marks,
    control_works,
    external_tests,
    last_week,
    lesson_sums,
    lesson_weeks,
    same_marks,
    term_mark_sums,
    term_marks,
    weeks_of_units,
)
from pipelines.measures.attendance import CHRONIC_PERCENT, attendance, pupil_attendance
from pipelines.measures.curriculum import curriculum_coverage
from pipelines.measures.homework import homework, homework_hours, homework_load
from pipelines.measures.mark_coverage import mark_coverage
from pipelines.measures.mark_sums import register_sums
from pipelines.measures.measure import Measure
from pipelines.measures.quality import (
    ATTAINMENT_OF_MARK,
    change_against_previous_term,
    quality,
    standing_so_far,
)
from pipelines.measures.running_absences import running_absences
from pipelines.measures.same_pupils import ERRORS_BEYOND_CHANCE, FEWEST_PUPILS, change_of_same_pupils
from pipelines.measures.standings import STANDINGS, lone_marks, pupil_standings, standings
from pipelines.measures.tables import collected
from pipelines.measures.teacher_activity import teacher_activity
from pipelines.measures.user_activity import activity_of_groups, user_activity
from school.attendance.rules.running_absences import RUN_DAYS
from school.register.rules.deadlines import ENTRY_DEADLINE
from school.register.rules.minimum_marks import minimum_marks
from school.term_marks.rules.term_marks import Rounding

GROUPS = {
    "class_id", "subject_id", "teacher_id", "term_id", "pupil_id", "school_year", "term_kind", "term_number",
    "user_id", "role",
}  # fmt: skip
TODAY = date(2024, 9, 3)
MARKS = "class_id subject_id teacher_id term_id pupil_id school_year term_kind term_number value weight"
ROSTERS = {"enrolments": "class_id pupil_id starts_on ends_on", "subgroup_members": "subgroup_id pupil_id"}
LESSONS = (
    "lesson_id class_id subgroup_id teacher_id held_on has_topic homework_state recorded_at is_held term_id"
)


def answers(table):
    """Return the answer of every public measure; columns do not depend on rows, so the tables are empty."""
    marks, lessons = table(MARKS), table(LESSONS)
    rosters = {name: table(columns) for name, columns in ROSTERS.items()}
    timed = table("teacher_id given_on is_written_control recorded_at")
    terms = {"class_terms": table("class_id term_id starts_on ends_on")}
    load = {"teaching_load": table("class_id subgroup_id subject_id teacher_id hours_a_week")}
    missed = table("lesson_id pupil_id reason")
    by_term = quality(marks, ["school_year", "term_kind", "term_number"])
    yield from (quality(marks), standing_so_far(marks), change_against_previous_term(collected(by_term)))
    yield teacher_activity(lessons, timed, now=datetime(2024, 9, 3))
    yield mark_coverage(marks, **rosters, **terms, **load, today=TODAY)
    yield from (standings(marks), pupil_standings(marks))
    yield change_of_same_pupils(marks, marks)
    yield from (
        measure(lessons, missed, **rosters, today=TODAY) for measure in (attendance, pupil_attendance)
    )
    yield from comparisons(table)
    yield from work(table)


def work(table):
    """Return the answers about curriculum, homework, days missed in a row and users' work."""
    lessons = table(f"{LESSONS} subject_id number topic topic_id")
    rosters = {name: table(columns) for name, columns in ROSTERS.items()}
    users, events = table("role user_id"), table("user_id happened_at happened_on kind new_value")
    yield curriculum_coverage(
        lessons,
        registers=table("class_id subgroup_id subject_id plan_id replanned_on"),
        plan_topics=table("plan_id topic_id title hours"),
        class_terms=table("class_id term_id starts_on ends_on"),
        today=TODAY,
    )
    yield homework(lessons, tasks=table("lesson_id"), files=table("lesson_id"), today=TODAY)
    yield homework_hours(lessons, times=table("lesson_id is_late"), today=TODAY)
    yield homework_load(lessons, today=TODAY)
    yield running_absences(lessons, table("lesson_id pupil_id reason"), **rosters, today=TODAY)
    yield from (user_activity(events), activity_of_groups(users, user_activity(events)))
    yield lone_marks(table(MARKS))


def comparisons(table):
    """Return the answers of fair comparison and of the grading controls."""
    marks = table(f"{MARKS} grade_level lesson_id slot given_on is_written_control")
    held = table("lesson_id subject_id teacher_id term_id held_on is_held")
    compared = fair_comparison(marks, marks)
    yield from (compared.teachers, compared.classes)
    sums = collected(register_sums(marks))
    yield control_works(sums)
    yield same_marks(collected(alike_marks(marks)), sums, 1)
    yield term_marks(collected(term_mark_sums(marks, marks, {}, Rounding.HALF_UP)))
    ends = table("term_id ends_on")
    weeks = weeks_of_units(collected(lesson_weeks(held, ends, today=TODAY)))
    yield last_week(weeks, collected(lesson_sums(marks)))
    yield external_tests(table("test_id subject_id teacher_id mark test_mark score"))


def test_every_column_of_every_measure_is_explained(table):
    columns = {name for answer in answers(table) for name in answer.columns}
    assert columns - GROUPS == set(CATALOGUE)


def test_a_name_means_one_thing():
    assert len(CATALOGUE) == len(MEASURES)


@pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure.name)
def test_an_explanation_is_whole_and_russian(measure):
    texts = {field.name: getattr(measure, field.name) for field in fields(Measure)}
    assert all(texts.values())
    shown = [text for name, text in texts.items() if name not in {"name", "n_column"}]
    assert not re.search("[A-Za-z]", " ".join(shown))
    assert measure.question.endswith("?")
    assert measure.n_column in CATALOGUE


def test_the_words_follow_the_rules():
    # A number that is written in words on a screen is the number that the code uses.
    assert f"{ENTRY_DEADLINE:%H:%M}" in CATALOGUE["lessons_filled_in_time"].formula
    assert f"{CHRONIC_PERCENT} %" in CATALOGUE["chronic_pupils"].formula
    minimum = f"{minimum_marks(1)} при 1 часе в неделю, {minimum_marks(2)} при 2 часах, {minimum_marks(3)}"
    assert minimum in CATALOGUE["pairs_covered"].formula
    assert tuple(STANDING_TITLES) == STANDINGS
    points = [int(number) for number in re.findall(r"(\d+) ·", CATALOGUE["attainment_index"].formula)]
    assert points == list(ATTAINMENT_OF_MARK.values())
    assert f"с {RUN_DAYS} дней" in CATALOGUE["days_missed_in_a_row"].formula
    beyond_chance = f"не меньше {FEWEST_PUPILS} и сдвиг больше {ERRORS_BEYOND_CHANCE:.0f} случайных ошибок"
    assert beyond_chance in CATALOGUE["is_beyond_chance"].formula


def test_the_page_of_the_documentation_is_what_the_catalogue_says():
    page = Path(__file__).parent.parent.parent / "docs" / "measures.md"
    assert page.read_text() == measures_page(), "run: python -m docs"
