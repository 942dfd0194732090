"""Consultations on a family's phone: what is booked, free times of the child's teachers, a parents' evening for all children (п. 4.7)."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from pages.families.parts.answering import Form, acting, asked, reading, redirect
from pages.families.parts.diary_answers import Asked
from school.access.action import Action
from school.access.checks import check_may, may
from school.access.scopes import Rows
from school.consultations.actions.booking import WantedTime, book_slots, cancel_booking
from school.consultations.lookups.family import evening_choices, family_consultations, fitting_slots
from school.consultations.rules import QUESTION_LENGTH, WALK, WORDS_LENGTH, TimeTaken, moment_words
from school.errors import AccessRefused, Refusal
from school.received import id_of
from school.records import User
from server.http.own_routes import know_ids

PLACE = "/consultations"
# The names of fields are made of these, the child and the employee; the value of the first is a time, or «any».
SLOT, QUESTION, ANY = "slot", "question", "any"
# So often times are fitted anew where other families book at the same moment.
TRIES = 3


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
        question_length=QUESTION_LENGTH,
    )


class Chosen(NamedTuple):
    """What a form chose: a child, an employee, a time (None: any that fits), what to speak of."""

    pupil_id: int
    staff_id: int
    slot_id: int | None
    question: str


def _chosen(form: Form) -> Iterator[Chosen]:
    for name, value in form.items():
        kind, _, rest = name.partition("_")
        pupil_id, staff_id = (id_of(each) for each in (*rest.split("_"), "", "")[:2])
        slot_id = id_of(value)
        if kind == SLOT and pupil_id and staff_id and (slot_id or value == ANY):
            yield Chosen(pupil_id, staff_id, slot_id, form.get(f"{QUESTION}_{pupil_id}_{staff_id}", ""))


def _show(request: Request, user: User, _form: Form) -> bytes:
    return consultations_page(asked(request, user))


def _show_evening(request: Request, user: User, _form: Form) -> bytes:
    return evening_page(asked(request, user), request.path_params["evening_id"])


def _book(request: Request, user: User, form: Form) -> bytes | Response:
    here = asked(request, user)
    wanted = [
        WantedTime(each.pupil_id, each.slot_id, each.question)
        for each in _chosen(form)
        if each.slot_id is not None
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
    try:
        _book_chosen(here, evening_id, list(_chosen(form)))
    except AccessRefused:
        raise
    except Refusal as refusal:
        return evening_page(here, evening_id, form, str(refusal))
    return _back(here)


def _book_chosen(here: Asked, evening_id: int, chosen: Sequence[Chosen]) -> None:
    """Book what was chosen, fitting times anew where another family was quicker at one that was fitted."""
    fixed = {each: each.slot_id for each in chosen if each.slot_id is not None}
    anywhen = [each for each in chosen if each.slot_id is None]
    store, user, now = here.school.store, here.user, here.now
    for tries_left in reversed(range(TRIES)):
        slots = dict(fixed)
        if anywhen:
            pairs = [(each.pupil_id, each.staff_id) for each in anywhen]
            fitting = fitting_slots(store, user, evening_id, pairs, fixed.values(), now=now)
            slots |= {each: slot_id for each, (_, slot_id) in zip(anywhen, fitting, strict=True)}
        wanted = [WantedTime(each.pupil_id, slot_id, each.question) for each, slot_id in slots.items()]
        try:
            book_slots(store, user, wanted, now=now)
        except TimeTaken:
            if not anywhen or not tries_left:
                raise
        else:
            return


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
