"""Questions about 8Б to the actions and lookups of forecasts."""

from datetime import date

import pandas as pd
from asking import ANALYSTS, TODAY, Question, holds_8b, passed, was_done
from small_school import CLASS_8B, MATHS, NOW, QUARTER_1, STRANGE_CHILD

from school.forecasts import actions as forecast_actions
from school.forecasts import lookups as forecasts
from school.store.connection import Store

FORECAST_OF_8B = pd.DataFrame({"class_id": [CLASS_8B], "subject_id": [MATHS], "pupil_id": [STRANGE_CHILD]})


def _remembered_8b(store: Store) -> Store:
    """Forecasts of the closed quarter, remembered in its second week."""
    row = {"class_id": CLASS_8B, "subject_id": MATHS, "pupil_id": STRANGE_CHILD, "term_id": QUARTER_1}
    rows = pd.DataFrame([row | {"p2": 0.1, "p3": 0.2, "p4": 0.4, "p5": 0.3, "rounded_mean": None}])
    forecast_actions.remember_forecasts(store, rows, as_of=date(2026, 9, 13), model_id=None, now=NOW)
    return store


QUESTIONS: dict[str, Question] = {
    "forecasts.lookups.journal_in_memory": Question(
        lambda store, user: forecasts.journal_in_memory(
            store, user, lambda frames: frames["marks"], lambda *_: None
        ),
        ANALYSTS | {"owner", "homeroom"},
        holds_8b,
    ),
    "forecasts.lookups.keep_readable": Question(
        lambda store, user: forecasts.keep_readable(store, user, FORECAST_OF_8B), ANALYSTS, holds_8b
    ),
    "forecasts.lookups.terms_in_question": Question(
        lambda store, user: forecasts.terms_in_question(store, user, TODAY),
        ANALYSTS,
        lambda terms: any(term.class_id == CLASS_8B for term in terms),
    ),
    "forecasts.lookups.outcomes": Question(
        lambda store, user: forecasts.outcomes(_remembered_8b(store), user), ANALYSTS, holds_8b
    ),
    "forecasts.lookups.years_so_far": Question(
        lambda store, user: forecasts.years_so_far(store, user, CLASS_8B), ANALYSTS, bool
    ),
    "forecasts.lookups.lessons_left": Question(
        lambda store, user: forecasts.lessons_left(store, user, date(2026, 11, 18)), ANALYSTS, holds_8b
    ),
    "forecasts.lookups.model_page": Question(
        lambda store, user: forecasts.model_page(store, user, TODAY), {"head", "deputy", "admin"}, was_done
    ),
    "forecasts.lookups.open_fits": Question(forecasts.open_fits, {"head", "deputy", "admin"}, was_done),
    "forecasts.actions.ask_fit": Question(
        lambda store, user: passed(lambda: forecast_actions.ask_fit(store, user, now=NOW)),
        {"admin"},
        was_done,
    ),
}
