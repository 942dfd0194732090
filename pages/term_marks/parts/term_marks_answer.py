"""What «Оценки за учебный период» shows, as one answer over HTTP (see ``pages.grid``)."""

from datetime import date
from typing import Any

from pages.term_marks.parts.term_marks_view import brought_text, period_part, period_title, term_marks_grid
from pages.ui.correction_request import correction_notes
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
from pages.ui.register_forecast import forecast_words, year_words
from school.records import YEAR, Term, User
from school.register.lookups.registers import register_terms, term_on
from school.register.rules.marks import is_graded
from school.term_marks.lookups.term_marks import TermMarksPage, term_marks_page
from school.term_marks.rules.term_marks import ROUNDINGS, marks_begin_on, with_year
from server.session import School

PUPILS_A_PAGE = 60
MOST_NAMED = 3
YEAR_IN_ADDRESS = "year"


def period_of(address: Address) -> int | None:
    """Return the term that an address names, YEAR for the year, or None."""
    return YEAR if address.get("term") == YEAR_IN_ADDRESS else whole_number_of(address, "term")


def term_marks_answer(school: School, user: User, address: Address) -> dict[str, Any]:
    """Return a register's term marks as the address means them; raises AccessRefused and Refusal."""
    store, now = school.store, school.clock()
    choice = choose_register(school, user, address, now.date())
    if choice is None:
        return {"message": NO_REGISTERS}
    own = register_terms(store, user, choice.register.key)
    term = _chosen_term(own, period_of(address), now.date())
    if term is None:
        return {"message": NO_TERMS}
    # Read before the marks: data older than a save under way must not push the saved mark out of the grid.
    version, first = store.version, whole_number_of(address, "first") or 0
    page = term_marks_page(
        store,
        user,
        choice.register.key,
        term.term_id,
        now=now,
        first_pupil=first - first % PUPILS_A_PAGE,
        pupils_a_page=PUPILS_A_PAGE,
    )
    assert page is not None  # the period was chosen among the terms of this class
    return _answer(school, user, choice, page, version)


def _chosen_term(own: list[Term], wanted: int | None, today: date) -> Term | None:
    terms = {term.term_id: term for term in with_year(own)}
    return (terms.get(wanted) if wanted is not None else None) or term_on(own, today)


def _answer(
    school: School, user: User, choice: RegisterChoice, page: TermMarksPage, version: int
) -> dict[str, Any]:
    term, register = page.chosen, choice.register
    class_box, subject_box, year_box = choice.boxes()
    titles = {period_part(each): period_title(each) for each in page.terms}
    answer: dict[str, Any] = {
        "address": address_of(register, None) | {"term": period_part(term).partition("=")[2]},
        "boxes": [
            class_box,
            subject_box,
            box("Учебный период", titles, period_part(term), is_row=True),
            year_box,
        ],
        "buttons": buttons(page),
        "notes": correction_notes(school, user, register.key, term),
        "words": state_words(page),
    }
    if not page.pupils:
        return answer | {"message": "В этом периоде учеников нет. Выберите другой период выше."}
    today = page.now.date()
    forecast = (
        year_words(school, user, page, today)
        if term.term_id == YEAR
        else forecast_words(school, user, register.key, term, today)
    )
    answer["grid"] = term_marks_grid(page, user, forecast, version=version)
    if page.pupil_total > len(page.pupils):
        answer["pupils"] = {"first": page.first_pupil, "shown": len(page.pupils), "total": page.pupil_total}
    return answer


def buttons(page: TermMarksPage) -> list[dict[str, str]]:
    """Return what the page leads to: reasons that are missing (п. 5.2, 5.4), and the register."""
    found = [{"what": "register", "label": "В журнал", "title": "Журнал этого класса и предмета"}]
    lacking = 0 if page.why_not[page.chosen.term_id] else len(page.unexplained)
    if lacking:
        title = "Отметка не по правилу или текущих отметок мало (п. 5.2): напишите почему"
        found.insert(0, {"what": "reasons", "label": f"Без причины: {lacking}", "title": title})
    return found


def state_words(page: TermMarksPage) -> list[str]:
    """Say how the chosen period stands: its end, the rounding, what is missing."""
    term = page.chosen
    parts = [period_title(term)]
    if not term.is_closed:
        parts.append(f"до {term.ends_on:%d.%m.%Y}")
    if page.now.date() < marks_begin_on(term):
        parts.append(f"до {marks_begin_on(term):%d.%m} — с причиной (п. 4.5)")
    parts.append(
        "среднее отметок за периоды" if term.term_id == YEAR else f"пороги {ROUNDINGS[page.rounding].bounds}"
    )
    own = [pupil for pupil, _ in page.pupils if page.is_listed(term.term_id, pupil)]
    too_few = sum(page.basis(term.term_id, pupil).has_too_few for pupil in own)
    if too_few and not term.is_closed:
        parts.append(f"мало отметок: {too_few}")
    given = sum(page.state(term.term_id, pupil).value is not None for pupil in own)
    parts.append(f"выставлено {given} из {len(own)}")
    if left := sum(page.has_left(term.term_id, pupil) for pupil, _ in page.pupils):
        parts.append(f"перешли в другой класс: {left}")
    brought = [
        f"{name.initials} — {text}" for pupil, name in page.pupils if (text := brought_text(page, pupil))
    ]
    if brought:
        more = f" и ещё {len(brought) - MOST_NAMED}" if len(brought) > MOST_NAMED else ""
        parts.append(f"учтены прежние отметки: {', '.join(brought[:MOST_NAMED])}{more}")
    if not is_graded(page.register.grade_level):
        parts.append("в первых классах отметок не ставят: у этого журнала их не ждут")
    return parts
