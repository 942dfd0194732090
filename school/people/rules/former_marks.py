"""Which term marks a pupil may bring from the former school (п. 5.3, 5.4)."""

from collections.abc import Iterable, Sequence
from datetime import date

from school.errors import RuleRefused
from school.people.records import Stay
from school.records import Term
from school.register.rules.cells import HIGHEST_MARK, LOWEST_MARK
from school.spans import has_come


def terms_before(terms: Iterable[Term], stays: Sequence[Stay]) -> list[Term]:
    """Return the terms of a year that ended before the pupil came: a term that ended with them here has its mark here."""
    came: dict[int, date] = {}
    for stay in stays:
        if has_come((stay.starts_on, stay.ends_on)):
            year, first_day = stay.place.school_year, stay.starts_on or date.min
            came[year] = min(came.get(year, first_day), first_day)
    return [term for term in terms if is_before(term, came.get(term.school_year))]


def is_before(term: Term, came_on: date | None) -> bool:
    """Whether a term ended before the day on which a pupil first came in its school year; None: from its beginning, or never."""
    return came_on is not None and term.ends_on < came_on


def check_former_mark(value: int | None, *, is_before: bool, is_subject: bool) -> None:
    """Raise RuleRefused for what is no mark 2 to 5, an unknown subject, or a term that ended with the pupil here."""
    if value is not None and not LOWEST_MARK <= value <= HIGHEST_MARK:
        raise RuleRefused("За период ставят одну отметку.", next_step="Выберите 2, 3, 4 или 5.")
    if not is_subject:
        raise RuleRefused("Такого предмета нет.", next_step="Обновите карточку.")
    if not is_before:
        raise RuleRefused(
            "К концу этого периода ученик уже учился здесь.",
            "Отметку за него ставит учитель класса.",
            "Выберите период, который кончился до прихода ученика.",
        )
