"""Events of the class and the school in a child's diary, and the answer whether one comes (п. 3.6)."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pages.families.parts.answering import Form, acting, asked, reading, redirect
from pages.families.parts.diary_answers import Asked
from school.errors import RuleRefused
from school.families.lookups.week import breaks_ahead
from school.occasions.actions import answer_for_child
from school.occasions.lookups import family_occasions
from school.records import Role, User
from server.http.own_routes import know_ids

PLACE = "/events"
ANSWERS = {"yes": True, "no": False}


def events_page(asked: Asked) -> bytes:
    """Return the events of a pupil, those ahead first. Raises AccessRefused or Refusal."""
    found = family_occasions(asked.school.store, asked.user, asked.pupil_id, now=asked.now)
    return asked.drawn(
        "events.html",
        PLACE,
        "События",
        ahead=[each for each in found if not each.is_over],
        past=[each for each in found if each.is_over],
        breaks=breaks_ahead(asked.school.store, asked.user, asked.pupil_id, today=asked.today),
        is_guardian=asked.user.has(Role.GUARDIAN),
    )


def answer_event(asked: Asked, occasion_id: int, form: Form) -> str:
    """Note whether the family comes; return the address that follows. Raises AccessRefused, RuleRefused."""
    is_coming = ANSWERS.get(form.get("coming", ""))
    if is_coming is None:
        raise RuleRefused("Ответ не прочитан.", next_step="Откройте «События» и нажмите кнопку снова.")
    answer_for_child(asked.school.store, asked.user, asked.pupil_id, occasion_id, is_coming, now=asked.now)
    return f"/family/{asked.pupil_id}{PLACE}#event{occasion_id}"


def _events(request: Request, user: User, _form: Form) -> bytes:
    return events_page(asked(request, user))


def _answer(request: Request, user: User, form: Form) -> Response:
    return redirect(answer_event(asked(request, user), request.path_params["occasion_id"], form))


know_ids()

ROUTES: list[Route] = [
    reading("/family/{pupil_id:id}/events", _events),
    acting("/family/{pupil_id:id}/events/{occasion_id:id}", _answer),
]
