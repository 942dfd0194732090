"""HTTP routes of the family's diary: plain pages beside Streamlit's, so that a cheap phone loads no scripts (п. 2.8, 3.6, 4.7)."""

from dataclasses import replace

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from streamlit_authenticator import Hasher

from pages.families.parts.absence_forms import form_page, send_form, take_back, typed_of
from pages.families.parts.answering import (
    HEADERS,
    Form,
    Page,
    acting,
    asked,
    html,
    message,
    reading,
    redirect,
    secret,
)
from pages.families.parts.diary_answers import (
    absences_page,
    marks_page,
    remarks_page,
    subject_page,
    week_page,
)
from pages.families.parts.diary_html import drawn
from pages.families.parts.diary_news import news_page, read_news
from pages.families.parts.file_routes import file_routes
from pages.families.parts.keeping import turn_keeping
from pages.families.parts.notices import ACTS as NOTICE_ACTS
from pages.families.parts.notices import do_notices, ending_page, notices_page
from pages.families.parts.own_sign_ins import do_own, factor_page, send_code, sign_ins_page
from pages.families.parts.phone import PHONE_BUTTONS, do_on_phone, phone_page
from pages.families.parts.sent_files import Sent, taking_files
from pages.families.parts.view import ROUTES as VIEW
from pages.families.parts.week_forms import WEEK_FORMS, Act
from pages.families.talk.announcements import ROUTES as ANNOUNCEMENTS
from pages.families.talk.certificates import ROUTES as CERTIFICATES
from pages.families.talk.consultations import ROUTES as CONSULTATIONS
from pages.families.talk.documents import ROUTES as DOCUMENTS
from pages.families.talk.events import ROUTES as EVENTS
from pages.families.talk.finding import ROUTES as FINDING
from pages.families.talk.letters import ROUTES as LETTERS
from pages.families.talk.materials import ROUTES as MATERIALS
from pages.families.talk.tasks import ROUTES as TASKS
from pipelines.reports.child_record import child_record_document
from pipelines.reports.document_pdf import document_pdf
from school.errors import Refusal, RuleRefused
from school.excuses.rules import PAPERS_AN_EXCUSE
from school.families.actions import confirm_remark
from school.guide.actions import close_first_steps
from school.guide.lookups import steps_to_show
from school.notices.actions.own import end_all_letters
from school.notices.rules.letters import UNSUBSCRIBE_PLACE
from school.notices.secrets import user_of_token
from school.people.actions.accounts import NewPassword, change_own_password
from school.privacy.lookups.child_record import child_record
from school.privacy.rules.viewing import Seen, Viewed
from school.records import User
from school.sign_in.rules.passwords import PASSWORD_HINT, WEAK_PASSWORD
from server.http.rates import Rates
from server.own_threads import in_own_thread
from server.session import address_of_request, browser_of_request, is_of_family_only, school
from server.viewings import note_seen

RECORD_NAME = {"Content-Disposition": 'attachment; filename="record.pdf"'}
# Mail services press for many families from one address.
letter_rates = Rates(60, 1.0)
NO_PAGE = "Такой страницы в дневнике нет."
CHANGED = "Пароль сменён. На других устройствах вход завершён."

OWN_BUTTONS = ("end", "end-others", "ask-everywhere", "known", "strange")
FACTOR_FORMS = ("factor", "codes", "off")


def _week(request: Request, user: User, _form: Form) -> bytes:
    found = asked(request, user)
    steps = _first_steps(user) if is_of_family_only(user) else ()
    return week_page(replace(found, steps=steps))


def _first_steps(user: User) -> tuple[str, ...]:
    """Return the steps of a first visit in plain words, none once they were closed."""
    return tuple(
        step.replace("**", "") for guide in steps_to_show(school().store, user) for step in guide.steps
    )


def _close_first_steps(_request: Request, user: User, _form: Form) -> Response:
    here = school()
    close_first_steps(here.store, user, now=here.clock())
    return redirect("/family")


def _marks(request: Request, user: User, _form: Form) -> bytes:
    return marks_page(asked(request, user))


def _subject(request: Request, user: User, _form: Form) -> bytes:
    return subject_page(asked(request, user), request.path_params["subject_id"])


def _absences(request: Request, user: User, _form: Form) -> bytes:
    return absences_page(asked(request, user))


def _announce_form(request: Request, user: User, _form: Form) -> bytes:
    return form_page(asked(request, user))


def _take_back(request: Request, user: User, _form: Form) -> Response:
    return redirect(take_back(asked(request, user), request.path_params["excuse_id"]))


def _announce(request: Request, user: User, sent: Sent) -> bytes | Response:
    found = send_form(asked(request, user), typed_of(sent))
    return found if isinstance(found, bytes) else redirect(found)


def _remarks(request: Request, user: User, _form: Form) -> bytes:
    return remarks_page(asked(request, user))


def _record(request: Request, user: User, _form: Form) -> Response:
    here, pupil_id = school(), request.path_params["pupil_id"]
    document = child_record_document(child_record(here.store, user, pupil_id, now=here.clock()))
    note_seen(user, Seen(Viewed.RECORD, frozenset([pupil_id])))
    return Response(document_pdf(document), headers=HEADERS | RECORD_NAME, media_type="application/pdf")


def _news(request: Request, user: User, _form: Form) -> bytes:
    return news_page(asked(request, user))


def _read_news(request: Request, user: User, form: Form) -> Response:
    return redirect(read_news(school(), user, request.path_params["pupil_id"], form))


def _confirm(request: Request, user: User, _form: Form) -> Response:
    here, place = school(), request.path_params
    confirm_remark(here.store, user, place["remark_id"], now=here.clock())
    return redirect(f"/family/{place['pupil_id']}/remarks")


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
    new = NewPassword(form.get("old", ""), form.get("new", ""), form.get("again", ""), secret(request))
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
    return message(request, "Пароль сменён", CHANGED, 200, user)


def _sign_ins(request: Request, user: User, _form: Form) -> bytes:
    return sign_ins_page(school(), user, secret(request))


def _own(what: str) -> Page:
    return lambda request, user, form: redirect(do_own(school(), user, secret(request), what, form))


def _notices(_request: Request, user: User, _form: Form) -> bytes:
    return notices_page(school(), user)


def _do_notices(what: str) -> Page:
    def answer(request: Request, user: User, form: Form) -> bytes | Response:
        found = do_notices(school(), user, request, what, form)
        return found if isinstance(found, bytes) else redirect(found)

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
        return html(request, ending_page("", refused=refusal), 404)
    return html(request, ending_page(token, is_ended=is_ended))


async def _send_end_of_letters(request: Request) -> Response:
    if not letter_rates.take(address_of_request(request)):
        return PlainTextResponse("Слишком часто. Повторите через минуту.", 429, {"Retry-After": "60"})
    return await in_own_thread(request, _end_letters, request)


def _factor(what: str) -> Page:
    return lambda _request, user, _form: factor_page(school(), user, what)


def _send_code(what: str) -> Page:
    def answer(request: Request, user: User, form: Form) -> bytes | Response:
        found = send_code(school(), user, what, form, address_of_request(request))
        return found if isinstance(found, bytes) else redirect(found)

    return answer


def _said(act: Act) -> Page:
    def answer(request: Request, user: User, form: Form) -> Response:
        return redirect(act(school(), user, request.path_params["pupil_id"], form))

    return answer


def _phone(request: Request, user: User, _form: Form, refused: str = "") -> bytes:
    return phone_page(school(), user, secret(request), request.cookies, refused)


def _on_phone(what: str) -> Page:
    def answer(request: Request, user: User, form: Form) -> bytes | Response:
        try:
            do_on_phone(school(), user, secret(request), what, form, browser_of_request(request).words)
        except RuleRefused as refusal:
            return _phone(request, user, form, str(refusal))
        return turn_keeping(request, user, what, redirect("/family/phone"))

    return answer


def _nowhere(_request: Request, _user: User, _form: Form) -> bytes:
    raise Refusal(NO_PAGE, next_step="Откройте дневник.")


routes = [
    *file_routes,
    *VIEW,
    reading("/family", _week),
    acting("/family/first-steps", _close_first_steps),
    reading("/family/marks", _marks),
    reading("/family/new", _news),
    reading("/family/password", _password),
    acting("/family/password", _change_password),
    reading("/family/sign-ins", _sign_ins),
    *(acting(f"/family/sign-ins/{what}", _own(what)) for what in OWN_BUTTONS),
    *(reading(f"/family/sign-ins/{what}", _factor(what)) for what in FACTOR_FORMS),
    *(acting(f"/family/sign-ins/{what}", _send_code(what)) for what in FACTOR_FORMS),
    Route(f"{UNSUBSCRIBE_PLACE}{{token}}", _send_end_of_letters, methods=["GET", "POST"]),
    reading("/family/notices", _notices),
    *(acting(f"/family/notices/{what}", _do_notices(what)) for what in NOTICE_ACTS),
    reading("/family/phone", _phone),
    *(acting(f"/family/phone/{what}", _on_phone(what)) for what in PHONE_BUTTONS),
    reading("/family/{pupil_id:id}", _week),
    *(acting(f"/family/{{pupil_id:id}}/{place}", _said(act)) for place, act in WEEK_FORMS.items()),
    reading("/family/{pupil_id:id}/new", _news),
    acting("/family/{pupil_id:id}/new/read", _read_news),
    reading("/family/{pupil_id:id}/marks", _marks),
    reading("/family/{pupil_id:id}/marks/{subject_id:id}", _subject),
    reading("/family/{pupil_id:id}/absences", _absences),
    reading("/family/{pupil_id:id}/absences/announce", _announce_form),
    taking_files("/family/{pupil_id:id}/absences/announce", PAPERS_AN_EXCUSE, _announce),
    acting("/family/{pupil_id:id}/absences/{excuse_id:id}/withdraw", _take_back),
    reading("/family/{pupil_id:id}/remarks", _remarks),
    acting("/family/{pupil_id:id}/remarks/{remark_id:id}/read", _confirm),
    reading("/family/{pupil_id:id}/record", _record),
    *ANNOUNCEMENTS,
    *LETTERS,
    *CONSULTATIONS,
    *CERTIFICATES,
    *DOCUMENTS,
    *TASKS,
    *MATERIALS,
    *EVENTS,
    *FINDING,
    reading("/family/{rest:path}", _nowhere),
]
