"""A guardian announces an absence from the diary and takes it back: plain forms, a phone's camera for the certificate (п. 3.6, 4.3)."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pages.families.parts.answering import FORGED
from pages.families.parts.diary_answers import Asked
from school.access.action import Action
from school.access.checks import check_may
from school.access.scopes import Rows
from school.errors import AccessRefused, Refusal
from school.excuses.actions import Announcement, announce_absence, take_back_excuse
from school.excuses.rules import DAYS_AHEAD, DAYS_BACK, LESSON_NUMBERS, NOTE_LENGTH, PAPERS_AN_EXCUSE, Absent
from school.homework.rules.files import FILE_BYTES
from school.records import AbsenceReason
from server.http.bodies import FILES_BYTES
from server.session import COOKIE_NAME, is_form_of_this_site

MOST_FIELDS = 40
TOO_LARGE = "Файлов слишком много, или вместе они слишком велики. Вернитесь, выберите снимки поменьше и отправьте снова."
BUSY = "Предыдущее сообщение с файлами ещё отправляется. Подождите и повторите."
DAY_UNREAD = "День не прочитан."


@dataclass(frozen=True)
class Typed:
    """What stands in the form of an announced absence: as typed, or as it opens."""

    reason: str
    starts: str
    ends: str
    lessons: frozenset[int] = frozenset()
    note: str = ""
    papers: list[tuple[str, bytes]] = field(default_factory=list)

    def absent(self) -> Absent:
        """Return what is announced. Raises Refusal for days that are none."""
        try:
            starts_on, ends_on = date.fromisoformat(self.starts), date.fromisoformat(self.ends or self.starts)
        except ValueError:
            raise Refusal(DAY_UNREAD, next_step="Выберите первый и последний день.") from None
        reason = AbsenceReason(self.reason) if self.reason in set(AbsenceReason) else AbsenceReason.UNKNOWN
        return Absent(starts_on, ends_on, reason, tuple(sorted(self.lessons)), self.note.strip())


def form_page(asked: Asked, typed: Typed | None = None, refused: str = "") -> bytes:
    """Return the form. Raises AccessRefused for who may not announce an absence of this child."""
    check_may(asked.user, Action.ANNOUNCE_ABSENCE, Rows(pupil_id=asked.pupil_id))
    today = asked.today
    shown = typed or Typed("illness", today.isoformat(), today.isoformat())
    return asked.drawn(
        "announce.html",
        "/absences",
        "Сообщить о пропуске",
        typed={
            "reason": shown.reason,
            "from": shown.starts,
            "to": shown.ends,
            "lessons": shown.lessons,
            "note": shown.note,
        },
        refused=refused,
        had_files=bool(shown.papers),
        numbers=LESSON_NUMBERS,
        first_day=today - timedelta(DAYS_BACK),
        last_day=today + timedelta(DAYS_AHEAD),
        note_length=NOTE_LENGTH,
        most_papers=PAPERS_AN_EXCUSE,
        most_megabytes=FILE_BYTES // 1024 // 1024,
    )


def send_form(asked: Asked, typed: Typed) -> bytes | str:
    """Announce what the form holds: the address of the page that follows, or the form again with a refusal.

    Raises AccessRefused.
    """
    try:
        sent = Announcement(asked.pupil_id, typed.absent(), typed.papers)
        announce_absence(asked.school.store, asked.user, sent, now=asked.school.clock())
    except AccessRefused:
        raise
    except Refusal as refusal:
        return form_page(asked, typed, str(refusal))
    return f"/family/{asked.pupil_id}/absences#announced"


def take_back(asked: Asked, excuse_id: int) -> str:
    """Take back what was announced and return the address that follows. Raises AccessRefused or Refusal."""
    take_back_excuse(asked.school.store, asked.user, excuse_id, now=asked.school.clock())
    return f"/family/{asked.pupil_id}/absences#announced"


async def typed_of(form: FormData) -> Typed:
    """Return what a sent form holds; the contents of its files are read whole."""
    words = {name: value for name, value in form.multi_items() if isinstance(value, str)}
    numbers = {str(number): number for number in LESSON_NUMBERS}
    lessons = frozenset(numbers[value] for value in form.getlist("lesson") if value in numbers)
    papers = [
        (each.filename or "", await each.read())
        for each in form.getlist("paper")
        if isinstance(each, UploadFile) and (each.filename or each.size)
    ]
    # What no form of ours sends becomes a refusal of a rule, not a fault.
    reason, first, last = (words.get(name, "")[:20] for name in ("reason", "from", "to"))
    return Typed(reason, first, last, lessons, words.get("note", "")[: 4 * NOTE_LENGTH], papers)


_sending: set[str] = set()

Answer = Callable[[Request, Typed], Coroutine[Any, Any, Response]]
Message = Callable[[Request, str, int], Coroutine[Any, Any, Response]]


def files_route(address: str, answer: Answer, refuse: Message) -> Route:
    """Return the route of the form with files of this very site; ``refuse`` answers in words with a status."""

    async def take(request: Request) -> Response:
        if not is_form_of_this_site(request, with_files=True):
            return await refuse(request, FORGED, 403)
        length = request.headers.get("content-length", "")
        if not (length.isascii() and length.isdigit()) or int(length[:12]) > FILES_BYTES:
            return await refuse(request, TOO_LARGE, 413)
        # One at a time from one browser: each may hold tens of megabytes.
        secret = request.cookies.get(COOKIE_NAME, "")
        if secret in _sending:
            return await refuse(request, BUSY, 429)
        _sending.add(secret)
        try:
            async with request.form(max_files=2 * PAPERS_AN_EXCUSE, max_fields=MOST_FIELDS) as form:
                typed = await typed_of(form)
            return await answer(request, typed)
        except HTTPException as problem:
            if problem.status_code not in {400, 413}:
                raise
            return await refuse(request, TOO_LARGE, 413)
        finally:
            _sending.discard(secret)

    return Route(address, take, methods=["POST"])
