"""Streamlit's scripts and sheets packed, and its fonts cut down: a first page takes a quarter of the bytes.

Streamlit sends them as they lie, since packing each anew for each visitor costs more than it saves. Here each is packed once a
process, when somebody first asks for it.
"""

import gzip
from functools import cache
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit.file_util import get_static_dir

from server.assets.fonts import CUT, own_font

FOLDER = "/static/"
MIME = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".woff2": "font/woff2"}
# Their names change with what is in them.
FOR_GOOD = "public, max-age=31536000, immutable"


class PackedFiles:
    """Middleware that answers Streamlit's scripts, sheets and the fonts of every page."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap the app that answers everything else."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a file of Streamlit's that is smaller here; pass anything else on."""
        answer = None
        if (
            scope["type"] == "http"
            and scope["path"].startswith(FOLDER)
            and scope["method"] in {"GET", "HEAD"}
        ):
            answer = await _answer(Request(scope))
        await (answer or self.app)(scope, receive, send)


async def _answer(request: Request) -> Response | None:
    path = request.url.path
    file = smaller_files().get(path)
    if file is None:
        return None
    headers = {"Cache-Control": FOR_GOOD}
    media_type = MIME[file.suffix]
    if file.suffix == ".woff2":
        return Response(await run_in_threadpool(_read, file), headers=headers, media_type=media_type)
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return None
    headers |= {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
    return Response(await run_in_threadpool(packed, file), headers=headers, media_type=media_type)


@cache
def smaller_files() -> dict[str, Path]:
    """Return the addresses that are answered here → the file that is sent, packed but for fonts."""
    folder = Path(get_static_dir())

    def address(file: Path) -> str:
        return f"/{file.relative_to(folder).as_posix()}"

    scripts = {address(each): each for ending in ("js", "css") for each in folder.rglob(f"*.{ending}")}
    return scripts | {address(own_font(name)): cut for name, cut in CUT.items()}


@cache
def packed(file: Path) -> bytes:
    """Return a file packed with gzip; kept, some 700 kB for the pages that are opened most, 7 MB for all there are."""
    return gzip.compress(file.read_bytes(), 9)


@cache
def _read(file: Path) -> bytes:
    return file.read_bytes()
