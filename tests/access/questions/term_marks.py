"""Questions about 8Б to the actions and lookups of term_marks."""

from asking import (
    CONTROLLERS,
    REGISTER_8B,
    REGISTER_READERS,
    TEACHER,
    TERM,
    TODAY,
    Question,
    passed,
    was_done,
    was_saved,
)
from small_school import MATHS, NOW, ORDINARY_WORK, QUARTER_1, QUARTER_2, STRANGE_CHILD, STRANGER_STAFF

from school.records import RegisterRow, WorkType
from school.spans import LoadSpan
from school.term_marks.actions import entries as term_marks
from school.term_marks.actions import settings as marking
from school.term_marks.lookups import settings as marking_lookups
from school.term_marks.lookups import term_marks as term_mark_lookups
from school.term_marks.lookups import whom_to_ask
from school.term_marks.rules.term_marks import Rounding

WORK_TYPE = WorkType(marking.NEW, "Диктант", "Дикт", 1.0, True)

TERM_MARK_OF_8B = term_marks.TermMarkEdit(REGISTER_8B, QUARTER_2, STRANGE_CHILD, "3", reason="мало отметок")

ROW_8B = RegisterRow(
    REGISTER_8B, 2026, "8Б", 8, "Математика", "", frozenset({STRANGER_STAFF}), "Стрельцов Г.", (LoadSpan(5),)
)

QUESTIONS: dict[str, Question] = {
    "term_marks.actions.settings.save_work_type": Question(
        lambda store, user: passed(lambda: marking.save_work_type(store, user, WORK_TYPE, now=NOW)),
        {"deputy", "admin"},
        was_done,
    ),
    "term_marks.actions.settings.retire_work_type": Question(
        lambda store, user: marking.retire_work_type(store, user, ORDINARY_WORK, is_retired=True, now=NOW),
        {"deputy", "admin"},
        was_done,
    ),
    "term_marks.actions.settings.set_rounding": Question(
        lambda store, user: marking.set_rounding(store, user, MATHS, Rounding.FROM_65, now=NOW),
        {"deputy", "admin"},
        was_done,
    ),
    "term_marks.actions.entries.enter_term_marks": Question(
        lambda store, user: term_marks.enter_term_marks(store, user, [TERM_MARK_OF_8B], now=NOW),
        TEACHER,
        was_saved,
    ),
    "term_marks.actions.entries.explain_term_marks": Question(
        lambda store, user: passed(
            lambda: term_marks.explain_term_marks(
                store, user, REGISTER_8B, QUARTER_2, {STRANGE_CHILD: "мало отметок"}, now=NOW
            )
        ),
        TEACHER,
        was_done,
    ),
    "term_marks.lookups.settings.marking_settings": Question(
        marking_lookups.marking_settings, CONTROLLERS, lambda settings: bool(settings.work_types)
    ),
    "term_marks.lookups.term_marks.term_marks_page": Question(
        lambda store, user: term_mark_lookups.term_marks_page(store, user, REGISTER_8B, QUARTER_1, now=NOW),
        REGISTER_READERS,
    ),
    "term_marks.lookups.term_marks.term_mark_history": Question(
        lambda store, user: term_mark_lookups.term_mark_history(
            store, user, REGISTER_8B, QUARTER_1, STRANGE_CHILD
        ),
        REGISTER_READERS,
        was_done,
    ),
    "term_marks.lookups.term_marks.correction_state": Question(
        lambda store, user: passed(
            lambda: term_mark_lookups.correction_state(store, user, REGISTER_8B, QUARTER_1)
        ),
        REGISTER_READERS,
        was_done,
    ),
    "term_marks.lookups.term_marks.fillable_marks": Question(
        lambda store, user: term_mark_lookups.fillable_marks(
            store, user, REGISTER_8B, [STRANGE_CHILD], now=NOW
        ),
        REGISTER_READERS,
        bool,
    ),
    "term_marks.lookups.whom_to_ask.pupils_to_ask": Question(
        lambda store, user: whom_to_ask.pupils_to_ask(store, user, ROW_8B, TERM, today=TODAY),
        REGISTER_READERS,
        was_done,
    ),
}
