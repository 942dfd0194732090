"""Writing a lesson plan (п. 2.2, 4.5): only the register's own teacher; every changed topic leaves an event."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from school.access.action import Action
from school.access.checks import check_may
from school.access.scopes import Rows
from school.errors import RuleRefused
from school.lesson_plans import store as stored
from school.lesson_plans.rules.lines import TOPICS_A_PLAN, plan_line
from school.lesson_plans.rules.plans import words_of
from school.lesson_plans.store import LessonPlan
from school.records import PlanTopic, RegisterKey, User
from school.register.store.registers import class_terms
from school.store.connection import Store, Transaction
from school.store.events import Event


@dataclass(frozen=True)
class PlanChange:
    """What a teacher makes of a plan: the topics in order, those they replace, and how it came about."""

    topics: Sequence[PlanTopic]
    base: Sequence[PlanTopic]
    how: str
    is_replanning: bool = False


def save_plan(store: Store, user: User, key: RegisterKey, change: PlanChange, *, now: datetime) -> None:
    """Make these topics the plan of a register; a topic with an identifier, or with the same words, stays the same.

    Raises AccessRefused; RuleRefused for topics that cannot be, a plan changed meanwhile by somebody else, and a
    year whose terms are all closed.
    """
    _check_topics(change.topics)
    store.write(lambda transaction: _save(transaction, user, key, change, now))


def _check_topics(topics: Sequence[PlanTopic]) -> None:
    if not topics:
        raise RuleRefused("В плане нет ни одной темы.", next_step="Впишите хотя бы одну.")
    if len(topics) > TOPICS_A_PLAN:
        raise RuleRefused(f"В плане больше {TOPICS_A_PLAN} тем.", next_step="Объедините часть тем.")
    for number, topic in enumerate(topics, start=1):
        if problem := plan_line(number, topic.title, str(topic.hours)).problem:
            raise RuleRefused(f"Строка {number}: {problem}.", next_step="Исправьте её и сохраните снова.")


def _save(transaction: Transaction, user: User, key: RegisterKey, change: PlanChange, now: datetime) -> None:
    check_may(
        user,
        Action.EDIT_LESSON_PLAN,
        Rows(teacher_ids=stored.plan_teachers(transaction, key), class_id=key.class_id),
    )
    _check_year_is_open(transaction, key)
    plan = stored.plan_of(transaction, key)
    old = plan.topics if plan else ()
    if tuple(change.base) != old:
        raise RuleRefused(
            "План не сохранён.",
            "Его тем временем изменили в другом окне.",
            "Обновите страницу и повторите правку.",
        )
    known = _with_known_ids(old, change.topics)
    plan_id, *fresh = transaction.new_ids(1 + sum(topic.topic_id is None for topic in known))
    new_ids = iter(fresh)
    topics = [topic if topic.topic_id else replace(topic, topic_id=next(new_ids)) for topic in known]
    events = list(_events(old, topics, Event(now, user.user_id, "lesson_plan", reason=change.how)))
    if not events:
        return
    if plan is None:
        stored.create_plan(transaction, plan_id, key, at=now, user_id=user.user_id)
    plan_id = plan.plan_id if plan else plan_id
    stored.save_topics(transaction, plan_id, topics, new=frozenset(fresh), at=now, user_id=user.user_id)
    if plan:
        _note_cost(transaction, plan, topics, change, now)
    transaction.record(*(replace(event, record_id=plan_id) for event in events))


def _check_year_is_open(transaction: Transaction, key: RegisterKey) -> None:
    terms = class_terms(transaction, key.class_id)
    if terms and all(term.is_closed for term in terms):
        raise RuleRefused("Учебный год закрыт.", next_step="Планирование этого года можно только смотреть.")


def _with_known_ids(old: Sequence[PlanTopic], topics: Sequence[PlanTopic]) -> list[PlanTopic]:
    ids = {topic.topic_id for topic in old}
    taken = {topic.topic_id for topic in topics if topic.topic_id in ids}
    by_words: dict[str, list[int]] = {}
    for topic in reversed(old):
        if topic.topic_id is not None and topic.topic_id not in taken:
            by_words.setdefault(words_of(topic.title), []).append(topic.topic_id)
    known: list[PlanTopic] = []
    for topic in topics:
        same = by_words.get(words_of(topic.title), [])
        is_known = topic.topic_id in taken
        topic_id = topic.topic_id if is_known else same.pop() if same else None
        taken.discard(topic.topic_id)
        known.append(PlanTopic(" ".join(topic.title.split()), topic.hours, topic_id))
    return known


def _events(old: Sequence[PlanTopic], new: Sequence[PlanTopic], event: Event) -> Iterator[Event]:
    before = {topic.topic_id: topic for topic in old}
    after = {topic.topic_id: topic for topic in new}
    for topic_id in [*before, *(key for key in after if key not in before)]:
        texts = [_text(topics.get(topic_id)) for topics in (before, after)]
        if texts[0] != texts[1]:
            yield replace(event, old_value=texts[0], new_value=texts[1])
    kept = [
        [topic.topic_id for topic in topics if topic.topic_id in before and topic.topic_id in after]
        for topics in (old, new)
    ]
    if kept[0] != kept[1]:
        yield replace(event, new_value="порядок тем изменён")


def _text(topic: PlanTopic | None) -> str | None:
    return f"{topic.title}, {topic.hours} ч" if topic else None


def _note_cost(
    transaction: Transaction, plan: LessonPlan, topics: Sequence[PlanTopic], change: PlanChange, now: datetime
) -> None:
    if change.is_replanning:
        lost = sum(topic.hours for topic in plan.topics) - sum(topic.hours for topic in topics)
        stored.note_replanned(transaction, plan.plan_id, now.date(), plan.compressed_hours + lost)
