"""HTTP routes of the family's diary: plain pages beside Streamlit's, so that a cheap phone loads no scripts (п. 2.8, 3.6, 4.7)."""

import gzip
from collections.abc import Callable
from urllib.parse import parse_qsl, quote

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from streamlit_authenticator import Hasher

from pages.families.parts.absence_forms import FORGED, Typed, files_route, form_page, send_form, take_back
from pages.families.parts.diary_answers import (
    Asked,
    absences_page,
    first_child,
    marks_page,
    remarks_page,
    subject_page,
    week_page,
)
from pages.families.parts.diary_html import drawn
from pages.families.parts.diary_news import news_page, read_news
from pages.families.parts.file_routes import file_routes
from pages.families.parts.keeping import note_keeping, turn_keeping
from pages.families.parts.notices import ACTS as NOTICE_ACTS
from pages.families.parts.notices import do_notices, ending_page, notices_page
from pages.families.parts.own_sign_ins import do_own, factor_page, send_code, sign_ins_page
from pages.families.parts.phone import PHONE_BUTTONS, do_on_phone, phone_page
from pages.families.parts.week_forms import WEEK_FORMS, Act
from pipelines.reports.child_record import child_record_document
from pipelines.reports.document_pdf import document_pdf
from school.errors import AccessRefused, Refusal, RuleRefused, StoreUnavailable
from school.families.actions import confirm_remark
from school.families.lookups.diary import marks_wait_until
from school.families.lookups.news import unread_counts
from school.notices.actions.own import end_all_letters
from school.notices.rules.letters import UNSUBSCRIBE_PLACE
from school.notices.secrets import user_of_token
from school.people.actions.accounts import NewPassword, change_own_password
from school.privacy.lookups.child_record import child_record
from school.privacy.rules.viewing import Seen, Viewed, is_of_another
from school.records import User
from school.sign_in.lookups.own_sign_ins import new_devices
from school.sign_in.rules.passwords import PASSWORD_HINT, WEAK_PASSWORD
from server.diary_readings import diary_readings
from server.faults import words_of_fault
from server.http.own_routes import know_ids
from server.http.rates import Rates
from server.own_threads import in_own_thread, in_reading_thread
from server.session import (
    COOKIE_NAME,
    address_of_request,
    browser_of_request,
    is_form_of_this_site,
    is_of_family_only,
    school,
    user_of_request,
)
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
RECORD_NAME = {"Content-Disposition": 'attachment; filename="record.pdf"'}
# Mail services press for many families from one address.
letter_rates = Rates(60, 1.0)
FORM_BYTES = 8 * 1024
NO_PAGE = "Такой страницы в дневнике нет."
CHANGED = "Пароль сменён. На других устройствах вход завершён."

OWN_BUTTONS = ("end", "end-others", "ask-everywhere", "known", "strange")
FACTOR_FORMS = ("factor", "codes", "off")

Form = dict[str, str]
Page = Callable[[Request, User, Form], bytes | Response]


def _html(request: Request, packed: bytes, status: int = 200) -> Response:
    accepts = "gzip" in request.headers.get("accept-encoding", "")
    body, encoding = (packed, {"Content-Encoding": "gzip"}) if accepts else (gzip.decompress(packed), {})
    return Response(body, status, HEADERS | encoding, "text/html; charset=utf-8")


def _message(request: Request, title: str, text: str, status: int, user: User | None = None) -> Response:
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
    return _html(request, page, status)


def _redirect(address: str) -> Response:
    return RedirectResponse(address, 303, HEADERS)


def _answer(request: Request, page: Page, form: Form) -> Response:
    """Answer with a page: 403 or 404 in words where it is not the user's to see, the sign-in page for nobody."""
    user = user_of_request(request)
    if user is None:
        asked = request.url.path if request.method != "POST" else "/family"
        query = f"?{request.url.query}" if request.url.query and request.method != "POST" else ""
        return _redirect(f"/?back={quote(asked + query, safe='')}")
    return note_keeping(request, user, _answer_to(request, user, page, form))


def _answer_to(request: Request, user: User, page: Page, form: Form) -> Response:
    try:
        answer = page(request, user, form)
    except StoreUnavailable as refusal:
        return _message(request, "Дневник временно не работает", str(refusal), 503, user)
    except AccessRefused as refusal:
        return _message(request, "Страница не для вас", str(refusal), 403, user)
    except Refusal as refusal:
        title = "Не сохранено" if request.method == "POST" else "Открыть нельзя"
        return _message(request, title, str(refusal), 404, user)
    except Exception as problem:
        return _message(request, "Ошибка", words_of_fault(problem), 500, user)
    _note_diary(request, user)
    return answer if isinstance(answer, Response) else _html(request, answer)


def _note_diary(request: Request, user: User) -> None:
    """Note who of the staff has read a child's diary; a family that reads its own is not noted."""
    pupil_id = request.path_params.get("pupil_id")
    if pupil_id is not None and is_of_another(pupil_id, user.pupil_ids):
        note_seen(user, Seen(Viewed.DIARY, frozenset([pupil_id])))


def _reading(address: str, page: Page) -> Route:
    async def answer(request: Request) -> Response:
        return await in_reading_thread(_answer, request, page, {})

    return Route(address, answer, methods=["GET"])


def _acting(address: str, act: Page) -> Route:
    """Return a route that answers a form of this very site."""

    async def answer(request: Request) -> Response:
        if not is_form_of_this_site(request):
            return await in_own_thread(request, _message, request, "Запрос отклонён", FORGED, 403)
        if int(request.headers.get("content-length") or FORM_BYTES + 1) > FORM_BYTES:
            return await in_own_thread(request, _message, request, "Запрос отклонён", FORGED, 413)
        form = dict(parse_qsl((await request.body()).decode("utf-8", "replace")))
        return await in_own_thread(request, _answer, request, act, form)

    return Route(address, answer, methods=["POST"])


def _asked(request: Request, user: User) -> Asked:
    here = school()
    pupil_id = request.path_params.get("pupil_id")
    own = first_child(here, user) if pupil_id is None else pupil_id
    diary_readings.note(here, user, own)
    notices = new_devices(here.store, user, _secret(request), now=here.clock())
    now = here.clock()
    new = unread_counts(here.store, user, now=now)
    waits = marks_wait_until(here.store, now) is not None
    return Asked(here, user, own, dict(request.query_params), tuple(notices), tuple(new.items()), waits)


def _secret(request: Request) -> str:
    return request.cookies.get(COOKIE_NAME, "")


def _week(request: Request, user: User, _form: Form) -> bytes:
    return week_page(_asked(request, user))


def _marks(request: Request, user: User, _form: Form) -> bytes:
    return marks_page(_asked(request, user))


def _subject(request: Request, user: User, _form: Form) -> bytes:
    return subject_page(_asked(request, user), request.path_params["subject_id"])


def _absences(request: Request, user: User, _form: Form) -> bytes:
    return absences_page(_asked(request, user))


def _announce_form(request: Request, user: User, _form: Form) -> bytes:
    return form_page(_asked(request, user))


def _take_back(request: Request, user: User, _form: Form) -> Response:
    return _redirect(take_back(_asked(request, user), request.path_params["excuse_id"]))


async def _announce(request: Request, typed: Typed) -> Response:
    def send(request: Request, user: User, _form: Form) -> bytes | Response:
        found = send_form(_asked(request, user), typed)
        return found if isinstance(found, bytes) else _redirect(found)

    return await in_own_thread(request, _answer, request, send, {})


async def _refuse(request: Request, words: str, status: int) -> Response:
    return await in_own_thread(request, _message, request, "Запрос отклонён", words, status)


def _remarks(request: Request, user: User, _form: Form) -> bytes:
    return remarks_page(_asked(request, user))


def _record(request: Request, user: User, _form: Form) -> Response:
    here, pupil_id = school(), request.path_params["pupil_id"]
    document = child_record_document(child_record(here.store, user, pupil_id, now=here.clock()))
    note_seen(user, Seen(Viewed.RECORD, frozenset([pupil_id])))
    return Response(document_pdf(document), headers=HEADERS | RECORD_NAME, media_type="application/pdf")


def _news(request: Request, user: User, _form: Form) -> bytes:
    return news_page(_asked(request, user))


def _read_news(request: Request, user: User, form: Form) -> Response:
    return _redirect(read_news(school(), user, request.path_params["pupil_id"], form))


def _confirm(request: Request, user: User, _form: Form) -> Response:
    here, place = school(), request.path_params
    confirm_remark(here.store, user, place["remark_id"], now=here.clock())
    return _redirect(f"/family/{place['pupil_id']}/remarks")


def _password(request: Request, user: User, _form: Form, refused: str = "") -> bytes:
    return drawn(
        "password.html",
        page=None,
        title="Сменить пароль",
        user=user,
        is_staff=not is_of_family_only(user),
        hint=PASSWORD_HINT,
        refused=refused,
        reason=WEAK_PASSWORD if "weak" in request.query_params else "",
    )


def _change_password(request: Request, user: User, form: Form) -> bytes | Response:
    here = school()
    new = NewPassword(form.get("old", ""), form.get("new", ""), form.get("again", ""), _secret(request))
    try:
        change_own_password(
            here.store,
            user,
            new,
            address=address_of_request(request),
            now=here.clock(),
            hasher=Hasher,
            browser=browser_of_request(request),
        )
    except Refusal as refusal:
        return _password(request, user, form, str(refusal))
    return _message(request, "Пароль сменён", CHANGED, 200, user)


def _sign_ins(request: Request, user: User, _form: Form) -> bytes:
    return sign_ins_page(school(), user, _secret(request))


def _own(what: str) -> Page:
    return lambda request, user, form: _redirect(do_own(school(), user, _secret(request), what, form))


def _notices(_request: Request, user: User, _form: Form) -> bytes:
    return notices_page(school(), user)


def _do_notices(what: str) -> Page:
    def answer(request: Request, user: User, form: Form) -> bytes | Response:
        found = do_notices(school(), user, request, what, form)
        return found if isinstance(found, bytes) else _redirect(found)

    return answer


def _end_letters(request: Request) -> Response:
    """Answer a letter's link, nobody signed in: by GET a button, by POST, a mail program's too, the end of all letters."""
    here, token, is_ended = school(), request.path_params["token"], request.method == "POST"
    try:
        if is_ended:
            end_all_letters(here.store, token, now=here.clock())
        else:
            user_of_token(here.store, token)
    except Refusal as refusal:
        return _html(request, ending_page("", refused=refusal), 404)
    return _html(request, ending_page(token, is_ended=is_ended))


async def _send_end_of_letters(request: Request) -> Response:
    if not letter_rates.take(address_of_request(request)):
        return PlainTextResponse("Слишком часто. Повторите через минуту.", 429, {"Retry-After": "60"})
    return await in_own_thread(request, _end_letters, request)


def _factor(what: str) -> Page:
    return lambda _request, user, _form: factor_page(school(), user, what)


def _send_code(what: str) -> Page:
    def answer(request: Request, user: User, form: Form) -> bytes | Response:
        found = send_code(school(), user, what, form, address_of_request(request))
        return found if isinstance(found, bytes) else _redirect(found)

    return answer


def _said(act: Act) -> Page:
    def answer(request: Request, user: User, form: Form) -> Response:
        return _redirect(act(school(), user, request.path_params["pupil_id"], form))

    return answer


def _phone(request: Request, user: User, _form: Form, refused: str = "") -> bytes:
    return phone_page(school(), user, _secret(request), request.cookies, refused)


def _on_phone(what: str) -> Page:
    def answer(request: Request, user: User, form: Form) -> bytes | Response:
        try:
            do_on_phone(school(), user, _secret(request), what, form, browser_of_request(request).words)
        except RuleRefused as refusal:
            return _phone(request, user, form, str(refusal))
        return turn_keeping(request, user, what, _redirect("/family/phone"))

    return answer


def _nowhere(_request: Request, _user: User, _form: Form) -> bytes:
    raise Refusal(NO_PAGE, next_step="Откройте дневник.")


know_ids()

routes = [
    *file_routes,
    _reading("/family", _week),
    _reading("/family/marks", _marks),
    _reading("/family/new", _news),
    _reading("/family/password", _password),
    _acting("/family/password", _change_password),
    _reading("/family/sign-ins", _sign_ins),
    *(_acting(f"/family/sign-ins/{what}", _own(what)) for what in OWN_BUTTONS),
    *(_reading(f"/family/sign-ins/{what}", _factor(what)) for what in FACTOR_FORMS),
    *(_acting(f"/family/sign-ins/{what}", _send_code(what)) for what in FACTOR_FORMS),
    Route(f"{UNSUBSCRIBE_PLACE}{{token}}", _send_end_of_letters, methods=["GET", "POST"]),
    _reading("/family/notices", _notices),
    *(_acting(f"/family/notices/{what}", _do_notices(what)) for what in NOTICE_ACTS),
    _reading("/family/phone", _phone),
    *(_acting(f"/family/phone/{what}", _on_phone(what)) for what in PHONE_BUTTONS),
    _reading("/family/{pupil_id:id}", _week),
    *(_acting(f"/family/{{pupil_id:id}}/{place}", _said(act)) for place, act in WEEK_FORMS.items()),
    _reading("/family/{pupil_id:id}/new", _news),
    _acting("/family/{pupil_id:id}/new/read", _read_news),
    _reading("/family/{pupil_id:id}/marks", _marks),
    _reading("/family/{pupil_id:id}/marks/{subject_id:id}", _subject),
    _reading("/family/{pupil_id:id}/absences", _absences),
    _reading("/family/{pupil_id:id}/absences/announce", _announce_form),
    files_route("/family/{pupil_id:id}/absences/announce", _announce, _refuse),
    _acting("/family/{pupil_id:id}/absences/{excuse_id:id}/withdraw", _take_back),
    _reading("/family/{pupil_id:id}/remarks", _remarks),
    _acting("/family/{pupil_id:id}/remarks/{remark_id:id}/read", _confirm),
    _reading("/family/{pupil_id:id}/record", _record),
    _reading("/family/{rest:path}", _nowhere),
]
