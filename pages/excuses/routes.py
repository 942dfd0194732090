"""The HTTP route of photos of certificates: data of health, each viewing of another's is noted (152-ФЗ, ст. 10, 19)."""

from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from school.errors import KeptFileLost, Refusal, StoreUnavailable
from school.excuses.lookups import read_paper
from school.homework.rules.files import FILE_KINDS
from school.privacy.rules.viewing import Seen, Viewed
from server.faults import words_of_fault
from server.http.own_routes import know_ids
from server.session import school, user_of_request
from server.viewings import note_seen

SIGNED_OUT = "Вы вышли. Войдите и откройте файл снова."
HEADERS = {
    "Cache-Control": "private, no-store",
    "Content-Security-Policy": "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
# A browser draws a picture beside the register; a PDF is never run in it.
SHOWN = frozenset({"jpg", "png"})


async def send_paper(request: Request) -> Response:
    """Answer a photo or a PDF; 401 for nobody, 403 for who may not read it or where there is none, 410 for a lost one."""
    return await run_in_threadpool(_answer, request)


def _answer(request: Request) -> Response:
    user = user_of_request(request)
    if user is None:
        return PlainTextResponse(SIGNED_OUT, 401, HEADERS)
    try:
        paper = read_paper(school().store, user, request.path_params["paper_id"])
    except StoreUnavailable as refusal:
        return PlainTextResponse(str(refusal), 503, HEADERS)
    except Refusal as refusal:
        return PlainTextResponse(str(refusal), 403, HEADERS)
    except KeptFileLost as problem:
        return PlainTextResponse(words_of_fault(problem), 410, HEADERS)
    if not paper.is_own:
        note_seen(user, Seen(Viewed.PAPER, frozenset([paper.pupil_id])))
    way = "inline" if paper.kind in SHOWN else "attachment"
    disposition = f"{way}; filename*=UTF-8''{quote(paper.title, safe='')}"
    media_type = FILE_KINDS[paper.kind].media_type
    return Response(
        paper.content, headers={**HEADERS, "Content-Disposition": disposition}, media_type=media_type
    )


know_ids()

routes = [Route("/api/excuses/papers/{paper_id:id}", send_paper, methods=["GET"])]
