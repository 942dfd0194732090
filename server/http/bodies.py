"""What the product's own routes take in: after the sign-in, and no more bytes than a route's kind needs, counted as they come."""

import re

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Message, Receive, Scope

from server.session import COOKIE_NAME, is_signed_in
from server.view import VIEW_PLACE

KILOBYTE = 1024
# Signing in and out: a ticket and an address; a mail program that ends letters for its user; a system of the region; how the sign-in
# page looks.
OPEN_PREFIXES, OPEN_BYTES = ("/api/session/", "/letters/", "/my-school/", VIEW_PLACE), 4 * KILOBYTE
MOST_BYTES = 256 * KILOBYTE
# A family's forms with photos of a certificate or of what was done, or with a letter's files: as many of the largest files as they
# take, and the words beside them.
FILES_FORM, FILES_BYTES = (
    re.compile(r"/family/[0-9]+/(absences/announce|tasks/[0-9]+|messages/(new|[0-9]+))"),
    31 * 1024 * KILOBYTE,
)


class Body:
    """The body of a request to an own route, read through ``receive``."""

    def __init__(self, scope: Scope, receive: Receive) -> None:
        """Wrap what the server received, or will."""
        self._request, self._receive = Request(scope), receive
        self._is_open = scope["path"].startswith(OPEN_PREFIXES)
        takes_files = FILES_FORM.fullmatch(scope["path"]) is not None
        self._left = OPEN_BYTES if self._is_open else FILES_BYTES if takes_files else MOST_BYTES
        self._is_allowed = False

    async def receive(self) -> Message:
        """Return the next part; raises HTTPException: 401 before the first for nobody, 413 beyond the limit."""
        if not self._is_allowed:
            await self._allow()
        message = await self._receive()
        self._left -= len(message.get("body", b""))
        if self._left < 0:
            raise HTTPException(413)
        return message

    async def _allow(self) -> None:
        length = self._request.headers.get("content-length", "0")
        if not (length.isascii() and length.isdigit()) or int(length[:12]) > self._left:
            raise HTTPException(413)
        if not self._is_open and not await is_signed_in(self._request.cookies.get(COOKIE_NAME)):
            raise HTTPException(401)
        self._is_allowed = True
