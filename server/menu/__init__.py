"""The menu: places, the pages that are their views, the frame that every page stands in, and where people were last."""

from server.menu.frame import draw_frame
from server.menu.navigation import Visit, navigation
from server.menu.rows import (
    ANNOUNCEMENTS,
    ARCHIVE,
    DOCUMENTS,
    HOME,
    MENU,
    PAGES,
    PLACES,
    OwnPlace,
    PageRow,
    existing_rows,
    first_row,
    in_groups,
    may_open,
    menu_rows,
    own_places,
)
from server.menu.waiting import waiting_in_menu

__all__ = [
    "ANNOUNCEMENTS",
    "ARCHIVE",
    "DOCUMENTS",
    "HOME",
    "MENU",
    "PAGES",
    "PLACES",
    "OwnPlace",
    "PageRow",
    "Visit",
    "draw_frame",
    "existing_rows",
    "first_row",
    "in_groups",
    "may_open",
    "menu_rows",
    "navigation",
    "own_places",
    "waiting_in_menu",
]
