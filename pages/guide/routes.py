"""HTTP routes of the guides: the paragraph of a page, a whole guide, its pictures; for whoever is signed in."""

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from pages.guide.parts.help import row_at
from pages.guide.parts.rendering import PICTURE_ADDRESS, drawn, policy
from school.access.checks import granting_roles
from school.guide.lookups import PICTURES, guide_named, guides, guides_of, paragraphs_of
from school.records import User
from server.own_threads import in_reading_thread
from server.session import is_of_family_only, user_of_request

NO_GUIDE = "Такого руководства нет."
PICTURE_SECONDS = 3600


def _html(text: str) -> Response:
    headers = {"Content-Security-Policy": policy(), "Cache-Control": "private, no-store"}
    return HTMLResponse(text, headers=headers)


def _here(user: User, page: str) -> Response:
    """Answer with what the guides of the user's roles say of a page, by its address."""
    row = row_at(page)
    if row is None:
        return PlainTextResponse(NO_GUIDE, 404)
    paragraphs = paragraphs_of(granting_roles(user, row.action), row.path.removesuffix(".py"))
    return _html(
        drawn(
            "here.html",
            title=f"Помощь: {row.title}",
            paragraphs=paragraphs,
            guides=guides_of(user.roles),
            asks_help=True,
        )
    )


def _guide(user: User, name: str) -> Response:
    guide = guide_named(name)
    if guide is None:
        return PlainTextResponse(NO_GUIDE, 404)
    own = guides_of(user.roles)
    is_family = is_of_family_only(user)
    others = [each for each in (own if is_family else guides()) if each is not guide]
    way_back = "Открыть дневник" if is_family else "В журнал"
    return _html(drawn("guide.html", title=guide.title, guide=guide, others=others, way_back=way_back))


def _picture(_user: User, name: str) -> Response:
    path = PICTURES / f"{name}.webp"
    if not path.is_file():
        return PlainTextResponse(NO_GUIDE, 404)
    return FileResponse(
        path, media_type="image/webp", headers={"Cache-Control": f"private, max-age={PICTURE_SECONDS}"}
    )


def _answer(request: Request) -> Response:
    user = user_of_request(request)
    if user is None:
        return RedirectResponse("/", 303)
    place = request.path_params
    if "page" in place:
        return _here(user, place["page"])
    if "picture" in place:
        return _picture(user, place["picture"])
    name = place.get("name") or next((each.name for each in guides_of(user.roles)), "")
    return _guide(user, name)


async def _read(request: Request) -> Response:
    return await in_reading_thread(_answer, request)


routes = [
    Route("/guide", _read, methods=["GET"]),
    Route("/guide/here/{page}", _read, methods=["GET"]),
    Route(f"{PICTURE_ADDRESS}{{picture}}.webp", _read, methods=["GET"]),
    Route("/guide/{name}", _read, methods=["GET"]),
]
