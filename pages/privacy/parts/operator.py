"""Who answers for personal data, as the school's documents name them."""

import streamlit as st

from pages.ui.doing import try_and_rerun
from pages.ui.typed_text import as_typed
from school.access.action import Action
from school.access.checks import may
from school.privacy.actions.incidents import set_operator
from school.privacy.lookups.keeping import Operator, operator
from school.privacy.rules.incidents import LONGEST_TEXT
from school.records import User
from server.session import school

FIELDS = {
    "tax_number": ("ИНН школы", ""),
    "address": ("Адрес школы", ""),
    "responsible": ("Кто отвечает за персональные данные", "Иванова Мария Петровна, заместитель директора"),
    "contact": ("Телефон или почта для обращений", ""),
    "hosting": ("Где лежат данные", "сервер в здании школы"),
    "recipients": ("Кому передаются", "КИАСУО — по приказу; больше никому"),
}


def show_operator(user: User) -> None:
    """Show what documents say of the school, with fields for who keeps it."""
    known = operator(school().store, user)
    st.caption(
        "Эти слова стоят в документе «Что мы храним о ребёнке» и в уведомлениях о происшествиях (152-ФЗ, ст. 14 ч. 7)."
    )
    if not may(user, Action.KEEP_PRIVACY):
        for name, (label, _) in FIELDS.items():
            st.markdown(f"**{as_typed(label)}:** {as_typed(getattr(known, name)) or 'не указано'}")
        return
    with st.form("operator", border=False):
        left, right = st.columns(2)
        typed = {
            name: (left if place % 2 == 0 else right).text_input(
                as_typed(label),
                getattr(known, name),
                max_chars=LONGEST_TEXT,
                placeholder=example,
                key=f"operator_{name}",
            )
            for place, (name, (label, example)) in enumerate(FIELDS.items())
        }
        if st.form_submit_button("Сохранить", type="primary"):
            words = Operator(**{name: text.strip() for name, text in typed.items()})
            try_and_rerun(
                lambda: set_operator(school().store, user, words, now=school().clock()), "Сохранено."
            )
