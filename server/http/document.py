"""The HTML document around every screen: in Russian, and telling the browser to load nothing from elsewhere."""

import re
from functools import cache
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit.file_util import get_static_dir

from server.appearance import icon_address, shared_style
from server.http.own_routes import DIARY
from server.session import COOKIE_NAME, is_of_family_only, user_of_request

# Addresses of pages; Streamlit's own routes and files look otherwise.
PAGE_ADDRESS = re.compile(r"^/[a-z_-]*$")
NO_SCRIPT = "<noscript><p>Электронному журналу нужен JavaScript: включите его в браузере.</p></noscript>"
HEADERS = {
    "Cache-Control": "no-cache",
    "Content-Security-Policy": (
        "default-src 'self' data: blob: 'unsafe-inline' 'unsafe-eval'; connect-src 'self' data: blob: ws: wss:; "
        "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


@cache
def document() -> str:
    """Return Streamlit's document with the language, the title, the words and the look of this product."""
    html = (Path(get_static_dir()) / "index.html").read_text(encoding="utf-8")
    script = (Path(__file__).parents[1] / "russian.js").read_text(encoding="utf-8")
    html = re.sub(r'<html lang="\w+"', '<html lang="ru"', html)
    html = re.sub(r"<title>.*?</title>", "<title>Электронный журнал</title>", html, flags=re.DOTALL)
    html = re.sub(r"<noscript>.*?</noscript>", NO_SCRIPT, html, flags=re.DOTALL)
    html = re.sub(r'<link rel="shortcut icon"[^>]*>', f'<link rel="icon" href="{icon_address()}">', html)
    html = html.replace("<head>", f"<head><script>{script}</script>", 1)
    # In the body, after all sheets that Streamlit puts into the head: of equal selectors the last one holds.
    return html.replace("</body>", f"<style>{shared_style()}</style></body>", 1)


class OwnDocument:
    """Middleware that answers page addresses with the product's document; a family goes on to its diary without it."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap the app that answers everything else."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a page address; pass anything else on."""
        if scope["type"] == "http" and _asks_for_page(Request(scope)):
            is_family = await run_in_threadpool(_belongs_to_family, Request(scope))
            answer: Response = (
                RedirectResponse(DIARY, 303, HEADERS)
                if is_family
                else HTMLResponse(document(), headers=HEADERS)
            )
            await answer(scope, receive, send)
        else:
            await self.app(scope, receive, send)


def _asks_for_page(request: Request) -> bool:
    return request.method == "GET" and PAGE_ADDRESS.match(request.url.path) is not None


def _belongs_to_family(request: Request) -> bool:
    user = user_of_request(request) if COOKIE_NAME in request.cookies else None
    return user is not None and is_of_family_only(user)
