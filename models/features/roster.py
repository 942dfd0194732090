"""Who is forecast on a day: every enrolled pupil in every subject taught, in the term of the class."""

from dataclasses import dataclass

import numpy as np

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
    taught = _taught(journal, as_of, flags(journal.class_term_class[in_term], len(journal.classes)))

    def make() -> AskedRows:
        held = sorted(
            set(zip(journal.class_term_term[in_term], journal.class_term_class[in_term], strict=True))
        )
        n_subjects, n_pupils = max(len(journal.subjects), 1), max(len(journal.pupils), 1)
        enrolled = _enrolled(journal, as_of, n_pupils)
        pieces = [AskedRows(*np.empty((4, 0), np.int64))]
        for term, school_class in held:
            subjects, pupils = (
                _of_class(taught, school_class, n_subjects),
                _of_class(enrolled, school_class, n_pupils),
            )
            size = len(subjects) * len(pupils)
            pieces.append(
                AskedRows(
                    pupil=np.tile(pupils, len(subjects)),
                    subject=np.repeat(subjects, len(pupils)),
                    school_class=np.full(size, school_class),
                    term=np.full(size, term),
                )
            )
        return AskedRows.stacked(pieces)

    return journal.lasting.get("roster", (as_of, in_term.tobytes(), taught.tobytes()), make)


def _of_class(codes: Ints, school_class: int, size: int) -> Ints:
    """Return what of the rising ``codes``, class × size + number, is of this class: the numbers."""
    first, end = np.searchsorted(codes, (school_class * size, (school_class + 1) * size))
    return codes[first:end] - school_class * size


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


def _enrolled(journal: Journal, as_of: int, n_pupils: int) -> Ints:
    """Return class × number of pupils + pupil of who is enrolled, in rising order."""
    rows = journal.enrolments
    # On the eve of a term the pupils who start with it are its roster.
    here = (rows.first_day <= as_of + 1) & (rows.left_day > as_of)
    return np.unique(rows.school_class[here] * n_pupils + rows.pupil[here])


def flags(codes: Ints, size: int) -> Bools:
    """True at each of these codes, False at the others below ``size``."""
    flags = np.zeros(size, dtype=bool)
    flags[codes] = True
    return flags
