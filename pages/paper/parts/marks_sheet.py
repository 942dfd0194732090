"""How the school's summary sheets of marks are printed: which columns, on which paper (п. 6.6)."""

import streamlit as st

from pages.ui.doing import try_and_rerun
from pages.ui.typed_text import Markdown
from school.access.action import Action
from school.access.checks import may
from school.councils.actions import set_sheet_look
from school.councils.lookups import sheet_look_of
from school.councils.rules import SHEET_COLUMN_TITLES, SheetColumn, SheetLook
from school.records import User
from server.session import school

PAPER = {False: "А4", True: "А3"}


def show_sheet_look(user: User) -> None:
    """Let those who write down the council's decisions choose the columns of the summary sheet."""
    if not may(user, Action.RECORD_DECISIONS):
        return
    look = sheet_look_of(school().store, user)
    with (
        st.popover("Столбцы сводной ведомости", icon=":material/view_column:"),
        st.form("sheet_look", border=False),
    ):
        chosen: list[SheetColumn] = st.pills(
            "Что печатать",
            list(SheetColumn),
            selection_mode="multi",
            default=[each for each in SheetColumn if look.has(each)],
            format_func=SHEET_COLUMN_TITLES.__getitem__,
        )
        is_a3 = st.radio(
            "Бумага, альбомный лист",
            [False, True],
            int(look.is_a3),
            format_func=PAPER.__getitem__,
            horizontal=True,
        )
        st.caption(
            "Год, итог, решение педсовета и примечание печатаются всегда. Готовые ведомости не меняются: подготовьте их заново."
        )
        is_sent = st.form_submit_button("Сохранить", type="primary")
    if is_sent:
        wanted = SheetLook(frozenset(chosen), bool(is_a3))
        try_and_rerun(
            lambda: set_sheet_look(school().store, user, wanted, now=school().clock()),
            Markdown("Вид сводной ведомости сохранён."),
        )
