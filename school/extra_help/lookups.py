"""Extra help for whoever may read forecasts, each within their scope (п. 4.2, 4.3, 4.5)."""

from collections.abc import Collection, Sequence
from datetime import date

import pandas as pd

from school.access.action import Action
from school.access.checks import check_may, check_may_somewhere, may, may_somewhere
from school.access.scopes import Rows
from school.extra_help import store as rows_of
from school.extra_help.records import ExtraHelp, Helper, HelpPlace, NextLesson
from school.extra_help.rules import feared_mark
from school.forecasts.lookups import keep_readable
from school.records import User
from school.store.connection import Store
from school.store.reading import Reader

OUTCOME_TABLES = frozenset(
    {"forecast_snapshots", "forecast_snapshot_rows", "terms", "term_marks", "classes", "extra_help"}
)
PLACE = list(HelpPlace._fields)


def help_in_terms(store: Store, user: User, term_ids: Collection[int]) -> list[ExtraHelp]:
    """Return who is taken up in these terms, the newest first, as far as the user may read forecasts. Raises AccessRefused."""
    check_may_somewhere(user, Action.READ_FORECASTS)
    found = rows_of.help_of_terms(store, term_ids)
    rows = pd.DataFrame([each.place for each in found], columns=PLACE)
    readable = set(keep_readable(store, user, rows).itertuples(index=False, name=None))
    return [each for each in found if tuple(each.place) in readable]


def rows_of_place(helpers: Sequence[Helper], class_id: int) -> Rows:
    """Return whose rows a pupil's help in a subject is: of its teachers and of the class."""
    return Rows(
        teacher_ids=frozenset(each.staff_id for each in helpers if not each.is_homeroom), class_id=class_id
    )


def helpers(reader: Reader, user: User, place: HelpPlace, today: date) -> list[Helper]:
    """Return who may take a pupil up: the teachers of the subject in the class and the homeroom teacher. Raises AccessRefused."""
    found = rows_of.helpers_of(reader, place.class_id, place.subject_id, today)
    check_may(user, Action.READ_FORECASTS, rows_of_place(found, place.class_id))
    return found


def may_give(store: Store, user: User, place: HelpPlace, today: date) -> bool:
    """Whether the user may take a pupil up, or give them to somebody."""
    found = rows_of.helpers_of(store, place.class_id, place.subject_id, today)
    return may(user, Action.GIVE_EXTRA_HELP, rows_of_place(found, place.class_id))


def lessons_ahead(
    store: Store, user: User, place: HelpPlace, *, today: date, last_day: date
) -> list[NextLesson]:
    """Return the days of the subject's lessons still to come up to a day, with their topics. Raises AccessRefused."""
    helpers(store, user, place, today)
    return rows_of.next_lessons(store, place.class_id, place.subject_id, today, last_day)


def warned_by_newest(store: Store, user: User) -> dict[HelpPlace, int]:
    """Return whom the forecasts remembered last warn of and nobody has taken up, with the mark that is feared: own lessons and class.

    Nobody for whoever gives no extra help. What is remembered once a week costs no forecast here.
    """
    if not may_somewhere(user, Action.GIVE_EXTRA_HELP):
        return {}

    def compute() -> dict[HelpPlace, int]:
        # Read once for all teachers who open their day.
        newest = store.cache("tables").get(
            ("newest forecasts",),
            store.state_of(OUTCOME_TABLES),
            lambda: rows_of.warned_forecasts(store.cursor()),
        )
        rows = keep_readable(store, user, newest)
        found = zip(rows["p2"], rows["p3"], rows["previous"], strict=True)
        feared = [feared_mark(p2, p3, None if pd.isna(last) else last) for p2, p3, last in found]
        taken = {each.place for each in rows_of.help_of_terms(store, set(rows["term_id"]))}
        places = (HelpPlace(*map(int, row)) for row in rows[PLACE].itertuples(index=False, name=None))
        return {
            place: mark
            for place, mark in zip(places, feared, strict=True)
            if mark is not None and place not in taken
        }

    state = store.state_of(OUTCOME_TABLES | {"teaching_load", "enrolments", "subgroup_members"})
    return store.cache("school").get(("warned", user), state, compute)


def forecasts_that_came(store: Store, user: User) -> pd.DataFrame:
    """Return remembered forecasts of closed terms with the marks that came and who was taken up, within the user's scope.

    The columns are those of ``school.extra_help.store.forecasts_that_came``. Raises AccessRefused.
    """
    check_may_somewhere(user, Action.READ_FORECASTS)
    return keep_readable(store, user, rows_of.forecasts_that_came(store.cursor()))
