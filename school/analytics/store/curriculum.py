"""Tables of lesson plans against lessons, narrowed to a scope (п. 6.3)."""

from datetime import date

from school.analytics.store.frames import (
    NO_SELECTION,
    OWN_LESSON,
    OWN_PLACE,
    ReadScope,
    Selection,
    ids_text,
    rows_in_scope,
)
from school.store.connection import Cursor, Relation

# A register is whatever is taught, was taught or is planned; its teacher is the last one that the load names, or who
# gave most of its lessons where there is no load.
_REGISTERS = """(
    WITH loads AS (
        SELECT class_id, subject_id, subgroup_id,
            arg_max(teacher_id, coalesce(starts_on, DATE '1900-01-01')) AS teacher_id
        FROM teaching_load WHERE school_year = {year} AND (starts_on IS NULL OR starts_on <= DATE '{today}') GROUP BY ALL
    ), taught AS (
        SELECT class_id, subject_id, subgroup_id, mode(teacher_id) AS teacher_id FROM lessons
        WHERE class_id IN (SELECT class_id FROM classes WHERE school_year = {year}) GROUP BY ALL
    ), known AS (
        SELECT class_id, subject_id, subgroup_id FROM loads
        UNION SELECT class_id, subject_id, subgroup_id FROM taught
        UNION SELECT class_id, subject_id, subgroup_id FROM lesson_plans JOIN classes USING (class_id) WHERE school_year = {year}
    )
    SELECT k.class_id, k.subject_id, k.subgroup_id, coalesce(d.teacher_id, t.teacher_id) AS teacher_id,
        p.plan_id, p.replanned_on, coalesce(g.name, '') AS subgroup_name, c.school_year
    FROM known k JOIN classes c USING (class_id)
        LEFT JOIN loads d ON d.class_id = k.class_id AND d.subject_id = k.subject_id
            AND d.subgroup_id IS NOT DISTINCT FROM k.subgroup_id
        LEFT JOIN taught t ON t.class_id = k.class_id AND t.subject_id = k.subject_id
            AND t.subgroup_id IS NOT DISTINCT FROM k.subgroup_id
        LEFT JOIN lesson_plans p ON p.class_id = k.class_id AND p.subject_id = k.subject_id
            AND p.subgroup_id IS NOT DISTINCT FROM k.subgroup_id
        LEFT JOIN subgroups g ON g.subgroup_id = k.subgroup_id)"""

_PLAN_TOPICS = """(SELECT t.topic_id, t.plan_id, t.title, t.hours, p.class_id, p.subject_id, p.subgroup_id, c.school_year
    FROM plan_topics t JOIN lesson_plans p USING (plan_id) JOIN classes c USING (class_id))"""

_PLAN_LESSONS = """(SELECT l.lesson_id, l.class_id, l.subject_id, l.subgroup_id, l.held_on, l.number, l.topic, k.topic_id,
        l.status <> 'cancelled' AS is_held, c.school_year
    FROM lessons l JOIN classes c USING (class_id) LEFT JOIN lesson_plan_topics k USING (lesson_id))"""

# Of the terms of a period that a class has begun, the last one: a plan is held against all lessons up to its end.
_LAST_TERMS = """(SELECT k.class_id, k.term_id, t.school_year, t.starts_on, t.ends_on, c.grade_level, c.school_id
    FROM class_terms k JOIN terms t USING (term_id) JOIN classes c ON c.class_id = k.class_id
    WHERE t.starts_on <= DATE '{today}' AND k.term_id IN ({terms})
    QUALIFY row_number() OVER (PARTITION BY k.class_id ORDER BY t.ends_on DESC, t.term_id) = 1)"""


def register_table(
    cursor: Cursor, scope: ReadScope, school_year: int, today: date, selection: Selection = NO_SELECTION
) -> Relation:
    """Return the registers of a school year: the key, teacher_id, plan_id, replanned_on, subgroup_name."""
    return cursor.sql(
        rows_in_scope(
            _REGISTERS.replace("{today}", today.isoformat()).replace("{year}", str(int(school_year))),
            scope,
            OWN_LESSON,
            selection,
        )
    )


def plan_topic_table(cursor: Cursor, scope: ReadScope, selection: Selection = NO_SELECTION) -> Relation:
    """Return the topics of lesson plans: plan_id, topic_id, title, hours."""
    return cursor.sql(rows_in_scope(_PLAN_TOPICS, scope, OWN_LESSON, selection))


def plan_lesson_table(cursor: Cursor, scope: ReadScope, selection: Selection = NO_SELECTION) -> Relation:
    """Return lessons as a plan sees them, with the topic of the plan that each was given by."""
    return cursor.sql(rows_in_scope(_PLAN_LESSONS, scope, OWN_LESSON, selection))


def last_term_table(
    cursor: Cursor,
    scope: ReadScope,
    today: date,
    term_ids: tuple[int, ...],
    selection: Selection = NO_SELECTION,
) -> Relation:
    """Return for each class the last of these terms that has begun, with its dates."""
    table = _LAST_TERMS.replace("{today}", today.isoformat()).replace("{terms}", ids_text(term_ids))
    return cursor.sql(rows_in_scope(table, scope, OWN_PLACE, selection))
