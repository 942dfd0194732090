"""Questions about 8Б to the actions and lookups of lesson_plans."""

from asking import NOBODY, REGISTER_8B, REGISTER_READERS, TEACHER, TODAY, Question, lesson_of_8b, was_done
from small_school import NOW

from school.lesson_plans import actions as lesson_plan
from school.lesson_plans import lookups as plan_lookup
from school.records import PlanTopic, User
from school.store.connection import Store

PLAN_OF_8B = lesson_plan.PlanChange([PlanTopic("Корни 8Б", 2)], (), "проверка")


def _save_plan_of_8b(store: Store, user: User) -> None:
    lesson_plan.save_plan(store, user, REGISTER_8B, PLAN_OF_8B, now=NOW)


QUESTIONS: dict[str, Question] = {
    "lesson_plans.actions.save_plan": Question(_save_plan_of_8b, TEACHER, was_done),
    "lesson_plans.lookups.plan_years": Question(
        plan_lookup.plan_years, REGISTER_READERS | {"owner", "homeroom"}, bool
    ),
    "lesson_plans.lookups.plan_registers": Question(
        lambda store, user: plan_lookup.plan_registers(store, user, 2026, today=TODAY), REGISTER_READERS
    ),
    "lesson_plans.lookups.plan_page": Question(
        lambda store, user: plan_lookup.plan_page(store, user, REGISTER_8B, today=TODAY), REGISTER_READERS
    ),
    "lesson_plans.lookups.copy_sources": Question(
        lambda store, user: plan_lookup.copy_sources(store, user, REGISTER_8B), TEACHER, was_done
    ),
    "lesson_plans.lookups.topics_to_copy": Question(
        lambda store, user: plan_lookup.topics_to_copy(store, user, REGISTER_8B, REGISTER_8B),
        NOBODY,
        was_done,
    ),
    "lesson_plans.lookups.lesson_topics": Question(
        lambda store, user: plan_lookup.lesson_topics(store, user, lesson_of_8b(store)),
        REGISTER_READERS,
        was_done,
    ),
}
