"""Where the marks of pupils count who moved between classes (п. 5.2), from the tables of extracts.

The rule of the register itself (``former_places`` and ``left_places``, its views): a pupil counts in the class in which a
term ends for them, with the marks that their other classes of the year gave in that term. Tests hold the two together.
"""

import narwhals as nw

from pipelines.extract.lake_tables import NUMBERS, REALS, SUM_KEYS
from pipelines.measures.mark_sums import mark_sums
from pipelines.measures.tables import Frame, moment, read

_CLASS = ("school_id", "class_id")
_PUPIL = ("school_id", "school_year", "pupil_id")
LEFT_KEYS = ("school_id", "class_id", "term_id", "pupil_id")


def distinct(rows: Frame, columns: tuple[str, ...] | list[str]) -> Frame:
    """Return each combination of the columns once; grouped, because ``unique`` numbers every row first."""
    return rows.group_by(*columns).agg(rows_alike=nw.len()).select(*columns)


def class_terms(classes: Frame, terms: Frame, marks: Frame | None) -> Frame:
    """Return which terms a class reports by: those of its term_kind, otherwise those that it has marks of."""
    keys = ("school_id", "class_id", "term_id")
    of_kind = terms.select(
        "school_id", "term_id", "school_year", "starts_on", "ends_on", term_kind=nw.col("kind")
    )
    known = classes.select("school_id", "class_id", "school_year", "term_kind")
    found = [known.join(of_kind, on=["school_id", "school_year", "term_kind"]).select(*keys)]
    if marks is not None:
        unsaid = known.filter(nw.col("term_kind").is_null()).select(*_CLASS)
        found.append(distinct(marks, keys).join(unsaid, on=list(_CLASS)).select(*keys))
    dates = of_kind.select("school_id", "term_id", "starts_on", "ends_on")
    return distinct(nw.concat(found), keys).join(dates, on=["school_id", "term_id"])


def moved_stays(enrolments: Frame, classes: Frame) -> Frame:
    """Return the stays of pupils who were in several classes of a school year: from ``begins`` to before ``leaves``, empty is open."""
    begins, leaves = nw.col("begins"), nw.col("leaves")
    stays = enrolments.select(*_CLASS, "pupil_id", begins=moment("starts_on"), leaves=moment("ends_on"))
    real = stays.filter(begins.is_null() | leaves.is_null() | (leaves > begins))
    of_year = real.join(distinct(classes, (*_CLASS, "school_year")), on=list(_CLASS))
    classes_of = of_year.group_by(*_PUPIL).agg(
        lowest=nw.col("class_id").min(), highest=nw.col("class_id").max()
    )
    several = classes_of.filter(nw.col("lowest") != nw.col("highest")).select(*_PUPIL)
    return of_year.join(several, on=list(_PUPIL), how="semi")


def left_places(stays: Frame, terms: Frame) -> Frame:
    """Return the LEFT_KEYS of pupils whose term ended in another class: they count there, not here.

    ``stays`` as of ``moved_stays``, ``terms`` as of ``class_terms``.
    """
    here = distinct(_in_terms(stays, terms), (*_PUPIL, "class_id", "term_id", "term_ends"))
    group = (*_PUPIL, "class_id", "term_id")
    others = stays.select(*_PUPIL, "begins", other=nw.col("class_id"))
    begun = here.join(others, on=list(_PUPIL)).filter(_begun_by(nw.col("term_ends")))
    dated = begun.with_columns(last=nw.col("begins").max().over(*group))
    newest = dated.filter(nw.col("last").is_null() | (nw.col("begins") == nw.col("last")))
    ends = newest.group_by(*group).agg(nw.col("other").max())
    return ends.filter(nw.col("other") != nw.col("class_id")).select(*LEFT_KEYS)


def former_places(stays: Frame, terms: Frame) -> Frame:
    """Return whose marks of which former class count in a class and term, and on which days.

    ``from_class_id``; the days from ``term_begins`` to ``term_ends``, before ``until`` unless it is_open.
    """
    here = _in_terms(stays, terms).with_columns(
        is_open=nw.when(nw.col("leaves").is_null()).then(nw.lit(1)).otherwise(nw.lit(0))
    )
    keys = (*_PUPIL, "class_id", "term_id", "term_begins", "term_ends")
    place = here.group_by(*keys).agg(is_open=nw.col("is_open").max(), until=nw.col("leaves").max())
    others = stays.select(*_PUPIL, "begins", "leaves", from_class_id=nw.col("class_id"))
    begins, leaves = nw.col("begins"), nw.col("leaves")
    found = place.join(others, on=list(_PUPIL)).filter(
        nw.col("from_class_id") != nw.col("class_id"),
        _begun_by(nw.col("term_ends")),
        leaves.is_null() | (leaves > nw.col("term_begins")),
        begins.is_null() | (nw.col("is_open") == 1) | (begins < nw.col("until")),
    )
    columns = ("school_id", "pupil_id", *keys[3:], "is_open", "until", "from_class_id")
    return distinct(found, columns)


def former_sums(places: Frame, terms: Frame, marks: Frame, load: Frame | None) -> Frame:
    """Return the marks brought from former classes added up, as marks of the class and term in which they count.

    Their teacher is who teaches the subject there; an extract knows no subgroups: of several teachers the greatest id.
    """
    given = marks.select(
        "school_id", "subject_id", "teacher_id", "pupil_id", "value", "weight",
        from_class_id=nw.col("class_id"), given_in=nw.col("term_id"), given=moment("given_on"),
    )  # fmt: skip
    brought = given.join(places, on=["school_id", "from_class_id", "pupil_id"]).filter(
        nw.col("given") >= nw.col("term_begins"),
        nw.col("given") <= nw.col("term_ends"),
        (nw.col("is_open") == 1) | (nw.col("given") < nw.col("until")),
    )
    # A lesson of a term that both classes report by is of that term whatever its day.
    own = terms.select(*_CLASS, given_in=nw.col("term_id")).with_columns(is_own=nw.lit(1))
    counted = brought.join(own, on=[*_CLASS, "given_in"], how="left").filter(
        nw.col("is_own").is_null() | (nw.col("given_in") == nw.col("term_id"))
    )
    if load is not None:
        course = (*_CLASS, "subject_id")
        taught = load.group_by(*course).agg(teaches=nw.col("teacher_id").max())
        counted = counted.join(taught, on=list(course), how="left").with_columns(
            teacher_id=nw.coalesce(nw.col("teaches"), nw.col("teacher_id"))
        )
    added = read(mark_sums(counted.select(*SUM_KEYS, "value", "weight").to_native()))
    # As in a file of sums.
    return added.select(*SUM_KEYS, nw.col(*NUMBERS).cast(nw.Int32), nw.col(*REALS).cast(nw.Float64))


def without_left(rows: Frame, left: Frame | None) -> Frame:
    """Return rows of pupils by class and term without those of classes that the pupil left before the term ended."""
    return rows if left is None else rows.join(left, on=list(LEFT_KEYS), how="anti")


def _in_terms(stays: Frame, terms: Frame) -> Frame:
    """Return each stay with the terms of its class that it touches."""
    dated = terms.select(*_CLASS, "term_id", term_begins=moment("starts_on"), term_ends=moment("ends_on"))
    leaves = nw.col("leaves")
    touched = leaves.is_null() | (leaves > nw.col("term_begins"))
    return stays.join(dated, on=list(_CLASS)).filter(_begun_by(nw.col("term_ends")), touched)


def _begun_by(day: nw.Expr) -> nw.Expr:
    begins = nw.col("begins")
    return begins.is_null() | (begins <= day)
