"""The forecast of a term mark at a register: in the register itself and in the tab of term marks (п. 2.7)."""

from collections.abc import Mapping
from datetime import date
from typing import Any, cast

import pandas as pd
import streamlit as st

from models.product.forecast import reason_ru
from models.product.forecasting import (
    answering,
    drift_of_last_term,
    forecast_terms,
    forecasts,
    likelihood,
    year_forecasts,
)
from models.product.year_forecast import year_reason_ru
from pages.ui.tables import show_table
from pages.ui.typed_text import as_typed
from pipelines.figures.columns import FigureColumn
from pipelines.measures.tables import records
from school.access.action import Action
from school.access.checks import may_somewhere
from school.analytics.lookups.readers import FigureReader
from school.calendar import period_text
from school.external_tests.lookups import FEWEST_WRITTEN, second_opinions
from school.external_tests.records import ExternalMark
from school.external_tests.rules import KINDS
from school.forecasts.lookups import ClassTerm, years_so_far
from school.numbers import percent_text
from school.records import YEAR, RegisterKey, Term, User
from school.term_marks.lookups.term_marks import TermMarksPage
from school.term_marks.rules.year_needed import YearNeeded, year_needed_text
from server.session import School

ForecastWords = tuple[str, str]
"""What is likely, «4 · 78 %», and why."""
TEST_HELP = f"Второе мнение: последняя внешняя работа с отметкой за год, если её писали не меньше {FEWEST_WRITTEN} учеников класса."


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


def year_words(
    school: School, user: User, page: TermMarksPage, today: date
) -> dict[int, ForecastWords] | None:
    """Return each pupil's forecast of the year mark in a register, with what the terms left must bring; None: nothing is foreseen."""
    own, key = [term for term in page.terms if term.term_id != YEAR], page.register.key
    goes_on = own[0].starts_on <= today <= own[-1].ends_on
    if not goes_on or not may_somewhere(user, Action.READ_FORECASTS):
        return None
    reader = FigureReader(school, user, Action.READ_FORECASTS)
    terms = [row for row in forecast_terms(reader, today) if row.class_id == key.class_id]
    if not terms:
        return None
    rows = year_forecasts(reader, terms, today)
    found = {int(row["pupil_id"]): row for row in records(rows[rows["subject_id"] == key.subject_id])}
    return {
        pupil: (
            likelihood(row),
            " ".join(filter(None, (_year_reason(row), _needed(page.year_needed(pupil))))),
        )
        for pupil, row in found.items()
    }


def _year_reason(row: Mapping[str, Any]) -> str:
    reason = year_reason_ru(row)
    return f"{reason[0].upper()}{reason[1:]}."


def _needed(needed: YearNeeded | None) -> str:
    return year_needed_text(needed) if needed else ""


def show_years(
    reader: FigureReader, term: ClassTerm, pupil_id: int, subjects: Mapping[int, str], today: date
) -> None:
    """Show what year marks a pupil will likely get and what the terms left must bring, with national tests beside them.

    ``subjects``: names by id, in the order of the rows. Nothing for a class that has no year mark.
    """
    rows = year_forecasts(reader, [term], today)
    found = {int(row["subject_id"]): row for row in records(rows[rows["pupil_id"] == pupil_id])}
    so_far = years_so_far(reader.school.store, reader.user, term.class_id)
    sees_tests = may_somewhere(reader.user, Action.READ_EXTERNAL_TESTS)
    tests = second_opinions(reader.school.store, reader.user, term.class_id, today) if sees_tests else {}
    shown = [(key, name) for key, name in subjects.items() if key in found]
    if not shown:
        return
    places = {key: so_far.get((key, pupil_id)) for key, _ in shown}
    table = pd.DataFrame(
        {
            "subject": [name for _, name in shown],
            "marks": [" ".join(map(str, place.marks)) if (place := places[key]) else "" for key, _ in shown],
            "forecast": [likelihood(found[key]) for key, _ in shown],
            "needed": [_needed(place.needed) if (place := places[key]) else "" for key, _ in shown],
            "test": [opinion_text(tests.get((key, pupil_id))) for key, _ in shown],
            "reason": [_year_reason(found[key]) for key, _ in shown],
        }
    )
    st.markdown("##### Что выйдет за год?")
    st.caption(
        "Прогноз годовой отметки, не отметка: по отметкам за периоды и текущим этого года, по прошлому году и другим предметам. "
        "Что нужно — по правилу школы: среднее отметок за периоды, с половины вверх (п. 5.4); экзамен сюда не входит."
    )
    columns = [
        FigureColumn("subject", "Предмет", pinned=True, width=200),
        FigureColumn(
            "marks", "За периоды", width=90, help="Отметки за учебные периоды этого года по порядку."
        ),
        FigureColumn("forecast", "Прогноз года", width=104),
        FigureColumn("needed", "Что нужно", width=290),
        FigureColumn("test", "Внешняя работа", width=130, help=TEST_HELP),
        FigureColumn("reason", "Почему"),
    ]
    if not table["test"].any():
        columns = [each for each in columns if each.name != "test"]
    show_table(table, columns, "pupil_years", rows_shown=30, export="Прогноз годовых отметок")


def opinion_text(result: ExternalMark | None) -> str:
    """Return «ВПР 4 · 15.04.2026»; an empty text for no result."""
    return f"{KINDS[result.kind].title} {result.mark} · {result.held_on:%d.%m.%Y}" if result else ""


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
