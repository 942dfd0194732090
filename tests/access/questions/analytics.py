"""Questions about 8Б to the actions and lookups of analytics."""

from datetime import date

import pandas as pd
from asking import ANALYSTS, CONTROLLERS, PERIOD, TEACHER, TERM, TODAY, Question, holds_8b
from small_school import CLASS_8B, MATHS, QUARTER_1, QUARTER_2, STRANGE_CHILD, STRANGER_STAFF

from school.access.action import Action
from school.analytics.lookups import consistency, curriculum, pupil_history, register_work
from school.analytics.lookups import tables as analytics

QUARTER_2_STRETCH = consistency.TermSpan((QUARTER_2,), (QUARTER_1,), date(2026, 9, 1))

FIGURE_OF_8B = pd.DataFrame({"class_id": [CLASS_8B], "teacher_id": [STRANGER_STAFF]})

QUESTIONS: dict[str, Question] = {
    "analytics.lookups.pupil_history.search_pupils": Question(
        lambda store, user: pupil_history.search_pupils(
            store, user, "", {"class_id": [CLASS_8B]}, today=TODAY, limit=10
        ),
        ANALYSTS,
    ),
    "analytics.lookups.pupil_history.pupil_history": Question(
        lambda store, user: pupil_history.pupil_history(store, user, STRANGE_CHILD, today=TODAY), ANALYSTS
    ),
    "analytics.lookups.pupil_history.pupil_tables": Question(
        lambda store, user: (
            pupil_history.pupil_tables(store, user, STRANGE_CHILD, today=TODAY)
            .marks({"pupil_id": [STRANGE_CHILD]})
            .df()
        ),
        ANALYSTS,
        holds_8b,
    ),
    "analytics.lookups.tables.scope_of": Question(
        lambda _, user: analytics.scope_of(user, Action.READ_QUALITY),
        ANALYSTS,
        lambda scope: (
            scope.is_whole_school or CLASS_8B in scope.class_ids or scope.teacher_id == STRANGER_STAFF
        ),
    ),
    "analytics.lookups.tables.tables": Question(
        lambda store, user: analytics.tables(store, user, Action.READ_QUALITY).marks().df(),
        ANALYSTS,
        holds_8b,
    ),
    "analytics.lookups.tables.readable_periods": Question(
        lambda store, user: analytics.readable_periods(store, user, Action.READ_QUALITY),
        ANALYSTS | {"owner", "homeroom"},
        bool,
    ),
    "analytics.lookups.tables.state_of_periods": Question(
        lambda store, user: analytics.state_of_periods(store, user, Action.READ_QUALITY),
        ANALYSTS | {"owner", "homeroom"},
        bool,
    ),
    "analytics.lookups.tables.choices": Question(
        lambda store, user: analytics.choices(store, user, Action.READ_QUALITY, [QUARTER_2]), ANALYSTS
    ),
    "analytics.lookups.tables.pupils_in_subjects": Question(
        lambda store, user: analytics.pupils_in_subjects(
            store, user, Action.READ_QUALITY, PERIOD, {"class_id": [CLASS_8B], "subject_id": [MATHS]}
        ),
        ANALYSTS,
    ),
    "analytics.lookups.tables.class_pupils": Question(
        lambda store, user: analytics.class_pupils(
            store, user, Action.READ_QUALITY, CLASS_8B, TERM.starts_on, TERM.ends_on
        ),
        ANALYSTS,
    ),
    "analytics.lookups.tables.lessons_not_filled": Question(
        lambda store, user: analytics.lessons_not_filled(store, user, STRANGER_STAFF, PERIOD, TODAY),
        CONTROLLERS,
        bool,
    ),
    "analytics.lookups.consistency.all_periods": Question(
        consistency.all_periods, ANALYSTS | {"owner", "homeroom"}, bool
    ),
    "analytics.lookups.consistency.school_tables": Question(
        lambda store, user: consistency.school_tables(store, user, QUARTER_2_STRETCH).scoped.marks().df(),
        ANALYSTS | {"owner", "homeroom"},
        holds_8b,
    ),
    "analytics.lookups.consistency.keep_readable": Question(
        lambda _, user: consistency.keep_readable(user, FIGURE_OF_8B), ANALYSTS, holds_8b
    ),
    "analytics.lookups.curriculum.curriculum_tables": Question(
        lambda store, user: curriculum.curriculum_tables(
            store, user, 2026, (QUARTER_2,), today=TODAY
        ).registers.df(),
        ANALYSTS | {"admin"},
        holds_8b,
    ),
    "analytics.lookups.register_work.homework_tables": Question(
        lambda store, user: register_work.homework_tables(store, user).lessons.df(),
        ANALYSTS | {"admin"},
        holds_8b,
    ),
    "analytics.lookups.register_work.lessons_unfilled": Question(
        lambda store, user: [
            lesson
            for lesson in register_work.lessons_unfilled(store, user, {}, TODAY)
            if lesson.class_id == CLASS_8B
        ],
        ANALYSTS | {"admin"},
        bool,
    ),
    "analytics.lookups.register_work.pupils_in_classes": Question(
        lambda store, user: register_work.pupils_in_classes(
            store, user, [CLASS_8B], TERM.starts_on, TERM.ends_on
        ),
        ANALYSTS,
        bool,
    ),
    "analytics.lookups.register_work.work_tables": Question(
        lambda store, user: register_work.work_tables(store, user, TERM.starts_on, TODAY).users.df(),
        CONTROLLERS | TEACHER,
        lambda users: holds_8b(users) or STRANGER_STAFF in set(users["staff_id"]),
    ),
}
