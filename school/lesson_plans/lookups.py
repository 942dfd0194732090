"""Lesson plans as the signed-in user may see them: laid over the lessons, held against them, ready to copy."""

from dataclasses import dataclass
from datetime import date

from school.access.action import Action
from school.access.checks import check_may, check_may_somewhere, may
from school.access.scopes import Rows
from school.calendar import school_year_title
from school.errors import AccessRefused, Refusal
from school.lesson_plans import store as stored
from school.lesson_plans.rules.plans import (
    PlacedLesson,
    PlanProgress,
    expected_lessons,
    held_hours,
    is_control_topic,
    lay_over,
    lessons_left,
    planned_topic,
    progress,
)
from school.lesson_plans.store import LessonPlan
from school.records import Lesson, PlanLesson, PlanTopic, RegisterKey, RegisterRow, User
from school.register.lookups.registers import register_rows
from school.register.store.registers import class_terms, registers, school_years, year_of_class
from school.store.connection import Store


@dataclass(frozen=True)
class PlanPage:
    """A register's plan over its lessons: those dated, and those that the timetable promises up to the year's end.

    ``hours_held`` is by topic; ``lessons_left`` counts the lessons still to be held.
    """

    register: RegisterRow
    topics: tuple[PlanTopic, ...]
    lessons: list[PlacedLesson]
    progress: PlanProgress
    hours_held: list[int]
    lessons_left: int
    compressed_hours: int
    replanned_on: date | None
    may_edit: bool


@dataclass(frozen=True)
class RegisterProgress:
    """A register with its plan's progress (п. 6.3); None where it has no plan."""

    register: RegisterRow
    progress: PlanProgress | None
    compressed_hours: int = 0


@dataclass(frozen=True)
class CopySource:
    """A plan that may be copied: whose it is in words, how many topics and hours."""

    key: RegisterKey
    title: str
    topic_count: int
    hours: int


def plan_years(store: Store, user: User) -> list[int]:
    """Return the school years, newest first; raises AccessRefused for who reads no lesson plan."""
    check_may_somewhere(user, Action.READ_LESSON_PLANS)
    return school_years(store)


def plan_registers(store: Store, user: User, school_year: int, *, today: date) -> list[RegisterProgress]:
    """Return the registers of a school year that the user may read, each held against its plan (п. 6.3)."""
    check_may_somewhere(user, Action.READ_LESSON_PLANS)
    rows = [
        row
        for row in registers(store, school_year)
        if may(user, Action.READ_LESSON_PLANS, register_rows(row))
    ]
    class_ids = {row.key.class_id for row in rows}
    plans = stored.plans_of_classes(store, class_ids)
    lessons = stored.plan_lessons(store, class_ids, last_day=today)
    return [_with_progress(row, plans.get(row.key), lessons.get(row.key, []), today) for row in rows]


def _with_progress(
    register: RegisterRow, plan: LessonPlan | None, lessons: list[PlanLesson], today: date
) -> RegisterProgress:
    if plan is None:
        return RegisterProgress(register, None)
    figures = progress(plan.topics, lessons, today, plan.replanned_on)
    return RegisterProgress(register, figures, plan.compressed_hours)


def plan_page(store: Store, user: User, key: RegisterKey, *, today: date) -> PlanPage:
    """Return a register's plan; raises AccessRefused where it is not the user's to read, Refusal where there is none."""
    year = year_of_class(store, key.class_id)
    found = registers(store, year, key.class_id, key.subject_id) if year is not None else []
    register = next((row for row in found if row.key == key), None)
    if register is None:
        check_may(user, Action.READ_LESSON_PLANS)
        raise Refusal("Такого журнала нет.", next_step="Выберите его из списка.")
    check_may(user, Action.READ_LESSON_PLANS, register_rows(register))
    plan = stored.plan_of(store, key)
    topics = plan.topics if plan else ()
    dated = stored.plan_lessons(store, [key.class_id], key.subject_id).get(key, [])
    lessons = [*dated, *_expected(store, register, dated, today)]
    replanned_on = plan.replanned_on if plan else None
    return PlanPage(
        register=register,
        topics=topics,
        lessons=lay_over(topics, lessons),
        progress=progress(topics, lessons, today, replanned_on),
        hours_held=held_hours(topics, lessons, today),
        lessons_left=lessons_left(lessons, today),
        compressed_hours=plan.compressed_hours if plan else 0,
        replanned_on=replanned_on,
        may_edit=_may_edit(store, user, key),
    )


def _expected(store: Store, register: RegisterRow, dated: list[PlanLesson], today: date) -> list[PlanLesson]:
    spans = [(term.starts_on, term.ends_on) for term in class_terms(store, register.key.class_id)]
    last_day = dated[-1].held_on if dated else None
    after = max((day for day in (last_day, today) if day is not None), default=today)
    slots = stored.timetable_slots(store, register.key, after)
    return list(expected_lessons(slots, spans, set(stored.days_off(store, register.school_year)), after))


def _may_edit(store: Store, user: User, key: RegisterKey) -> bool:
    terms = class_terms(store, key.class_id)
    if terms and all(term.is_closed for term in terms):
        return False
    return may(
        user,
        Action.EDIT_LESSON_PLAN,
        Rows(teacher_ids=stored.plan_teachers(store, key), class_id=key.class_id),
    )


def copy_sources(store: Store, user: User, key: RegisterKey) -> list[CopySource]:
    """Return the plans of the same subject and grade level, of this year and the last, that may be copied into one's own.

    A plan holds topics and nobody's data, so that a register's teacher may copy a colleague's. Raises AccessRefused
    for whoever may not change the plan of this register.
    """
    if not _may_edit(store, user, key):
        raise AccessRefused("Вам нельзя менять это планирование.", "Его ведёт учитель этого журнала.")
    found = stored.similar_registers(store, key)
    plans = stored.plans_of_classes(store, {source.class_id for source, *_ in found})
    return [
        CopySource(
            source,
            f"{class_name}{f', {subgroup}' if subgroup else ''}, {school_year_title(year)}",
            len(plans[source].topics),
            sum(topic.hours for topic in plans[source].topics),
        )
        for source, year, class_name, subgroup in found
    ]


def topics_to_copy(store: Store, user: User, key: RegisterKey, source: RegisterKey) -> list[PlanTopic]:
    """Return the topics of a plan that may be copied into this register; raises AccessRefused for any other."""
    if source not in {each.key for each in copy_sources(store, user, key)}:
        raise AccessRefused("Этот план скопировать нельзя.", "Можно — того же предмета в той же параллели.")
    plan = stored.plan_of(store, source)
    return [PlanTopic(topic.title, topic.hours) for topic in plan.topics] if plan else []


@dataclass(frozen=True)
class LessonTopics:
    """What the plan has for a lesson, and the topic of the plan that its words were taken from."""

    planned: PlanTopic | None
    taken_id: int | None


def lesson_topics(store: Store, user: User, lesson: Lesson) -> LessonTopics:
    """Return the plan's topic for a lesson; raises AccessRefused where the register is not the user's to read."""
    check_may(user, Action.READ_REGISTER, Rows(teacher_ids=lesson.reader_ids, class_id=lesson.class_id))
    plan = stored.plan_of(store, lesson.key)
    if plan is None:
        return LessonTopics(None, None)
    lessons = stored.plan_lessons(store, [lesson.class_id], lesson.subject_id).get(lesson.key, [])
    return LessonTopics(
        planned_topic(plan.topics, lessons, lesson.lesson_id), stored.linked_topic(store, lesson.lesson_id)
    )


_CONTROLS = frozenset(("lessons", "lesson_plan_topics", "lesson_plans", "plan_topics"))


@dataclass(frozen=True)
class _Controls:
    """The control works that a class's plans put at its lessons without a topic, and all lessons that this depends on."""

    by_lesson: dict[int, str]
    lesson_ids: frozenset[int]


def planned_controls(store: Store, class_id: int) -> dict[int, str]:
    """Return the control works that the plans of a class put at its lessons without a topic yet: the plan's by lesson (п. 5.2).

    Whoever asks has checked that they may be seen.
    """
    # An entry in another class's lessons changes nothing here, and a class's families ask for the same.
    known: dict[int, _Controls] = store.derived(
        "controls",
        _CONTROLS,
        dict,
        lambda before, entered: {
            key: each for key, each in before.items() if entered.isdisjoint(each.lesson_ids)
        },
    )
    found = known.get(class_id)
    if found is None:
        known[class_id] = found = _controls(store, class_id)
    return found.by_lesson


def _controls(store: Store, class_id: int) -> _Controls:
    lessons = stored.plan_lessons(store, [class_id])
    by_lesson = {
        each.lesson.lesson_id: plan.topics[each.place].title
        for key, plan in stored.plans_of_classes(store, [class_id]).items()
        if any(is_control_topic(topic.title) for topic in plan.topics)
        for each in lay_over(plan.topics, lessons.get(key, []))
        if each.place is not None and each.is_planned and not each.lesson.topic
        if each.lesson.lesson_id is not None and is_control_topic(plan.topics[each.place].title)
    }
    ids = (each.lesson_id for of_register in lessons.values() for each in of_register)
    return _Controls(by_lesson, frozenset(each for each in ids if each is not None))
