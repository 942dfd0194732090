"""HTTP routes that give the browser its session cookie and take it away: a script's page cannot set one."""

import re
import threading
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from school.access.action import Action
from school.access.checks import may_somewhere
from school.records import Role
from school.sign_in.actions.sessions import sign_out
from school.sign_in.lookups.own_sign_ins import own_view
from school.sign_in.lookups.sessions import user_of_session
from school.sign_in.rules.sessions import FAMILY_SESSION, new_secret, secret_hash, session_length
from school.sign_in.rules.view import View, is_own_view, view_words
from server.http.own_routes import CHANGE_PASSWORD, DIARY
from server.session import (
    COOKIE_NAME,
    DEVICE_COOKIE,
    is_form_of_this_site,
    is_of_family_only,
    is_same_origin,
    school,
    user_of_request,
)
from server.view import VIEW_COOKIE, keep_view

# Only addresses within the diary: anything else might lead to another site.
DIARY_ADDRESS = re.compile(DIARY + r"(/[a-z0-9]+)+(\?[a-z0-9=&-]*)?")
# The longest that browsers keep a cookie.
DEVICE_SECONDS = 400 * 24 * 3600
OWN_PASSWORD, OWN_SIGN_INS = f"{DIARY}/password", "/own_sign_ins"
TICKET_LIFE = timedelta(minutes=1)
FORGED = {"error": "forged", "message": "Запрос пришёл не со страницы журнала. Обновите страницу."}
STALE = {"error": "stale", "message": "Вход не завершён. Обновите страницу и войдите снова."}


def cookie_seconds(roles: Collection[Role]) -> int | None:
    """Return how long the browser keeps the cookie; None, as on a computer that teachers share: until it is closed."""
    length = session_length(roles)
    return int(length.total_seconds()) if length == FAMILY_SESSION else None


@dataclass(frozen=True)
class Ticket:
    """A session's secret waiting to become a cookie, and the device's; ``asks_password``: for another password first."""

    secret: str
    seconds: int | None
    expires_at: datetime
    device: str = ""
    asks_password: bool = False


@dataclass
class Tickets:
    """Single-use tickets: whoever holds one may have the session's secret as a cookie, once and soon."""

    _held: dict[str, Ticket] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def issue(
        self,
        secret: str,
        roles: Collection[Role],
        now: datetime,
        *,
        device: str = "",
        asks_password: bool = False,
    ) -> str:
        """Return the text of a ticket for the secret of a session of somebody with these roles."""
        text = new_secret()
        with self._lock:
            self._held = {key: held for key, held in self._held.items() if held.expires_at > now}
            self._held[secret_hash(text)] = Ticket(
                secret, cookie_seconds(roles), now + TICKET_LIFE, device, asks_password
            )
        return text

    def redeem(self, text: str, now: datetime) -> Ticket | None:
        """Return the ticket unless it was used already or is too old."""
        with self._lock:
            ticket = self._held.pop(secret_hash(text), None)
        return ticket if ticket is not None and now < ticket.expires_at <= now + TICKET_LIFE else None


tickets = Tickets()


async def open_session(request: Request) -> Response:
    """Answer ``{"ticket": …, "back": …}`` with the session cookie; the session this browser held before ends.

    ``next`` in the answer is where the browser goes then, if not to the user's first page: a family to its diary, and whoever
    may read one back to the address in it that asked them to sign in.
    """
    if not is_same_origin(request):
        return JSONResponse(FORGED, 403)
    try:
        body = await request.json()
        text, back = str(body["ticket"]), str(body.get("back") or "")
    except (ValueError, KeyError, TypeError, AttributeError):
        return JSONResponse(STALE, 400)
    ticket = tickets.redeem(text, school().clock())
    if ticket is None:
        return JSONResponse(STALE, 410)
    if request.cookies.get(COOKIE_NAME) != ticket.secret:
        await run_in_threadpool(_end, request)
    kept, view = request.cookies.get(VIEW_COOKIE), await run_in_threadpool(_view, ticket)
    # The page that signs in was drawn as this browser wanted it before.
    is_other = (view_words(view, is_own=True) != kept) if view else is_own_view(kept)
    said = {"next": await run_in_threadpool(_next, ticket, back)}
    response = JSONResponse(said | {"looks": "otherwise"} if is_other else said)
    if is_other:
        keep_view(response, request, view, is_own=True)
    _set_cookie(response, request, ticket.secret, ticket.seconds)
    if ticket.device:
        _set_cookie(response, request, ticket.device, DEVICE_SECONDS, DEVICE_COOKIE)
    return response


async def close_session(request: Request) -> Response:
    """End the session of the request's cookie and delete the cookie."""
    if not is_same_origin(request):
        return JSONResponse(FORGED, 403)
    await run_in_threadpool(_end, request)
    response = JSONResponse({})
    _set_cookie(response, request, "", 0)
    return response


async def leave(request: Request) -> Response:
    """End the session by a plain form and lead to the sign-in page."""
    if not is_form_of_this_site(request):
        return JSONResponse(FORGED, 403)
    user = await run_in_threadpool(user_of_request, request)
    await run_in_threadpool(_end, request)
    # The storage holds the diary's kept pages. Of the staff it may hold marks too that are not yet saved; there the diary's
    # worker drops its own pages by itself.
    kinds = '"cache", "storage"' if user is not None and is_of_family_only(user) else '"cache"'
    response = RedirectResponse("/", 303, {"Clear-Site-Data": kinds, "Cache-Control": "no-store"})
    _set_cookie(response, request, "", 0)
    return response


async def change_password(request: Request) -> Response:
    """Lead a password manager to where its owner changes the password."""
    user = await run_in_threadpool(user_of_request, request)
    is_family = user is not None and is_of_family_only(user)
    return RedirectResponse(OWN_PASSWORD if is_family else OWN_SIGN_INS, 303, {"Cache-Control": "no-store"})


def _view(ticket: Ticket) -> View | None:
    user = user_of_session(school().store, ticket.secret, school().clock())
    return own_view(school().store, user) if user is not None and user.roles else None


def _next(ticket: Ticket, back: str) -> str | None:
    user = user_of_session(school().store, ticket.secret, school().clock())
    if user is None or not may_somewhere(user, Action.READ_DIARY):
        return None
    if ticket.asks_password and is_of_family_only(user):
        return f"{OWN_PASSWORD}?weak"
    if back == DIARY or DIARY_ADDRESS.fullmatch(back):
        return back
    return DIARY if is_of_family_only(user) else None


routes = [
    Route(CHANGE_PASSWORD, change_password, methods=["GET"]),
    Route("/api/session/leave", leave, methods=["POST"]),
    Route("/api/session/open", open_session, methods=["POST"]),
    Route("/api/session/close", close_session, methods=["POST"]),
]


def _end(request: Request) -> None:
    secret = request.cookies.get(COOKIE_NAME)
    if secret:
        sign_out(school().store, secret, now=school().clock())


def _set_cookie(
    response: Response, request: Request, value: str, seconds: int | None, name: str = COOKIE_NAME
) -> None:
    response.set_cookie(
        name,
        value,
        max_age=seconds,
        path="/",
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )
