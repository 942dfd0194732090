"""Lesson plans of a made-up year, and homework beyond its text: chosen days, tasks of single pupils (п. 3.4, 4.5)."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import pairwise

import numpy as np

from demo.plan.lessons import Catalogue, DatedLesson
from demo.plan.load import Load
from demo.plan.reference import topics
from demo.plan.whole_school import PlannedYear
from school.records import User
from school.store.rows import (
    HomeworkDueDayRow,
    HomeworkTaskPupilRow,
    HomeworkTaskRow,
    LessonPlanRow,
    LessonRow,
    PlanTopicRow,
)

# Plan hours covered per lesson in the register that lags behind; elsewhere one.
LAGGING_PACE = 0.75
LAGGING_HOURS = 3
DAYS_WITH_TASKS = 21
CHOSEN_DAY_SHARE, TASK_SHARE = 0.08, 0.04
PUPILS_A_TASK = 3
TASKS = (
    "Подготовить сообщение на 3–5 минут по теме урока.",
    "Разобрать ошибки контрольной работы и решить похожие задания.",
    "Карточка № 4: задания 1–6.",
    "Повторить пропущенную тему, ответить на вопросы в конце параграфа.",
    "Задача повышенной трудности № 12: записать решение и подготовиться рассказать его у доски.",
)


def year_counts(year: PlannedYear) -> Counter[int]:
    """Return how many lessons each load has in the whole year by the timetable, by load id."""
    days = Counter(day.isoweekday() for day in year.calendar.school_days(*year.calendar.span))
    counts: Counter[int] = Counter()
    for (weekday, _), load in year.slots:
        counts[load.load_id] += days[weekday]
    return counts


def topic_places(load: Load, total: int) -> list[int]:
    """Return for each hour of the year the number of its topic, spread evenly."""
    listed = topics(load.subject.name, load.school_class.grade_level)
    return [place * len(listed) // total for place in range(total)]


def taught_topics(load: Load, lessons: Sequence[DatedLesson], total: int, pace: float) -> list[str]:
    """Return the topic of each lesson: a held lesson moves the plan on by ``pace`` hours, a cancelled one does not."""
    listed = topics(load.subject.name, load.school_class.grade_level)
    places = topic_places(load, max(total, len(lessons)))
    held, found = 0, []
    for lesson in lessons:
        found.append(listed[places[min(int(held * pace), len(places) - 1)]])
        held += not lesson.is_cancelled
    return found


def lagging_load(loads: Sequence[Load], teacher_id: int | None) -> Load | None:
    """Return the register that lags behind its plan: the teacher's with most hours, else the first with LAGGING_HOURS."""
    own = [load for load in loads if load.teacher_id == teacher_id]
    return max(own, key=lambda load: load.hours, default=None) or next(
        (load for load in loads if load.hours >= LAGGING_HOURS), None
    )


@dataclass
class PlanRows:
    """Rows of lesson plans and homework, gathered year by year."""

    plans: list[LessonPlanRow] = field(default_factory=list)
    topics: list[PlanTopicRow] = field(default_factory=list)
    due_days: list[HomeworkDueDayRow] = field(default_factory=list)
    tasks: list[HomeworkTaskRow] = field(default_factory=list)
    task_pupils: list[HomeworkTaskPupilRow] = field(default_factory=list)

    def add_plan(
        self, ids: Iterator[int], load: Load, total: int, saved: tuple[datetime, int], catalogue: Catalogue
    ) -> None:
        """Add the plan of a load: its topics with the hours that fall to each."""
        plan_id = next(ids)
        self.plans.append(
            LessonPlanRow(
                plan_id,
                load.school_class.class_id,
                catalogue.subject_ids[load.subject.name],
                load.subgroup.subgroup_id if load.subgroup else None,
                *saved,
            )
        )
        listed = topics(load.subject.name, load.school_class.grade_level)
        hours = Counter(topic_places(load, total))
        self.topics += [
            PlanTopicRow(next(ids), plan_id, place, listed[place], hours[place]) for place in sorted(hours)
        ]

    def add_homework(
        self,
        rng: np.random.Generator,
        ids: Iterator[int],
        load: Load,
        rows: Sequence[LessonRow],
        users: dict[int, User],
        today: date,
    ) -> None:
        """Give recent homework of one load a chosen day here and there, and single pupils tasks of their own."""
        recent = [row for row in rows if row.homework and (today - row.held_on).days <= DAYS_WITH_TASKS]
        later = dict(pairwise([row.held_on for row in rows]))
        for row, (due, task) in zip(recent, rng.random((len(recent), 2)), strict=True):
            following = later.get(row.held_on)
            if due < CHOSEN_DAY_SHARE and following and following in later:
                self.due_days.append(HomeworkDueDayRow(row.lesson_id, later[following]))
            if task < TASK_SHARE and row.recorded_at and row.teacher_id is not None:
                self._add_task(rng, ids, load, row, users[row.teacher_id].user_id)

    def _add_task(
        self, rng: np.random.Generator, ids: Iterator[int], load: Load, row: LessonRow, user_id: int
    ) -> None:
        listed = [stay.pupil_id for stay in load.school_class.stays if stay.covers(row.held_on)]
        if load.subgroup:
            listed = [pupil for pupil in listed if pupil in load.subgroup.pupil_ids]
        task_id, text = next(ids), TASKS[int(rng.integers(len(TASKS)))]
        at = row.recorded_at or datetime.combine(row.held_on, time(15))
        self.tasks.append(HomeworkTaskRow(task_id, row.lesson_id, text, at, user_id))
        pupils = rng.permutation(listed)[:PUPILS_A_TASK]
        self.task_pupils += [HomeworkTaskPupilRow(task_id, int(pupil)) for pupil in pupils]


def plan_saved_at(starts_on: date) -> datetime:
    """Return when plans of a year are saved: at the end of August."""
    return datetime.combine(starts_on - timedelta(4), time(11, 30))
