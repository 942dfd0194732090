"""What the terms left must bring for a year mark: the smallest marks with which the school's own rule proposes it (п. 5.4)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from school.records import Term
from school.register.rules.cells import HIGHEST_MARK, LOWEST_MARK
from school.term_marks.rules.term_marks import year_basis


@dataclass(frozen=True)
class YearNeeded:
    """A year mark within reach, and the least marks of the terms left, in rising order, that it takes."""

    target: int
    marks: tuple[int, ...]


def mark_sets(count: int) -> list[tuple[int, ...]]:
    """Sets of so many marks by rising sum, as even as can be: for two 2 2, 2 3, 3 3, … 5 5."""
    sets = []
    for total in range(LOWEST_MARK * count, HIGHEST_MARK * count + 1):
        low, more = divmod(total, count)
        sets.append((low,) * (count - more) + (low + 1,) * more)
    return sets


def needed_for_year(given: Sequence[int | None], terms_left: int, target: int) -> tuple[int, ...] | None:
    """Return the smallest marks of the terms left with which the year mark proposed is ``target`` or better (п. 5.4).

    ``given``: the marks of the terms that are over, None where a term gave none; it does not count. The marks come in rising
    order. None where no marks reach the target, or no term is left.
    """
    if terms_left < 1:
        return None
    for marks in mark_sets(terms_left):
        proposed = year_basis([*given, *marks]).proposed
        if proposed is not None and proposed >= target:
            return marks
    return None


def next_for_year(given: Sequence[int | None], terms_left: int) -> YearNeeded | None:
    """Return what lifts the year mark above what the term marks so far propose or, out of reach, what keeps it (п. 5.4).

    None without a term mark so far, or without a term left.
    """
    now = year_basis([mark for mark in given if mark is not None]).proposed
    if now is None:
        return None
    for target in (min(now + 1, HIGHEST_MARK), now):
        marks = needed_for_year(given, terms_left, target)
        if marks is not None:
            return YearNeeded(target, marks)
    return None


def needed_in_terms(terms: Sequence[Term], by_term: Mapping[int, int]) -> YearNeeded | None:
    """Return ``next_for_year`` of a pupil's term marks of a year, by term_id; ``terms`` are those of the class (п. 5.4).

    None too where the pupil brought marks of terms that this class does not report by: the school decides what counts.
    """
    if by_term.keys() - {each.term_id for each in terms}:
        return None
    given = [by_term[each.term_id] for each in terms if each.term_id in by_term]
    return next_for_year(given, sum(each.term_id not in by_term and not each.is_closed for each in terms))


def year_needed_text(needed: YearNeeded) -> str:
    """Return «Чтобы год был «4», нужны 3 и 4 или лучше.»: the marks of the terms left, in any order."""
    *most, last = map(str, needed.marks)
    marks = f"{', '.join(most)} и {last}" if most else last
    verb = "нужны" if most else "нужна"
    return f"Чтобы год был «{needed.target}», {verb} {marks} или лучше."
