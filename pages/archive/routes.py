"""The HTTP route of whole packages: sent as they lie, to who may read the archive (п. 6.5)."""

from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from school.archive.lookups import archive_package
from school.calendar import school_year_title
from school.errors import KeptFileLost, Refusal
from school.privacy.rules.viewing import Seen, Viewed
from server.faults import words_of_fault
from server.http.kept_files import HEADERS, SIGNED_OUT
from server.session import school, user_of_request
from server.viewings import note_seen


def _answer(request: Request) -> Response:
    user = user_of_request(request)
    if user is None:
        return PlainTextResponse(SIGNED_OUT, 401, HEADERS)
    try:
        archive, path = archive_package(school().store, user, request.path_params["archive_id"])
    except Refusal as refusal:
        return PlainTextResponse(str(refusal), 403, HEADERS)
    except KeptFileLost as problem:
        return PlainTextResponse(words_of_fault(problem), 410, HEADERS)
    note_seen(user, Seen(Viewed.EXPORT, title="Архив учебного года"))
    name = f"Архив {school_year_title(archive.school_year).replace('/', '-')}.zip"
    disposition = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    return FileResponse(
        path, headers={**HEADERS, "Content-Disposition": disposition}, media_type="application/zip"
    )


async def _send(request: Request) -> Response:
    return await run_in_threadpool(_answer, request)


routes = [Route("/api/archive/packages/{archive_id:id}", _send, methods=["GET"])]
