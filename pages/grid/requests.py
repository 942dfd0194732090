"""What a grid and the server say to each other over HTTP (see ``pages.grid``), whatever the grid holds."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pages.grid import SCRIPT_FOLDER, script
from school.errors import Refusal
from school.records import User
from school.register.actions.batch import EntryResult
from school.register.lookups.registers import CellEvent
from server.http.own_routes import SIGNED_OUT
from server.own_threads import in_own_thread
from server.session import School, is_same_origin, school, user_of_request

EDITS_IN_A_BATCH = 200

MALFORMED = {"error": "malformed", "message": "Сервер не понял запрос. Обновите страницу и повторите ввод."}

Answer = tuple[Any, int]
Work = Callable[[School, User, Any], Any]


class OtherUserError(Exception):
    """The batch was typed by somebody else on this computer."""


class MalformedError(Exception):
    """The request is not of the agreed form."""


@dataclass(frozen=True)
class TypedCell:
    """An edit as the grid sends it: ``lesson`` is the id of a column as the page gave it."""

    lesson: str
    pupil_id: int
    text: str
    base: str | None
    seq: int
    reason: str


@dataclass(frozen=True)
class Batch:
    """Edits of one browser tab, and columns (lesson, seq) whose attendance it confirms."""

    client_id: str
    edits: list[TypedCell]
    attendance: list[tuple[str, int]]


def json_response(answer: Any, status: int = 200) -> Response:
    """Return an answer of plain values, or JSON as bytes."""
    body = answer if isinstance(answer, bytes) else orjson.dumps(answer)
    return Response(body, status, {"Cache-Control": "no-store"}, "application/json")


def grid_routes(save_address: str, history_address: str, save: Work, history: Work) -> list[Route]:
    """Return the routes of a grid: POST a batch to save, GET the history of one cell (``?lesson=…&pupil=…``)."""
    return [writing_route(save_address, save), reading_route(history_address, history)]


async def _send_script(_request: Request) -> Response:
    # The address changes with the script, so that a browser need never ask again.
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}
    return Response(script(), headers=headers, media_type="text/javascript; charset=utf-8")


script_route = Route(f"{SCRIPT_FOLDER}{{name}}", _send_script, methods=["GET"])


def reading_route(address: str, read: Callable[[School, User, dict[str, str]], Any]) -> Route:
    """Return a route that answers GET with what ``read`` finds for what stands after «?»: plain values, or JSON as bytes."""

    async def answer(request: Request) -> Response:
        return await _answered(request, read, dict(request.query_params))

    return Route(address, answer, methods=["GET"])


def writing_route(address: str, write: Work) -> Route:
    """Return a route that answers a posted JSON."""

    async def answer(request: Request) -> Response:
        return await _answer_batch(request, write)

    return Route(address, answer, methods=["POST"])


async def _answer_batch(request: Request, work: Work) -> Response:
    """Answer a posted batch: 200, 400 for a malformed one, 401 for who is not its signed-in user."""
    if not is_same_origin(request):
        return json_response(MALFORMED, 400)
    try:
        body = orjson.loads(await request.body())
    except ValueError:
        return json_response(MALFORMED, 400)
    return await _answered(request, work, body)


async def _answered(request: Request, work: Work, body: Any) -> Response:
    answer, status = await in_own_thread(request, _answer, request, work, body)
    return json_response(answer, status)


def _answer(request: Request, work: Work, body: Any) -> Answer:
    user = user_of_request(request)
    if user is None:
        return SIGNED_OUT, 401
    try:
        return work(school(), user, body), 200
    except Refusal as refusal:
        return {"error": "refused", "message": str(refusal)}, 403
    except MalformedError:
        return MALFORMED, 400
    except OtherUserError:
        return SIGNED_OUT, 401


def parse_batch(body: Any, user: User) -> Batch:
    """Read a batch; raises OtherUserError where somebody else typed it, MalformedError where it is none."""
    try:
        batch = Batch(
            str(body["client"])[:64],
            [_typed_cell(entry) for entry in body.get("edits") or []],
            [(str(entry["lesson"]), int(entry["seq"])) for entry in body.get("attendance") or []],
        )
    except (KeyError, TypeError, ValueError, AttributeError) as problem:
        raise MalformedError from problem
    if len(batch.edits) + len(batch.attendance) > EDITS_IN_A_BATCH:
        raise MalformedError
    check_user(body, user)
    return batch


def check_user(body: Any, user: User) -> None:
    """Raise OtherUserError where somebody else typed what was posted, MalformedError where it does not say who."""
    if not isinstance(body, dict) or "user_id" not in body:
        raise MalformedError
    if str(body["user_id"]) != str(user.user_id):
        raise OtherUserError


def _typed_cell(entry: dict[str, Any]) -> TypedCell:
    base = entry.get("base")
    return TypedCell(
        lesson=str(entry["lesson"]),
        pupil_id=int(entry["pupil"]),
        text=str(entry["text"])[:40],
        base=None if base is None else str(base),
        seq=int(entry["seq"]),
        reason=str(entry.get("reason") or "")[:200],
    )


def whole_number(text: Any) -> int:
    """Return an identifier; raises MalformedError where the text is none."""
    try:
        return int(text)
    except (TypeError, ValueError) as problem:
        raise MalformedError from problem


def cell_answer(result: EntryResult[Any], cell: TypedCell) -> dict[str, Any]:
    """Return what became of an edit of a cell of the grid."""
    return {
        "lesson": cell.lesson,
        "pupil": str(cell.pupil_id),
        "seq": cell.seq,
        "status": str(result.status),
        "text": result.text,
        "message": result.message,
        "by": result.by,
        "late": result.is_late,
    }


def history_answer(events: list[CellEvent]) -> dict[str, Any]:
    """Return a cell's history as the grid shows it."""
    return {
        "events": [
            {
                "at": f"{event.happened_at:%d.%m.%Y %H:%M}",
                "who": event.who,
                "old": event.old_text,
                "new": event.new_text,
                "reason": event.reason,
            }
            for event in events
        ]
    }
