"""Streamlit's own «Connection error» dialog stays shut: it is in English, and it takes the keys from the grid.

The grid itself says that there is no connection and keeps what is typed; a dialog over it would swallow the marks
of a teacher who types on. Streamlit lets its host switch the dialogs off in the answer to /_stcore/host-config.
"""

from __future__ import annotations

import json
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_HOST_CONFIG = "/_stcore/host-config"


class QuietOutage:
    """ASGI middleware for `st.App(…, middleware=[Middleware(QuietOutage)])`."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass every request on; rewrite the one answer that configures the dialogs."""
        is_host_config = scope["type"] == "http" and scope["path"].endswith(_HOST_CONFIG)
        await self._app(scope, receive, _DialogsOff(send) if is_host_config else send)


class _DialogsOff:
    """Holds the answer back until it is whole, then sends it with the dialogs switched off."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._start: Message = {}
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
            return
        self._body += message.get("body", b"")
        if not message.get("more_body"):
            body = _switched_off(self._body)
            headers = [pair for pair in self._start["headers"] if pair[0] != b"content-length"]
            headers.append((b"content-length", b"%d" % len(body)))
            await self._send({**self._start, "headers": headers})
            await self._send({"type": "http.response.body", "body": body})


def _switched_off(body: bytes) -> bytes:
    try:
        settings: dict[str, Any] = json.loads(body)
    except ValueError:
        return body
    return json.dumps({**settings, "blockErrorDialogs": True}).encode()
