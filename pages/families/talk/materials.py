"""What teachers have added to a pupil's subjects, by subject, each version with its day (п. 4.7)."""

from starlette.requests import Request
from starlette.routing import Route

from pages.families.parts.answering import Form, asked, reading
from school.materials.lookups import diary_materials
from school.records import User
from server.http.own_routes import know_ids

PLACE = "/materials"


def _materials(request: Request, user: User, _form: Form) -> bytes:
    here = asked(request, user)
    found = diary_materials(here.school.store, user, here.pupil_id, today=here.today)
    return here.drawn("materials.html", PLACE, "Материалы", subjects=found)


know_ids()

ROUTES: list[Route] = [reading(f"/family/{{pupil_id:id}}{PLACE}", _materials)]
