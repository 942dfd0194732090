"""«Меры»: what the head has written down, the terms of ст. 193 ТК, papers to print; the head alone opens it (п. 4.1)."""

import streamlit as st

from pages.discipline.parts.opened import CHOSEN, show_chosen
from pages.discipline.parts.recording import show_form
from pages.ui.filters import choose_segment
from pages.ui.typed_text import Markdown, as_typed, in_line
from pages.ui.upload import show_note
from school.access.action import Action
from school.discipline.lookups import MeasureLine, measures
from school.discipline.rules.clock import KIND_TITLES
from school.received import id_of
from school.records import User
from server.session import guard, school

RUNNING, ALL, WRITE = "running", "all", "write"


def decision_words(row: MeasureLine) -> str:
    """Return what was decided."""
    if row.measure.closed_on is not None:
        return "закрыто без меры"
    words = KIND_TITLES[row.measure.kind]
    if row.measure.lifted_on is not None:
        return f"{words}, снято"
    return f"{words}, № {row.measure.order_number}" if row.measure.order_number else words


def show_measures(user: User) -> None:
    """Show the whole page."""
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
        st.info("Записей нет. Чтобы начать, выберите «Записать».")
    for each in found:
        with st.container(
            horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", border=True
        ):
            st.markdown(_line_words(each), width="stretch")
            st.button("Открыть", key=f"open_{each.measure_id}", on_click=_open, args=(each.measure_id,))


def _line_words(each: MeasureLine) -> Markdown:
    measure = each.measure
    head = Markdown(f"**{as_typed(each.name)}** · {as_typed(decision_words(each))}")
    about = Markdown(f":small[обнаружено {measure.found_on:%d.%m.%Y}: {in_line(measure.found_words)}]")
    if each.step is None:
        return Markdown(f"{head}  \n{about}")
    due = f" — до {each.step.due:%d.%m.%Y}" if each.step.due else ""
    words = Markdown(f"{as_typed(each.step.title)}{due}")
    return Markdown(f"{head}  \n{about}  \n" + (f":red[{words}]" if each.step.is_late else words))


def _open(measure_id: int) -> None:
    st.query_params[CHOSEN] = str(measure_id)


show_measures(guard(Action.KEEP_MEASURES))
