"""Entry without a connection: the page that a browser keeps for then, and how an earlier tab's marks are sent afterwards.

No name of a pupil is kept in a browser of the staff: what it opens without a connection says what waits, and no register.
"""

import json
import re
from base64 import b64encode
from functools import cache
from hashlib import sha256
from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from pages.grid import SCRIPT_ADDRESS, SCRIPT_FOLDER
from server.own_threads import in_own_thread
from server.session import user_of_request

PAGE = (Path(__file__).parent / "offline.html").read_text(encoding="utf-8")
# The address changes with the page, and so does the worker that names it.
OFFLINE_ADDRESS = f"/api/offline/{sha256(PAGE.encode()).hexdigest()[:16]}"


@cache
def policy() -> str:
    """Return what the kept page may do: run its own script, ask this server whether it is back."""
    (script,) = re.findall(r"<script>(.*?)</script>", PAGE, flags=re.DOTALL)
    named = b64encode(sha256(script.encode()).digest()).decode()
    return (
        f"default-src 'none'; script-src 'sha256-{named}'; style-src 'unsafe-inline'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


async def _send_page(_request: Request) -> Response:
    return HTMLResponse(PAGE, headers={"Content-Security-Policy": policy(), "Cache-Control": "no-cache"})


async def _send_unsent(request: Request) -> Response:
    """Answer whose marks may be sent now, and the script of the grids that sends them."""
    user = await in_own_thread(request, user_of_request, request)
    whose = json.dumps(str(user.user_id) if user else None)
    text = f'export {{ sendUnsent }} from "{SCRIPT_ADDRESS}";\nexport const user = {whose};\n'
    return Response(text, headers={"Cache-Control": "no-store"}, media_type="text/javascript; charset=utf-8")


offline_routes = [
    Route(OFFLINE_ADDRESS, _send_page, methods=["GET"]),
    Route(f"{SCRIPT_FOLDER}unsent.js", _send_unsent, methods=["GET"]),
]
