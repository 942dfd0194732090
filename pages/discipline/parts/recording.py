"""Writing down what was found about an employee: from a finding, a request, or in the head's words (п. 4.1, 6.4)."""

import streamlit as st

from pages.discipline.parts.opened import CHOSEN
from pages.ui.doing import try_to
from pages.ui.filters import choose_one, remember
from pages.ui.typed_text import Markdown
from pages.ui.upload import rerun_with
from school.discipline.actions import record_measure
from school.discipline.lookups import employees, found_about
from school.discipline.records import MeasureDraft, MeasureKind, Source
from school.discipline.rules.clock import FREE, KIND_TITLES
from school.discipline.rules.steps import LONGEST_WORDS, SOURCE_TITLES
from school.records import User
from server.session import school

FORM_NUMBER = "measure_form"


def show_form(user: User) -> None:
    """Show the form; what was typed stays when it is refused."""
    here, number = school(), st.session_state.setdefault(FORM_NUMBER, 0)
    today = here.clock().date()
    names = employees(here.store, user, today=today)
    staff_id = choose_one(
        "Работник", names, index=None, placeholder="Начните вводить фамилию", key=f"staff_{number}"
    )
    if staff_id is None:
        return
    found = found_about(here.store, user, staff_id)
    titles = {-1: f"{SOURCE_TITLES[Source.WORDS]}"} | {
        place: f"{SOURCE_TITLES[each.source]}: {each.words}" for place, each in enumerate(found)
    }
    place = choose_one("Что найдено", titles, key=f"found_{number}_{staff_id}")
    chosen = found[place] if place is not None and place >= 0 else None
    words = st.text_area(
        "Что произошло",
        chosen.words if chosen else "",
        max_chars=LONGEST_WORDS,
        key=f"words_{number}_{staff_id}_{place}",
    )
    deed_box, found_box, kind_box = st.columns(3)
    known_on = chosen.found_on if chosen else today
    deed_on = deed_box.date_input(
        "Когда произошло", known_on, format="DD.MM.YYYY", key=f"deed_{number}_{staff_id}_{place}"
    )
    found_on = found_box.date_input(
        "Когда обнаружено", known_on, format="DD.MM.YYYY", key=f"day_{number}_{staff_id}_{place}"
    )
    kinds = (MeasureKind.UNDECIDED, *FREE)
    kind = choose_one(
        "Решение", {each: KIND_TITLES[each] for each in kinds}, place=kind_box, key=f"kind_{number}"
    )
    st.caption("Замечание, выговор и увольнение объявляют приказом после объяснения (ст. 193 ТК).")
    draft = MeasureDraft(
        staff_id,
        words,
        deed_on,
        found_on,
        chosen.source if chosen else Source.WORDS,
        chosen.source_id if chosen else None,
        kind or MeasureKind.UNDECIDED,
    )
    if st.button("Записать", type="primary", icon=":material/save:"):
        now, made = here.clock(), list[int]()
        if try_to(lambda: made.append(record_measure(here.store, user, draft, now=now)), "Записано."):
            # What comes next is a step of the record: the explanation, or nothing.
            st.query_params[CHOSEN] = str(made[0])
            st.session_state[FORM_NUMBER] = number + 1
            remember(measures="running" if draft.kind is MeasureKind.UNDECIDED else "all")
            rerun_with(Markdown("Записано."))
