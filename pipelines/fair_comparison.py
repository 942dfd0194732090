"""A teacher's or a class's marks beside what these very pupils would be expected to get (п. 2.5, 4.2).

Expected of a pupil is what all other marks say: in other subjects, in this subject from earlier teachers, for the grade
level, each corrected for how generous its teacher is. Marks that the same teacher gave the same pupil in this subject
earlier are left out: they would explain a generous teacher by that teacher. A class is set against its pupils' earlier
marks, its teachers taken into account. Method and sources: ``pipelines.crossed_effects``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped]

from pipelines.crossed_effects import (
    NO_GROUP,
    Codes,
    CrossedRows,
    Effects,
    Numbers,
    crossed_effects,
    indicators,
)
from pipelines.mark_sums import REGISTER_KEYS, register_sums
from pipelines.tables import collected, joined
from school.rules.minimum_marks import minimum_marks

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
WEIGHED = ("weights", "squared_weights", "weighted_marks", "counted_values", "counted_squares")
NUMBERS = ("grade_level", "marks", "mean_so_far", "effective_marks", "squared_deviations")
ROW = REGISTER_KEYS
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
    counted = sums[[*ROW, "marks_counted", *WEIGHED]][sums["marks_counted"] > 0]
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
    """Compare the marks of a stretch of time with what is expected of its pupils.

    ``now``, ``earlier``: tables of current marks with the columns of ROW, value 2..5 and weight, or their ``mark_sums``;
    ``earlier`` may be empty.
    """
    means = [subject_means(collected(register_sums(marks))) for marks in (now, earlier)]
    return fair_comparison_of_means(*means)


def fair_comparison_of_means(now: pd.DataFrame, earlier: pd.DataFrame) -> FairComparison:
    """Compare the marks of a stretch of time with what is expected of its pupils, as ``fair_comparison`` does.

    ``now``, ``earlier``: ``subject_means``.
    """
    rows = _rows(now, earlier)
    of_teacher = _groups(rows, TEACHER_GROUP, rows.is_now)
    of_class = _groups(rows, CLASS_GROUP, rows.is_now)
    if not _can_compare(rows):
        return FairComparison(
            _compared(rows, TEACHER_GROUP, of_teacher), _compared(rows, CLASS_GROUP, of_class)
        )
    codes = {
        TEACHER: of_teacher,
        CLASS: of_class,
        SUBJECT: _groups(rows, ["subject_id"], rows.is_now),
        LEVEL: _groups(rows, ["grade_level"]),
    }
    factors = {name: found for name, found in codes.items() if (found != NO_GROUP).any()}
    # One thread: a second one costs other visitors more than it saves this one.
    with LINEAR_ALGEBRA.limit(limits=1):
        effects = crossed_effects(_crossed(rows, factors), _mark_variance(rows))
    teachers = _compared(rows, TEACHER_GROUP, of_teacher, effects.get(TEACHER))
    classes = _compared(rows, CLASS_GROUP, of_class, effects.get(CLASS))
    return FairComparison(
        teachers, classes, _spread(teachers, effects.get(TEACHER)), _spread(classes, effects.get(CLASS))
    )


def _spread(rows: pd.DataFrame, effects: Effects | None) -> float | None:
    is_known = effects is not None and rows["difference"].notna().any()
    return float(np.sqrt(effects.variance)) if effects is not None and is_known else None


@dataclass(frozen=True)
class _Rows:
    """Rows of both stretches in one order.

    ``codes``: each column of ROW as places among its ``ids``, NO_GROUP: no value. ``numbers``: the columns of NUMBERS, NaN:
    no value. ``is_now``: of the stretch in question, not an earlier one.
    """

    codes: Mapping[str, Codes]
    ids: Mapping[str, Any]
    numbers: Mapping[str, Numbers]
    is_now: Flags


def _rows(now: pd.DataFrame, earlier: pd.DataFrame) -> _Rows:
    """Return the rows of both stretches, earlier ones of pupils who are there now only.

    What a pupil's present teachers gave earlier is left out.
    """
    there = earlier[earlier["pupil_id"].isin(now["pupil_id"])]
    both = pd.concat([now, there], ignore_index=True)
    is_now = np.arange(len(both)) < len(now)
    places = {name: pd.factorize(both[name], sort=True) for name in ROW}
    codes = {name: found for name, (found, _) in places.items()}
    taught = pd.Index(joined([codes["pupil_id"], codes["subject_id"], codes["teacher_id"]]))
    is_present = taught.isin(taught[is_now & (codes["teacher_id"] != NO_GROUP)])
    kept = np.flatnonzero(is_now | ~is_present)
    # One order, whatever the engine: sums of the same numbers in another order differ in the last digit.
    order = kept[np.argsort(joined([*codes.values(), is_now])[kept])]
    return _Rows(
        codes={name: found[order] for name, found in codes.items()},
        ids={name: ids for name, (_, ids) in places.items()},
        numbers={name: both[name].to_numpy(np.float64, na_value=np.nan)[order] for name in NUMBERS},
        is_now=is_now[order],
    )


def _can_compare(rows: _Rows) -> bool:
    """Whether any pupil has marks from two places: otherwise nothing is known of the pupils but the marks in question."""
    return bool(rows.is_now.any()) and bool(np.bincount(rows.codes["pupil_id"]).max() > 1)


def _groups(rows: _Rows, columns: Sequence[str], among: Flags | None = None) -> Codes:
    """Return by row the place of its group among the groups of those rows; NO_GROUP: not among them, or without an id."""
    codes = [rows.codes[name] for name in columns]
    is_known = np.all([each != NO_GROUP for each in codes], axis=0)
    return _places_among(joined(codes), is_known if among is None else is_known & among)


def _places_among(values: Codes, among: Flags) -> Codes:
    places = np.full(len(values), NO_GROUP, dtype=np.intp)
    places[among] = pd.factorize(values[among], sort=True)[0]
    return places


def _crossed(rows: _Rows, factors: Mapping[str, Codes]) -> CrossedRows:
    own_class = _present_class(rows)
    beside_pupil = [rows.codes[name] for name in ROW if name != "pupil_id"]
    cell = pd.factorize(joined([*beside_pupil, own_class, rows.is_now]))[0]
    first = _first(cell)
    return CrossedRows(
        mean=rows.numbers["mean_so_far"],
        count=rows.numbers["effective_marks"],
        pupil=_groups(rows, ["pupil_id"]),
        pair=_groups(rows, ["pupil_id", "subject_id"]),
        cell=cell,
        fixed=_fixed(rows, own_class, first),
        factors={name: codes[first] for name, codes in factors.items()},
    )


def _first(codes: Codes) -> Codes:
    """Return where each code is first met."""
    first = np.zeros(int(codes.max(initial=NO_GROUP)) + 1, dtype=np.intp)
    first[codes[::-1]] = np.arange(len(codes))[::-1]
    return first


def _fixed(rows: _Rows, own_class: Codes, first: Codes) -> csr_matrix:
    """Return by cell the columns of the effects of which nothing is assumed; ``first``: a row of each cell.

    A general level and its change with the grade level; what the pupils of each present class are like; how generous each
    earlier teacher was. So earlier marks tell a teacher's pupils apart, and never how generous this teacher is; and a
    class of strong pupils is no surprise.
    """
    level = rows.numbers["grade_level"]
    is_known = ~np.isnan(level)
    middle = level[is_known].mean() if is_known.any() else 0.0
    from_middle = np.where(is_known, level - middle, 0.0)[first]
    general = csr_matrix(np.column_stack([np.ones(len(first)), from_middle]))
    earlier_teacher = _groups(rows, TEACHER_GROUP, ~rows.is_now)
    return hstack(
        [general, *(indicators(each[first]) for each in (own_class, earlier_teacher))], format="csr"
    )


def _present_class(rows: _Rows) -> Codes:
    """Return by row the class in which its pupil has most marks now."""
    pupil, of_class = rows.codes["pupil_id"], rows.codes["class_id"]
    is_counted = rows.is_now & (of_class != NO_GROUP)
    classes = int(of_class.max()) + 1
    marks = np.bincount(
        (pupil * classes + of_class)[is_counted],
        rows.numbers["marks"][is_counted],
        (int(pupil.max()) + 1) * classes,
    ).reshape(-1, classes)
    # Of two classes alike the last one.
    most = classes - 1 - np.argmax(marks[:, ::-1], axis=1)
    return _places_among(most[pupil], (marks.max(axis=1) > 0)[pupil])


def _mark_variance(rows: _Rows) -> float:
    freedom = float((rows.numbers["marks"] - 1).sum())
    return float(rows.numbers["squared_deviations"].sum()) / freedom if freedom else 0.0


def _compared(
    rows: _Rows, group: Sequence[str], codes: Codes, effects: Effects | None = None
) -> pd.DataFrame:
    """Return a row for each group of now: its own figures, the effects, and what it is compared with."""
    asked = np.flatnonzero(codes != NO_GROUP)
    code = codes[asked]
    first = asked[_first(code)]
    # A row for each pupil of each group.
    members = asked[~_is_repeated(code, rows.codes["pupil_id"][asked])]
    pupils, marks = np.bincount(codes[members]), np.bincount(code, rows.numbers["marks"][asked])
    actual_mean = np.bincount(code, rows.numbers["mean_so_far"][asked]) / np.bincount(code)
    basis = np.full(len(first), NOTHING, dtype=object)
    if effects:
        is_of_class = tuple(group) == CLASS_GROUP
        found = _class_basis(rows, codes) if is_of_class else _teacher_basis(rows, codes, first, members)
        basis = np.where(marks >= LEAST_MARKS * pupils, found, FEW_MARKS)
    columns = {
        **{name: rows.ids[name].take(rows.codes[name][first]) for name in group},
        "pupils_compared": pupils,
        "marks_compared": marks.astype(np.int64),
        "actual_mean": actual_mean,
        **_with_effects(actual_mean, basis, effects),
    }
    return pd.DataFrame(columns, columns=[*group, *COLUMNS])


def _is_repeated(*codes: Codes) -> Flags:
    """Return whether the same codes have been met before."""
    return pd.Index(joined(codes)).duplicated()


def _with_effects(actual_mean: Numbers, basis: Words, effects: Effects | None) -> dict[str, Any]:
    """Return the columns of the effects; a group that can be compared with nothing has empty ones.

    What the model could not tell apart from something else is not known either.
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


def _teacher_basis(rows: _Rows, codes: Codes, first: Codes, members: Codes) -> Words:
    """Return by code what a teacher's marks in a subject are compared with.

    ``first``: a row of each code, ``members``: a row for each pupil of each.
    """
    subject, teacher = rows.codes["subject_id"], rows.codes["teacher_id"]
    teachers = np.bincount(subject[(teacher != NO_GROUP) & ~_is_repeated(subject, teacher)])
    basis = np.where(teachers[subject[first]] > 1, COLLEAGUES, OTHER_SUBJECTS)
    share = _share_from_others(rows, codes, members)
    return np.where(share >= LEAST_FROM_OTHERS, basis, NOTHING).astype(object)


def _share_from_others(rows: _Rows, codes: Codes, members: Codes) -> Numbers:
    """Return by code which share of the pupils' marks outside the group other teachers gave; 0 where there are none."""
    pupil, teacher, subject = (rows.codes[name] for name in ("pupil_id", "teacher_id", "subject_id"))

    def marks_beside(*alike: Codes) -> Numbers:
        place = pd.factorize(joined([pupil, *alike]))[0]
        marks = rows.numbers["marks"]
        beside = np.bincount(pupil, marks)[pupil] - np.bincount(place, marks)[place]
        return np.bincount(codes[members], beside[members]).astype(np.float64)

    outside = marks_beside(teacher, subject)
    return np.divide(marks_beside(teacher), outside, out=np.zeros(len(outside)), where=outside > 0)


def _class_basis(rows: _Rows, codes: Codes) -> Words:
    """Return by code whether the pupils of a class have earlier marks to compare with."""
    pupil, is_asked = rows.codes["pupil_id"], codes != NO_GROUP
    has_earlier = np.bincount(pupil[~rows.is_now], minlength=int(pupil.max()) + 1)[pupil] > 0
    share = np.bincount(codes[is_asked], has_earlier[is_asked]) / np.bincount(codes[is_asked])
    return np.where(share >= LEAST_FROM_OTHERS, EARLIER_MARKS, NOTHING).astype(object)
