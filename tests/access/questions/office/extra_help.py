"""Questions about 8Б to the actions and lookups of extra help."""

from asking import ANALYSTS, TODAY, Question, past_the_door, was_done
from small_school import CLASS_8B, MATHS, NOW, QUARTER_2, STRANGE_CHILD, STRANGER_STAFF

from school.extra_help import actions, lookups
from school.extra_help.records import HelpPlace, Warned
from school.store.connection import Store

PLACE = HelpPlace(CLASS_8B, MATHS, QUARTER_2, STRANGE_CHILD)
WARNED = Warned(2, 0.4, 2.5, 3)
GIVERS = {"stranger", "leader", "deputy"}


def take_up(store: Store, user: object) -> object:
    return actions.take_up(store, user, PLACE, WARNED, agreed="", helper_id=STRANGER_STAFF, now=NOW)


QUESTIONS: dict[str, Question] = {
    "extra_help.lookups.help_in_terms": Question(
        lambda store, user: lookups.help_in_terms(store, user, [QUARTER_2]), set()
    ),
    "extra_help.lookups.helpers": Question(
        lambda store, user: lookups.helpers(store, user, PLACE, TODAY), ANALYSTS, bool
    ),
    "extra_help.lookups.may_give": Question(
        lambda store, user: lookups.may_give(store, user, PLACE, TODAY), GIVERS, bool
    ),
    "extra_help.lookups.lessons_ahead": Question(
        lambda store, user: lookups.lessons_ahead(store, user, PLACE, today=TODAY, last_day=TODAY),
        ANALYSTS,
        was_done,
    ),
    "extra_help.lookups.warned_by_newest": Question(lookups.warned_by_newest, set()),
    "extra_help.lookups.forecasts_that_came": Question(
        lambda store, user: len(lookups.forecasts_that_came(store, user)), set(), bool
    ),
    "extra_help.actions.take_up": Question(take_up, GIVERS, was_done),
    "extra_help.actions.drop_help": Question(past_the_door(actions.drop_help, PLACE), GIVERS, bool),
}
