"""Marks for terms and years: what current marks propose, and when a teacher must say why (п. 4.5, 5.2–5.4)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from school.errors import ReasonRequired, RuleRefused
from school.records import (
    NO_TERM_MARK,
    YEAR,
    GivenMark,
    MarkElsewhere,
    Term,
    TermKind,
    TermMarkState,
    TermPlace,
)
from school.register.rules.cells import LOWEST_MARK, parse_cell
from school.register.rules.marks import MEAN_TOLERANCE, mean_text, weighted_mean
from school.register.rules.minimum_marks import minimum_marks

# «В конце учебного периода выставляет итоговые оценки» (п. 4.5): earlier than this many days before it needs a reason.
DAYS_OF_TERM_END = 14
MOST_DECIMALS = 6


class Rounding(StrEnum):
    """How a mean becomes a mark; a school chooses one, a subject may have its own."""

    HALF_UP = "half_up"
    FROM_60 = "from_60"
    FROM_65 = "from_65"


@dataclass(frozen=True)
class RoundingRow:
    """A rounding in words, and the least means at which 3, 4 and 5 begin."""

    title: str
    least_means: tuple[float, float, float]

    @property
    def bounds(self) -> str:
        """«2,50 · 3,50 · 4,50»."""
        return " · ".join(map(mean_text, self.least_means))


ROUNDINGS: dict[Rounding, RoundingRow] = {
    Rounding.HALF_UP: RoundingRow("с половины", (2.5, 3.5, 4.5)),
    Rounding.FROM_60: RoundingRow("с шести десятых", (2.6, 3.6, 4.6)),
    Rounding.FROM_65: RoundingRow("с 65 сотых", (2.65, 3.65, 4.65)),
}


def proposed_mark(mean: float | None, rounding: Rounding = Rounding.HALF_UP) -> int | None:
    """Return the mark that a weighted mean gives by the school's rounding (п. 5.4); None without a mean."""
    if mean is None:
        return None
    return LOWEST_MARK + sum(mean + MEAN_TOLERANCE >= least for least in ROUNDINGS[rounding].least_means)


def telling_mean_text(mean: float | None, rounding: Rounding) -> str:
    """Write a mean with as many decimals as show on which side of a bound it lies: 4.649 is not «4,65»."""
    if mean is None:
        return mean_text(mean)
    for decimals in range(2, MOST_DECIMALS):
        if proposed_mark(round(mean, decimals), rounding) == proposed_mark(mean, rounding):
            return f"{mean:.{decimals}f}".replace(".", ",")
    return f"{mean:.{MOST_DECIMALS}f}".replace(".", ",")


@dataclass(frozen=True)
class TermBasis:
    """What a term mark stands on: the mean, the mark it proposes, how many marks, of them control works.

    ``minimum`` is the least number of marks (п. 5.2), None where the weekly hours are not known.
    """

    mean: float | None = None
    proposed: int | None = None
    count: int = 0
    control_count: int = 0
    minimum: int | None = None

    @property
    def has_too_few(self) -> bool:
        """Whether there are fewer marks than п. 5.2 asks for."""
        return self.minimum is not None and self.count < self.minimum

    @property
    def has_no_control_works(self) -> bool:
        """Whether no mark is for a written control work, which п. 5.2 asks to regard."""
        return self.count > 0 and self.control_count == 0


def term_basis(marks: Sequence[GivenMark], hours_a_week: float | None, rounding: Rounding) -> TermBasis:
    """Return what a pupil's current marks of a term say about the term mark (п. 5.2, 5.4)."""
    mean = weighted_mean((mark.value, mark.weight) for mark in marks)
    return TermBasis(
        mean,
        proposed_mark(mean, rounding),
        len(marks),
        sum(mark.is_written_control for mark in marks),
        minimum_marks(hours_a_week) if hours_a_week else None,
    )


def year_basis(term_marks: Sequence[int | None]) -> TermBasis:
    """Return what a pupil's term marks, in the order of the terms, say about the year mark: their mean, half up.

    Terms without a mark do not count, but nothing is proposed before the last term has its mark.
    """
    given = [mark for mark in term_marks if mark is not None]
    mean = weighted_mean((mark, 1.0) for mark in given)
    is_complete = bool(term_marks) and term_marks[-1] is not None
    return TermBasis(mean, proposed_mark(mean) if is_complete else None, len(given))


def marks_of_year(
    terms: Sequence[Term], own: Sequence[int | None], elsewhere: Iterable[MarkElsewhere]
) -> list[int | None]:
    """Return the term marks that a pupil's year mark stands on, in the order of the terms (п. 5.4).

    ``own``: the class's mark for each of its terms. Where it gave none, that of another class or the former school counts; of
    their terms that the class does not report by, those count in whose days it gave no mark.
    """
    others = sorted(elsewhere, key=lambda each: (each.term.ends_on, each.class_name))
    by_term = {each.term.term_id: each.value for each in others}
    values = [
        by_term.get(term.term_id) if value is None else value for term, value in zip(terms, own, strict=True)
    ]
    own_ids = {term.term_id for term in terms}
    marked = [term for term, value in zip(terms, values, strict=True) if value is not None]
    before = [
        each.value
        for each in others
        if each.term.term_id not in own_ids
        and not any(
            each.term.starts_on <= term.ends_on and term.starts_on <= each.term.ends_on for term in marked
        )
    ]
    return [*before, *values]


def bases(
    terms: Sequence[Term],
    pupil_ids: Iterable[int],
    given: Mapping[TermPlace, Sequence[GivenMark]],
    held: Mapping[TermPlace, TermMarkState],
    elsewhere: Mapping[int, Sequence[MarkElsewhere]],
    hours: Mapping[int, float | None],
    rounding: Rounding,
) -> dict[TermPlace, TermBasis]:
    """Return what each term mark and the year mark of these pupils of a register stand on.

    ``hours``: the weekly hours by term; ``elsewhere``: what others gave a pupil.
    """
    found: dict[TermPlace, TermBasis] = {}
    for pupil in pupil_ids:
        for term in terms:
            place = (term.term_id, pupil)
            found[place] = term_basis(given.get(place, ()), hours.get(term.term_id), rounding)
        own = [held.get((term.term_id, pupil), NO_TERM_MARK).value for term in terms]
        found[YEAR, pupil] = year_basis(marks_of_year(terms, own, elsewhere.get(pupil, ())))
    return found


def with_year(terms: Sequence[Term]) -> list[Term]:
    """Return a class's terms and, after them, the year: it ends, and is closed, with the last term (п. 5.4).

    A single term that is the year already has no year after it.
    """
    if not terms or any(term.kind == TermKind.YEAR for term in terms):
        return list(terms)
    last = terms[-1]
    year = Term(YEAR, last.school_year, TermKind.YEAR, 1, last.starts_on, last.ends_on, last.is_closed)
    return [*terms, year]


def closing_term(terms: Sequence[Term], term_id: int) -> int | None:
    """Return the term whose closing closes this one: itself, and for the year the last term."""
    if term_id != YEAR:
        return term_id
    return terms[-1].term_id if terms else None


class Ground(StrEnum):
    """Why a term mark needs a reason in the teacher's words."""

    CLOSED = "closed"
    CORRECTION = "correction"
    TOO_FEW = "too_few"
    DIFFERS = "differs"
    EARLY = "early"


GROUND_TEXTS: dict[Ground, str] = {
    Ground.CLOSED: "Учебный период закрыт.",
    Ground.CORRECTION: "Отметка поставлена раньше.",
    Ground.TOO_FEW: "Текущих отметок меньше, чем нужно (п. 5.2).",
    Ground.DIFFERS: "Отметка отличается от предложенной.",
    Ground.EARLY: f"До конца периода больше {DAYS_OF_TERM_END} дней (п. 4.5).",
}


def grounds(
    old: TermMarkState, new: int | None, basis: TermBasis, term: Term, today: date
) -> tuple[Ground, ...]:
    """Return why a change of a term mark needs a reason; empty where it needs none (п. 4.2, 4.5, 5.2, 5.4)."""
    if new == old.value:
        return ()
    was_given_earlier = old.value is not None and (old.recorded_at is None or old.recorded_at.date() < today)
    is_early = new is not None and today < marks_begin_on(term)
    found = {
        Ground.CLOSED: term.is_closed,
        Ground.CORRECTION: was_given_earlier,
        **dict.fromkeys(weaknesses(new, basis), True),
        Ground.EARLY: is_early,
    }
    return tuple(ground for ground, holds in found.items() if holds)


def weaknesses(value: int | None, basis: TermBasis) -> tuple[Ground, ...]:
    """Return what about a term mark itself asks for a reason: too few marks (п. 5.2), not the proposed one (п. 5.4)."""
    if value is None:
        return ()
    found = {Ground.TOO_FEW: basis.has_too_few, Ground.DIFFERS: value != basis.proposed}
    return tuple(ground for ground, holds in found.items() if holds)


def is_unexplained(held: TermMarkState, basis: TermBasis) -> bool:
    """Whether a given term mark lacks the reason that it needs (п. 5.2, 5.4)."""
    return bool(weaknesses(held.value, basis)) and not held.reason.strip()


def check_reason_given(found: Iterable[Ground], reason: str) -> None:
    """Raise ReasonRequired when there are grounds and no reason."""
    texts = [GROUND_TEXTS[ground] for ground in found]
    if texts and not reason.strip():
        raise ReasonRequired(" ".join(texts), next_step="Напишите причину.")


def marks_begin_on(term: Term) -> date:
    """Return the first day on which the mark of a term needs no reason for being early (п. 4.5)."""
    return max(term.starts_on, term.ends_on - timedelta(days=DAYS_OF_TERM_END))


def may_be_filled(held: TermMarkState, basis: TermBasis, term: Term, today: date) -> bool:
    """Whether «Принять предложенные» may fill a place: it is empty and the proposed mark needs no reason."""
    return (
        held.value is None
        and basis.proposed is not None
        and not grounds(held, basis.proposed, basis, term, today)
    )


def parse_term_mark(text: str) -> int | None:
    """Read what was typed as a term mark: one mark 2 to 5, or nothing (п. 5.3).

    Raises RuleRefused with a sentence for the teacher.
    """
    cell = parse_cell(text)
    if cell.absence is not None:
        raise RuleRefused(
            "Пропуск не ставят за период (п. 5.3).", next_step="Ставят одну отметку: 2, 3, 4 или 5."
        )
    if len(cell.marks) > 1:
        raise RuleRefused("За период ставят одну отметку.", next_step="Выберите 2, 3, 4 или 5.")
    return cell.marks[0] if cell.marks else None


def check_term_has_begun(term: Term, today: date) -> None:
    """Raise RuleRefused for a term that has not begun (п. 5.1)."""
    if term.starts_on > today:
        raise RuleRefused("Учебный период ещё не начался.", next_step="Выберите другой период.")


def check_pupil_is_in_term(is_listed: bool, has_left: bool) -> None:
    """Raise RuleRefused for a pupil who was not in the class or subgroup during the term, or ends it in another class (п. 5.4)."""
    if has_left:
        raise RuleRefused(
            "Ученик перешёл в другой класс.",
            "Отметку за этот период ставят там: прежние отметки ученика в неё входят.",
            "Если перевод записан по ошибке, обратитесь к секретарю.",
        )
    if not is_listed:
        raise RuleRefused(
            "Ученик не числился в классе в этом периоде.",
            next_step="Проверьте движение учащихся у секретаря.",
        )


def check_term_may_be_closed(term: Term, today: date) -> None:
    """Raise RuleRefused for a term that is closed already or has days to come (п. 4.2, 5.1)."""
    if term.is_closed:
        raise RuleRefused("Учебный период уже закрыт.", next_step="Обновите страницу.")
    if today < term.ends_on:
        raise RuleRefused(
            "Учебный период ещё идёт.", next_step=f"Закрыть его можно с {term.ends_on:%d.%m.%Y}."
        )
