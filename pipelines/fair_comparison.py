"""A teacher's or a class's marks beside what these very pupils would be expected to get (п. 2.5, 4.2).

Expected of a pupil is what all other marks say: in other subjects, in this subject from earlier teachers, for the grade
level, each corrected for how generous its teacher is. Marks that the same teacher gave the same pupil in this subject
earlier are left out: they would explain a generous teacher by that teacher. A class is set against its pupils' earlier
marks, its teachers taken into account. Method and sources: ``pipelines.crossed_effects``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from pipelines.crossed_effects import NO_GROUP, Codes, CrossedRows, Effects, Numbers, crossed_effects
from pipelines.tables import per, read, totals
from school.rules.minimum_marks import minimum_marks

# 95 % of a normal distribution.
INTERVAL = 1.96
FEW_PUPILS = 10
# A substitute's single lesson is no way of marking: the least minimum of п. 5.2, a pupil on average.
LEAST_MARKS = minimum_marks(1)
# Less than that share of the pupils' other marks from other people: nothing to compare with.
LEAST_FROM_OTHERS = 1 / 3
ROW = ("pupil_id", "class_id", "subject_id", "teacher_id", "grade_level")
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


def subject_means(marks: Any) -> Any:
    """Return a row for each pupil × class × subject × teacher: mean_so_far, marks, effective_marks, squared_deviations.

    ``marks``: the columns of ROW, value 2..5, weight (empty: 1). Marks of weight 0 do not count. ``effective_marks`` is
    (Σ weight)² / Σ weight²: as many equal marks would be as precise.
    """
    weight, value = nw.col("weight").fill_null(1.0), nw.col("value")
    given = read(marks).with_columns(weight=weight).filter(nw.col("weight") > 0)
    sums = {
        "weights": nw.col("weight"),
        "squared_weights": nw.col("weight") * nw.col("weight"),
        "weighted_marks": nw.col("weight") * value,
        "values": value,
        "squares": value * value,
    }
    rates = {
        "mean_so_far": per(nw.col("weighted_marks"), nw.col("weights")),
        "effective_marks": per(nw.col("weights") * nw.col("weights"), nw.col("squared_weights")),
        "squared_deviations": nw.col("squares") - per(nw.col("values") * nw.col("values"), nw.col("marks")),
    }
    return totals(given, ROW, {"marks": nw.lit(1)}, sums, rates).drop(*sums).to_native()


def fair_comparison(now: Any, earlier: Any) -> FairComparison:
    """Compare the marks of a stretch of time with what is expected of its pupils.

    ``now``, ``earlier``: tables of current marks as for ``subject_means``; ``earlier`` may be empty.
    """
    return fair_comparison_of_means(_collected(subject_means(now)), _collected(subject_means(earlier)))


def fair_comparison_of_means(now: pd.DataFrame, earlier: pd.DataFrame) -> FairComparison:
    """Compare the marks of a stretch of time with what is expected of its pupils, as ``fair_comparison`` does.

    ``now``, ``earlier``: what ``subject_means`` returns, collected.
    """
    rows = _rows(now, earlier)
    if not _can_compare(rows):
        return FairComparison(_nothing(rows, TEACHER_GROUP), _nothing(rows, CLASS_GROUP))
    codes = {
        TEACHER: _codes(rows, TEACHER_GROUP, rows["is_now"]),
        CLASS: _codes(rows, CLASS_GROUP, rows["is_now"]),
        SUBJECT: _codes(rows, ["subject_id"], rows["is_now"]),
        LEVEL: _codes(rows, ["grade_level"]),
    }
    factors = {name: found for name, found in codes.items() if (found != NO_GROUP).any()}
    # One thread: a second one costs other visitors more than it saves this one.
    with threadpool_limits(1):
        effects = crossed_effects(_crossed(rows, factors), _mark_variance(rows))
    teachers = _compared(rows, TEACHER_GROUP, codes[TEACHER], effects.get(TEACHER))
    classes = _compared(rows, CLASS_GROUP, codes[CLASS], effects.get(CLASS))
    return FairComparison(
        teachers, classes, _spread(teachers, effects.get(TEACHER)), _spread(classes, effects.get(CLASS))
    )


def _spread(rows: pd.DataFrame, effects: Effects | None) -> float | None:
    is_known = effects is not None and rows["difference"].notna().any()
    return float(np.sqrt(effects.variance)) if effects is not None and is_known else None


def _collected(table: Any) -> pd.DataFrame:
    return read(table).collect(backend="pandas").to_native()


def _rows(now: pd.DataFrame, earlier: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of both stretches with ``is_now``, earlier ones of pupils who are there now only.

    What a pupil's present teachers gave earlier is left out.
    """
    taught = ["pupil_id", "subject_id", "teacher_id"]
    present = pd.MultiIndex.from_frame(now[now["teacher_id"].notna()][taught])
    others = earlier[~pd.MultiIndex.from_frame(earlier[taught]).isin(present)]
    others = others[others["pupil_id"].isin(now["pupil_id"])]
    rows = pd.concat([now.assign(is_now=True), others.assign(is_now=False)], ignore_index=True)
    # One order, whatever the engine: sums of the same numbers in another order differ in the last digit.
    return rows.sort_values([*ROW, "is_now"], ignore_index=True)


def _can_compare(rows: pd.DataFrame) -> bool:
    """Whether any pupil has marks from two places: otherwise nothing is known of the pupils but the marks in question."""
    return bool(rows["is_now"].any()) and bool(rows["pupil_id"].duplicated().any())


def _codes(rows: pd.DataFrame, columns: Sequence[str], among: pd.Series | None = None) -> Codes:
    known = rows[list(columns)].notna().all(axis=1)
    counted = known if among is None else known & among
    codes = np.full(len(rows), NO_GROUP, dtype=np.intp)
    codes[counted] = rows[counted].groupby(list(columns), sort=True).ngroup().to_numpy(np.intp)
    return codes


def _crossed(rows: pd.DataFrame, factors: dict[str, Codes]) -> CrossedRows:
    return CrossedRows(
        mean=rows["mean_so_far"].to_numpy(np.float64),
        count=rows["effective_marks"].to_numpy(np.float64),
        pupil=_codes(rows, ["pupil_id"]),
        pair=_codes(rows, ["pupil_id", "subject_id"]),
        fixed=_fixed(rows),
        factors=factors,
    )


def _fixed(rows: pd.DataFrame) -> Numbers:
    """Return the columns of the effects of which nothing is assumed.

    A general level and its change with the grade level; what the pupils of each present class are like; how generous each
    earlier teacher was. So earlier marks tell a teacher's pupils apart, and never how generous this teacher is; and a
    class of strong pupils is no surprise.
    """
    level = rows["grade_level"].astype("Float64").fillna(rows["grade_level"].mean()).fillna(0.0)
    own_class = rows["pupil_id"].map(_present_class(rows))
    earlier_teacher = rows["teacher_id"].astype(str) + " " + rows["subject_id"].astype(str)
    columns = [
        np.ones((len(rows), 1)),
        level.to_numpy(np.float64)[:, None] - float(level.mean()),
        _dummies(own_class),
        _dummies(earlier_teacher.mask(rows["is_now"])),
    ]
    return np.hstack(columns)


def _present_class(rows: pd.DataFrame) -> pd.Series:
    """Return by pupil the class in which they have most marks now."""
    now = rows[rows["is_now"]].groupby(["pupil_id", "class_id"])["marks"].sum().reset_index()
    most = now.sort_values(["marks", "class_id"]).drop_duplicates("pupil_id", keep="last")
    return most.set_index("pupil_id")["class_id"]


def _dummies(values: pd.Series) -> Numbers:
    return pd.get_dummies(values, dtype=float).to_numpy()


def _mark_variance(rows: pd.DataFrame) -> float:
    freedom = float((rows["marks"] - 1).sum())
    return float(rows["squared_deviations"].sum()) / freedom if freedom else 0.0


def _nothing(rows: pd.DataFrame, group: Sequence[str]) -> pd.DataFrame:
    codes = _codes(rows, group, rows["is_now"])
    return _compared(rows, group, codes, None)


def _compared(
    rows: pd.DataFrame, group: Sequence[str], codes: Codes, effects: Effects | None
) -> pd.DataFrame:
    """Return a row for each group of now: its own figures, the effects, and what it is compared with."""
    is_asked = rows["is_now"].to_numpy() & (codes != NO_GROUP)
    asked = rows[is_asked].assign(code=codes[is_asked])
    found = asked.groupby("code", sort=True).agg(
        **{name: (name, "first") for name in group},
        pupils_compared=("pupil_id", "nunique"),
        marks_compared=("marks", "sum"),
        actual_mean=("mean_so_far", "mean"),
    )
    basis = _class_basis(rows, asked) if tuple(group) == CLASS_GROUP else _teacher_basis(rows, asked)
    is_enough = found["marks_compared"] >= LEAST_MARKS * found["pupils_compared"]
    found["comparison_basis"] = basis.where(is_enough, FEW_MARKS) if effects else NOTHING
    return _with_effects(found, effects)[[*group, *COLUMNS]].reset_index(drop=True)


def _with_effects(found: pd.DataFrame, effects: Effects | None) -> pd.DataFrame:
    """Add the effects; a group that can be compared with nothing has empty ones."""
    codes, unknown = found.index.to_numpy(), np.full(len(found), np.nan)
    is_compared = found["comparison_basis"].isin(COMPARED).to_numpy()

    def of(name: str) -> Numbers:
        return unknown if effects is None else np.where(is_compared, getattr(effects, name)[codes], np.nan)

    shrunk, margin = of("shrunk"), INTERVAL * of("shrunk_error")
    with_effects = found.assign(
        difference=of("difference"),
        difference_error=of("error"),
        expected_mean=found["actual_mean"] - of("difference"),
        shrunk_difference=shrunk,
        shrunk_low=shrunk - margin,
        shrunk_high=shrunk + margin,
    )
    # What the model could not tell apart from something else is not known either.
    is_unknown = with_effects["difference"].isna()
    with_effects.loc[is_unknown, ["shrunk_difference", "shrunk_low", "shrunk_high"]] = np.nan
    with_effects.loc[is_unknown & is_compared, "comparison_basis"] = NOTHING
    return with_effects


def _teacher_basis(rows: pd.DataFrame, asked: pd.DataFrame) -> pd.Series:
    """Return by code what a teacher's marks in a subject are compared with."""
    teachers = rows.groupby("subject_id")["teacher_id"].nunique()
    basis = asked.groupby("code")["subject_id"].first().map(teachers > 1)
    words = basis.map({True: COLLEAGUES, False: OTHER_SUBJECTS}).astype(object)
    return words.where(_share_from_others(rows, asked) >= LEAST_FROM_OTHERS, NOTHING)


def _share_from_others(rows: pd.DataFrame, asked: pd.DataFrame) -> pd.Series:
    """Return by code which share of the pupils' marks outside the group other teachers gave; 0 where there are none."""
    own = asked[["code", "pupil_id", "teacher_id", "subject_id"]].drop_duplicates()
    pairs = own.merge(
        rows[["pupil_id", "subject_id", "teacher_id", "marks"]], on="pupil_id", suffixes=("", "_other")
    )
    is_own_subject = (pairs["subject_id"] == pairs["subject_id_other"]) & (
        pairs["teacher_id"] == pairs["teacher_id_other"]
    )
    outside = pairs[~is_own_subject]
    from_others = outside["marks"].where(outside["teacher_id"] != outside["teacher_id_other"], 0)
    added = from_others.groupby(outside["code"]).sum() / outside.groupby("code")["marks"].sum()
    return added.reindex(asked["code"].unique()).fillna(0.0)


def _class_basis(rows: pd.DataFrame, asked: pd.DataFrame) -> pd.Series:
    """Return by code whether the pupils of a class have earlier marks to compare with."""
    has_earlier = asked["pupil_id"].isin(rows["pupil_id"][~rows["is_now"]])
    share = has_earlier.groupby(asked["code"]).mean()
    return (share >= LEAST_FROM_OTHERS).map({True: EARLIER_MARKS, False: NOTHING}).astype(object)
