"""What a grid and the server say to each other over HTTP (see ``pages.grid``), whatever the grid holds."""

import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, Generic, TypeVar

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pages.grid import SCRIPT_FOLDER, script
from school.errors import Refusal, StoreUnavailable
from school.received import LARGEST_ID, id_of, text_of
from school.records import User
from school.register.actions.batch import EntryResult, EntryStatus
from school.register.lookups.registers import CellEvent
from server.faults import unavailable_answer
from server.http.own_routes import SIGNED_OUT
from server.own_threads import in_own_thread
from server.session import School, is_same_origin, school, user_of_request

EDITS_IN_A_BATCH = 200
LONGEST_CLIENT, LONGEST_COLUMN = 64, 300

MALFORMED = {"error": "malformed", "message": "Сервер не понял запрос. Обновите страницу и повторите ввод."}

Answer = tuple[Any, int]
Work = Callable[[School, User, Any], Any]
Place = TypeVar("Place")


class OtherUserError(Exception):
    """The batch was typed by somebody else on this computer."""


class MalformedError(Exception):
    """The request is not of the agreed form."""


@dataclass(frozen=True)
class TypedCell(Generic[Place]):
    """An edit as the grid sends it: ``lesson`` is the id of a column as the page gave it, ``place`` what it names."""

    lesson: str
    place: Place
    pupil_id: int
    text: str
    base: str | None
    seq: int
    reason: str


@dataclass(frozen=True)
class Batch(Generic[Place]):
    """Edits of one browser tab, and columns (lesson, place, seq) whose attendance it confirms.

    ``refused``: answers to the edits that cannot be read; the others are not their affair.
    """

    client_id: str
    edits: list[TypedCell[Place]]
    attendance: list[tuple[str, Place, int]]
    refused: list[dict[str, Any]]


def json_response(answer: Any, status: int = 200) -> Response:
    """Return an answer of plain values, or JSON as bytes."""
    body = answer if isinstance(answer, bytes) else orjson.dumps(answer)
    return Response(body, status, {"Cache-Control": "no-store"}, "application/json")


def grid_routes(save_address: str, history_address: str, save: Work, history: Work) -> list[Route]:
    """Return the routes of a grid: POST a batch to save, GET the history of one cell (``?lesson=…&pupil=…``)."""

    def save_at(school: School, user: User, body: Any) -> dict[str, Any]:
        answer: dict[str, Any] = save(school, user, body)
        return {**answer, "at": f"{school.clock():%H:%M:%S}"}

    return [writing_route(save_address, save_at), reading_route(history_address, history)]


async def _send_script(request: Request) -> Response:
    # The address changes with the script, so that a browser need never ask again.
    headers = {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}
    media_type = "text/javascript; charset=utf-8"
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(
            _packed_script(), headers=headers | {"Content-Encoding": "gzip"}, media_type=media_type
        )
    return Response(script(), headers=headers, media_type=media_type)


@cache
def _packed_script() -> bytes:
    return gzip.compress(script().encode())


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
        body = _loaded(await request.body())
    except (ValueError, RecursionError):
        return json_response(MALFORMED, 400)
    return await _answered(request, work, body)


def _loaded(content: bytes) -> Any:
    """Read JSON; what only a forgiving reader takes (half a surrogate pair) is then one edit's affair."""
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError:
        return json.loads(content)


async def _answered(request: Request, work: Work, body: Any) -> Response:
    answer, status = await in_own_thread(request, _answer, request, work, body)
    return json_response(answer, status)


def _answer(request: Request, work: Work, body: Any) -> Answer:
    try:
        user = user_of_request(request)
        if user is None:
            return SIGNED_OUT, 401
        return work(school(), user, body), 200
    except StoreUnavailable as problem:
        return unavailable_answer(problem)
    except Refusal as refusal:
        return {"error": "refused", "message": str(refusal)}, 403
    except MalformedError:
        return MALFORMED, 400
    except OtherUserError:
        return SIGNED_OUT, 401


def parse_batch(body: Any, user: User, place_of: Callable[[str], Place]) -> Batch[Place]:
    """Read a batch, its columns with ``place_of``, which raises MalformedError for an id that is none.

    Raises OtherUserError where somebody else typed it, MalformedError where it is none.
    """
    check_user(body, user)
    client_id, edits, attendance = (body.get("client"), body.get("edits") or [], body.get("attendance") or [])
    client = text_of(client_id, LONGEST_CLIENT)
    if client is None or not isinstance(edits, list) or not isinstance(attendance, list):
        raise MalformedError
    if len(edits) + len(attendance) > EDITS_IN_A_BATCH:
        raise MalformedError
    batch = Batch[Place](client, [], [], [])
    for entry in edits:
        try:
            batch.edits.append(_typed_cell(entry, place_of))
        except MalformedError:
            batch.refused.append(_unreadable(entry))
    for entry in attendance:
        try:
            batch.attendance.append(_confirmed_column(entry, place_of))
        except MalformedError:
            batch.refused.append(_unreadable(entry))
    return batch


def check_user(body: Any, user: User) -> None:
    """Raise OtherUserError where somebody else typed what was posted, MalformedError where it does not say who."""
    if not isinstance(body, dict) or "user_id" not in body:
        raise MalformedError
    if str(body["user_id"]) != str(user.user_id):
        raise OtherUserError


def _typed_cell(entry: Any, place_of: Callable[[str], Place]) -> TypedCell[Place]:
    if not isinstance(entry, dict):
        raise MalformedError
    base, reason = entry.get("base"), entry.get("reason")
    lesson = _text(entry.get("lesson"), LONGEST_COLUMN)
    return TypedCell(
        lesson=lesson,
        place=place_of(lesson),
        pupil_id=whole_number(entry.get("pupil")),
        text=_text(entry.get("text"), 40),
        base=None if base is None else _text(base, 400),
        seq=whole_number(entry.get("seq")),
        reason="" if reason is None else _text(reason, 200),
    )


def _confirmed_column(entry: Any, place_of: Callable[[str], Place]) -> tuple[str, Place, int]:
    if not isinstance(entry, dict):
        raise MalformedError
    lesson = _text(entry.get("lesson"), LONGEST_COLUMN)
    return lesson, place_of(lesson), whole_number(entry.get("seq"))


def _unreadable(entry: Any) -> dict[str, Any]:
    """Return the answer to an edit that cannot be read: the ids as they came, so that its tab knows which it was."""
    ids = entry if isinstance(entry, dict) else {}
    return {
        **{name: _echo(ids.get(name)) for name in ("lesson", "pupil", "seq")},
        "status": str(EntryStatus.REFUSED),
        "text": None,
        "message": "Журнал не понял эту запись. Введите её ещё раз.",
        "by": "",
        "late": False,
    }


def _echo(value: Any) -> Any:
    text = text_of(value, LONGEST_COLUMN)
    is_number = isinstance(value, int) and abs(value) <= LARGEST_ID
    return value if is_number or (text is not None and text == value) else None


def _text(value: Any, longest: int) -> str:
    text = text_of(value, longest)
    if text is None:
        raise MalformedError
    return text


def whole_number(value: Any) -> int:
    """Return an identifier; raises MalformedError where the value is none."""
    number = id_of(value)
    if number is None:
        raise MalformedError
    return number


def cell_answer(result: EntryResult[Any], cell: TypedCell[Any]) -> dict[str, Any]:
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
