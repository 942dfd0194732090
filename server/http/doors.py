"""Which of Streamlit's addresses are open, and to whom: whatever is not named here answers 404.

A tab's id stands in addresses and in the browser's memory; here each request that uses one needs the cookie of the tab's
holder too, and the right that the tab had when its page was drawn.
"""

import re
from functools import cache
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection, Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit.file_util import get_static_dir

from server.http.downloads import may_fetch
from server.http.origins import is_own_origin
from server.http.rates import Rates
from server.http.tabs import tab_of, tabs_of_nobody
from server.http.uploads import Upload, begin_upload
from server.session import COOKIE_NAME, is_signed_in

# What the document and its scripts load before anybody is signed in.
OPEN = re.compile(r"/_stcore/(health|host-config)|/component/.+|/_stcore/bidi-components/.+")
MEDIA = re.compile(r"/media/([0-9a-f]+)(\.\w+)?")
UPLOAD = re.compile(r"/_stcore/upload_file/([\w-]+)/([\w-]+)")
STREAM = "/_stcore/stream"
TAB_HEADER = b"sec-websocket-protocol"

# Sign-in pages open at once behind one address, and new ones a second: a school's computers behind its one address open a
# hundred in the minute before a lesson, and whoever is signed in is never counted.
TABS_OF_NOBODY, NEW_AT_ONCE, NEW_A_SECOND = 200, 200, 2.0

NOT_FOUND = "Такой страницы в журнале нет."
NOT_YOURS = "Этот файл не для вас или его уже нет. Откройте страницу журнала заново и скачайте файл с неё."


class Doors:
    """Middleware before Streamlit: lets in what the register uses of it."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap Streamlit's app."""
        self.app = app
        self._new_tabs = Rates(NEW_AT_ONCE, NEW_A_SECOND)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what is open to who asks; answer anything else."""
        if scope["type"] == "websocket":
            await self._stream(scope, receive, send)
        elif scope["type"] == "http":
            await self._http(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        path, method = scope["path"], scope["method"]
        is_reading = method in {"GET", "HEAD"}
        if is_reading and (path in _static_files() or OPEN.fullmatch(path)):
            await self.app(scope, receive, send)
        elif is_reading and (file := MEDIA.fullmatch(path)):
            is_theirs = await run_in_threadpool(may_fetch, file[1], _secret(scope))
            await (self.app if is_theirs else _words(NOT_YOURS, 403))(scope, receive, send)
        elif method in {"PUT", "DELETE"} and (place := UPLOAD.fullmatch(path)):
            upload = Upload(place[1], place[2], is_removal=method == "DELETE", size=_declared(scope))
            with begin_upload(upload) as begun:
                refused = await run_in_threadpool(begun.refusal, _secret(scope))
                await (_words(*refused) if refused else self.app)(scope, receive, send)
        else:
            await _words(NOT_FOUND, 404)(scope, receive, send)

    async def _stream(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a tab connect from a page of this very site, to a session of its own cookie's."""
        secret = _secret(scope)
        if scope["path"] != STREAM or not is_own_origin(scope):
            await send({"type": "websocket.close", "code": 1008})
            return
        if not await is_signed_in(secret):
            address = (scope.get("client") or ("",))[0]
            if tabs_of_nobody(address) >= TABS_OF_NOBODY or not self._new_tabs.take(address):
                await send({"type": "websocket.close", "code": 1013})
                return
        scope["headers"] = [
            (name, _own_tab(value, secret) if name == TAB_HEADER else value)
            for name, value in scope["headers"]
        ]
        await self.app(scope, receive, send)


@cache
def _static_files() -> frozenset[str]:
    """Return the addresses of Streamlit's own files: for any other it would answer its own document."""
    folder = Path(get_static_dir())
    files = (each.relative_to(folder).as_posix() for each in folder.rglob("*") if each.is_file())
    return frozenset(f"/{each}" for each in files if each != "index.html")


def _own_tab(protocols: bytes, secret: str | None) -> bytes:
    """Return the protocols of a handshake without the tab that it would revive where that is somebody else's.

    Streamlit sends there its protocol, a token, and the id of the tab before the connection broke.
    """
    parts = protocols.split(b",")
    tab = tab_of(parts[2].strip().decode("latin-1")) if len(parts) > 2 else None
    return protocols if tab is None or tab.holder.secret == secret else b",".join(parts[:2])


def _secret(scope: Scope) -> str | None:
    return HTTPConnection(scope).cookies.get(COOKIE_NAME)


def _declared(scope: Scope) -> int | None:
    length = Request(scope).headers.get("content-length", "")
    return int(length) if length.isascii() and length.isdigit() else None


def _words(text: str, status: int) -> Response:
    """Return an answer that also ends the connection: what else was to come on it is not read."""
    return PlainTextResponse(text, status, {"Connection": "close"} if status != 404 else None)
