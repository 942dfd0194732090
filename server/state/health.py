"""``GET /health``: whether the school can be worked with safely, for whoever watches the server (п. 8.2)."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from school.backup.lookups import health_problem
from server.http.own_routes import HEALTH
from server.state.backups import keeper

HEADERS = {"Cache-Control": "no-store"}


async def answer_health(_request: Request) -> PlainTextResponse:
    """Answer 200 «ok», or 503 with the reason in words; nobody's data are in it, so nobody need sign in."""
    problem = await run_in_threadpool(problem_now)
    return PlainTextResponse(problem or "ok", 503 if problem else 200, HEADERS)


def problem_now() -> str:
    """Return why the school cannot be worked with safely; empty where it can."""
    here = keeper()
    if here is None:
        return "Журнал ещё не открыт."
    try:
        return health_problem(
            here.school.store, now=here.school.clock(), server_began=here.began_at, began=here.school_began_at
        )
    except OSError:
        return "Папка журнала не читается."


routes = [Route(HEALTH, answer_health)]
