"""The product's own HTTP routes, answered before anything of Streamlit's is asked.

Its middleware for signed cookies, compression and static files has no part in them, and cost as much as a save itself.
"""

from collections.abc import Sequence

from starlette.applications import Starlette
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from server.faults import answer_fault

PREFIXES = ("/api/", "/family/")
DIARY = "/family"


class OwnRoutes:
    """Middleware that answers the addresses under ``/api/`` and of the family's diary."""

    def __init__(self, app: ASGIApp, routes: Sequence[BaseRoute]) -> None:
        """Wrap the app that answers everything else."""
        self.app = app
        self.own = Starlette(routes=routes, exception_handlers={Exception: answer_fault})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer an own address; pass anything else on."""
        is_own = scope["type"] == "http" and _is_own(scope["path"])
        await (self.own if is_own else self.app)(scope, receive, send)


def _is_own(path: str) -> bool:
    return path.startswith(PREFIXES) or path == DIARY
