"""«Консультации»: own times and the families who come, parents' evenings, who comes of a class or the school (п. 2.9, 4.3, 4.7)."""

from pages.consultations.parts.booked import show_booked
from pages.consultations.parts.evenings import BOOKED, show_evenings
from pages.consultations.parts.own_times import show_own_times
from pages.ui.filters import choose_segment
from school.access.action import Action
from school.access.checks import may, may_somewhere
from school.records import User
from server.session import guard

OWN, EVENINGS = "own", "evenings"
SHOWN = {OWN: show_own_times, EVENINGS: show_evenings, BOOKED: show_booked}


def show_consultations(user: User) -> None:
    """Show the whole page."""
    parts = {OWN: "Моё время"}
    if may(user, Action.READ_CONSULTATIONS):
        parts[EVENINGS] = "Родительский день"
    if may_somewhere(user, Action.READ_CONSULTATIONS):
        parts[BOOKED] = "Кто записан"
    part = choose_segment("talks", "Что показать", parts, default=OWN) if len(parts) > 1 else OWN
    SHOWN[part](user)


show_consultations(guard(Action.HOLD_CONSULTATIONS))
