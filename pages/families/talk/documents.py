"""Documents of the school that are shown to families: what is in force, to be read or saved (п. 3.6, 4.1)."""

from starlette.requests import Request
from starlette.routing import Route

from pages.families.parts.answering import Form, asked, reading
from school.records import User
from school.regulations.lookups import family_documents, title_of
from school.regulations.rules.documents import body_parts
from server.http.own_routes import know_ids

PLACE = "/documents"


def _documents(request: Request, user: User, _form: Form) -> bytes:
    here = asked(request, user)
    found = family_documents(here.school.store, user, today=here.today)
    listed = [(each, title_of(each), [*body_parts(each.body)]) for each in found]
    return here.drawn("documents.html", PLACE, "Документы школы", documents=listed)


know_ids()

ROUTES: list[Route] = [reading(f"/family/{{pupil_id:id}}{PLACE}", _documents)]
