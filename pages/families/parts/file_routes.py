"""HTTP routes of the diary's files: style sheet, script, icons, the manifest and the worker; they are nobody's, so anybody may have them."""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from pages.families.parts.diary_files import (
    SIZES,
    icon,
    icon_address,
    manifest,
    picture,
    picture_address,
    script,
    script_address,
    style,
    style_address,
    view_address,
    worker,
)
from school.sign_in.lookups.sessions import school_name
from server.http.own_routes import DIARY, MANIFEST, STAFF_MANIFEST, WORKER
from server.own_threads import in_own_thread
from server.session import school
from server.view import view_script

SCRIPT = "text/javascript; charset=utf-8"
FOREVER = {"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}
# A worker lives by the policy of its own file: it asks this server, and nobody else; a notice shows the diary's icon.
WORKER_HEADERS = {
    "Cache-Control": "no-cache",
    "Content-Security-Policy": "default-src 'none'; connect-src 'self'; img-src 'self'",
    "X-Content-Type-Options": "nosniff",
}
MANIFEST_HEADERS = {"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}


def _file(address: str, content: Callable[[], bytes], kind: str) -> Route:
    async def answer(request: Request) -> Response:
        return Response(await in_own_thread(request, content), headers=FOREVER, media_type=kind)

    return Route(address, answer, methods=["GET"])


def _picture(size: int, *, is_maskable: bool) -> Route:
    address = picture_address(size, is_maskable=is_maskable)
    return _file(address, lambda: picture(size, is_maskable=is_maskable), "image/png")


async def _send_worker(_request: Request) -> Response:
    return Response(worker(), headers=WORKER_HEADERS, media_type=SCRIPT)


def _manifest(address: str, start: str) -> Route:
    async def answer(request: Request) -> Response:
        name = await in_own_thread(request, lambda: school_name(school().store))
        return JSONResponse(
            manifest(name, start), headers=MANIFEST_HEADERS, media_type="application/manifest+json"
        )

    return Route(address, answer, methods=["GET"])


file_routes = [
    _file(style_address(), style, "text/css; charset=utf-8"),
    _file(icon_address(), icon, "image/svg+xml"),
    _file(script_address(), script, SCRIPT),
    _file(view_address(), lambda: view_script().encode(), SCRIPT),
    *(_picture(size, is_maskable=is_maskable) for size in SIZES for is_maskable in (False, True)),
    Route(WORKER, _send_worker, methods=["GET"]),
    _manifest(MANIFEST, DIARY),
    _manifest(STAFF_MANIFEST, "/"),
]
