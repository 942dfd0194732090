"""A lesson plan over the lessons: laid over, held, behind, replanned (п. 2.2, 4.5, 6.3)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from school.errors import RuleRefused
from school.lesson_plans.rules.plans import (
    expected_lessons,
    held_hours,
    lay_over,
    lessons_left,
    planned_topic,
    progress,
    replan,
)
from school.records import PlanLesson, PlanTopic
from school.register.rules.entry import TOPIC_LENGTH

MONDAY = date(2026, 11, 2)
PLAN = [PlanTopic("Дроби", 2, 1), PlanTopic("Степени", 1, 2), PlanTopic("Корни", 2, 3)]


def lessons_of(words: str) -> list[PlanLesson]:
    """«Дроби | · | ×» — a lesson a day: its topic, · not written, × cancelled, @3 taken from the plan's topic 3."""
    lessons = []
    for place, word in enumerate(part.strip() for part in words.split("|")):
        day = MONDAY + timedelta(place)
        if word == "×":
            lessons.append(PlanLesson(day, 1, place, is_cancelled=True))
        elif word.startswith("@"):
            lessons.append(PlanLesson(day, 1, place, topic="Своими словами", topic_id=int(word[1:])))
        else:
            lessons.append(PlanLesson(day, 1, place, topic="" if word == "·" else word))
    return lessons


# Lessons, and the place of the plan's topic that each gets; «-» none, «!» a planned topic beyond its hours.
LAID = [
    ("· | · | · | · | ·", "0 0 1 2 2"),
    ("· | · | · | · | · | ·", "0 0 1 2 2 -"),
    ("× | · | · | ·", "- 0 0 1"),
    ("Дроби | · | ·", "0 0 1"),
    ("дроби. | ДРОБИ | ·", "0 0 1"),
    ("Экскурсия | · | ·", "- 0 0"),
    ("Дроби | Дроби | Дроби | ·", "0 0 0! 1"),
    ("Корни | · | ·", "2 0 0"),
    ("@2 | · | ·", "1 0 0"),
    ("@9 | ·", "- 0"),
    ("· | Дроби | ·", "0 0 1"),
    ("× | ×", "- -"),
]


@pytest.mark.parametrize(("lessons", "places"), LAID)
def test_a_plan_is_laid_over_lessons_in_order(lessons: str, places: str) -> None:
    laid = [
        "-" if each.place is None else f"{each.place}{'' if each.is_planned else '!'}"
        for each in lay_over(PLAN, lessons_of(lessons))
    ]
    assert " ".join(laid) == places


# Days gone by, then: due, held, lag, cancelled, off the plan, topic not written.
LAGS = [
    ("Дроби | Дроби | Степени", 3, (3, 3, 0, 0, 0, 0)),
    ("Дроби | × | Дроби", 3, (3, 2, 1, 1, 0, 0)),
    ("Дроби | Экскурсия | Дроби", 3, (3, 2, 1, 0, 1, 0)),
    ("Дроби | Дроби | Дроби", 3, (3, 2, 1, 0, 1, 0)),
    ("· | · | ·", 3, (3, 3, 0, 0, 0, 3)),
    ("Дроби | · | ×", 2, (3, 2, 1, 1, 0, 1)),
    ("Дроби | Дроби", 1, (2, 2, 0, 0, 0, 0)),  # the second is today's and written
    ("Дроби | ·", 1, (1, 1, 0, 0, 0, 0)),  # today's is not written yet: it is not due
    ("Дроби | ×", 1, (2, 1, 1, 1, 0, 0)),  # today's is cancelled: it is lost
    ("× | × | × | × | × | × | ×", 7, (5, 0, 5, 7, 0, 0)),  # no more is due than the plan has
    ("Дроби|Дроби|Степени|Корни|Корни|Экскурсия", 6, (5, 5, 0, 0, 1, 0)),  # the plan is done
    ("· | ·", 0, (0, 0, 0, 0, 0, 0)),
]


@pytest.mark.parametrize(("lessons", "days", "figures"), LAGS)
def test_the_lag_is_what_is_due_less_what_was_held(lessons: str, days: int, figures: tuple[int, ...]) -> None:
    now = progress(PLAN, lessons_of(lessons), MONDAY + timedelta(days))
    assert (now.due, now.held, now.lag, now.cancelled, now.off_plan, now.unwritten) == figures


def test_lessons_lost_up_to_a_replanning_are_made_up_for() -> None:
    lessons = lessons_of("× | Дроби | ×")
    today = MONDAY + timedelta(3)
    assert progress(PLAN, lessons, today).lag == 2
    assert progress(PLAN, lessons, today, MONDAY + timedelta(1)).lag == 1
    assert progress(PLAN, lessons, today, MONDAY + timedelta(2)).lag == 0


def test_without_a_plan_nothing_is_due() -> None:
    now = progress([], lessons_of("· | Дроби"), MONDAY + timedelta(5))
    assert (now.due, now.lag, now.held_share) == (0, 0, None)


def test_the_topic_offered_is_the_next_one_whatever_is_written_there_now() -> None:
    lessons = lessons_of("Дроби | Экскурсия | ·")
    offered = [planned_topic(PLAN, lessons, place) for place in range(3)]
    assert [topic.title if topic else None for topic in offered] == ["Дроби", "Дроби", "Дроби"]
    assert planned_topic(PLAN[:1], lessons_of("Дроби|Дроби|·"), 2) is None
    assert planned_topic([], lessons, 0) is None


def test_lessons_left_are_those_not_lost_and_not_gone() -> None:
    assert lessons_left(lessons_of("Дроби | × | · | · | ×"), MONDAY + timedelta(2)) == 2
    assert held_hours(PLAN, lessons_of("Дроби | × | · | ·"), MONDAY + timedelta(3)) == [2, 0, 0]


def test_the_timetable_promises_lessons_of_term_days_that_are_not_off() -> None:
    spans = [(MONDAY, MONDAY + timedelta(13)), (MONDAY + timedelta(7), MONDAY + timedelta(20))]
    promised = expected_lessons(
        {(1, 2), (3, 1), (3, 4)}, spans, {MONDAY + timedelta(9)}, MONDAY + timedelta(2)
    )
    assert [(lesson.held_on.day, lesson.number, lesson.lesson_id) for lesson in promised] == [
        (9, 2, None),
        (16, 2, None),
        (18, 1, None),
        (18, 4, None),
    ]


def plan_of(words: str) -> list[PlanTopic]:
    """«A 3 | B 1»."""
    parts = [part.split() for part in words.split("|")]
    return [PlanTopic(" ".join(words), int(hours), place) for place, (*words, hours) in enumerate(parts)]


# Plan, hours held of each topic, lessons left, and the new plan.
REPLANNED = [
    ("А 2 | Б 2", [2, 0], 2, "А 2 | Б 2"),  # it fits: nothing changes
    ("А 2 | Б 3", [2, 0], 2, "А 2 | Б 2"),
    ("А 1 | Б 4 | В 2", [1, 0, 0], 4, "А 1 | Б 2 | В 2"),
    ("А 3 | Б 1", [1, 0], 2, "А 2 | Б 1"),  # what is held of a topic stays
    ("А 3 | Б 1", [2, 0], 1, "А 2 | Б 1"),  # a topic begun may end early
    ("А 1 | Б 1 | В 1", [0, 0, 0], 2, "А 1 | Б; В 1"),  # later topics give way first
    ("А 1 | Б 1 | В 1 | Г 1", [0, 0, 0, 0], 2, "А; Б 1 | В; Г 1"),
    ("А 1 | Контрольная работа 1 | В 1 | Г 1", [0, 0, 0, 0], 3, "А 1 | Контрольная работа 1 | В; Г 1"),
    ("А 1 | Б 1 | Контрольная работа 1", [0, 0, 0], 2, "А; Б 1 | Контрольная работа 1"),
    ("А 1 | Б 1 | В 1", [0, 1, 0], 1, "А; В 1 | Б 1"),
    ("А 2", [2], 0, "А 2"),
]


@pytest.mark.parametrize(("plan", "held", "left", "wanted"), REPLANNED)
def test_the_rest_of_a_plan_fits_into_the_lessons_left(
    plan: str, held: list[int], left: int, wanted: str
) -> None:
    proposal = replan(plan_of(plan), held, left)
    assert " | ".join(f"{each.after.title} {each.after.hours}" for each in proposal) == wanted


def test_there_is_nothing_to_propose_without_lessons() -> None:
    with pytest.raises(RuleRefused, match="уроков не осталось"):
        replan(plan_of("А 2"), [1], 0)


def test_a_merged_topic_is_no_longer_than_a_topic_may_be() -> None:
    long = [PlanTopic("Т" * TOPIC_LENGTH, 1), PlanTopic("У" * TOPIC_LENGTH, 1)]
    (merged,) = replan(long, [0, 0], 1)
    assert len(merged.after.title) == TOPIC_LENGTH
    assert merged.is_changed


TOPICS = st.lists(st.integers(1, 6), min_size=1, max_size=12)


@given(TOPICS, st.data())
def test_any_replanned_rest_fits_and_keeps_what_was_held(hours: list[int], data: st.DataObject) -> None:
    topics = [PlanTopic(f"Тема {place}", hour, place) for place, hour in enumerate(hours)]
    held = [data.draw(st.integers(0, hour)) for hour in hours]
    left = data.draw(st.integers(1, 40))
    proposal = replan(topics, held, left)
    assert sum(each.hours_left for each in proposal) <= max(left, 0)
    assert sum(each.hours_held for each in proposal) == sum(held)
    assert sorted(topic.topic_id for each in proposal for topic in each.before) == list(range(len(hours)))


@given(TOPICS, st.lists(st.sampled_from(["·", "×", "Тема 0", "Тема 1", "Экскурсия"]), max_size=40))
def test_no_topic_is_held_beyond_its_hours_and_nothing_is_lost_twice(
    hours: list[int], words: list[str]
) -> None:
    topics = [PlanTopic(f"Тема {place}", hour, place) for place, hour in enumerate(hours)]
    lessons = lessons_of("|".join(words)) if words else []
    today = MONDAY + timedelta(20)
    assert all(
        held <= topic.hours for held, topic in zip(held_hours(topics, lessons, today), topics, strict=True)
    )
    now = progress(topics, lessons, today)
    assert 0 <= now.held <= now.due <= now.total
    assert now.lag <= now.cancelled + now.off_plan
