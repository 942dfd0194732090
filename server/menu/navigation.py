"""Which page an address names, and what of the menu is around it."""

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, field
from functools import cache

import streamlit as st

from school.records import User
from school.regulations.lookups import meets_documents_first
from server.menu.last_places import last_places
from server.menu.rows import (
    DOCUMENTS,
    HOME,
    OwnPlace,
    PageRow,
    existing_rows,
    first_row,
    menu_rows,
    own_places,
)
from server.menu.waiting import waiting_in_menu
from server.session import school


@dataclass(frozen=True)
class Visit:
    """A page that somebody opens: ``row`` is None for the bare address, which leads on; ``waiting`` by path."""

    page: st.Page
    row: PageRow | None
    places: tuple[OwnPlace, ...] = ()
    waiting: Mapping[str, int] = field(default_factory=dict)


def navigation(user: User | None) -> Visit:
    """Declare every page, so that an address leads to its page or its refusal, and return the one that is open.

    The bare address leads to the user's first page. Streamlit's own menu stays hidden: it knows no places.
    """
    # Copies: Streamlit notes in the page that it runs, and each visitor's thread runs its own.
    pages = {row.path: copy(_page(row)) for row in existing_rows()}
    first = first_row(user) if user else None

    def home() -> None:
        if first is None:
            st.info("Для вашей роли здесь пока нет страниц. Обратитесь к администратору журнала.")
        elif user and meets_documents_first(school().store, user, today=school().clock().date()):
            st.switch_page(pages[DOCUMENTS])
        else:
            st.switch_page(pages[first.path])

    bare = st.Page(home, title="Журнал", url_path=HOME, default=True, visibility="hidden")
    page = st.navigation([bare, *pages.values()], position="hidden")
    if user is None:
        return Visit(page, None)
    row = _by_address().get(page.url_path)
    if row is not None:
        last_places.note(school(), user, row)
    return Visit(page, row, own_places(user), waiting_in_menu(user, menu_rows(user)))


@cache
def _page(row: PageRow) -> st.Page:
    return st.Page(row.file, title=row.title, icon=row.icon, url_path=row.url_path, visibility="hidden")


@cache
def _by_address() -> dict[str, PageRow]:
    return {row.url_path: row for row in existing_rows()}
