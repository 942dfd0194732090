"""The frame of every page: the menu beside it, and over it its title, the views of its place and the way to the search.

Each is one message of plain HTML. Its links are followed within the page by ``find.js``; without it they open as any link does.
"""

from collections.abc import Iterable

import streamlit as st
from markupsafe import Markup

from server.menu.navigation import Visit
from server.menu.rows import OwnPlace, PageRow

_MENU = Markup('<nav class="places" aria-label="Меню"><ul>{}</ul></nav>')
_ENTRY = Markup(
    '<li><a href="/{}"{}><span class="sign" aria-hidden="true" translate="no">{}</span>{}</a></li>'
)
_HEAD = Markup(
    '<div class="head{}">{}{}<button type="button" class="find" aria-haspopup="dialog">{}</button></div>'
)
_TITLE = Markup("<h1>{}</h1>")
_VIEWS = Markup('<nav class="views" aria-label="{}"><ul>{}</ul></nav>')
_VIEW = Markup('<li><a href="/{}"{}>{}</a></li>')
_FIND = Markup(
    '<span class="sign" aria-hidden="true" translate="no">search</span>Найти <kbd class="key"></kbd>'
)
_CURRENT = Markup(' aria-current="{}"')
_NOTHING = Markup("")


def draw_frame(visit: Visit) -> None:
    """Draw the menu into the side bar, and the head over the page that comes next."""
    row = visit.row
    st.sidebar.html(_MENU.format(_NOTHING.join(_entry(each, visit) for each in visit.places)))
    if row is not None:
        title = _NOTHING if row.heading is None else _TITLE.format(row.heading or row.title)
        st.html(_HEAD.format(" wide" if row.is_wide else "", title, _views(row, visit), _FIND))


def _entry(own: OwnPlace, visit: Visit) -> Markup:
    is_current = visit.row is not None and visit.row.place == own.code
    words = _counted(own.place.title, sum(visit.waiting.get(view.path, 0) for view in own.views))
    return _ENTRY.format(own.views[0].url_path, _current(is_current, "true"), own.place.icon, words)


def _views(row: PageRow, visit: Visit) -> Markup:
    own = next((each for each in visit.places if each.code == row.place), None)
    # A page of the menu that is not among the user's views is about to be refused.
    if own is None or (row.menu_roles and row not in own.views):
        return _NOTHING
    views: Iterable[PageRow] = own.beside(row)
    if row.group:
        views = (own.views[0], *views)
    links = [
        _VIEW.format(
            view.url_path,
            _current(view is row, "page"),
            _counted(view.title, visit.waiting.get(view.path, 0)),
        )
        for view in views
    ]
    # One view is the page itself; a page opened from a list has a way back to the list.
    if len(links) == 1 and row in own.views:
        return _NOTHING
    return _VIEWS.format(own.place.title, _NOTHING.join(links))


def _counted(title: str, waiting: int) -> str:
    return f"{title} · {waiting}" if waiting else title


def _current(is_current: bool, word: str) -> Markup:
    return _CURRENT.format(word) if is_current else _NOTHING
