"""Lesson plans and the lessons held by them, as tables of what the signed-in user may read (п. 6.3)."""

from dataclasses import dataclass
from datetime import date

from school.access.action import Action
from school.analytics.lookups.tables import NO_SELECTION, Selection, scope_of
from school.analytics.store import curriculum
from school.records import User
from school.store.connection import Relation, Store

OF_REGISTERS = frozenset({"class_id", "subject_id", "teacher_id"})
OF_CLASSES = frozenset({"school_id", "grade_level"})


@dataclass(frozen=True)
class CurriculumTables:
    """What ``pipelines.measures.curriculum`` asks for, all from one cursor."""

    registers: Relation
    plan_topics: Relation
    lessons: Relation
    class_terms: Relation


def curriculum_tables(
    store: Store,
    user: User,
    school_year: int,
    term_ids: tuple[int, ...],
    selection: Selection = NO_SELECTION,
    *,
    today: date,
) -> CurriculumTables:
    """Return the registers of a school year within the user's scope, each class at the last of these terms begun.

    Raises AccessRefused for who reads no lesson plan.
    """
    scope, cursor = scope_of(user, Action.READ_LESSON_PLANS), store.cursor()
    of_year: Selection = {"school_year": (school_year,)}
    picked = {name: ids for name, ids in selection.items() if name in OF_REGISTERS}
    classes = {name: ids for name, ids in selection.items() if name in OF_CLASSES}
    return CurriculumTables(
        curriculum.register_table(cursor, scope, school_year, today, picked),
        curriculum.plan_topic_table(cursor, scope, of_year),
        curriculum.plan_lesson_table(cursor, scope, of_year),
        curriculum.last_term_table(cursor, scope, today, term_ids, classes),
    )
