"""Which term marks a pupil may bring from the former school (п. 5.3, 5.4)."""

from collections.abc import Iterable, Sequence
from datetime import date

from school.errors import RuleRefused
from school.people.records import Stay
from school.records import Term
from school.register.rules.cells import HIGHEST_MARK, LOWEST_MARK


def terms_before(terms: Iterable[Term], stays: Sequence[Stay]) -> list[Term]:
    """Return the terms of a year that ended before the pupil came: a term that ended with them here has its mark here."""
    found = []
    for term in terms:
        of_year = [stay for stay in stays if stay.place.school_year == term.school_year]
        came_on = min((stay.starts_on or date.min for stay in of_year), default=date.min)
        if term.ends_on < came_on:
            found.append(term)
    return found


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
