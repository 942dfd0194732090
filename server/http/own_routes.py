"""The product's own HTTP routes, answered before anything of Streamlit's is asked.

Its middleware for signed cookies, compression and static files has no part in them, and cost as much as a save itself.
"""

import sys
from collections.abc import Sequence

from starlette.applications import Starlette
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from server.faults import answer_fault

# How long a thread holds the interpreter while others wait for it. A save asks the database some short questions and waits
# for the interpreter after each: beside it the others give way sooner. Between themselves they change seldom: at a tenth of
# a millisecond fifty visitors' threads spent a fifth of their time on changing.
SECONDS_BESIDE_AN_ENTRY, SECONDS_A_TURN = 0.0005, 0.005
PREFIXES = ("/api/", "/family/")
DIARY = "/family"


class OwnRoutes:
    """Middleware that answers the addresses under ``/api/`` and of the family's diary."""

    def __init__(self, app: ASGIApp, routes: Sequence[BaseRoute]) -> None:
        """Wrap the app that answers everything else."""
        self.app, self._in_hand = app, 0
        self.own = Starlette(routes=routes, exception_handlers={Exception: answer_fault})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer an own address; pass anything else on."""
        if scope["type"] != "http" or not _is_own(scope["path"]):
            await self.app(scope, receive, send)
            return
        self._in_hand += 1
        sys.setswitchinterval(SECONDS_BESIDE_AN_ENTRY)
        try:
            await self.own(scope, receive, send)
        finally:
            self._in_hand -= 1
            if not self._in_hand:
                sys.setswitchinterval(SECONDS_A_TURN)


def _is_own(path: str) -> bool:
    return path.startswith(PREFIXES) or path == DIARY
