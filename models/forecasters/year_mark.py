"""The year mark from the term marks so far: an ordinal logit over the same empirical Bayes, a term mark in place of a mark.

The features are columns of `series.FEATURES` read for a year: marks so far are the marks of its closed terms, marks
to come its terms not closed yet, the previous term's mark is last year's mark and its mean the mean of this year's
current marks.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.features.series import FEATURES, add_last_and_lowest, by_each, elsewhere, group, means, ratio
from models.features.tables import Bools, Ints, Journal, MarkRows, TermMarkRows, YearMarkRows
from models.forecasters.baselines import last_term_mark_for_year, rounded_mean
from models.forecasters.empirical_bayes import FEWEST_TERMS_TO_LEARN_FROM, Constants, EmpiricalBayes
from models.forecasters.forecaster import Forecaster
from models.forecasters.ordinal import OrdinalLogit
from models.metrics import Floats

YEAR_CONSTANTS = Constants(
    worth=(1.0, 1.0, 0.3, 0.3, 0.3, 0.3),
    level_spread=0.25,
    mark_spread=0.15,
    rounding_spread=0.006,
    cuts=(2.45, 3.48, 4.48),
)


@dataclass(frozen=True)
class YearRows:
    """Pupil × subject × class of one school year, each with the series of terms it is marked in."""

    pupil: Ints
    subject: Ints
    school_class: Ints
    series: Ints
    school_year: int

    def __len__(self) -> int:
        return len(self.pupil)

    def where(self, keep: Bools) -> "YearRows":
        """Some of the rows."""
        return YearRows(
            self.pupil[keep], self.subject[keep], self.school_class[keep], self.series[keep], self.school_year
        )


@dataclass(frozen=True)
class YearExamples:
    """Closed years seen on their eve and after 1, 2, … of their terms (`n_terms`)."""

    features: pd.DataFrame
    y: Ints
    pupil: Ints
    subject: Ints
    school_class: Ints
    n_terms: Ints


def fitted_year_family(features: pd.DataFrame, y: Ints) -> dict[str, Forecaster]:
    """The baselines and models of the year mark, learned from n rows. Below 200 the ordinal logit is left out."""
    prior = usual_year_model().fit(features, y)
    family: dict[str, Forecaster] = {
        "last_term_mark": last_term_mark_for_year().fit(features, y),
        "rounded_mean": rounded_mean().fit(features, y),
        "empirical_bayes_fixed": usual_year_model(),
        "empirical_bayes": prior,
    }
    if len(y) >= FEWEST_TERMS_TO_LEARN_FROM:
        family["ordinal"] = OrdinalLogit(prior).fit(features, y)
    return family


def usual_year_model() -> EmpiricalBayes:
    """What answers before any year mark is known: fixed constants, and the exact number of terms to come."""
    return EmpiricalBayes(YEAR_CONSTANTS, remaining_is_exact=True)


def year_examples(journal: Journal, school_years: Iterable[int]) -> YearExamples:
    """Every year mark of the years, as it looked after 0, 1, 2, … closed terms, short of all."""
    pieces = [piece for year in school_years for piece in _examples_of(journal, int(year))]
    if not pieces:
        nothing = np.empty(0, dtype=np.int64)
        frame = pd.DataFrame(columns=FEATURES, dtype=float)
        return YearExamples(frame, nothing, nothing, nothing, nothing, nothing)
    return YearExamples(
        pd.concat([piece.features for piece in pieces], ignore_index=True),
        *(
            np.concatenate([getattr(piece, name) for piece in pieces])
            for name in ("y", "pupil", "subject", "school_class", "n_terms")
        ),
    )


def _examples_of(journal: Journal, year: int) -> list[YearExamples]:
    given = journal.year_marks.where(journal.year_marks.school_year == year)
    rows = YearRows(given.pupil, given.subject, given.school_class, _series_of(journal, given, year), year)
    pieces = []
    for series in np.unique(rows.series[rows.series >= 0]):
        same = rows.series == series
        for n_terms, day in enumerate(_days_seen(journal, int(series), year)):
            same_rows = rows.where(same)
            pieces.append(
                YearExamples(
                    year_features(journal, same_rows, day),
                    given.value[same].astype(np.int64),
                    same_rows.pupil,
                    same_rows.subject,
                    same_rows.school_class,
                    np.full(len(same_rows), n_terms),
                )
            )
    return pieces


def _days_seen(journal: Journal, series: int, year: int) -> list[int]:
    """The eve of the year, and the last day of each of its terms but the last."""
    terms = np.flatnonzero((journal.terms.series == series) & (journal.terms.school_year == year))
    ends = np.unique(journal.terms.last_day[terms])[:-1]
    return [int(journal.terms.first_day[terms].min()) - 1, *(int(end) for end in ends)]


def _series_of(journal: Journal, given: YearMarkRows, year: int) -> Ints:
    """The series in which the class is marked in the subject that year, else that of the class, else −1."""
    marks = journal.term_marks
    this_year = journal.terms.school_year[marks.term] == year
    n_subjects = len(journal.subjects)
    by_subject = np.full(len(journal.classes) * n_subjects, -1, dtype=np.int64)
    by_class = np.full(len(journal.classes), -1, dtype=np.int64)
    in_year = journal.terms.school_year[journal.class_term_term] == year
    by_class[journal.class_term_class[in_year]] = journal.terms.series[journal.class_term_term[in_year]]
    place = marks.school_class[this_year] * n_subjects + marks.subject[this_year]
    by_subject[place] = journal.terms.series[marks.term[this_year]]
    found = by_subject[given.school_class * n_subjects + given.subject]
    return np.where(found >= 0, found, by_class[given.school_class])


def year_features(journal: Journal, rows: YearRows, as_of: int) -> pd.DataFrame:
    """`series.FEATURES` read for the year of the rows, as of the day number `as_of`."""
    terms = journal.terms
    closed = terms.last_day <= as_of
    term_marks = journal.term_marks.where(closed[journal.term_marks.term])
    this_year = terms.school_year[term_marks.term] == rows.school_year
    now, past = term_marks.where(this_year), term_marks.where(~this_year)
    frame = pd.DataFrame(index=pd.RangeIndex(len(rows)), columns=FEATURES, dtype=float)
    parts = (
        _terms_so_far(journal, rows, now, closed),
        _current_marks(journal, rows, as_of),
        _earlier_years(journal, rows, past, as_of),
        _elsewhere(journal, rows, now, past),
    )
    for same_rows in parts:
        for name, column in same_rows.items():
            frame[name] = column
    frame["level_here"] = frame[["class_mean", "subject_past"]].mean(axis=1).fillna(4.2)
    return frame


def _own(journal: Journal, rows: YearRows | TermMarkRows | MarkRows | YearMarkRows) -> Ints:
    return rows.pupil * len(journal.subjects) + rows.subject


def _place(journal: Journal, rows: YearRows | TermMarkRows) -> Ints:
    return rows.school_class * len(journal.subjects) + rows.subject


def _terms_so_far(journal: Journal, rows: YearRows, now: TermMarkRows, closed: Bools) -> dict[str, Floats]:
    by_time = np.argsort(journal.terms.last_day[now.term], kind="stable")
    now = now.where(by_time)
    own, place = _own(journal, rows), _place(journal, rows)
    high, fives = (now.value > 3).astype(float), (now.value == 5).astype(float)
    mine = group(_own(journal, now), value=now.value, above_three=high, fives=fives)
    add_last_and_lowest(mine, _own(journal, now), value=now.value, day=journal.terms.last_day[now.term])
    of_class = group(_place(journal, now), value=now.value)
    n = np.nan_to_num(mine.get("n", own))
    total = np.nan_to_num(mine.get("value", own))
    all_terms, closed_terms = _term_counts(journal, rows, closed)
    return {
        "n_marks": n,
        "mean_so_far": means(mine, own),
        "plain_mean_so_far": means(mine, own),
        "lowest_mark": mine.get("lowest", own),
        "last_mark": mine.get("last", own),
        "share_above_three": ratio(mine.get("above_three", own), n),
        "share_of_fives": ratio(mine.get("fives", own), n),
        "class_mean": ratio(
            np.nan_to_num(of_class.get("value", place)) - total, np.nan_to_num(of_class.get("n", place)) - n
        ),
        "expected_remaining_marks": all_terms - closed_terms,
        "elapsed_share": closed_terms / np.maximum(all_terms, 1),
        "grade_level": journal.grade_level[rows.school_class],
    }


def _term_counts(journal: Journal, rows: YearRows, closed: Bools) -> tuple[Floats, Floats]:
    """Terms of the year in the row's series, and how many of them are closed."""
    terms = journal.terms
    this_year = terms.school_year == rows.school_year
    size = int(terms.series.max()) + 1
    answers = []
    for counted in (this_year, this_year & closed):
        ranks = pd.Series(terms.rank[counted]).groupby(terms.series[counted]).nunique()
        counts = np.zeros(size)
        counts[ranks.index.to_numpy(np.int64)] = ranks.to_numpy()
        answers.append(np.where(rows.series >= 0, counts[rows.series], 0.0))
    return answers[0], answers[1]


def _current_marks(journal: Journal, rows: YearRows, as_of: int) -> dict[str, Floats]:
    marks = journal.marks
    marks = marks.where((journal.terms.school_year[marks.term] == rows.school_year) & (marks.day <= as_of))
    weighted = group(_own(journal, marks), value=marks.value * marks.weight, weight=marks.weight)
    own = _own(journal, rows)
    return {
        "previous_term_mean": ratio(weighted.get("value", own), weighted.get("weight", own)),
        "previous_n_marks": weighted.get("n", own),
    }


def _earlier_years(journal: Journal, rows: YearRows, past: TermMarkRows, as_of: int) -> dict[str, Floats]:
    own, terms = _own(journal, rows), journal.terms
    before = journal.year_marks.where(_years_over(journal, as_of)[journal.year_marks.school_year])
    last_year = before.where(before.school_year == rows.school_year - 1)
    mark = means(group(_own(journal, last_year), value=last_year.value), own)
    of_terms = past.where(terms.school_year[past.term] == rows.school_year - 1)
    mean = means(group(_own(journal, of_terms), value=of_terms.value), own)
    marks = before.value if len(before.value) else past.value
    subject = before.subject if len(before.value) else past.subject
    of_subject = {
        "subject_past": marks,
        "subject_past_above_three": (marks > 3).astype(float),
        "subject_past_fives": (marks == 5).astype(float),
    }
    shares = {name: means(group(subject, value=value), rows.subject) for name, value in of_subject.items()}
    older = means(group(_own(journal, past), value=past.value), own)
    return {"previous_term_mark": np.where(np.isnan(mark), mean, mark), "older_term_mean": older, **shares}


def _years_over(journal: Journal, as_of: int) -> Bools:
    """By school year: whether all its terms have ended by the day; a year without terms counts as not over."""
    years = journal.terms.school_year
    size = max(int(years.max(initial=0)), int(journal.year_marks.school_year.max(initial=0))) + 1
    running, has_terms = np.zeros(size, dtype=bool), np.zeros(size, dtype=bool)
    has_terms[years] = True
    running[years[journal.terms.last_day > as_of]] = True
    return has_terms & ~running


def _elsewhere(journal: Journal, rows: YearRows, now: TermMarkRows, past: TermMarkRows) -> dict[str, Floats]:
    """How far the pupil stands above the class, and in earlier years above the school, in the other subjects."""
    above_class = now.value - means(group(_place(journal, now), value=now.value), _place(journal, now))
    above_school = past.value - means(group(past.subject, value=past.value), past.subject)
    answer, own = {}, _own(journal, rows)
    for name, marks, residual in (("others_now", now, above_class), ("others_past", past, above_school)):
        given = by_each((marks.pupil, _own(journal, marks)), residual)
        answer[name], _ = elsewhere((rows.pupil, own), given)
    return answer
