"""What is known about a pupil in a subject on a day of a term, from tables only and never from later days.

A mark is known from the day it was given; a term mark from the last day of its term; that a pupil left, from the day
of leaving. A thing that is not known is NaN, never zero. All features are plain columns of one frame, one row for
each pupil × subject × term asked for. Features that hold marks (`MARK_FEATURES`) rise or stay when one of
the pupil's own marks is bettered; all others do not depend on the pupil's mark values.
"""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from models.features.roster import AskedRows, flags
from models.features.tables import MISSING, NO_DAY, Bools, Ints, Journal, MarkRows, TermMarkRows, TermRows
from models.metrics import Floats

DEFAULT_MARKS_A_TERM = 8.0
RATE_PRIOR_SHARE = 0.35
PUPIL_RATE_PRIOR_SHARE = 1.0
RESIDUAL_PRIOR_MARKS = 5.0
# Keys up to that many times the number of rows are counted, not sorted.
DENSE = 4

MARK_FEATURES = [
    "mean_so_far",
    "plain_mean_so_far",
    "lowest_mark",
    "last_mark",
    "share_above_three",
    "share_of_fives",
    "previous_term_mark",
    "previous_term_mean",
    "older_term_mean",
    "others_now",
    "others_past",
    "level_here",
]
PLACE_FEATURES = [
    "class_mean",
    "classmates_previous",
    "teacher_past",
    "subject_past",
    "subject_past_above_three",
    "subject_past_fives",
]
COUNT_FEATURES = [
    "n_marks",
    "elapsed_share",
    "expected_remaining_marks",
    "class_marks_per_pupil",
    "marks_against_class",
    "previous_n_marks",
    "older_n_terms",
    "others_n_marks",
    "share_of_term_since_last_mark",
    "term_number",
    "grade_level",
]
FEATURES = MARK_FEATURES + PLACE_FEATURES + COUNT_FEATURES


@dataclass(frozen=True)
class Groups:
    """Sums by key, for lookups: `keys` are sorted and unique."""

    keys: Ints
    columns: dict[str, Floats]
    _looked_up: list[tuple[Ints, Ints, Bools]] = field(default_factory=list)

    def get(self, name: str, wanted: Ints) -> Floats:
        """The column's value for each wanted key, NaN where the key is unknown or negative."""
        if not len(self.keys):
            return np.full(len(wanted), np.nan)
        at, is_known = self._places(wanted)
        return np.where(is_known, self.columns[name][at], np.nan)

    def _places(self, wanted: Ints) -> tuple[Ints, Bools]:
        # Several columns are asked for by the very same keys, one after another.
        for asked, at, is_known in self._looked_up:
            if asked is wanted:
                return at, is_known
        at = np.minimum(np.searchsorted(self.keys, wanted), len(self.keys) - 1)
        is_known = self.keys[at] == wanted
        self._looked_up[:] = [(wanted, at, is_known)]
        return at, is_known


def group(key: Ints, **columns: Floats) -> Groups:
    """Sum of each column by key, and `n`, the number of rows."""
    keys, inverse = _numbered(key)
    sums: dict[str, Floats] = {
        name: np.bincount(inverse, weights=column, minlength=len(keys)).astype(float)
        for name, column in columns.items()
    }
    counts = np.bincount(inverse, minlength=len(keys))
    return Groups(keys, {"n": counts.astype(float)} | sums)


def _numbered(key: Ints) -> tuple[Ints, Ints]:
    """The different keys in rising order and the place of each row's key among them; without sorting where keys are dense."""
    if len(key) and key.min() >= 0 and key.max() <= DENSE * len(key):
        is_there = np.bincount(key) > 0
        return np.flatnonzero(is_there), (np.cumsum(is_there) - 1)[key]
    keys, inverse = np.unique(key, return_inverse=True)
    return keys, inverse


def ratio(above: Floats, below: Floats) -> Floats:
    """above / below, NaN where there is nothing below."""
    ratios: Floats = np.divide(above, below, out=np.full(len(above), np.nan), where=np.nan_to_num(below) > 0)
    return ratios


@dataclass(frozen=True)
class JournalOnDay:
    """The journal as it stood on a day, limited to what the rows asked for need."""

    journal: Journal
    rows: AskedRows
    as_of: int
    running: Bools
    marked_series: Bools
    marks: MarkRows
    term_marks: TermMarkRows

    @property
    def closed_on(self) -> tuple[int, bytes]:
        """What the term marks of closed terms depend on: the day, and which terms are closed."""
        return self.as_of, self.running.tobytes()

    def by_rank(self, pupil: Ints, subject: Ints, series: Ints, rank: Ints) -> Ints:
        """One key for pupil × subject × place of the term in its series; −1 for a negative rank."""
        n_series, n_ranks = self.journal.terms.series.max() + 2, self.journal.terms.rank.max() + 2
        key = ((pupil * len(self.journal.subjects) + subject) * n_series + series) * n_ranks + rank
        return np.where(rank >= 0, key, MISSING)

    def by_class(self, school_class: Ints, subject: Ints, term: Ints) -> Ints:
        """One key for class × subject × term."""
        return (school_class * len(self.journal.subjects) + subject) * len(self.journal.term_ids) + term

    def of_pupil(self, pupil: Ints, key: Ints) -> Ints:
        """One key for pupil × another key."""
        return key * len(self.journal.pupils) + pupil

    def by_subject(self, of: Ints, subject: Ints) -> Ints:
        """One key for pupil (or teacher) × subject; −1 where `of` is missing."""
        return np.where(of >= 0, of * len(self.journal.subjects) + subject, MISSING)


def journal_on_day(journal: Journal, rows: AskedRows, as_of: int) -> JournalOnDay:
    """Only what could be read on `as_of`: marks given by then, marks of terms that had ended by then.

    Marks of pupils and classes that no row asks for are left out, and those of terms before the previous one: they decide
    nothing.
    """
    marks, term_marks = journal.marks.given_by(as_of), journal.term_marks
    pupils = flags(rows.pupil, len(journal.pupils))
    attended = journal.enrolments.school_class[pupils[journal.enrolments.pupil]]
    classes = flags(np.concatenate([rows.school_class, attended]), len(journal.classes))
    asked_terms = flags(rows.term, len(journal.term_ids))
    running = asked_terms | (journal.terms.last_day > as_of)
    needed = pupils[marks.pupil] | (classes[marks.school_class] & running[marks.term])
    given = np.flatnonzero(needed)
    terms_of_given = marks.term[given]
    closed = ~running
    return JournalOnDay(
        journal=journal,
        rows=rows,
        as_of=as_of,
        running=running,
        marked_series=flags(journal.terms.series[terms_of_given], journal.terms.series.max() + 1),
        marks=marks.where(given[(running | _previous(journal.terms, rows.term))[terms_of_given]]),
        term_marks=term_marks.where(closed[term_marks.term]),
    )


def _previous(terms: TermRows, asked: Ints) -> Bools:
    """Flag the terms that come right before one of those asked for, in its series."""
    asked = np.unique(asked)
    is_before = terms.rank[:, None] == terms.rank[asked] - 1
    return np.asarray((is_before & (terms.series[:, None] == terms.series[asked])).any(axis=1))


Known = dict[str, Floats]


def features(journal: Journal, rows: AskedRows, as_of: int) -> pd.DataFrame:
    """All `FEATURES` for `rows` as of the day number `as_of` (see `tables.day_number`).

    `rows` should hold whole classes: what the class does is measured on the rows given.
    """
    known_then = journal_on_day(journal, rows, as_of)
    known: Known = {}
    for part in (_calendar, _marks_so_far, _class_now, _history, _other_subjects, _level_here, _remaining):
        known |= part(known_then, known)
    return pd.DataFrame({name: known[name] for name in FEATURES}, copy=False)


def _calendar(k: JournalOnDay, _: Known) -> dict[str, Floats]:
    terms, t = k.journal.terms, k.rows.term
    length = np.maximum(terms.last_day[t] - terms.first_day[t] + 1, 1)
    elapsed = np.clip((k.as_of - terms.first_day[t] + 1) / length, 0.0, 1.0)
    elapsed[terms.first_day[t] == NO_DAY] = np.nan
    elapsed[~_is_marked(k)] = 0.0
    return {
        "elapsed_share": elapsed,
        "term_number": terms.number[t].astype(float),
        "grade_level": k.journal.grade_level[k.rows.school_class],
    }


def _is_marked(k: JournalOnDay) -> Bools:
    """Rows of terms in whose series current marks are known; elsewhere elapsed time means nothing."""
    return k.marked_series[k.journal.terms.series[k.rows.term]]


def _own_keys(k: JournalOnDay, back: int) -> Ints:
    terms, rows = k.journal.terms, k.rows
    return k.by_rank(rows.pupil, rows.subject, terms.series[rows.term], terms.rank[rows.term] - back)


def _mark_keys(k: JournalOnDay) -> Ints:
    terms, marks = k.journal.terms, k.marks
    return k.by_rank(marks.pupil, marks.subject, terms.series[marks.term], terms.rank[marks.term])


def _marks_so_far(k: JournalOnDay, known: Known) -> dict[str, Floats]:
    """The pupil's own marks: this term's and, for the level and pace, the previous term's."""
    marks, key = k.marks, _mark_keys(k)
    groups = group(
        key,
        weight=marks.weight,
        weighted=marks.value * marks.weight,
        plain=marks.value,
        above_three=(marks.value > 3).astype(float),
        fives=(marks.value == 5).astype(float),
    )
    add_last_and_lowest(groups, key, value=marks.value, day=marks.day)
    own, previous = _own_keys(k, 0), _own_keys(k, 1)
    n = groups.get("n", own)
    days = k.journal.terms.last_day[k.rows.term] - k.journal.terms.first_day[k.rows.term] + 1
    return {
        "n_marks": np.nan_to_num(n),
        "mean_so_far": _weighted_mean(groups, own),
        "plain_mean_so_far": ratio(groups.get("plain", own), n),
        "share_above_three": ratio(groups.get("above_three", own), n),
        "share_of_fives": ratio(groups.get("fives", own), n),
        "last_mark": groups.get("last", own),
        "lowest_mark": groups.get("lowest", own),
        "share_of_term_since_last_mark": (k.as_of - groups.get("last_day", own)) / np.maximum(days, 1),
        "previous_term_mean": _weighted_mean(groups, previous),
        "previous_n_marks": groups.get("n", previous),
    }


def _weighted_mean(groups: Groups, wanted: Ints) -> Floats:
    weighted = ratio(groups.get("weighted", wanted), groups.get("weight", wanted))
    plain = ratio(groups.get("plain", wanted), groups.get("n", wanted))
    return np.where(np.isnan(weighted), plain, weighted)


def add_last_and_lowest(groups: Groups, key: Ints, *, value: Floats, day: Ints) -> None:
    """Add columns last, last_day and lowest to groups by `key`; the rows are in the order of time."""
    place, size = np.searchsorted(groups.keys, key), len(groups.keys)
    last, last_day, lowest = np.full(size, np.nan), np.full(size, np.nan), np.full(size, np.inf)
    # The last assignment stays.
    last[place], last_day[place] = value, day
    np.minimum.at(lowest, place, value)
    groups.columns.update({"last": last, "last_day": last_day, "lowest": lowest})


def _class_now(k: JournalOnDay, known: Known) -> dict[str, Floats]:
    """The class in this subject this term, without the pupil's own marks; marks per pupil of the roster."""
    marks, rows = k.marks, k.rows
    by_class = group(k.by_class(marks.school_class, marks.subject, marks.term), value=marks.value)
    key = k.by_class(rows.school_class, rows.subject, rows.term)
    pupils = group(key).get("n", key)
    n_class = np.nan_to_num(by_class.get("n", key))
    # Of the pupil's own marks those that this class gave: others came along from a former class.
    by_pupil = group(
        k.of_pupil(marks.pupil, k.by_class(marks.school_class, marks.subject, marks.term)), value=marks.value
    )
    own_key = k.of_pupil(rows.pupil, key)
    n_here, own = (np.nan_to_num(by_pupil.get(name, own_key)) for name in ("n", "value"))
    others = np.nan_to_num(by_class.get("value", key)) - own
    return {
        "class_mean": ratio(others, n_class - n_here),
        "class_marks_per_pupil": n_class / pupils,
        "marks_against_class": ratio(known["n_marks"], n_class / pupils),
    }


@dataclass(frozen=True)
class ClosedTerms:
    """Sums over the term marks of closed terms, of the whole school: the same whichever rows are asked for."""

    ranked: Groups
    ever: Groups
    by_subject: Groups
    above_subject: tuple[Groups, Groups]


def _sums_of_closed_terms(k: JournalOnDay) -> ClosedTerms:
    terms, past = k.journal.terms, k.term_marks
    by_subject = group(
        past.subject,
        value=past.value,
        above_three=(past.value > 3).astype(float),
        fives=(past.value == 5).astype(float),
    )
    above_subject = past.value - means(by_subject, past.subject)
    pupil_and_subject = _in_subject(k, past)
    return ClosedTerms(
        ranked=group(
            k.by_rank(past.pupil, past.subject, terms.series[past.term], terms.rank[past.term]),
            value=past.value,
        ),
        ever=group(pupil_and_subject[1], value=past.value),
        by_subject=by_subject,
        above_subject=by_each(pupil_and_subject, above_subject),
    )


def _history(k: JournalOnDay, _: Known) -> dict[str, Floats]:
    """What closed terms say: no current mark changes it but by naming the teacher."""
    # The rows are kept beside it: while they are, no others are of the same identity.
    of = (k.as_of, id(k.rows))
    history = k.journal.lasting.get("history", of, lambda: (k.rows, _closed_terms(k)))[1]
    return {**history, "teacher_past": _teacher_past(k)}


def _closed_terms(k: JournalOnDay) -> dict[str, Floats]:
    """Term marks of closed terms: the pupil's own here and elsewhere, the classmates' and the subject's."""
    rows = k.rows
    sums = k.journal.lasting.get("closed terms", k.closed_on, lambda: _sums_of_closed_terms(k))
    previous = means(sums.ranked, _own_keys(k, 1))
    own = k.by_subject(rows.pupil, rows.subject)
    has_previous = ~np.isnan(previous)
    older_n = np.nan_to_num(sums.ever.get("n", own)) - has_previous
    older = np.nan_to_num(sums.ever.get("value", own)) - np.nan_to_num(previous)
    place = k.by_class(rows.school_class, rows.subject, rows.term)
    classmates = group(place[has_previous], value=previous[has_previous])
    return {
        "previous_term_mark": previous,
        "older_term_mean": ratio(older, older_n),
        "older_n_terms": older_n,
        "classmates_previous": _mean_without_self(classmates, place, previous),
        "others_past": elsewhere((rows.pupil, own), sums.above_subject)[0],
        **{
            name: ratio(sums.by_subject.get(column, rows.subject), sums.by_subject.get("n", rows.subject))
            for name, column in _OF_SUBJECT.items()
        },
    }


_OF_SUBJECT = {
    "subject_past": "value",
    "subject_past_above_three": "above_three",
    "subject_past_fives": "fives",
}


def _mean_without_self(groups: Groups, key: Ints, own: Floats) -> Floats:
    has_own = ~np.isnan(own)
    total = np.nan_to_num(groups.get("value", key)) - np.nan_to_num(own)
    return ratio(total, np.nan_to_num(groups.get("n", key)) - has_own)


def means(groups: Groups, wanted: Ints) -> Floats:
    """The mean of `value` for each wanted key, NaN where the key is unknown."""
    return ratio(groups.get("value", wanted), groups.get("n", wanted))


def _last_teachers(k: JournalOnDay) -> Ints:
    """By class × number of subjects + subject who gave the last mark there, or teaches it; −1 where nobody is known."""
    journal, n_subjects = k.journal, len(k.journal.subjects)
    teacher = np.full(len(journal.classes) * n_subjects, MISSING)
    teacher[journal.taught_class * n_subjects + journal.taught_subject] = journal.taught_teacher
    marks = journal.marks.given_by(k.as_of)
    place = marks.school_class * n_subjects + marks.subject
    is_known = marks.teacher >= 0
    # The last assignment stays. Masks copy: where every teacher is known none is needed.
    if is_known.all():
        teacher[place] = marks.teacher
    else:
        teacher[place[is_known]] = marks.teacher[is_known]
    return teacher


def _teacher_past(k: JournalOnDay) -> Floats:
    """Mean of the term marks that the row's teacher gave in this subject in closed terms."""
    journal, rows, n_subjects = k.journal, k.rows, len(k.journal.subjects)
    if not len(journal.teachers):
        return np.full(len(rows), np.nan)
    # The marks are kept beside it, as the rows are beside the history.
    of_marks = (k.as_of, id(journal.marks))
    teacher = journal.lasting.get("last teachers", of_marks, lambda: (journal.marks, _last_teachers(k)))[1]
    of = (*k.closed_on, teacher.tobytes())
    given = journal.lasting.get("given by teachers", of, lambda: _given_by_teachers(k, teacher))
    of_row = teacher[rows.school_class * n_subjects + rows.subject]
    return means(given, k.by_subject(of_row, rows.subject))


def _given_by_teachers(k: JournalOnDay, teacher: Ints) -> Groups:
    """Sums of the term marks of closed terms by teacher × subject; ``teacher``: of those by class and subject."""
    past, n_subjects = k.term_marks, len(k.journal.subjects)
    of_past = teacher[past.school_class * n_subjects + past.subject]
    of_past = np.where(past.teacher >= 0, past.teacher, of_past)
    has = of_past >= 0
    return group(k.by_subject(of_past, past.subject)[has], value=past.value[has])


def _other_subjects(k: JournalOnDay, known: Known) -> dict[str, Floats]:
    """How far the pupil stands above the class in the other subjects now, shrunk to zero."""
    now = k.marks.where(k.running[k.marks.term])
    class_key = k.by_class(now.school_class, now.subject, now.term)
    above_class = now.value - means(group(class_key, value=now.value), class_key)
    others_now, n_now = elsewhere(_in_subject(k, k.rows), by_each(_in_subject(k, now), above_class))
    return {"others_now": others_now, "others_n_marks": n_now}


def _in_subject(k: JournalOnDay, rows: AskedRows | MarkRows | TermMarkRows) -> tuple[Ints, Ints]:
    """Of each row its pupil and the key of the pupil in the subject."""
    return rows.pupil, k.by_subject(rows.pupil, rows.subject)


def by_each(keys: tuple[Ints, Ints], residual: Floats) -> tuple[Groups, Groups]:
    """Sums of `residual`, as `value`, by the one key of each row and by the other."""
    return group(keys[0], value=residual), group(keys[1], value=residual)


def elsewhere(asked: tuple[Ints, Ints], given: tuple[Groups, Groups]) -> tuple[Floats, Floats]:
    """For each row asked for the mean `value` of its pupil in the other subjects, shrunk to zero, and how many they are.

    `asked`: of each row its pupil and the key of the pupil in the subject. `given`: the sums by the one and by the other.
    """
    total, n = (
        np.nan_to_num(given[0].get(name, asked[0])) - np.nan_to_num(given[1].get(name, asked[1]))
        for name in ("value", "n")
    )
    return np.where(n > 0, total / (n + RESIDUAL_PRIOR_MARKS), np.nan), n


def _level_here(k: JournalOnDay, known: Known) -> dict[str, Floats]:
    """The level to expect of an unknown pupil in this class and subject: what is known of the place, weighted."""
    n_class = known["class_marks_per_pupil"] * 20.0
    sources = {
        "class_mean": 4.0 * n_class / (n_class + 20.0),
        "classmates_previous": np.full(len(k.rows), 2.0),
        "teacher_past": np.ones(len(k.rows)),
        "subject_past": np.ones(len(k.rows)),
    }
    total, weight = np.full(len(k.rows), 0.2 * 4.2), np.full(len(k.rows), 0.2)
    for name, marks_worth in sources.items():
        level = known[name]
        worth = np.where(np.isnan(level), 0.0, marks_worth)
        total, weight = total + worth * np.nan_to_num(level), weight + worth
    return {"level_here": total / weight}


def _remaining(k: JournalOnDay, known: Known) -> dict[str, Floats]:
    """Marks still to come: the pace of the class this term and of its pupils in the previous one, then the pupil's own."""
    elapsed = np.nan_to_num(known["elapsed_share"], nan=0.5)
    key = k.by_class(k.rows.school_class, k.rows.subject, k.rows.term)
    before = known["previous_n_marks"]
    has = ~np.isnan(before)
    usual = means(group(key[has], value=before[has]), key)
    usual = np.where(np.isnan(usual), DEFAULT_MARKS_A_TERM, usual)
    of_class = _pace(usual, RATE_PRIOR_SHARE, known["class_marks_per_pupil"], elapsed)
    of_pupil = _pace(of_class, PUPIL_RATE_PRIOR_SHARE, known["n_marks"], elapsed)
    return {"expected_remaining_marks": np.where(_is_marked(k), of_pupil * (1.0 - elapsed), np.nan)}


def _pace(usual: Floats, usual_worth: float, seen: Floats, elapsed: Floats) -> Floats:
    """Marks a term: a usual number worth `usual_worth` terms of watching, and `seen` in the elapsed share."""
    return (usual_worth * usual + seen) / (usual_worth + elapsed)
