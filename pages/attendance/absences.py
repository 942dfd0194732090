"""«Пропуски»: a class by week; its homeroom teacher names and corrects the reasons of absence (п. 4.3).

The page is a frame: what it shows is read over HTTP by the grid, which keeps the address in step (see ``pages.grid``).
"""

from typing import Any

from pages.attendance.parts.absences_answer import week_of_address
from pages.attendance.parts.excuse_dialog import excuses_dialog
from pages.attendance.parts.leave_dialogs import give_reason_dialog, leaves_dialog
from pages.grid import grid_page
from school.access.action import Action
from school.records import User
from server.session import guard, school


def show_absences(user: User) -> None:
    """Show the frame, and what was asked for beside it."""
    if wanted := grid_page(user, "absences", load_url="/api/homeroom/absences/page"):
        open_beside(wanted)


def open_beside(wanted: dict[str, Any]) -> None:
    """Open what a button of the grid's page leads to."""
    address = wanted["address"]
    class_id, first_day = int(address["class"]), week_of_address(address, school().clock().date())
    if wanted["what"] == "reason":
        give_reason_dialog(class_id, first_day)
    elif wanted["what"] == "excuses":
        excuses_dialog(class_id)
    elif wanted["what"] == "leaves":
        leaves_dialog(class_id, first_day)


show_absences(guard(Action.READ_ABSENCES))
