"""Questions about 8Б to the actions and lookups of substitutions."""

from asking import TEACHER, TODAY, Question, was_done
from small_school import NOW, OWNER_STAFF, STRANGER_STAFF, STRANGERS_LESSON_TODAY

from school.records import Substitution, SubstitutionKind
from school.store.connection import Store, Transaction
from school.store.events import Event
from school.substitutions import actions as substitutions
from school.substitutions import lookups as substitution_lookups
from school.substitutions.store import save_substitution


def _substitution_of_8b(store: Store) -> int:
    """Let the stranger give a lesson of 8Б in place of a colleague."""

    def work(change: Transaction) -> None:
        row = Substitution(
            SUBSTITUTION_OF_8B,
            STRANGERS_LESSON_TODAY,
            SubstitutionKind.SUBJECT,
            OWNER_STAFF,
            STRANGER_STAFF,
            None,
            "болезнь",
        )
        save_substitution(change, row, at=NOW, user_id=None)
        change.record(Event(NOW, None, "substitution"))

    store.write(work)
    return SUBSTITUTION_OF_8B


SUBSTITUTION_OF_8B = 501

QUESTIONS: dict[str, Question] = {
    "substitutions.actions.assign_substitutions": Question(
        lambda store, user: substitutions.assign_substitutions(
            store, user, [substitutions.Assignment(STRANGERS_LESSON_TODAY)], "болезнь", now=NOW
        ),
        {"deputy"},
        was_done,
    ),
    "substitutions.actions.withdraw_substitution": Question(
        lambda store, user: substitutions.withdraw_substitution(
            store, user, _substitution_of_8b(store), now=NOW
        ),
        {"deputy"},
        was_done,
    ),
    "substitutions.actions.sign_substitutions": Question(
        lambda store, user: substitutions.sign_substitutions(
            store, user, [_substitution_of_8b(store)], now=NOW
        ),
        TEACHER,
        was_done,
    ),
    "substitutions.actions.write_past_substitutions": Question(
        lambda store, user: substitutions.write_past_substitutions(store, user, []), {"admin"}, was_done
    ),
    "substitutions.lookups.possible_absentees": Question(
        lambda store, user: substitution_lookups.possible_absentees(store, user, TODAY), {"head", "deputy"}
    ),
    "substitutions.lookups.absent_lessons": Question(
        lambda store, user: substitution_lookups.absent_lessons(store, user, STRANGER_STAFF, TODAY, TODAY),
        {"head", "deputy"},
    ),
    "substitutions.lookups.unsigned_substitutions": Question(
        lambda store, user: (
            _substitution_of_8b(store),
            substitution_lookups.unsigned_substitutions(store, user, TODAY),
        )[-1],
        {"head", "deputy"},
    ),
    "substitutions.lookups.month_sheet": Question(
        lambda store, user: (
            _substitution_of_8b(store),
            substitution_lookups.month_sheet(store, user, TODAY, TODAY),
        )[-1],
        {"head", "deputy"},
    ),
    "substitutions.lookups.own_log": Question(
        lambda store, user: (_substitution_of_8b(store), substitution_lookups.own_log(store, user, TODAY))[
            -1
        ],
        TEACHER,
    ),
    "substitutions.lookups.own_substituted_lessons": Question(
        lambda store, user: (
            _substitution_of_8b(store),
            substitution_lookups.own_substituted_lessons(store, user, [STRANGERS_LESSON_TODAY]),
        )[-1],
        TEACHER,
        bool,
    ),
}
