"""«Экзамены и итог»: the exam marks of a register, and the final marks that follow from them (п. 4.5, 5.4).

The page is a frame: what it shows is read over HTTP by the grid, which keeps the address in step (see ``pages.grid``).
"""

from pages.councils.parts.exam_plan import show_plan
from pages.grid import grid_page
from pages.ui.register_choice import whole_number_of
from school.access.action import Action
from school.records import User
from server.session import guard


def show_exams(user: User) -> None:
    """Show the frame, and what was asked for beside it."""
    if wanted := grid_page(user, "exams", load_url="/api/exams/page"):
        show_plan(whole_number_of(wanted["address"], "class") or 0)


show_exams(guard(Action.READ_REGISTER))
