"""The forecast of a term mark at a register: in the register itself and in the tab of term marks (п. 2.7)."""

from datetime import date
from typing import Any, cast

import pandas as pd
import streamlit as st

from models.product.forecast import reason_ru
from models.product.forecasting import answering, drift_of_last_term, forecast_terms, forecasts, likelihood
from pages.ui.typed_text import as_typed
from pipelines.measures.tables import records
from school.access.action import Action
from school.access.checks import may_somewhere
from school.analytics.lookups.readers import FigureReader
from school.calendar import period_text
from school.numbers import percent_text
from school.records import RegisterKey, Term, User
from server.session import School

ForecastWords = tuple[str, str]
"""What is likely, «4 · 78 %», and why."""


def is_foreseen(user: User, term: Term, today: date) -> bool:
    """Whether the user is shown forecasts of a term: one that goes on, to those who may read forecasts."""
    return term.starts_on <= today <= term.ends_on and may_somewhere(user, Action.READ_FORECASTS)


def forecast_words(
    school: School, user: User, key: RegisterKey, term: Term, today: date
) -> dict[int, ForecastWords] | None:
    """Return each pupil's forecast in a register with its explanation; None where nothing is foreseen."""
    if not is_foreseen(user, term, today):
        return None
    reader = FigureReader(school, user, Action.READ_FORECASTS)
    terms = [
        row
        for row in forecast_terms(reader, today)
        if (row.class_id, row.term_id) == (key.class_id, term.term_id)
    ]
    if not terms:
        return None
    rows = forecasts(reader, terms, today)
    own = cast("list[dict[str, Any]]", rows[rows["subject_id"] == key.subject_id].to_dict("records"))
    return {int(row["pupil_id"]): (likelihood(row), reason_ru(row)) for row in own}


def show_model_note(reader: FigureReader) -> None:
    """Say on a screen of forecasts that something is wrong with the school's model, or that its last term came otherwise than said."""
    if note := answering(reader.school).note:
        st.warning(as_typed(note), icon=":material/model_training:")
    if len(drift := drift_of_last_term(reader)):
        st.warning(as_typed(drift_text(drift)), icon=":material/trending_down:")


def drift_text(drift: pd.DataFrame) -> str:
    """Say in words which marks of the last closed term came otherwise than was said, and what to do about it."""
    first = drift.iloc[0]
    term = period_text(int(first["school_year"]), str(first["kind"]), int(first["number"]))
    differences = "; ".join(
        f"«{row['mark']}» ждали у {percent_text(row['said'], 0)}, вышла у {percent_text(row['came'], 0)}"
        for row in records(drift)
    )
    return (
        f"Прошлый период — не образец. {term}: {differences}. Прогнозы нынешнего периода могут ошибаться в ту же сторону: "
        "смотрите и на текущие отметки. Подробнее — «Сбылось ли»."
    )
