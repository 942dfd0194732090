"""«Вид»: how the register looks to somebody, a plain page for families and staff, signed in or not yet (ГОСТ Р 52872)."""

import re
from urllib.parse import parse_qsl, urlsplit

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pages.families.parts.answering import FORGED, Form, html, message, redirect
from pages.families.parts.diary_html import drawn
from school.errors import RuleRefused
from school.records import User
from school.sign_in.actions.own_sessions import set_view
from school.sign_in.rules.view import CONTRAST_TITLES, SIZES, View, check_view, view_of
from server.own_threads import in_own_thread
from server.session import is_form_of_this_site, is_of_family_only, school, user_of_request
from server.view import VIEW_COOKIE, VIEW_PLACE, keep_view

# A page of this site: anything else might lead to another one.
PLACE = re.compile(r"/[a-z0-9_-]*(/[a-z0-9-]+)*")


def _back(asked: str) -> str:
    path = urlsplit(asked).path
    return path if PLACE.fullmatch(path) and path != VIEW_PLACE else "/"


def _page(user: User | None, view: View, back: str, **words: object) -> bytes:
    return drawn(
        "view.html",
        page=None,
        title="Вид журнала" if user is None or not is_of_family_only(user) else "Вид дневника",
        user=user,
        is_staff=user is not None and not is_of_family_only(user),
        view=view,
        back=back,
        place=VIEW_PLACE,
        sizes=SIZES,
        contrasts=CONTRAST_TITLES,
        **{"refused": "", "is_saved": False, **words},
    )


def _show(request: Request) -> Response:
    back = _back(request.query_params.get("back") or request.headers.get("referer", ""))
    view = view_of(request.cookies.get(VIEW_COOKIE))
    return html(
        request, _page(user_of_request(request), view, back, is_saved="saved" in request.query_params)
    )


def _save(request: Request, form: Form) -> Response:
    user, back = user_of_request(request), _back(form.get("back", ""))
    try:
        view = check_view(form)
        if user is not None:
            set_view(school().store, user, view, now=school().clock())
    except RuleRefused as refused:
        return html(request, _page(user, View(), back, refused=str(refused)), 400)
    answer = redirect(f"{VIEW_PLACE}?saved&back={back}")
    keep_view(answer, request, view, is_own=user is not None)
    return answer


async def _send_view(request: Request) -> Response:
    if request.method != "POST":
        return await in_own_thread(request, _show, request)
    if not is_form_of_this_site(request):
        return await in_own_thread(request, message, request, "Запрос отклонён", FORGED, 403)
    form = dict(parse_qsl((await request.body()).decode("utf-8", "replace")))
    return await in_own_thread(request, _save, request, form)


ROUTES = [Route(VIEW_PLACE, _send_view, methods=["GET", "POST"])]
