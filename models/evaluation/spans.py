"""Which terms teach and which judge: always earlier ones teach, later ones judge."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.features.tables import Bools, Ints, Journal


class SpanError(Exception):
    """The terms asked for cannot be divided by time; the text says why and what to ask instead."""


@dataclass(frozen=True)
class Spans:
    """Codes of the terms to learn from and to judge by, and school years for the year marks (may be empty)."""

    train: Ints
    test: Ints
    train_years: list[int]
    test_years: list[int]


def spans(
    journal: Journal,
    *,
    train_years: Sequence[int] = (),
    test_years: Sequence[int] = (),
    train_terms: Sequence[str] = (),
    test_terms: Sequence[str] = (),
) -> Spans:
    """The division asked for; what is not said is found.

    Terms are named by id or as `year/number`. Without any: the last school year is judged; where each class has
    one term only (courses), the last of them; with one year, the last third of its terms. Terms that had not ended
    before the judged ones begin teach nothing. SpanError if either side would be empty.
    """
    with_marks = np.bincount(journal.term_marks.term, minlength=len(journal.term_ids)) > 0
    year = journal.terms.school_year
    if test_terms:
        judged = _terms_by_name(journal, test_terms) & with_marks
    elif test_years:
        judged = np.isin(year, test_years) & with_marks
    else:
        judged = _last(journal, with_marks)
    if not judged.any():
        raise SpanError("No term marks in the terms to judge by: choose terms or years that are closed.")
    begins = journal.terms.first_day[judged].min()
    taught = (journal.terms.last_day < begins) & with_marks & ~judged
    if train_terms:
        taught &= _terms_by_name(journal, train_terms)
    if train_years:
        taught &= np.isin(year, train_years)
    if not taught.any():
        raise SpanError(
            "No closed terms are left to learn from: they must end before the first judged term begins. "
            "Name them with --train-terms and --test-terms (term ids or year/number, separated by commas)."
        )
    return Spans(np.flatnonzero(taught), np.flatnonzero(judged), *_years(journal, taught, judged))


def _years(journal: Journal, taught: Bools, judged: Bools) -> tuple[list[int], list[int]]:
    """School years whose year marks can teach and judge: no year is on both sides."""
    earlier, later = set(journal.terms.school_year[taught]), set(journal.terms.school_year[judged])
    with_year_marks = set(journal.year_marks.school_year)
    before = sorted(int(y) for y in earlier & with_year_marks if y < min(later))
    return before, sorted(int(y) for y in (later - earlier) & with_year_marks)


def _terms_by_name(journal: Journal, names: Sequence[str]) -> Bools:
    by_id = {str(term): code for code, term in enumerate(journal.term_ids)}
    wanted = np.zeros(len(journal.term_ids), dtype=bool)
    for name in names:
        if name in by_id:
            wanted[by_id[name]] = True
            continue
        at = _numbered(journal, name)
        if not at.any():
            raise SpanError(f"No term {name!r}: name terms by id or as year/number, for example 2014/4.")
        wanted |= at
    return wanted


def _numbered(journal: Journal, name: str) -> Bools:
    year, _, number = name.partition("/")
    if not (year.isdecimal() and number.isdecimal()):
        return np.zeros(len(journal.term_ids), dtype=bool)
    at: Bools = (journal.terms.school_year == int(year)) & (journal.terms.number == int(number))
    return at


def _last(journal: Journal, with_marks: Bools) -> Bools:
    terms, year = journal.terms, journal.terms.school_year
    years = np.unique(year[with_marks])
    is_last: Bools
    if _one_term_a_class(journal):
        order = year * 1000 + terms.number
        is_last = order == order[with_marks].max()
    elif len(years) > 1:
        is_last = year == years[-1]
    else:
        starts = np.unique(terms.first_day[with_marks & _of_main_series(journal)])
        is_last = terms.first_day >= starts[-max(-(-len(starts) // 3), 1)]
    return with_marks & is_last


def _one_term_a_class(journal: Journal) -> bool:
    marks = journal.term_marks
    pairs = np.unique(marks.school_class * len(journal.term_ids) + marks.term)
    return len(pairs) == len(np.unique(marks.school_class))


def _of_main_series(journal: Journal) -> Bools:
    """Terms of the kind that most pupils are marked in."""
    series = journal.terms.series
    kinds = np.array([str(kind) for kind in journal.terms.kind])
    sizes = {kind: int((kinds[journal.term_marks.term] == kind).sum()) for kind in np.unique(kinds)}
    return np.isin(series, series[kinds == max(sizes, key=lambda kind: sizes[kind])])
