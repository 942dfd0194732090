"""Certificates on a family's phone: ask for one, see whether it is ready (п. 3.6, 4.6)."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pages.families.parts.answering import Form, acting, asked, reading, redirect
from pages.families.parts.diary_answers import Asked
from school.access.action import Action
from school.access.checks import may
from school.access.scopes import Rows
from school.certificates.actions import ask_for_certificate
from school.certificates.lookups.papers import family_certificates
from school.certificates.records import PaperKind
from school.certificates.rules.issuing import ASKED_KINDS, LONGEST_LINE, LONGEST_NOTE
from school.errors import AccessRefused, Refusal
from school.records import User
from server.http.own_routes import know_ids

PLACE = "/certificates"


def certificates_page(asked: Asked, typed: Form | None = None, refused: str = "") -> bytes:
    """Return what was asked for of a child with the form; for who may not ask, where it is done. Raises AccessRefused."""
    if not may(asked.user, Action.ASK_CERTIFICATE, Rows(pupil_id=asked.pupil_id)):
        return asked.drawn("certificates_closed.html", PLACE, "Справки")
    return asked.drawn(
        "certificates.html",
        PLACE,
        "Справки",
        found=family_certificates(asked.school.store, asked.user, asked.pupil_id),
        kinds=ASKED_KINDS,
        typed=typed or {},
        refused=refused,
        line_length=LONGEST_LINE,
        note_length=LONGEST_NOTE,
    )


def _show(request: Request, user: User, _form: Form) -> bytes:
    return certificates_page(asked(request, user))


def _ask(request: Request, user: User, form: Form) -> bytes | Response:
    here = asked(request, user)
    kind = next((each for each in ASKED_KINDS if each == form.get("kind")), PaperKind.STUDY)
    words = (form.get("to_whom", "")[: 2 * LONGEST_LINE], form.get("note", "")[: 2 * LONGEST_NOTE])
    try:
        ask_for_certificate(here.school.store, user, here.pupil_id, kind, *words, now=here.now)
    except AccessRefused:
        raise
    except Refusal as refusal:
        return certificates_page(here, form, str(refusal))
    return redirect(f"/family/{here.pupil_id}{PLACE}#asked")


know_ids()

ROUTES: list[Route] = [
    reading(f"/family/{{pupil_id:id}}{PLACE}", _show),
    acting(f"/family/{{pupil_id:id}}{PLACE}/ask", _ask),
]
