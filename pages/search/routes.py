"""The HTTP route of the search: typed letters in the body, never in an address that somebody logs; answers within one's rights."""

from typing import Any

from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from pages.search.parts.sources import last_screens, look, read_ahead
from school.records import User
from school.search.rules import LONGEST_QUERY, Query, query_of
from server.http.own_routes import SIGNED_OUT
from server.http.rates import Rates
from server.session import is_of_family_only, is_same_origin, school, user_of_request

# A question a pause in typing; who asks faster than anybody types waits.
AT_ONCE, A_SECOND = 30, 5.0
TOO_OFTEN = {"error": "too_often", "message": "Слишком часто. Подождите секунду."}
FORGED = {"error": "forged", "message": "Запрос пришёл не со страницы журнала. Обновите страницу."}
MALFORMED = {"error": "malformed", "message": "Запрос не прочитан. Обновите страницу."}
NOT_YOURS = {"error": "refused", "message": "Поиск — для сотрудников школы."}
NO_STORE = {"Cache-Control": "no-store"}
rates = Rates(AT_ONCE, A_SECOND)


async def answer_search(request: Request) -> Response:
    """Answer ``{"words": …}`` with ``{"groups": [{"title", "found": [{"title", "about", "address"}]}]}``; no words: the last places."""
    if not is_same_origin(request):
        return JSONResponse(FORGED, 403)
    user = await run_in_threadpool(user_of_request, request)
    if user is None:
        return JSONResponse(SIGNED_OUT, 401)
    if is_of_family_only(user):
        return JSONResponse(NOT_YOURS, 403)
    if not rates.take(str(user.user_id)):
        return JSONResponse(TOO_OFTEN, 429)
    try:
        words = (await request.json())["words"]
    except (ValueError, KeyError, TypeError):
        return JSONResponse(MALFORMED, 400)
    query = query_of(str(words)[:LONGEST_QUERY])
    groups = await run_in_threadpool(_groups, user, query)
    # The search has just been opened: while the first letters are typed, what it looks through is read.
    ahead = BackgroundTask(read_ahead, school(), user) if query.is_empty else None
    return JSONResponse({"groups": groups}, headers=NO_STORE, background=ahead)


def _groups(user: User, query: Query) -> list[dict[str, Any]]:
    groups = [last_screens(school(), user)] if query.is_empty else look(school(), user, query)
    return [
        {
            "title": group.title,
            "found": [
                {"title": each.title, "about": each.about, "address": each.address} for each in group.found
            ],
        }
        for group in groups
        if group.found
    ]


routes = [Route("/api/search", answer_search, methods=["POST"])]
