"""The outermost middleware: whose address a request names, whose number it bears, and what every answer tells the browser."""

import os
from collections.abc import MutableMapping
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from server.http.cookies import for_https, from_https
from server.http.headers import default_headers
from server.http.numbers import numbered


def trusted_proxies() -> Any:
    """Return the addresses whose ``X-Forwarded-…`` are believed, as a container: uvicorn's own setting and default."""
    given = os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1,::1")
    return ProxyHeadersMiddleware(lambda *_: None, given).trusted_hosts  # type: ignore[arg-type]


class Edge:
    """Middleware around everything that this server answers."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap the app."""
        self.app, self._trusted = app, trusted_proxies()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on under its real address, and its answer with the headers of all answers."""
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
            return
        is_secure = scope["scheme"] in {"https", "wss"}
        headers = _named_by_proxy(scope["headers"], scope, self._trusted)
        scope["headers"] = from_https(headers) if is_secure else headers

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                _complete(message, scope["path"], is_secure)
            await send(message)

        with numbered():
            await self.app(scope, receive, answer if scope["type"] == "http" else send)


def _named_by_proxy(
    headers: list[tuple[bytes, bytes]], scope: Scope, trusted: Any
) -> list[tuple[bytes, bytes]]:
    """Return headers with the host that a trusted proxy was asked for in place of the one that it asks for.

    Its other ``X-Forwarded-…`` are uvicorn's work: by now the scope has the visitor's address and scheme, and beside them the
    peer's, noted when it connected.
    """
    if scope.get("state", {}).get("peer") not in trusted:
        return headers
    named = [value for name, value in headers if name == b"x-forwarded-host"]
    if not named:
        return headers
    host = named[-1].split(b",")[0].strip()
    return [pair for pair in headers if pair[0] != b"host"] + [(b"host", host)]


def _complete(message: MutableMapping[str, Any], path: str, is_secure: bool) -> None:
    """Add to an answer's headers those of all answers that it does not set itself."""
    sent: list[tuple[bytes, bytes]] = list(message.get("headers", ()))
    given = {name.lower() for name, _ in sent}
    if is_secure and b"set-cookie" in given:
        sent = [(name, for_https(value) if name.lower() == b"set-cookie" else value) for name, value in sent]
    sent += [pair for pair in default_headers(path, is_secure) if pair[0] not in given]
    message["headers"] = sent
