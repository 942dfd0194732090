"""Questions about 8Б to the actions and lookups of councils."""

from asking import REGISTER_8B, REGISTER_READERS, TODAY, Question, passed, was_done, was_saved
from small_school import CLASS_8B, NOW, STRANGE_CHILD

from school.councils import actions, lookups
from school.councils.actions import WantedDecision
from school.councils.records import ExamColumn, ExamEdit, Outcome
from school.councils.rules import SheetLook

READERS = {"leader", "head", "deputy", "admin", "secretary"}
EXAM_OF_8B = ExamEdit(REGISTER_8B, ExamColumn.FINAL, STRANGE_CHILD, "")
UP = {STRANGE_CHILD: WantedDecision(Outcome.MOVED_UP)}


QUESTIONS: dict[str, Question] = {
    "councils.actions.plan_exams": Question(
        lambda store, user: passed(lambda: actions.plan_exams(store, user, CLASS_8B, [], now=NOW)),
        {"deputy", "admin"},
        was_done,
    ),
    "councils.actions.enter_exam_marks": Question(
        lambda store, user: actions.enter_exam_marks(store, user, [EXAM_OF_8B], now=NOW),
        {"stranger", "deputy"},
        was_saved,
    ),
    "councils.actions.record_decisions": Question(
        lambda store, user: passed(
            lambda: actions.record_decisions(store, user, CLASS_8B, UP, "5", TODAY, now=NOW)
        ),
        {"deputy", "admin", "secretary"},
        was_done,
    ),
    "councils.actions.propose_decisions": Question(
        lambda store, user: passed(lambda: actions.propose_decisions(store, user, CLASS_8B, UP, now=NOW)),
        {"leader"},
        was_done,
    ),
    "councils.lookups.council_classes": Question(lookups.council_classes, READERS),
    "councils.lookups.class_year": Question(
        lambda store, user: lookups.class_year(store, user, CLASS_8B), READERS
    ),
    "councils.lookups.council_page": Question(
        lambda store, user: lookups.council_page(store, user, CLASS_8B, today=TODAY), READERS
    ),
    "councils.lookups.exam_page": Question(
        lambda store, user: lookups.exam_page(store, user, REGISTER_8B, today=TODAY), REGISTER_READERS
    ),
    "councils.lookups.exam_history": Question(
        lambda store, user: lookups.exam_history(store, user, REGISTER_8B, ExamColumn.EXAM, STRANGE_CHILD),
        REGISTER_READERS,
        was_done,
    ),
    "councils.lookups.exams_to_plan": Question(
        lambda store, user: lookups.exams_to_plan(store, user, CLASS_8B), {"deputy", "admin"}, was_done
    ),
    "councils.actions.set_sheet_look": Question(
        lambda store, user: actions.set_sheet_look(store, user, SheetLook(is_a3=True), now=NOW),
        {"deputy", "admin", "secretary"},
        was_done,
    ),
    "councils.lookups.sheet_look_of": Question(lookups.sheet_look_of, READERS | {"homeroom"}, was_done),
    "councils.lookups.undecided_pupils": Question(
        lambda store, user: lookups.undecided_pupils(store, user, [CLASS_8B], TODAY),
        {"head", "deputy", "admin"},
    ),
}
