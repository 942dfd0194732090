"""What «Журнал» shows, as one answer over HTTP: the bar, the lesson's head and the grid (see ``pages.grid``)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson

from pages.register.parts.lesson_head import head_answer
from pages.register.parts.opening import note_register, opening_address
from pages.register.parts.register_view import grid_data
from pages.ui.correction_request import correction_notes
from pages.ui.leave_hints import leave_hints
from pages.ui.register_choice import (
    NO_REGISTERS,
    NO_TERMS,
    Address,
    RegisterChoice,
    address_of,
    box,
    choose_register,
    whole_number_of,
)
from pages.ui.register_forecast import forecast_words, is_foreseen
from school.calendar import term_title
from school.numbers import counted
from school.records import Lesson, RegisterRow, Term, User
from school.register.lookups.registers import (
    RegisterPage,
    register_lesson_ids,
    register_page,
    register_terms,
    term_on,
)
from school.register.rules.marks import is_graded
from school.term_marks.lookups.whom_to_ask import PupilToAsk, pupils_to_ask
from server.session import School

# A page of the grid stays under this many cells, so that very large classes open as quickly as others.
CELLS_A_PAGE = 6000
PUPILS_A_PAGE = (20, 60)
SHOWN_TO_ASK = 15
ADDRESS_NAMES = ("year", "class", "subject", "group", "term", "lesson", "first", "forecasts")


@dataclass(frozen=True)
class Place:
    """Where an address leads: a register in a term, its lessons, and what else could be chosen.

    Many are kept in memory, each for one person: what is large in them all of them share.
    """

    choice: RegisterChoice
    terms: Sequence[Term]
    term: Term
    lesson_ids: frozenset[int]

    @property
    def register(self) -> RegisterRow:
        """The register."""
        return self.choice.register

    def boxes(self) -> list[dict[str, Any]]:
        """Return the boxes to go on from as the bar of the grid shows them."""
        titles = {f"term={each.term_id}": term_title(each.kind, each.number) for each in self.terms}
        class_box, subject_box, year_box = self.choice.boxes()
        term_box = box("Учебный период", titles, f"term={self.term.term_id}", is_row=True)
        return [class_box, subject_box, term_box, year_box]


def register_answer(school: School, user: User, address: Address) -> bytes:
    """Return the register that an address means, as JSON.

    The answer to the same address is kept until something is entered in the lessons of the register, or anything but
    entries changes. Raises AccessRefused and Refusal.
    """
    store, now = school.store, school.clock()
    # Only what the page knows: anything else in an address would fill the memory with the same answer.
    known = {name: address[name] for name in ADDRESS_NAMES if name in address}
    address = opening_address(school, user, known)
    key = (user, now.date(), *sorted(address.items()))
    if address.get("forecasts"):
        return orjson.dumps(_answer(school, user, address, now))
    place = _place(school, user, address, now.date())
    if place is None or isinstance(place, str):
        return orjson.dumps({"message": place or NO_REGISTERS})
    note_register(school, user, place.register)
    state = store.state_of_lessons(place.lesson_ids)
    return store.cache("registers").get(key, state, lambda: orjson.dumps(_answer(school, user, address, now)))


def _place(school: School, user: User, address: Address, today: date) -> Place | str | None:
    """Return ``place_of``, which only what is not an entry can change."""
    state = school.store.state_but_entries()
    key = (user, today, *sorted(address.items()))
    return school.store.cache("choices").get(key, state, lambda: place_of(school, user, address, today))


def place_of(school: School, user: User, address: Address, today: date) -> Place | str | None:
    """Return where an address leads; None where the user reads no register, words where the class has no terms."""
    choice = choose_register(school, user, address, today)
    if choice is None:
        return None
    terms = register_terms(school.store, user, choice.register.key)
    wanted = next((term for term in terms if term.term_id == whole_number_of(address, "term")), None)
    term = wanted or term_on(terms, today)
    if term is None:
        return NO_TERMS
    lesson_ids = register_lesson_ids(school.store, user, choice.register.key, term.term_id)
    return Place(choice, terms, term, lesson_ids)


def _answer(school: School, user: User, address: Address, now: datetime) -> dict[str, Any]:
    # Read before the cells: data older than a save under way must not push the saved mark out of the grid.
    version, today = school.store.version, now.date()
    place = _place(school, user, address, today)
    if not isinstance(place, Place):
        return {"message": place or NO_REGISTERS}
    register, term = place.register, place.term
    page = _page_of_pupils(school, user, place, today, whole_number_of(address, "first") or 0)
    lesson = selected_lesson(page, whole_number_of(address, "lesson"), today)
    answer: dict[str, Any] = {
        "address": address_of(register, term.term_id, lesson.lesson_id if lesson else None),
        "boxes": place.boxes(),
        "notes": correction_notes(school, user, register.key, term),
        "buttons": [{"what": "term_marks", "label": "Итоги", "title": "Оценки за учебный период"}],
        "asks": term.starts_on <= today <= term.ends_on,
        "foresees": is_graded(register.grade_level) and is_foreseen(user, term, today),
    }
    if not page.lessons or not page.pupils:
        missing = "уроков" if page.pupils else "учеников"
        return answer | {"message": f"В этом периоде {missing} нет. Выберите другой период выше."}
    data = grid_data(
        page, user, today=today, selected_lesson_id=lesson.lesson_id if lesson else None, version=version
    )
    data["hints"] = leave_hints(school, user, [each.lesson_id for each in page.lessons])
    if address.get("forecasts") and (words := forecast_words(school, user, register.key, term, today)):
        data["forecasts"] = {
            str(pupil): {"text": text, "title": f"Прогноз, не отметка. {why}"}
            for pupil, (text, why) in words.items()
        }
    answer |= {"grid": data, "head": head_answer(school, user, page, lesson) if lesson else None}
    if page.pupil_total > len(page.pupils):
        answer["pupils"] = {"first": page.first_pupil, "shown": len(page.pupils), "total": page.pupil_total}
    return answer


def _page_of_pupils(school: School, user: User, place: Place, today: date, first_pupil: int) -> RegisterPage:
    least, most = PUPILS_A_PAGE
    size = min(most, max(least, CELLS_A_PAGE // max(len(place.lesson_ids), 1)))
    return register_page(
        school.store,
        user,
        place.register.key,
        place.term,
        today=today,
        first_pupil=first_pupil - first_pupil % size,
        pupils_a_page=size,
    )


def selected_lesson(page: RegisterPage, wanted: int | None, today: date) -> Lesson | None:
    """Return the lesson of the address, or the last one up to today, or the first."""
    past = [lesson for lesson in page.lessons if lesson.held_on <= today]
    return next(
        (lesson for lesson in page.lessons if lesson.lesson_id == wanted),
        past[-1] if past else next(iter(page.lessons), None),
    )


def whom_to_ask_answer(school: School, user: User, address: Address) -> dict[str, Any]:
    """Return whom to ask in the register of an address today, the most needing first; nothing outside the term."""
    today = school.clock().date()
    place = place_of(school, user, address, today)
    if not isinstance(place, Place) or not place.term.starts_on <= today <= place.term.ends_on:
        return {"pupils": [], "more": 0}
    pupils = pupils_to_ask(school.store, user, place.register, place.term, today=today)
    return {
        "pupils": [{"name": row.name.short, "why": need_text(row)} for row in pupils[:SHOWN_TO_ASK]],
        "more": max(0, len(pupils) - SHOWN_TO_ASK),
    }


def need_text(row: PupilToAsk) -> str:
    """Return «отметок 2 из 5, без отметки 6 уроков»."""
    need = row.need
    parts = []
    if need.shortage:
        parts.append(f"отметок {need.count} из {need.minimum}")
    if need.is_forgotten:
        parts.append(f"без отметки {counted(need.lessons_without_mark, 'урок', 'урока', 'уроков')}")
    return ", ".join(parts)
