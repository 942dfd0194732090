"""The HTML document around every screen: in Russian, and telling the browser to load nothing from elsewhere."""

import re
from base64 import b64encode
from functools import cache
from hashlib import sha256
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit.file_util import get_static_dir

from server.appearance import icon_address, shared_style
from server.http.headers import DOCUMENT_POLICY
from server.http.own_routes import DIARY
from server.menu import HOME, existing_rows
from server.session import COOKIE_NAME, is_of_family_only, user_of_request

# What Streamlit answers itself, as far as its doors are open.
STREAMLIT, ROOT_FILES = (
    ("/_stcore/", "/static/", "/media/", "/component/"),
    {"/favicon.png", "/manifest.json"},
)
ADDRESS = re.compile(r"/[a-z_-]*")
NO_SCRIPT = "<noscript><p>Электронному журналу нужен JavaScript: включите его в браузере.</p></noscript>"
# The server is at the root, whatever page is open: Streamlit would first look for it under the page's address, and each look
# was an error in the console.
AT_THE_ROOT = "window.__streamlit = { BACKEND_BASE_URL: location.origin };"
# Streamlit's own words in Russian; what is typed and not saved is said and asked about; rows open by any cell.
SCRIPTS = ("russian.js", "scripts/unsaved.js", "scripts/row_links.js")
NO_PAGE = (
    '<!doctype html><html lang="ru"><meta charset="utf-8"><title>Такой страницы нет</title>'
    "<style>body {font: 1rem sans-serif; margin: 3rem}</style><h1>Такой страницы в журнале нет</h1>"
    '<p>Проверьте адрес или начните с первой страницы.</p><p><a href="/">Открыть журнал</a></p></html>'
)


@cache
def document() -> str:
    """Return Streamlit's document with the language, the title, the words and the look of this product."""
    html = (Path(get_static_dir()) / "index.html").read_text(encoding="utf-8")
    folder = Path(__file__).parents[1]
    scripts = "\n".join([AT_THE_ROOT, *((folder / each).read_text(encoding="utf-8") for each in SCRIPTS)])
    html = re.sub(r'<html lang="\w+"', '<html lang="ru"', html)
    html = re.sub(r"<title>.*?</title>", "<title>Электронный журнал</title>", html, flags=re.DOTALL)
    html = re.sub(r"<noscript>.*?</noscript>", NO_SCRIPT, html, flags=re.DOTALL)
    html = re.sub(r'<link rel="shortcut icon"[^>]*>', f'<link rel="icon" href="{icon_address()}">', html)
    html = html.replace("<head>", f"<head><script>{scripts}</script>", 1)
    # In the body, after all sheets that Streamlit puts into the head: of equal selectors the last one holds.
    return html.replace("</body>", f"<style>{shared_style()}</style></body>", 1)


@cache
def headers() -> dict[str, str]:
    """Return the document's own headers: its policy names the scripts that stand in it."""
    scripts = re.findall(r"<script>(.*?)</script>", document(), flags=re.DOTALL)
    hashes = [b64encode(sha256(script.encode()).digest()).decode() for script in scripts]
    return {
        "Cache-Control": "no-store",
        "Content-Security-Policy": DOCUMENT_POLICY.format(
            scripts=" ".join(f"'sha256-{each}'" for each in hashes)
        ),
    }


class OwnDocument:
    """Middleware that answers page addresses with the product's document; a family goes on to its diary without it."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap the app that answers everything else."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a page address, and whatever looks like one; pass anything else on."""
        if (
            scope["type"] == "http"
            and scope["method"] in {"GET", "HEAD"}
            and not _is_streamlits(scope["path"])
        ):
            answer = await _answer(Request(scope))
            await answer(scope, receive, send)
        else:
            await self.app(scope, receive, send)


async def _answer(request: Request) -> Response:
    path = request.url.path
    if path != "/" and path.endswith("/") and ADDRESS.fullmatch(path.rstrip("/")):
        return RedirectResponse(path.rstrip("/"), 308)
    if await run_in_threadpool(_belongs_to_family, request):
        return RedirectResponse(DIARY, 303, headers())
    if path[1:] not in page_addresses():
        return HTMLResponse(NO_PAGE, 404, headers())
    return HTMLResponse(document(), headers=headers())


@cache
def page_addresses() -> frozenset[str]:
    """Return the addresses that lead to a page, without their slash."""
    return frozenset({"", HOME, *(row.url_path for row in existing_rows())})


def _is_streamlits(path: str) -> bool:
    return path.startswith(STREAMLIT) or path in ROOT_FILES


def _belongs_to_family(request: Request) -> bool:
    user = user_of_request(request) if COOKIE_NAME in request.cookies else None
    return user is not None and is_of_family_only(user)
