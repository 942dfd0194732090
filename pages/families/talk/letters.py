"""«Сообщения»: a family's letters to the school, what is new in them, «Помощь»; plain forms without a script (п. 2.9, 4.7, 8.1)."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pages.families.parts.answering import HEADERS, Form, acting, asked, reading, redirect
from pages.families.parts.diary_answers import Asked
from pages.families.parts.sent_files import Sent, taking_files
from pipelines.reports.document_pdf import document_pdf
from pipelines.reports.thread import thread_document
from school.correspondence.actions.help import ask_help
from school.correspondence.actions.letters import Letter, answer, note_read, send_letters, withdraw
from school.correspondence.actions.order import complain
from school.correspondence.lookups.order import letter_order
from school.correspondence.lookups.threads import (
    About,
    AboutKind,
    Asking,
    ThreadPage,
    recipients,
    thread_lists,
    thread_page,
    what_is_asked,
)
from school.correspondence.rules.hours import away_words
from school.correspondence.rules.letters import (
    ENDED,
    FILE_TYPES,
    FILES_A_MESSAGE,
    HELP_TITLES,
    TEXT_LENGTH,
    TITLE_LENGTH,
    ThreadKind,
)
from school.correspondence.rules.order import REASON_LENGTH
from school.correspondence.writing import Words
from school.errors import AccessRefused, Refusal
from school.files.attachments.kinds import FILE_BYTES
from school.received import id_of
from school.records import Role, User
from school.sign_in.lookups.sessions import school_name
from server.http.own_routes import know_ids

PLACE = "/messages"
HELP = "help"
PDF_NAME = {"Content-Disposition": 'attachment; filename="messages.pdf"'}
LONGEST_WORDS = 100


def _list(request: Request, user: User, _form: Form) -> bytes:
    here = asked(request, user)
    words = here.codes.get("q", "")[:LONGEST_WORDS]
    found = thread_lists(here.school.store, user, child=here.pupil_id, words=words, now=here.now)
    return here.drawn("messages.html", PLACE, "Сообщения", lists=found, words=words, help_titles=HELP_TITLES)


def _new(request: Request, user: User, _form: Form) -> bytes:
    here = asked(request, user)
    return _form_page(here, {"to": here.codes.get("to", "")})


def _about(codes: dict[str, str]) -> About | None:
    kind, record_id = codes.get("about", ""), id_of(codes.get("id"))
    return About(AboutKind(kind), record_id) if kind in set(AboutKind) and record_id else None


def _form_page(here: Asked, typed: dict[str, str], refused: str = "", *, had_files: bool = False) -> bytes:
    """Return the form of a new letter; what it is asked from stands in the address, and says who is asked."""
    store, user, about = here.school.store, here.user, _about(here.codes)
    asking = (
        what_is_asked(store, user, about, child=here.pupil_id, now=here.now) if about else Asking("", None)
    )
    found = recipients(store, user, child=here.pupil_id, asked=asking, today=here.today)
    to = typed.get("to") or (str(asking.user_id) if asking.user_id else "")
    return here.drawn(
        "write.html",
        PLACE,
        "Написать",
        people=found,
        is_pupil=not here.user.has(Role.GUARDIAN),
        typed={
            "to": to,
            "title": typed.get("title", asking.words[:1].upper() + asking.words[1:]),
            "text": typed.get("text", ""),
            "urgent": bool(typed.get("urgent")),
        },
        about=asking.words,
        about_codes=f"?about={about.kind}&id={about.record_id}" if about else "",
        refused=refused,
        had_files=had_files,
        title_length=TITLE_LENGTH,
        **_bounds(here),
    )


def _bounds(here: Asked) -> dict[str, object]:
    return {
        "order": letter_order(here.school.store),
        "away_words": away_words,
        "text_length": TEXT_LENGTH,
        "most_files": FILES_A_MESSAGE,
        "file_types": FILE_TYPES,
        "most_megabytes": FILE_BYTES // 1024 // 1024,
    }


def _typed(sent: Sent) -> dict[str, str]:
    bounds = {"to": 20, "title": 4 * TITLE_LENGTH, "text": 2 * TEXT_LENGTH, "urgent": 1}
    return {name: sent.word(name)[:longest] for name, longest in bounds.items()}


def _send(request: Request, user: User, sent: Sent) -> bytes | Response:
    here, typed = asked(request, user), _typed(sent)
    store, now = here.school.store, here.now
    try:
        words = Words(typed["text"], sent.files, is_urgent=bool(typed["urgent"]))
        letter = Letter(typed["title"], words, _about(here.codes))
        if typed["to"] == HELP:
            thread_id = ask_help(store, user, letter, child=here.pupil_id, now=now)
        else:
            to = [(key, here.pupil_id)] if (key := id_of(typed["to"])) else []
            (thread_id,) = send_letters(store, user, letter, to, child=here.pupil_id, now=now)
    except AccessRefused:
        raise
    except Refusal as refusal:
        return _form_page(here, typed, str(refusal), had_files=bool(sent.files))
    return redirect(f"/family/{here.pupil_id}{PLACE}/{thread_id}")


def _thread(request: Request, user: User, _form: Form) -> bytes:
    here = asked(request, user)
    thread_id = request.path_params["thread_id"]
    note_read(here.school.store, user, thread_id, now=here.now)
    # Asked again: what has just been read is no longer new.
    return _thread_page(asked(request, user), thread_id)


def _page_of(here: Asked, thread_id: int) -> ThreadPage:
    """Return a thread of the family of this very child, or a call for help. Raises AccessRefused."""
    page = thread_page(here.school.store, here.user, thread_id, now=here.now)
    # A call for help is about no child; letters about none are a colleague's.
    is_of_child = page.thread.pupil_id == here.pupil_id or page.thread.kind is ThreadKind.HELP
    if here.pupil_id not in here.user.pupil_ids or not is_of_child:
        raise AccessRefused("Эта переписка не об этом ребёнке.", next_step="Откройте «Сообщения».")
    return page


def _thread_page(
    here: Asked,
    thread_id: int,
    text: str = "",
    refused: str = "",
    *,
    had_files: bool = False,
    is_urgent: bool = False,
) -> bytes:
    page = _page_of(here, thread_id)
    return here.drawn(
        "thread.html",
        PLACE,
        "Переписка",
        found=page,
        is_help=page.thread.kind is ThreadKind.HELP,
        help_titles=HELP_TITLES,
        text=text,
        urgent=is_urgent,
        ended=ENDED,
        refused=refused,
        had_files=had_files,
        reason_length=REASON_LENGTH,
        **_bounds(here),
    )


def _reply(request: Request, user: User, sent: Sent) -> bytes | Response:
    here, typed, thread_id = asked(request, user), _typed(sent), request.path_params["thread_id"]
    _page_of(here, thread_id)
    words = Words(typed["text"], sent.files, is_urgent=bool(typed["urgent"]))
    try:
        answer(here.school.store, user, thread_id, words, now=here.now)
    except AccessRefused:
        raise
    except Refusal as refusal:
        return _thread_page(
            here,
            thread_id,
            typed["text"],
            str(refusal),
            had_files=bool(sent.files),
            is_urgent=words.is_urgent,
        )
    return redirect(f"/family/{here.pupil_id}{PLACE}/{thread_id}#last")


def _withdraw(request: Request, user: User, form: Form) -> Response:
    here, thread_id = asked(request, user), request.path_params["thread_id"]
    _page_of(here, thread_id)
    withdraw(here.school.store, user, id_of(form.get("message")) or 0, now=here.now)
    return redirect(f"/family/{here.pupil_id}{PLACE}/{thread_id}#last")


def _complain(request: Request, user: User, form: Form) -> Response:
    here, thread_id = asked(request, user), request.path_params["thread_id"]
    _page_of(here, thread_id)
    complain(here.school.store, user, thread_id, form.get("reason", "")[: 4 * REASON_LENGTH], now=here.now)
    return redirect(f"/family/{here.pupil_id}{PLACE}/{thread_id}#complaint")


def _pdf(request: Request, user: User, _form: Form) -> Response:
    here = asked(request, user)
    store, now = here.school.store, here.now
    page = _page_of(here, request.path_params["thread_id"])
    document = thread_document(page, school_name(store), user.name, now)
    return Response(document_pdf(document), headers=HEADERS | PDF_NAME, media_type="application/pdf")


know_ids()

_OF_CHILD = f"/family/{{pupil_id:id}}{PLACE}"
_OF_THREAD = f"{_OF_CHILD}/{{thread_id:id}}"
ROUTES: list[Route] = [
    reading(_OF_CHILD, _list),
    reading(f"{_OF_CHILD}/new", _new),
    taking_files(f"{_OF_CHILD}/new", FILES_A_MESSAGE, _send),
    reading(_OF_THREAD, _thread),
    taking_files(_OF_THREAD, FILES_A_MESSAGE, _reply),
    acting(f"{_OF_THREAD}/withdraw", _withdraw),
    acting(f"{_OF_THREAD}/complain", _complain),
    reading(f"{_OF_THREAD}/pdf", _pdf),
]
