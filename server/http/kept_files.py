"""How a file that people brought reaches a browser: to who may read it, never run there, kept by nobody on the way."""

from collections.abc import Callable
from typing import Protocol
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from school.errors import KeptFileLost, Refusal, StoreUnavailable
from school.files.attachments.kinds import FILE_KINDS, PICTURES
from school.records import User
from server.faults import words_of_fault
from server.http.own_routes import know_ids
from server.session import user_of_request

SIGNED_OUT = "Вы вышли. Войдите и откройте файл снова."
HEADERS = {
    "Cache-Control": "private, no-store",
    "Content-Security-Policy": "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class KeptFile(Protocol):
    """A file as its lookup gives it: the name to save it under, the code of its kind, its content."""

    @property
    def title(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def content(self) -> bytes: ...


Read = Callable[[User, int], KeptFile]

know_ids()


def files_route(place: str, read: Read, *, shows_pictures: bool = False) -> Route:
    """Return the route of files at «PLACE/ID»; ``read`` takes the reader and the id and raises AccessRefused.

    Answers 401 for nobody, 403 for who may not read it or where there is none, 410 for a lost one. Everything is saved, not
    opened, but pictures with ``shows_pictures``, which a browser draws beside the register.
    """

    async def send(request: Request) -> Response:
        return await run_in_threadpool(_answer, request, read, shows_pictures)

    return Route(f"{place}/{{file_id:id}}", send, methods=["GET"])


def _answer(request: Request, read: Read, shows_pictures: bool) -> Response:
    user = user_of_request(request)
    if user is None:
        return PlainTextResponse(SIGNED_OUT, 401, HEADERS)
    try:
        file = read(user, request.path_params["file_id"])
    except StoreUnavailable as refusal:
        return PlainTextResponse(str(refusal), 503, HEADERS)
    except Refusal as refusal:
        return PlainTextResponse(str(refusal), 403, HEADERS)
    except KeptFileLost as problem:
        return PlainTextResponse(words_of_fault(problem), 410, HEADERS)
    way = "inline" if shows_pictures and file.kind in PICTURES else "attachment"
    disposition = f"{way}; filename*=UTF-8''{quote(file.title, safe='')}"
    return Response(
        file.content,
        headers={**HEADERS, "Content-Disposition": disposition},
        media_type=FILE_KINDS[file.kind].media_type,
    )
