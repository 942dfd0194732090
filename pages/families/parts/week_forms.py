"""What a family says on the page of a week: the pupil that homework is done, a guardian that they have looked it through."""

from collections.abc import Callable
from datetime import date

from pages.families.parts.diary_answers import day_of
from school.errors import Refusal
from school.families.actions import confirm_week
from school.homework.actions import tick_homework
from school.received import id_of
from school.records import User
from server.session import School

Form = dict[str, str]
# Returns the address of the page that follows; raises AccessRefused or RuleRefused.
Act = Callable[[School, User, int, Form], str]


def _week(form: Form) -> date:
    day = day_of(form.get("week", ""))
    if day is None:
        raise Refusal("Такой недели нет.", next_step="Откройте дневник и нажмите кнопку снова.")
    return day


def _tick(here: School, user: User, pupil_id: int, form: Form) -> str:
    is_done = "done" in form
    week, lesson_id = _week(form), id_of(form.get("done" if is_done else "undone"))
    tick_homework(here.store, user, pupil_id, lesson_id or 0, is_done, now=here.clock())
    return f"/family/{pupil_id}?week={week}#work{lesson_id}"


def _confirm(here: School, user: User, pupil_id: int, form: Form) -> str:
    week = _week(form)
    confirm_week(here.store, user, pupil_id, week, now=here.clock())
    return f"/family/{pupil_id}?week={week}#confirmed"


# What follows the pupil in the address that a form is sent to.
WEEK_FORMS: dict[str, Act] = {"homework": _tick, "week": _confirm}
