"""Consultations on a family's phone: what is booked, free times of the child's teachers, a parents' evening for all children (п. 4.7)."""

from collections.abc import Iterator

from starlette.requests import Request
from starlette.responses import Response

from pages.families.parts.answering import Form, acting, asked, reading, redirect
from pages.families.parts.diary_answers import Asked
from school.access.action import Action
from school.access.checks import check_may, may
from school.access.scopes import Rows
from school.consultations.actions.booking import WantedTime, book_slots, cancel_booking
from school.consultations.lookups.family import evening_choices, family_consultations, fitting_slots
from school.consultations.rules import QUESTION_LENGTH, WALK, WORDS_LENGTH, moment_words
from school.errors import AccessRefused, Refusal
from school.received import id_of
from school.records import User
from server.http.own_routes import know_ids

PLACE = "/consultations"
# The name of a field is made of it, the child and the employee; its value is a time, or «any».
SLOT, ANY = "slot", "any"


def consultations_page(asked: Asked, typed: Form | None = None, refused: str = "") -> bytes:
    """Return the page of a child; for who reads the diary and does not book, where bookings stand. Raises AccessRefused."""
    if not may(asked.user, Action.BOOK_CONSULTATION, Rows(pupil_id=asked.pupil_id)):
        return asked.drawn("consultations_closed.html", PLACE, "Консультации")
    found = family_consultations(asked.school.store, asked.user, asked.pupil_id, now=asked.now)
    return asked.drawn(
        "consultations.html",
        PLACE,
        "Консультации",
        found=found,
        typed=typed or {},
        refused=refused,
        when=moment_words,
        question_length=QUESTION_LENGTH,
        words_length=WORDS_LENGTH,
    )


def evening_page(asked: Asked, evening_id: int, typed: Form | None = None, refused: str = "") -> bytes:
    """Return a parents' evening for all children of the guardian. Raises AccessRefused or RuleRefused."""
    choices = evening_choices(asked.school.store, asked.user, evening_id, now=asked.now)
    return asked.drawn(
        "consultations_evening.html",
        PLACE,
        "Родительский день",
        choices=choices,
        typed=typed or {},
        refused=refused,
        when=moment_words,
        walk_minutes=WALK.seconds // 60,
    )


def _chosen(form: Form) -> Iterator[tuple[int, int, int | None]]:
    """Yield what a form chose: child, employee, time (None: any that fits)."""
    for name, value in form.items():
        kind, _, rest = name.partition("_")
        pupil_id, staff_id = (id_of(each) for each in (*rest.split("_"), "", "")[:2])
        slot_id = id_of(value)
        if kind == SLOT and pupil_id and staff_id and (slot_id or value == ANY):
            yield pupil_id, staff_id, slot_id


def _show(request: Request, user: User, _form: Form) -> bytes:
    return consultations_page(asked(request, user))


def _show_evening(request: Request, user: User, _form: Form) -> bytes:
    return evening_page(asked(request, user), request.path_params["evening_id"])


def _book(request: Request, user: User, form: Form) -> bytes | Response:
    here = asked(request, user)
    wanted = [
        WantedTime(pupil_id, slot_id, form.get("question", ""))
        for pupil_id, _, slot_id in _chosen(form)
        if slot_id is not None
    ]
    try:
        book_slots(here.school.store, user, wanted, now=here.now)
    except AccessRefused:
        raise
    except Refusal as refusal:
        return consultations_page(here, form, str(refusal))
    return _back(here)


def _book_evening(request: Request, user: User, form: Form) -> bytes | Response:
    here, evening_id = asked(request, user), request.path_params["evening_id"]
    chosen = list(_chosen(form))
    fixed = [(pupil_id, slot_id) for pupil_id, _, slot_id in chosen if slot_id is not None]
    anywhen = [(pupil_id, staff_id) for pupil_id, staff_id, slot_id in chosen if slot_id is None]
    store = here.school.store
    try:
        if anywhen:
            slot_ids = [slot_id for _, slot_id in fixed]
            fixed += fitting_slots(store, user, evening_id, anywhen, slot_ids, now=here.now)
        book_slots(store, user, [WantedTime(*each) for each in fixed], now=here.now)
    except AccessRefused:
        raise
    except Refusal as refusal:
        return evening_page(here, evening_id, form, str(refusal))
    return _back(here)


def _cancel(request: Request, user: User, form: Form) -> Response:
    here = asked(request, user)
    check_may(user, Action.BOOK_CONSULTATION, Rows(pupil_id=here.pupil_id))
    cancel_booking(
        here.school.store, user, request.path_params["booking_id"], form.get("words", ""), now=here.now
    )
    return _back(here)


def _back(here: Asked) -> Response:
    return redirect(f"/family/{here.pupil_id}{PLACE}#booked")


know_ids()

_OF_PUPIL = f"/family/{{pupil_id:id}}{PLACE}"
ROUTES = (
    reading(_OF_PUPIL, _show),
    acting(f"{_OF_PUPIL}/book", _book),
    acting(f"{_OF_PUPIL}/{{booking_id:id}}/cancel", _cancel),
    reading(f"{_OF_PUPIL}/evening/{{evening_id:id}}", _show_evening),
    acting(f"{_OF_PUPIL}/evening/{{evening_id:id}}/book", _book_evening),
)
