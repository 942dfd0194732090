"""«Школа»: the pages of what is done once a year or by the administrator, in groups; the search finds each by its name too."""

import streamlit as st

from pages.ui.typed_text import as_typed
from school.access.action import Action
from school.records import User
from server.menu import in_groups, own_places
from server.session import guard

PLACE = "office"


def show_whole_school(user: User) -> None:
    """Show a column of links for each group, or where to look when none is for this role."""
    rows = [row for own in own_places(user) if own.code == PLACE for row in own.views]
    groups = in_groups(rows)
    if not groups:
        st.info("Здесь нет страниц для вашей роли. Откройте другую из меню или нажмите «Найти».")
        return
    for box, (group, views) in zip(st.columns(len(groups)), groups, strict=True):
        with box:
            st.subheader(as_typed(group))
            for row in views:
                st.page_link(row.file, label=row.title, icon=row.icon)


show_whole_school(guard(Action.KEEP_OWN_ACCOUNT))
