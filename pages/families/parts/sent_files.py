"""Forms of the family's pages that bring files: of this very site, in bounds, one at a time from one browser."""

from collections.abc import Callable
from dataclasses import dataclass

from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pages.families.parts.answering import FORGED, Form, answer, message
from school.records import User
from server.http.bodies import FILES_BYTES
from server.own_threads import in_own_thread
from server.session import COOKIE_NAME, is_form_of_this_site

MOST_FIELDS = 40
TOO_LARGE = "Файлов слишком много, или вместе они слишком велики. Вернитесь, выберите файлы поменьше и отправьте снова."
BUSY = "Предыдущее сообщение с файлами ещё отправляется. Подождите и повторите."


@dataclass(frozen=True)
class Sent:
    """A sent form: its fields in order, and its files with their names and whole contents."""

    fields: list[tuple[str, str]]
    files: list[tuple[str, bytes]]

    def values(self, name: str) -> list[str]:
        """Return every value of a field."""
        return [value for each, value in self.fields if each == name]

    def word(self, name: str) -> str:
        """Return the last value of a field, empty where there is none."""
        return next(reversed(self.values(name)), "")


Act = Callable[[Request, User, Sent], bytes | Response]
_sending: set[str] = set()


def taking_files(address: str, most_files: int, act: Act) -> Route:
    """Return the route of a form with files; its address must be among those of ``server.http.bodies`` that take them.

    Twice ``most_files`` are read, so that one too many is refused by its rule, in words.
    """

    async def take(request: Request) -> Response:
        if not is_form_of_this_site(request, with_files=True):
            return await _refuse(request, FORGED, 403)
        length = request.headers.get("content-length", "")
        if not (length.isascii() and length.isdigit()) or int(length[:12]) > FILES_BYTES:
            return await _refuse(request, TOO_LARGE, 413)
        # One at a time from one browser: each may hold tens of megabytes.
        secret = request.cookies.get(COOKIE_NAME, "")
        if secret in _sending:
            return await _refuse(request, BUSY, 429)
        _sending.add(secret)
        try:
            async with request.form(max_files=2 * most_files, max_fields=MOST_FIELDS) as form:
                sent = await _sent(form)
            return await in_own_thread(request, _acted, request, act, sent)
        except HTTPException as problem:
            if problem.status_code not in {400, 413}:
                raise
            return await _refuse(request, TOO_LARGE, 413)
        finally:
            _sending.discard(secret)

    return Route(address, take, methods=["POST"])


def _acted(request: Request, act: Act, sent: Sent) -> Response:
    def page(request: Request, user: User, _form: Form) -> bytes | Response:
        return act(request, user, sent)

    return answer(request, page, {})


async def _refuse(request: Request, words: str, status: int) -> Response:
    return await in_own_thread(request, message, request, "Запрос отклонён", words, status)


async def _sent(form: FormData) -> Sent:
    items = form.multi_items()
    files = [
        (each.filename or "", await each.read())
        for _, each in items
        if isinstance(each, UploadFile) and (each.filename or each.size)
    ]
    return Sent([(name, value) for name, value in items if isinstance(value, str)], files)
