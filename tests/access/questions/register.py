"""Questions about 8Б to the actions and lookups of register."""

from asking import (
    HEAD_OF_8B,
    REGISTER_8B,
    REGISTER_READERS,
    TEACHER,
    TERM,
    TODAY,
    Question,
    was_done,
    was_saved,
)
from small_school import (
    CLASS_8B,
    NOW,
    STRANGE_CHILD,
    STRANGER_STAFF,
    STRANGERS_LESSON_TODAY,
    STRANGERS_LESSON_YESTERDAY,
)

from school.register.actions import batch, entries
from school.register.lookups import registers as register
from school.register.lookups import today, week

MONDAY = week.monday_of(TODAY)
# Whoever sees all that a class has, not their own lessons in it alone.
WHOLE_CLASS_READERS = REGISTER_READERS - {"stranger"}
MARK_OF_8B = batch.CellEdit(STRANGERS_LESSON_TODAY, STRANGE_CHILD, "5")

QUESTIONS: dict[str, Question] = {
    "register.actions.entries.lesson_to_describe": Question(
        lambda store, user: store.write(
            lambda change: entries.lesson_to_describe(change, user, STRANGERS_LESSON_TODAY, NOW)
        ),
        TEACHER,
        was_done,
    ),
    "register.actions.entries.write_head": Question(
        lambda store, user: store.write(
            lambda change: entries.write_head(change, user, STRANGERS_LESSON_TODAY, HEAD_OF_8B, NOW)
        ),
        TEACHER,
        was_done,
    ),
    "register.actions.entries.enter_cells": Question(
        lambda store, user: entries.enter_cells(store, user, [MARK_OF_8B], now=NOW), TEACHER, was_saved
    ),
    "register.actions.entries.confirm_attendance": Question(
        lambda store, user: entries.confirm_attendance(store, user, [STRANGERS_LESSON_TODAY], now=NOW),
        TEACHER,
        was_done,
    ),
    "register.lookups.week.class_week": Question(
        lambda store, user: week.class_week(store, user, CLASS_8B, MONDAY), WHOLE_CLASS_READERS
    ),
    "register.lookups.week.teacher_week": Question(
        lambda store, user: week.teacher_week(store, user, STRANGER_STAFF, MONDAY),
        REGISTER_READERS - {"leader"},
    ),
    "register.lookups.week.weeks_to_read": Question(
        lambda store, user: week.weeks_to_read(store, user, MONDAY),
        REGISTER_READERS | {"owner", "homeroom"},
        was_done,
    ),
    "register.lookups.registers.readable_register": Question(
        lambda store, user: register.readable_register(store, user, REGISTER_8B), REGISTER_READERS
    ),
    "register.lookups.registers.readable_years": Question(
        register.readable_years, REGISTER_READERS | {"owner", "homeroom"}, bool
    ),
    "register.lookups.registers.readable_registers": Question(
        lambda store, user: register.readable_registers(store, user, 2026), REGISTER_READERS
    ),
    "register.lookups.registers.register_terms": Question(
        lambda store, user: register.register_terms(store, user, REGISTER_8B), REGISTER_READERS, bool
    ),
    "register.lookups.registers.register_lesson_ids": Question(
        lambda store, user: register.register_lesson_ids(store, user, REGISTER_8B, TERM.term_id),
        REGISTER_READERS,
        bool,
    ),
    "register.lookups.registers.register_page": Question(
        lambda store, user: register.register_page(store, user, REGISTER_8B, TERM, today=TODAY),
        REGISTER_READERS,
    ),
    "register.lookups.registers.cell_history": Question(
        lambda store, user: register.cell_history(store, user, STRANGERS_LESSON_YESTERDAY, STRANGE_CHILD),
        REGISTER_READERS,
        was_done,
    ),
    "register.lookups.registers.entered_summaries": Question(
        lambda store, user: register.entered_summaries(
            store, user, [STRANGERS_LESSON_YESTERDAY], [STRANGE_CHILD]
        ),
        REGISTER_READERS,
        bool,
    ),
    "register.lookups.today.teacher_day": Question(
        lambda store, user: today.teacher_day(store, user, NOW), TEACHER
    ),
}
