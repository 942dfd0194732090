"""Who is forecast on a day: every enrolled pupil in every subject taught, in the term of the class."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.features.tables import Arrays, Bools, Ints, Journal


@dataclass(frozen=True)
class AskedRows(Arrays):
    """Pupil × subject × term asked for, as codes of a `Journal`."""

    pupil: Ints
    subject: Ints
    school_class: Ints
    term: Ints

    def __len__(self) -> int:
        return len(self.pupil)


def roster(journal: Journal, terms: Ints, as_of: int, classes: Ints | None = None) -> AskedRows:
    """Every enrolled pupil × subject taught in the class × term of the class, on the day `as_of`.

    A subject counts as taught where the teaching load, a known mark or a known term mark says so.
    """
    in_term = np.isin(journal.class_term_term, terms)
    if classes is not None:
        in_term &= np.isin(journal.class_term_class, classes)
    held = pd.DataFrame(
        {"c": journal.class_term_class[in_term], "t": journal.class_term_term[in_term]}
    ).drop_duplicates()
    n_subjects = max(len(journal.subjects), 1)
    taught = _taught(journal, as_of, flags(journal.class_term_class[in_term], len(journal.classes)))

    def make() -> AskedRows:
        pairs = pd.DataFrame({"c": taught // n_subjects, "s": taught % n_subjects})
        here = _enrolled(journal, as_of)
        rows = held.merge(pairs, on="c").merge(here, on="c").sort_values(["t", "c", "s", "p"])
        return AskedRows(*(rows[name].to_numpy(np.int64) for name in ("p", "s", "c", "t")))

    return journal.lasting.get("roster", (as_of, in_term.tobytes(), taught.tobytes()), make)


def _taught(journal: Journal, as_of: int, wanted: Bools) -> Ints:
    """Return class × number of subjects + subject of what is taught, in rising order."""
    marks, term_marks = journal.marks.given_by(as_of), journal.term_marks
    seen = np.flatnonzero(wanted[marks.school_class])
    closed = (journal.terms.last_day[term_marks.term] <= as_of) & wanted[term_marks.school_class]
    school_class = [journal.taught_class, marks.school_class[seen], term_marks.school_class[closed]]
    subject = [journal.taught_subject, marks.subject[seen], term_marks.subject[closed]]
    n_subjects = max(len(journal.subjects), 1)
    pair = np.concatenate(school_class) * n_subjects + np.concatenate(subject)
    return np.flatnonzero(flags(pair, len(journal.classes) * n_subjects))


def _enrolled(journal: Journal, as_of: int) -> pd.DataFrame:
    rows = journal.enrolments
    # On the eve of a term the pupils who start with it are its roster.
    here = (rows.first_day <= as_of + 1) & (rows.left_day > as_of)
    return pd.DataFrame({"c": rows.school_class[here], "p": rows.pupil[here]}).drop_duplicates()


def flags(codes: Ints, size: int) -> Bools:
    """True at each of these codes, False at the others below ``size``."""
    flags = np.zeros(size, dtype=bool)
    flags[codes] = True
    return flags
