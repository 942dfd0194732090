"""«Меры»: what the head has written down, the terms of ст. 193 ТК, papers to print; the head alone opens it (п. 4.1)."""

import streamlit as st

from pages.discipline.parts.opened import CHOSEN, show_chosen
from pages.discipline.parts.recording import show_form
from pages.ui.filters import choose_segment
from pages.ui.links import follow_choice, open_next
from pages.ui.tables import RecordColumn, show_records
from pages.ui.typed_text import Markdown
from pages.ui.upload import show_note
from school.access.action import Action
from school.discipline.lookups import MeasureLine, measures
from school.discipline.rules.clock import KIND_TITLES
from school.received import id_of
from school.records import User
from server.session import guard, school

PAGE = "discipline/measures.py"
RUNNING, ALL, WRITE = "running", "all", "write"


def decision_words(row: MeasureLine) -> str:
    """Return what was decided."""
    if row.measure.closed_on is not None:
        return "закрыто без меры"
    words = KIND_TITLES[row.measure.kind]
    if row.measure.lifted_on is not None:
        return f"{words}, снято"
    return f"{words}, № {row.measure.order_number}" if row.measure.order_number else words


COLUMNS: tuple[RecordColumn[MeasureLine], ...] = (
    RecordColumn("Работник", lambda row: row.name, width=140),
    RecordColumn("Обнаружено", lambda row: f"{row.measure.found_on:%d.%m.%Y}", width=95),
    RecordColumn("Что", lambda row: row.measure.found_words, width=300),
    RecordColumn("Решение", decision_words, width=170),
    RecordColumn("Что дальше", lambda row: row.step.title if row.step else "", width=240),
    RecordColumn("До", lambda row: f"{row.step.due:%d.%m.%Y}" if row.step and row.step.due else "", width=90),
)


def show_measures(user: User) -> None:
    """Show the whole page."""
    follow_choice()
    st.title("Меры")
    show_note()
    here = school()
    found = measures(here.store, user, today=here.clock().date())
    chosen = id_of(st.query_params.get(CHOSEN))
    line = next((each for each in found if each.measure_id == chosen), None)
    if line is not None:
        show_chosen(user, line)
        return
    running = [each for each in found if each.step is not None]
    titles = {RUNNING: f"В работе · {len(running)}" if running else "В работе", ALL: "Все", WRITE: "Записать"}
    view = choose_segment("measures", "Что показать", titles, default=RUNNING)
    if view == WRITE:
        show_form(user)
        return
    _show_list(running if view == RUNNING else found)
    st.caption(
        "Записи видите только вы, а работник — свои, с запроса объяснения. Программа считает сроки и ничего не предлагает."
    )


def _show_list(found: list[MeasureLine]) -> None:
    if not found:
        st.info(Markdown("Записей нет. Чтобы начать, выберите «Записать»."))
        return
    show_records(
        found,
        COLUMNS,
        "measures_table",
        on_choose=lambda number: open_next(PAGE, {CHOSEN: found[number].measure_id}),
    )


show_measures(guard(Action.KEEP_MEASURES))
