"""The product's own HTTP routes, answered before anything of Streamlit's is asked.

Its middleware for signed cookies, compression and static files has no part in them, and cost as much as a save itself.
"""

import sys
from collections.abc import Sequence
from typing import Any

from starlette.applications import Starlette
from starlette.convertors import Convertor, register_url_convertor
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from school.received import MOST_DIGITS
from server.faults import answer_fault
from server.http.bodies import Body

# How long a thread holds the interpreter while others wait for it. A save asks the database some short questions and waits
# for the interpreter after each: beside it the others give way sooner. Between themselves they change seldom: at a tenth of
# a millisecond fifty visitors' threads spent a fifth of their time on changing.
SECONDS_BESIDE_AN_ENTRY, SECONDS_A_TURN = 0.0005, 0.005
PREFIXES = ("/api/", "/family/", "/guide/", "/ical/", "/letters/", "/my-school/")
DIARY, GUIDE, API, HEALTH = "/family", "/guide", "/api", "/health"
# Where password managers look for the page that changes a password (w3.org/TR/change-password-url).
CHANGE_PASSWORD = "/.well-known/change-password"
# At the root, where a worker may see the whole site.
WORKER, MANIFEST, STAFF_MANIFEST = "/sw.js", "/site.webmanifest", "/register.webmanifest"
SIGNED_OUT = {
    "error": "signed_out",
    "message": "Вы вышли из журнала. Введённое сохранено в этом браузере и отправится после входа.",
}
WORDS = {
    404: "Такого адреса в журнале нет.",
    405: "Так к этому адресу не обращаются. Обновите страницу.",
    413: "Слишком много сразу. Отправьте по частям.",
}


class OwnRoutes:
    """Middleware that answers the addresses under ``/api/``, of the family's diary, of calendars and letters."""

    def __init__(self, app: ASGIApp, routes: Sequence[BaseRoute]) -> None:
        """Wrap the app that answers everything else."""
        self.app, self._in_hand = app, 0
        handlers: dict[Any, Any] = {
            Exception: answer_fault,
            HTTPException: _answer_refused,
            ClientDisconnect: _answer_nobody,
        }
        self.own = Starlette(routes=routes, exception_handlers=handlers)
        # An address with a slash too many is none of ours, rather than another one.
        self.own.router.redirect_slashes = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer an own address; pass anything else on."""
        if scope["type"] != "http" or not _is_own(scope["path"]):
            await self.app(scope, receive, send)
            return
        self._in_hand += 1
        sys.setswitchinterval(SECONDS_BESIDE_AN_ENTRY)
        try:
            is_reading = scope["method"] in {"GET", "HEAD"}
            await self.own(scope, receive if is_reading else Body(scope, receive).receive, send)
        finally:
            self._in_hand -= 1
            if not self._in_hand:
                sys.setswitchinterval(SECONDS_A_TURN)


class IdConvertor(Convertor[int]):
    """The id in an address «…/{name:id}»: more digits than the database knows are no such page, not a fault."""

    regex = f"[0-9]{{1,{MOST_DIGITS - 1}}}"

    def convert(self, value: str) -> int:
        """Return the number of the digits."""
        return int(value)

    def to_string(self, value: int) -> str:
        """Return the digits of a number."""
        return str(value)


def know_ids() -> None:
    """Let routes that are declared from now on say «:id»."""
    register_url_convertor("id", IdConvertor())


def _is_own(path: str) -> bool:
    return path.startswith(PREFIXES) or path in {
        DIARY,
        GUIDE,
        API,
        HEALTH,
        CHANGE_PASSWORD,
        WORKER,
        MANIFEST,
        STAFF_MANIFEST,
    }


async def _answer_refused(request: Request, problem: HTTPException) -> Response:
    """Answer what no route answers, and what is not listened to: the connection ends, the rest of a body is not read."""
    if problem.status_code == 401 and request.url.path.startswith(DIARY):
        return RedirectResponse(f"/?back={DIARY}", 303, {"Connection": "close"})
    named = problem.status_code
    answer = SIGNED_OUT if named == 401 else {"error": "refused", "message": WORDS.get(named, WORDS[405])}
    ends = {"Connection": "close"} if request.method not in {"GET", "HEAD"} else {}
    return JSONResponse(answer, named, {**(problem.headers or {}), **ends})


async def _answer_nobody(_request: Request, _problem: ClientDisconnect) -> Response:
    """Answer a browser that went before its request was whole: nobody reads it, and it is no fault of the program."""
    return Response(status_code=400)
