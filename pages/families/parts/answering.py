"""How the family's plain pages are answered: whose they are, refusals in words, forms of this very site only."""

import gzip
from collections.abc import Callable
from urllib.parse import parse_qsl, quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from pages.families.parts.diary_answers import Asked, first_child
from pages.families.parts.diary_html import drawn
from pages.families.parts.keeping import note_keeping
from school.announcements.lookups.family import open_counts
from school.correspondence.lookups.threads import unread_of_family
from school.errors import AccessRefused, Refusal, StoreUnavailable
from school.families.lookups.diary import marks_wait_until
from school.families.lookups.news import unread_counts
from school.privacy.rules.viewing import Seen, Viewed, is_of_another
from school.records import User
from school.sign_in.lookups.own_sign_ins import new_devices
from server.diary_readings import diary_readings
from server.faults import words_of_fault
from server.http.own_routes import know_ids
from server.own_threads import in_own_thread, in_reading_thread
from server.session import COOKIE_NAME, is_form_of_this_site, is_of_family_only, school, user_of_request
from server.viewings import note_seen

HEADERS = {
    "Cache-Control": "private, no-store",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; worker-src 'self'; "
        "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "same-origin",
    "Vary": "Accept-Encoding, Cookie",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
FORM_BYTES = 8 * 1024
FORGED = "Запрос пришёл не со страницы дневника. Откройте дневник и нажмите кнопку снова."

know_ids()

Form = dict[str, str]
Page = Callable[[Request, User, Form], bytes | Response]


def html(request: Request, packed: bytes, status: int = 200) -> Response:
    """Return a packed page as this browser takes it."""
    accepts = "gzip" in request.headers.get("accept-encoding", "")
    body, encoding = (packed, {"Content-Encoding": "gzip"}) if accepts else (gzip.decompress(packed), {})
    return Response(body, status, HEADERS | encoding, "text/html; charset=utf-8")


def message(request: Request, title: str, text: str, status: int, user: User | None = None) -> Response:
    """Return a page that says one thing and the way on."""
    leads_home = user is not None and not is_of_family_only(user)
    page = drawn(
        "message.html",
        page=None,
        title=title,
        message=text,
        user=user,
        is_staff=leads_home,
        way_on="/" if leads_home else "/family",
        way_words="В журнал" if leads_home else "Открыть дневник",
    )
    return html(request, page, status)


def redirect(address: str) -> Response:
    """Lead on to an address after a form."""
    return RedirectResponse(address, 303, HEADERS)


def answer(request: Request, page: Page, form: Form) -> Response:
    """Answer with a page: 403 or 404 in words where it is not the user's to see, the sign-in page for nobody."""
    user = user_of_request(request)
    if user is None:
        asked = request.url.path if request.method != "POST" else "/family"
        query = f"?{request.url.query}" if request.url.query and request.method != "POST" else ""
        return redirect(f"/?back={quote(asked + query, safe='')}")
    return note_keeping(request, user, _answer_to(request, user, page, form))


def _answer_to(request: Request, user: User, page: Page, form: Form) -> Response:
    try:
        answer = page(request, user, form)
    except StoreUnavailable as refusal:
        return message(request, "Дневник временно не работает", str(refusal), 503, user)
    except AccessRefused as refusal:
        return message(request, "Страница не для вас", str(refusal), 403, user)
    except Refusal as refusal:
        title = "Не сохранено" if request.method == "POST" else "Открыть нельзя"
        return message(request, title, str(refusal), 404, user)
    except Exception as problem:
        return message(request, "Ошибка", words_of_fault(problem), 500, user)
    _note_diary(request, user)
    return answer if isinstance(answer, Response) else html(request, answer)


def _note_diary(request: Request, user: User) -> None:
    """Note who of the staff has read a child's diary; a family that reads its own is not noted."""
    pupil_id = request.path_params.get("pupil_id")
    if pupil_id is not None and is_of_another(pupil_id, user.pupil_ids):
        note_seen(user, Seen(Viewed.DIARY, frozenset([pupil_id])))


def reading(address: str, page: Page) -> Route:
    """Return a route that shows a page."""

    async def read(request: Request) -> Response:
        return await in_reading_thread(answer, request, page, {})

    return Route(address, read, methods=["GET"])


def acting(address: str, act: Page) -> Route:
    """Return a route that answers a form of this very site."""

    async def act_on(request: Request) -> Response:
        if not is_form_of_this_site(request):
            return await in_own_thread(request, message, request, "Запрос отклонён", FORGED, 403)
        if int(request.headers.get("content-length") or FORM_BYTES + 1) > FORM_BYTES:
            return await in_own_thread(request, message, request, "Запрос отклонён", FORGED, 413)
        form = dict(parse_qsl((await request.body()).decode("utf-8", "replace")))
        return await in_own_thread(request, answer, request, act, form)

    return Route(address, act_on, methods=["POST"])


def asked(request: Request, user: User) -> Asked:
    """Return whose diary is asked for: of the address, or of the first child."""
    here = school()
    pupil_id = request.path_params.get("pupil_id")
    own = first_child(here, user) if pupil_id is None else pupil_id
    diary_readings.note(here, user, own)
    notices = new_devices(here.store, user, secret(request), now=here.clock())
    now = here.clock()
    new = unread_counts(here.store, user, now=now)
    waits = marks_wait_until(here.store, now) is not None
    announced, letters = open_counts(here.store, user, now=now), unread_of_family(here.store, user, now=now)
    return Asked(
        here,
        user,
        own,
        dict(request.query_params),
        tuple(notices),
        tuple(new.items()),
        waits,
        tuple(announced.items()),
        tuple(sorted(letters.items())),
    )


def secret(request: Request) -> str:
    """Return the secret of the browser's session."""
    return request.cookies.get(COOKIE_NAME, "")
