"""A teacher's or a class's marks beside what these very pupils would be expected to get (п. 2.5, 4.2).

Expected of a pupil is what all other marks say: in other subjects, in this subject from earlier teachers, for the grade
level, each corrected for how generous its teacher is. Marks that the same teacher gave the same pupil in this subject
earlier are left out: they would explain a generous teacher by that teacher. A class is set against its pupils' earlier
marks, its teachers taken into account. Method and sources: ``pipelines.fair.crossed_effects``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import scipy
from numpy.typing import NDArray
from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped]

from pipelines.fair.crossed_effects import (
    NO_GROUP,
    Codes,
    CrossedDesign,
    CrossedRows,
    Effects,
    Numbers,
    crossed_effects,
    indicators,
)
from pipelines.measures.mark_sums import REGISTER_KEYS, register_sums
from pipelines.measures.tables import collected, first_met, joined
from school.register.rules.minimum_marks import minimum_marks

Flags = NDArray[np.bool_]
Words = NDArray[np.object_]
# Finds the loaded libraries of linear algebra, which takes longer than to hold them to one thread.
LINEAR_ALGEBRA = ThreadpoolController()
# 95 % of a normal distribution.
INTERVAL = 1.96
FEW_PUPILS = 10
# A substitute's single lesson is no way of marking: the least minimum of п. 5.2, a pupil on average.
LEAST_MARKS = minimum_marks(1)
# Less than that share of the pupils' other marks from other people: nothing to compare with.
LEAST_FROM_OTHERS = 1 / 3
NUMBERS = ("marks", "mean_so_far", "effective_marks", "squared_deviations")
ROW = REGISTER_KEYS
KEYS = list(ROW)
TEACHER_GROUP, CLASS_GROUP = ("teacher_id", "subject_id"), ("class_id",)
TEACHER, CLASS, SUBJECT, LEVEL = "teacher", "class", "subject", "level"
COLLEAGUES, OTHER_SUBJECTS, EARLIER_MARKS = "colleagues", "other_subjects", "earlier_marks"
NOTHING, FEW_MARKS = "nothing", "few_marks"
COMPARED = (COLLEAGUES, OTHER_SUBJECTS, EARLIER_MARKS)
COLUMNS = (
    "pupils_compared",
    "marks_compared",
    "actual_mean",
    "expected_mean",
    "difference",
    "difference_error",
    "shrunk_difference",
    "shrunk_low",
    "shrunk_high",
    "comparison_basis",
)


@dataclass(frozen=True)
class FairComparison:
    """``teachers``: a row for each teacher × subject, ``classes``: for each class; both with COLUMNS.

    Differences are in marks; ``shrunk_low`` and ``shrunk_high`` bound 95 %. The spreads are standard deviations
    between teachers and between classes; None where they cannot be known.
    """

    teachers: pd.DataFrame
    classes: pd.DataFrame
    teacher_spread: float | None = None
    class_spread: float | None = None


def subject_means(sums: pd.DataFrame) -> pd.DataFrame:
    """Return a row for each pupil × class × subject × teacher: mean_so_far, marks, effective_marks, squared_deviations.

    ``sums``: ``register_sums``. Marks of weight 0 do not count. ``effective_marks`` is (Σ weight)² / Σ weight²: as many equal
    marks would be as precise.
    """
    is_counted = sums["marks_counted"] > 0
    counted = sums if is_counted.all() else sums[is_counted]
    weights, marks = counted["weights"], counted["marks_counted"]
    return pd.DataFrame(
        {
            **{name: counted[name] for name in ROW},
            "marks": marks,
            "mean_so_far": counted["weighted_marks"] / weights,
            "effective_marks": weights**2 / counted["squared_weights"],
            "squared_deviations": counted["counted_squares"] - counted["counted_values"] ** 2 / marks,
        }
    )


def fair_comparison(now: Any, earlier: Any) -> FairComparison:
    """Compare the marks of a date range with what is expected of its pupils.

    ``now``, ``earlier``: tables of current marks with the columns of ROW, value 2..5 and weight, or their ``mark_sums``;
    ``earlier`` may be empty.
    """
    of_now, of_earlier = (subject_means(collected(register_sums(marks))) for marks in (now, earlier))
    return fair_comparison_of_means(of_now, of_earlier)


def fair_comparison_of_means(
    now: pd.DataFrame, earlier: pd.DataFrame, layout: "Layout | None" = None
) -> FairComparison:
    """Compare the marks of a date range with what is expected of its pupils, as ``fair_comparison`` does.

    ``now``, ``earlier``: ``subject_means``; ``layout``: their ``layout_of``, where it is cached.
    """
    rows = _rows(now, earlier, layout or layout_of(now, earlier))
    of_teacher, of_class = rows.layout.of_teacher, rows.layout.of_class
    if not rows.layout.can_compare:
        return FairComparison(_compared(rows, of_teacher), _compared(rows, of_class))
    crossed = CrossedRows(rows.layout.design, rows.numbers["mean_so_far"], rows.numbers["effective_marks"])
    # One thread: a second one costs other visitors more than it saves this one.
    with LINEAR_ALGEBRA.limit(limits=1):
        effects = crossed_effects(crossed, _mark_variance(rows))
    teachers = _compared(rows, of_teacher, effects.get(TEACHER))
    classes = _compared(rows, of_class, effects.get(CLASS))
    return FairComparison(
        teachers, classes, _spread(teachers, effects.get(TEACHER)), _spread(classes, effects.get(CLASS))
    )


def _spread(rows: pd.DataFrame, effects: Effects | None) -> float | None:
    is_known = effects is not None and rows["difference"].notna().any()
    return float(np.sqrt(effects.variance)) if effects is not None and is_known else None


@dataclass(frozen=True)
class _Group:
    """Rows of now put together by some of their ids; a group's code is its place among them.

    ``codes``: of each row, NO_GROUP: not of now, or without an id. ``asked``: the rows with a code; ``first``: of each code
    one; ``members``: of each pupil of each code one.
    """

    columns: Sequence[str]
    codes: Codes
    asked: Codes
    first: Codes
    members: Codes


@dataclass(frozen=True)
class Layout:
    """The order and the codes of the rows of both date ranges: all that depends on the keys and not on the marks.

    ``now`` and ``earlier``: as given. ``places``: positions of the rows used in the two concatenated, ``now`` first, in a
    fixed order. Of each row: ``codes``, each column of ROW as places among its ``ids``, NO_GROUP: no value; ``is_now``:
    whether it is of the later range; ``own_class``: the present class of its pupil.
    """

    now: pd.DataFrame
    earlier: pd.DataFrame
    places: Codes
    codes: Mapping[str, Codes]
    ids: Mapping[str, Any]
    is_now: Flags
    own_class: Codes

    def numbers(self, name: str, now: pd.DataFrame, earlier: pd.DataFrame) -> Numbers:
        """Return a column of ``now`` and ``earlier`` in the order of the rows, NaN: no value."""
        return _numbers(name, now, earlier)[self.places]

    def fits(self, now: pd.DataFrame, earlier: pd.DataFrame) -> bool:
        """Whether this layout also serves these tables: the same keys, and the same present class of each pupil."""
        if not (_same_keys(self.now, now) and _same_keys(self.earlier, earlier)):
            return False
        own_class = _present_class(self.codes, self.is_now, self.numbers("marks", now, earlier))
        return np.array_equal(own_class, self.own_class)

    @cached_property
    def can_compare(self) -> bool:
        """Whether any pupil has marks from two places: otherwise nothing is known of the pupils but the marks in question."""
        return bool(self.is_now.any()) and bool(np.bincount(self.codes["pupil_id"]).max() > 1)

    @cached_property
    def of_teacher(self) -> _Group:
        """The teachers of now, each in a subject."""
        return self._group(TEACHER_GROUP)

    @cached_property
    def of_class(self) -> _Group:
        """The classes of now."""
        return self._group(CLASS_GROUP)

    def _group(self, columns: Sequence[str]) -> _Group:
        codes = self._places(columns, self.is_now)
        asked = np.flatnonzero(codes != NO_GROUP)
        code = codes[asked]
        members = asked[~_is_repeated(code, self.codes["pupil_id"][asked])]
        return _Group(columns, codes, asked, asked[first_met(code)], members)

    def _places(self, columns: Sequence[str], among: Flags | None = None) -> Codes:
        """Return by row the place of its group among the groups of those rows; NO_GROUP: not among them, or without an id."""
        codes = [self.codes[name] for name in columns]
        is_known = np.all([each != NO_GROUP for each in codes], axis=0)
        return _places_among(joined(codes), is_known if among is None else is_known & among)

    @cached_property
    def design(self) -> CrossedDesign:
        """The rows of the model."""
        factors = {
            TEACHER: self.of_teacher.codes,
            CLASS: self.of_class.codes,
            SUBJECT: self._places(["subject_id"], self.is_now),
            LEVEL: self._places(["grade_level"]),
        }
        beside_pupil = [self.codes[name] for name in ROW if name != "pupil_id"]
        cell = pd.factorize(joined([*beside_pupil, self.own_class, self.is_now]))[0]
        first = first_met(cell)
        return CrossedDesign(
            pupil=self._places(["pupil_id"]),
            pair=self._places(["pupil_id", "subject_id"]),
            cell=cell,
            fixed=self._fixed(first),
            factors={name: codes[first] for name, codes in factors.items() if (codes != NO_GROUP).any()},
        )

    def _fixed(self, first: Codes) -> "scipy.sparse.csr_matrix":
        """Return by cell the columns of the effects of which nothing is assumed; ``first``: a row of each cell.

        A general level and its change with the grade level; what the pupils of each present class are like; how generous
        each earlier teacher was. So earlier marks distinguish a teacher's pupils, and never how generous this teacher is; and
        a class of strong pupils is no surprise.
        """
        level = self.numbers("grade_level", self.now, self.earlier)
        is_known = ~np.isnan(level)
        middle = level[is_known].mean() if is_known.any() else 0.0
        from_middle = np.where(is_known, level - middle, 0.0)[first]
        general = scipy.sparse.csr_matrix(np.column_stack([np.ones(len(first)), from_middle]))
        earlier_teacher = self._places(TEACHER_GROUP, ~self.is_now)
        return scipy.sparse.hstack(
            [general, *(indicators(each[first]) for each in (self.own_class, earlier_teacher))], format="csr"
        )

    @cached_property
    def pupil_of_teacher(self) -> Codes:
        """By row the place of its pupil with its teacher."""
        return self._together("pupil_id", "teacher_id")

    @cached_property
    def pupil_of_teacher_and_subject(self) -> Codes:
        """By row the place of its pupil with its teacher in its subject."""
        return self._together("pupil_id", "teacher_id", "subject_id")

    def _together(self, *columns: str) -> Codes:
        return pd.factorize(joined([self.codes[name] for name in columns]))[0]

    @cached_property
    def teacher_basis(self) -> Words:
        """By teacher in a subject: whom the marks are compared with, where enough of the pupils' marks are from others."""
        subject, teacher = self.codes["subject_id"], self.codes["teacher_id"]
        teachers = np.bincount(subject[(teacher != NO_GROUP) & ~_is_repeated(subject, teacher)])
        is_one_of_many = teachers[subject[self.of_teacher.first]] > 1
        return np.where(is_one_of_many, COLLEAGUES, OTHER_SUBJECTS).astype(object)

    @cached_property
    def class_basis(self) -> Words:
        """By class: whether its pupils have earlier marks to compare with."""
        pupil, group = self.codes["pupil_id"], self.of_class
        has_earlier = np.bincount(pupil[~self.is_now], minlength=int(pupil.max()) + 1)[pupil] > 0
        code = group.codes[group.asked]
        share = np.bincount(code, has_earlier[group.asked]) / np.bincount(code)
        return np.where(share >= LEAST_FROM_OTHERS, EARLIER_MARKS, NOTHING).astype(object)


def layout_of(now: pd.DataFrame, earlier: pd.DataFrame, before: Layout | None = None) -> Layout:
    """Return the layout of ``subject_means`` of both date ranges; ``before`` itself where it still fits.

    It fits as long as only marks change.
    Earlier rows are those of pupils who are there now; what a pupil's present teachers gave earlier is left out.
    """
    if before and before.fits(now, earlier):
        return before
    is_there = earlier["pupil_id"].isin(now["pupil_id"]).to_numpy()
    both = pd.concat([now[KEYS], earlier[KEYS][is_there]], ignore_index=True)
    is_now = np.arange(len(both)) < len(now)
    places = {name: pd.factorize(both[name], sort=True) for name in ROW}
    codes = {name: found for name, (found, _) in places.items()}
    taught = pd.Index(joined([codes["pupil_id"], codes["subject_id"], codes["teacher_id"]]))
    is_present = taught.isin(taught[is_now & (codes["teacher_id"] != NO_GROUP)])
    used = np.flatnonzero(is_now | ~is_present)
    # One order, whatever the engine: sums of the same numbers in another order differ in the last digit.
    order = used[np.argsort(joined([*codes.values(), is_now])[used])]
    rows_used = np.concatenate([np.arange(len(now)), len(now) + np.flatnonzero(is_there)])[order]
    codes, is_now = {name: found[order] for name, found in codes.items()}, is_now[order]
    own_class = _present_class(codes, is_now, _numbers("marks", now, earlier)[rows_used])
    ids = {name: found for name, (_, found) in places.items()}
    return Layout(now, earlier, rows_used, codes, ids, is_now, own_class)


def _numbers(name: str, now: pd.DataFrame, earlier: pd.DataFrame) -> Numbers:
    return np.concatenate([rows[name].to_numpy(np.float64, na_value=np.nan) for rows in (now, earlier)])


def _same_keys(one: pd.DataFrame, other: pd.DataFrame) -> bool:
    return one is other or all(one[name].array.equals(other[name].array) for name in ROW)


@dataclass(frozen=True)
class _Rows:
    """Rows that lie so, with the columns of NUMBERS, NaN: no value."""

    layout: Layout
    numbers: Mapping[str, Numbers]


def _rows(now: pd.DataFrame, earlier: pd.DataFrame, layout: Layout) -> _Rows:
    return _Rows(layout, {name: layout.numbers(name, now, earlier) for name in NUMBERS})


def _places_among(values: Codes, among: Flags) -> Codes:
    places = np.full(len(values), NO_GROUP, dtype=np.intp)
    places[among] = pd.factorize(values[among], sort=True)[0]
    return places


def _present_class(codes: Mapping[str, Codes], is_now: Flags, marks: Numbers) -> Codes:
    """Return by row the class in which its pupil has most marks now."""
    pupil, of_class = codes["pupil_id"], codes["class_id"]
    is_counted = is_now & (of_class != NO_GROUP)
    classes = max(int(of_class.max(initial=NO_GROUP)) + 1, 1)
    of_pupil = np.bincount(
        (pupil * classes + of_class)[is_counted],
        marks[is_counted],
        (int(pupil.max(initial=NO_GROUP)) + 1) * classes,
    ).reshape(-1, classes)
    # Of two classes alike the last one.
    most = classes - 1 - np.argmax(of_pupil[:, ::-1], axis=1)
    return _places_among(most[pupil], (of_pupil.max(axis=1) > 0)[pupil])


def _mark_variance(rows: _Rows) -> float:
    freedom = float((rows.numbers["marks"] - 1).sum())
    return float(rows.numbers["squared_deviations"].sum()) / freedom if freedom else 0.0


def _compared(rows: _Rows, group: _Group, effects: Effects | None = None) -> pd.DataFrame:
    """Return a row for each group: its own figures, the effects, and what it is compared with."""
    layout, code = rows.layout, group.codes[group.asked]
    pupils = np.bincount(group.codes[group.members])
    marks = np.bincount(code, rows.numbers["marks"][group.asked])
    actual_mean = np.bincount(code, rows.numbers["mean_so_far"][group.asked]) / np.bincount(code)
    basis = np.full(len(group.first), NOTHING, dtype=object)
    if effects:
        found = layout.class_basis if group is layout.of_class else _teacher_basis(rows)
        basis = np.where(marks >= LEAST_MARKS * pupils, found, FEW_MARKS)
    columns = {
        **{name: layout.ids[name].take(layout.codes[name][group.first]) for name in group.columns},
        "pupils_compared": pupils,
        "marks_compared": marks.astype(np.int64),
        "actual_mean": actual_mean,
        **_with_effects(actual_mean, basis, effects),
    }
    return pd.DataFrame(columns, columns=[*group.columns, *COLUMNS])


def _is_repeated(*codes: Codes) -> Flags:
    """Return whether the same codes have been met before."""
    return pd.Index(joined(codes)).duplicated()


def _with_effects(actual_mean: Numbers, basis: Words, effects: Effects | None) -> dict[str, Any]:
    """Return the columns of the effects; a group that can be compared with nothing has empty ones.

    An effect that the model cannot separate from another is empty too.
    """
    is_compared = np.isin(basis.astype(str), COMPARED)
    is_known = is_compared & np.isfinite(effects.difference) if effects else np.zeros(len(basis), bool)

    def of(name: str) -> Numbers:
        return np.where(is_known, getattr(effects, name, np.nan), np.nan)

    difference, shrunk, margin = of("difference"), of("shrunk"), INTERVAL * of("shrunk_error")
    return {
        "expected_mean": actual_mean - difference,
        "difference": difference,
        "difference_error": of("error"),
        "shrunk_difference": shrunk,
        "shrunk_low": shrunk - margin,
        "shrunk_high": shrunk + margin,
        "comparison_basis": np.where(is_compared & ~is_known, NOTHING, basis),
    }


def _teacher_basis(rows: _Rows) -> Words:
    """Return by teacher in a subject what the marks are compared with: nothing, where too few others gave these pupils marks."""
    layout, marks = rows.layout, rows.numbers["marks"]
    of_pupil = np.bincount(layout.codes["pupil_id"], marks)[layout.codes["pupil_id"]]
    group = layout.of_teacher

    def beside(place: Codes) -> Numbers:
        """Return by teacher how many of the pupils' marks lie elsewhere."""
        others = of_pupil - np.bincount(place, marks)[place]
        return np.bincount(group.codes[group.members], others[group.members]).astype(np.float64)

    outside, of_others = beside(layout.pupil_of_teacher_and_subject), beside(layout.pupil_of_teacher)
    share = np.divide(of_others, outside, out=np.zeros(len(outside)), where=outside > 0)
    return np.where(share >= LEAST_FROM_OTHERS, layout.teacher_basis, NOTHING).astype(object)
