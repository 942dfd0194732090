"""«Персональные данные»: incidents with their clocks, who looked, what is due for erasing, who answers (152-ФЗ)."""

from pages.privacy.parts.erasing import show_erasing
from pages.privacy.parts.incidents import show_incidents
from pages.privacy.parts.operator import show_operator
from pages.privacy.parts.viewings import show_viewings
from pages.ui.filters import choose_part
from school.access.action import Action
from school.records import User
from server.session import guard

PARTS = {
    "incidents": "Происшествия",
    "viewings": "Кто смотрел",
    "erasing": "Сроки и стирание",
    "operator": "Оператор",
}
SHOWN = {
    "incidents": show_incidents,
    "viewings": show_viewings,
    "erasing": show_erasing,
    "operator": show_operator,
}


def show_privacy(user: User) -> None:
    """Show the whole page."""
    SHOWN[choose_part("Раздел", PARTS, "incidents")](user)


show_privacy(guard(Action.READ_PRIVACY))
