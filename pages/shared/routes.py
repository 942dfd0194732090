"""HTTP routes of the register: the grid saves without a rerun of the page."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from pages.shared.session import School, is_same_origin, school, user_of_request
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from school.actions.register import CellEdit, CellResult, EntryStatus, confirm_attendance, enter_cells
from school.errors import Refusal
from school.lookups.register import PupilMarks, cell_history, entered_summaries
from school.records import User
from school.rules.marks import mean_text

EDITS_IN_A_BATCH = 200
BODY_BYTES = 256 * 1024

SIGNED_OUT = {
    "error": "signed_out",
    "message": "Вы вышли из журнала. Введённое сохранено в этом браузере и отправится после входа.",
}
MALFORMED = {"error": "malformed", "message": "Сервер не понял запрос. Обновите страницу и повторите ввод."}

Answer = tuple[dict[str, Any], int]


async def save_cells(request: Request) -> Response:
    """Take a batch of entries: ``{"user_id", "client", "edits": […], "attendance": […]}``.

    Answers 200 with a result for every entry, 400 for a malformed batch, 401 for who is not (or no longer)
    the signed-in user of the batch, 413 for one too large.
    """
    if not is_same_origin(request):
        return JSONResponse(MALFORMED, 400)
    if int(request.headers.get("content-length") or 0) > BODY_BYTES:
        return JSONResponse(MALFORMED, 413)
    try:
        body = await request.json()
    except ValueError:
        return JSONResponse(MALFORMED, 400)
    answer, status = await run_in_threadpool(_answer, request, _save, body)
    return JSONResponse(answer, status)


async def show_history(request: Request) -> Response:
    """Answer the history of one cell: ``?lesson=…&pupil=…``."""
    answer, status = await run_in_threadpool(_answer, request, _history, dict(request.query_params))
    return JSONResponse(answer, status)


routes = [
    Route("/api/register/cells", save_cells, methods=["POST"]),
    Route("/api/register/history", show_history, methods=["GET"]),
]


def _answer(request: Request, work: Callable[[School, User, Any], dict[str, Any]], body: Any) -> Answer:
    user = user_of_request(request)
    if user is None:
        return SIGNED_OUT, 401
    try:
        return work(school(), user, body), 200
    except Refusal as refusal:
        return {"error": "refused", "message": str(refusal)}, 403
    except _MalformedError:
        return MALFORMED, 400
    except _OtherUserError:
        return SIGNED_OUT, 401


class _OtherUserError(Exception):
    """The batch was typed by somebody else on this computer."""


class _MalformedError(Exception):
    """The request is not of the agreed form."""


@dataclass(frozen=True)
class _Batch:
    user_id: str
    client_id: str
    edits: list[CellEdit]
    attendance: list[tuple[int, int]]  # lesson, seq


def _parse_batch(body: Any) -> _Batch:
    try:
        batch = _Batch(
            str(body["user_id"]),
            str(body["client"])[:64],
            [_edit(entry) for entry in body.get("edits") or []],
            [(int(entry["lesson"]), int(entry["seq"])) for entry in body.get("attendance") or []],
        )
    except (KeyError, TypeError, ValueError, AttributeError) as problem:
        raise _MalformedError from problem
    if len(batch.edits) + len(batch.attendance) > EDITS_IN_A_BATCH:
        raise _MalformedError
    return batch


def _save(school: School, user: User, body: Any) -> dict[str, Any]:
    batch = _parse_batch(body)
    if batch.user_id != str(user.user_id):
        raise _OtherUserError
    now = school.clock()
    results = enter_cells(school.store, user, batch.edits, now=now, client_id=batch.client_id)
    answers = [_cell_answer(result) for result in results]
    answers += [_confirm(school, user, lesson_id, seq) for lesson_id, seq in batch.attendance]
    lessons, pupils = ({edit.lesson_id for edit in batch.edits}, {edit.pupil_id for edit in batch.edits})
    summaries = entered_summaries(school.store, user, lessons, pupils)
    return {
        "results": answers,
        "rows": {str(pupil): summary_answer(marks) for pupil, marks in summaries.items()},
        "lessons": _taken(results, answers),
        "version": school.store.version,
    }


def _edit(entry: dict[str, Any]) -> CellEdit:
    base = entry.get("base")
    return CellEdit(
        lesson_id=int(entry["lesson"]),
        pupil_id=int(entry["pupil"]),
        text=str(entry["text"])[:40],
        base=None if base is None else str(base),
        seq=int(entry["seq"]),
        reason=str(entry.get("reason") or "")[:200],
    )


def _cell_answer(result: CellResult) -> dict[str, Any]:
    return {
        "lesson": str(result.lesson_id),
        "pupil": str(result.pupil_id),
        "seq": result.seq,
        "status": str(result.status),
        "text": result.text,
        "message": result.message,
        "by": result.by,
        "late": result.is_late,
    }


def summary_answer(marks: PupilMarks) -> dict[str, Any]:
    """Return a pupil's mean and counts as the grid shows them."""
    return {"mean": mean_text(marks.mean), "count": marks.count, "controls": marks.control_count}


def _confirm(school: School, user: User, lesson_id: int, seq: int) -> dict[str, Any]:
    answer = {"lesson": str(lesson_id), "pupil": None, "seq": seq, "message": ""}
    try:
        confirm_attendance(school.store, user, [lesson_id], now=school.clock())
    except Refusal as refusal:
        return answer | {"status": str(EntryStatus.REFUSED), "message": str(refusal)}
    return answer | {"status": str(EntryStatus.SAVED)}


def _taken(results: Iterable[CellResult], answers: Iterable[dict[str, Any]]) -> dict[str, Any]:
    saved = str(EntryStatus.SAVED)
    lessons = {
        str(result.lesson_id)
        for result in results
        if result.status is EntryStatus.SAVED and result.text[:1].isalpha()
    } | {answer["lesson"] for answer in answers if answer["pupil"] is None and answer["status"] == saved}
    return {lesson: {"attendance_taken": True} for lesson in lessons}


def _history(school: School, user: User, query: dict[str, str]) -> dict[str, Any]:
    try:
        lesson_id, pupil_id = int(query["lesson"]), int(query["pupil"])
    except (KeyError, ValueError) as problem:
        raise _MalformedError from problem
    events = cell_history(school.store, user, lesson_id, pupil_id)
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
