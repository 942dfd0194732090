"""The HTTP route of homework files: sent to who may read them, never run in the browser."""

from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from school.errors import KeptFileLost, Refusal, StoreUnavailable
from school.homework.lookups import read_file
from school.homework.rules.files import FILE_KINDS
from server.faults import words_of_fault
from server.http.own_routes import know_ids
from server.session import school, user_of_request

SIGNED_OUT = "Вы вышли из журнала. Войдите и откройте файл снова."
HEADERS = {
    "Cache-Control": "private, no-store",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
}


async def send_file(request: Request) -> Response:
    """Answer a file as an attachment; 401 for nobody, 403 for who may not read it or where there is none, 410 for a lost one."""
    return await run_in_threadpool(_answer, request)


def _answer(request: Request) -> Response:
    user = user_of_request(request)
    if user is None:
        return PlainTextResponse(SIGNED_OUT, 401, HEADERS)
    try:
        file = read_file(school().store, user, request.path_params["file_id"])
    except StoreUnavailable as refusal:
        return PlainTextResponse(str(refusal), 503, HEADERS)
    except Refusal as refusal:
        return PlainTextResponse(str(refusal), 403, HEADERS)
    except KeptFileLost as problem:
        return PlainTextResponse(words_of_fault(problem), 410, HEADERS)
    disposition = f"attachment; filename*=UTF-8''{quote(file.title, safe='')}"
    media_type = FILE_KINDS[file.kind].media_type
    return Response(
        file.content, headers={**HEADERS, "Content-Disposition": disposition}, media_type=media_type
    )


know_ids()

routes = [Route("/api/homework/files/{file_id:id}", send_file, methods=["GET"])]
