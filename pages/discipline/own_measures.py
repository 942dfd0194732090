"""«Меры ко мне»: what concerns the user themself; nobody but the head sees it besides them (п. 4.1; ст. 193 ТК)."""

import streamlit as st

from pages.discipline.parts.words import show_facts
from pages.ui.links import page_link
from pages.ui.typed_text import Markdown
from school.access.action import Action
from school.discipline.lookups import own_measures
from school.records import User
from server.session import guard, school


def show_own(user: User) -> None:
    """Show the whole page."""
    page_link("regulations/documents.py", Markdown("Документы школы"), {}, ":material/arrow_back:")
    found = own_measures(school().store, user, today=school().clock().date())
    if not found:
        st.success("Записей нет. Если директор запросит объяснение или примет меру, она появится здесь.")
    for line in found:
        with st.container(border=True):
            show_facts(line)
    st.caption("Эти записи видите только вы и директор.")


show_own(guard(Action.READ_OWN_MEASURES))
