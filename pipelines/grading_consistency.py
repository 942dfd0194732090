"""Whether marks agree with one another and with outside measures: findings for a talk, never a verdict (п. 2.5, 6.3).

A control is made of a few rows into which the engine that holds the school's tables has added them up (``term_mark_sums``
and the like), and has a row for each teacher × subject with COLUMNS. ``judged`` then says which of these are unusual in
this school, by ``pipelines.unusual``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd
from scipy.stats import rankdata

from pipelines.fair_comparison import COMPARED
from pipelines.mark_sums import MARKS
from pipelines.quality import standing_so_far
from pipelines.tables import Frame, collected, day_number, midnight, moment, read, totals
from pipelines.unusual import Usual, discoveries, is_unusual, usual_among
from school.rules.cells import LOWEST_MARK
from school.rules.marks import MEAN_TOLERANCE
from school.rules.term_marks import ROUNDINGS, Rounding

UNIT = ("teacher_id", "subject_id")
REGISTER = ("class_id", "subject_id", "teacher_id")
COLUMNS = ("cases", "disagreement", "disagreement_error")
FEWEST_CURRENT_MARKS = 2
LAST_DAYS_OF_A_TERM = 7
# A class is at least so many marks in one lesson.
WHOLE_CLASS = 8
# A pupil's own habit of marks is smoothed by so many marks of the register's habit.
HABIT_MARKS = 2.0


class Control(StrEnum):
    """What is looked at."""

    CONTROL_WORKS = "control_works"
    TERM_MARKS = "term_marks"
    LAST_WEEK = "last_week"
    SAME_MARKS = "same_marks"
    OTHER_SUBJECTS = "other_subjects"
    EXTERNAL_TESTS = "external_tests"


@dataclass(frozen=True)
class ControlRow:
    """A control: the least distance from the usual that matters, in its unit, and of how many cases there are few.

    ``only_more``: less than usual is no finding. Distances are such as a deputy head would talk about: a third of a mark in control works, one term mark in ten that
    does not follow from the mean, twice the marks a lesson, a fifth of a mark against other subjects.
    """

    least: float
    few_cases: int
    only_more: bool = False


CONTROLS: dict[Control, ControlRow] = {
    Control.CONTROL_WORKS: ControlRow(0.33, 10),
    Control.TERM_MARKS: ControlRow(0.1, 10, only_more=True),
    Control.LAST_WEEK: ControlRow(float(np.log(2)), 5, only_more=True),
    Control.OTHER_SUBJECTS: ControlRow(0.2, 10),
    Control.EXTERNAL_TESTS: ControlRow(0.33, 10),
}


def control_works(sums: pd.DataFrame) -> pd.DataFrame:
    """Compare written control works with the other current marks of the same pupils.

    ``sums``: ``register_sums`` of the marks. ``cases`` are pupils with both, ``disagreement`` is the mean of control mean −
    current mean, in marks; with control_mean and current_mean.
    """
    others = sums["marks_given"] - sums["control_marks"]
    both = sums[(sums["control_marks"] > 0) & (others >= FEWEST_CURRENT_MARKS)]
    control = both["control_values"] / both["control_marks"]
    current = both["current_values"] / others[both.index]
    return _means(both.assign(control_mean=control, current_mean=current, gap=control - current))


def external_tests(results: Any) -> pd.DataFrame:
    """Compare marks with the results of external tests of the same pupils.

    ``results``: test_id, subject_id, teacher_id, mark, test_mark (2..5, may be empty), score. ``cases`` are results,
    ``disagreement`` is the mean of mark − test mark; with control_mean (of the test), current_mean (of the marks), and how many
    marks are higher and lower by one or more. A test without marks is read by ``linked_marks``.
    """
    rows = linked_marks(collected(results))
    gap = (rows["mark"] - rows["test_mark"]).astype("float64")
    means = rows.assign(gap=gap, control_mean=rows["test_mark"], current_mean=rows["mark"].astype("float64"))
    return _means(means.assign(higher=(gap >= 1).astype("int64"), lower=(gap <= -1).astype("int64")))


def linked_marks(results: pd.DataFrame) -> pd.DataFrame:
    """Return the results with a mark in the place of each bare score, those with neither left out.

    Equipercentile linking (Kolen and Brennan 2014): in each test as many of the best scores count as «5» as its pupils
    have fives, and so on; equal scores share a mark. So a test without marks tells teachers apart, but says nothing of
    how strict the school is.
    """
    bare = results["test_mark"].isna() & results["score"].notna()
    linked = results["test_mark"].astype("Float64")
    for _, rows in results[bare].groupby("test_id"):
        places = np.floor(rankdata(rows["score"])).astype(np.intp) - 1
        linked[rows.index] = np.sort(rows["mark"].to_numpy(np.float64))[places]
    return results.assign(test_mark=linked)[linked.notna()].astype({"test_mark": "float64"})


def _means(rows: pd.DataFrame) -> pd.DataFrame:
    """Return by unit the mean of ``gap`` with its error; one variance within units serves all, a small one has none.

    With the means of control_mean and current_mean and, where the rows have them, the sums of higher and lower.
    """
    counts = [name for name in ("higher", "lower") if name in rows]
    told = rows[rows["teacher_id"].notna()].assign(cases=1, squares=rows["gap"] ** 2)
    added = ["cases", *counts, "gap", "squares", "control_mean", "current_mean"]
    found = told.groupby(list(UNIT), as_index=False)[added].sum()
    cases = found["cases"]
    within = (found["squares"] - found["gap"] ** 2 / cases).sum() / max(int((cases - 1).sum()), 1)
    return found.assign(
        disagreement=found["gap"] / cases,
        disagreement_error=np.sqrt(np.maximum(within, 0.0) / cases),
        control_mean=found["control_mean"] / cases,
        current_mean=found["current_mean"] / cases,
    ).drop(columns=["gap", "squares"])


def _of_teachers(rows: Frame) -> Frame:
    return rows.filter(~nw.col("teacher_id").is_null())


def _in_order(rows: pd.DataFrame) -> pd.DataFrame:
    # One order, whatever the engine.
    return rows.sort_values([name for name in (*UNIT, "class_id") if name in rows], ignore_index=True)


def term_mark_sums(term_marks: Any, marks: Any, roundings: Mapping[int, Rounding], usual: Rounding) -> Any:
    """Add up term marks against what the weighted mean of the term proposes by the school's rounding (п. 5.4).

    ``term_marks``: class_id, subject_id, term_id, pupil_id, teacher_id, value; ``marks``: current marks as for
    ``standing_so_far``, or their ``mark_sums``. ``roundings``: subjects that have their own. For ``term_marks``.
    """
    keys = ["class_id", "subject_id", "term_id", "pupil_id"]
    whoever_gave = read(marks).drop("teacher_id", strict=False).to_native()
    means = read(standing_so_far(whoever_gave)).select(*keys, "weighted_mean")
    given = _of_teachers(read(term_marks)).select(*keys, "teacher_id", given="value")
    joined = given.join(means, on=keys, how="inner").with_columns(proposed=_proposed(roundings, usual))
    counts = {
        "cases": nw.lit(1),
        "higher": nw.col("given") > nw.col("proposed"),
        "lower": nw.col("given") < nw.col("proposed"),
    }
    return totals(joined, UNIT, counts).to_native()


def term_marks(sums: pd.DataFrame) -> pd.DataFrame:
    """Return ``term_mark_sums`` as a control.

    ``cases`` are term marks, ``disagreement`` is the share that differs, with how many are higher (in the pupils' favour)
    and lower.
    """
    found = _in_order(sums)
    return _with_share(found, found["higher"] + found["lower"])


def _proposed(roundings: Mapping[int, Rounding], usual: Rounding) -> nw.Expr:
    """The rule school.rules.term_marks.proposed_mark over a column; a test holds the two together."""
    proposed = _steps(usual)
    for rounding in sorted(set(roundings.values())):
        subjects = [subject for subject, own in roundings.items() if own is rounding]
        proposed = nw.when(nw.col("subject_id").is_in(subjects)).then(_steps(rounding)).otherwise(proposed)
    return proposed


def _steps(rounding: Rounding) -> nw.Expr:
    mark: nw.Expr = nw.lit(LOWEST_MARK)
    for least in ROUNDINGS[rounding].least_means:
        mark = mark + (nw.col("weighted_mean") + MEAN_TOLERANCE >= least).cast(nw.Int64)
    return mark


def _with_share(found: pd.DataFrame, differing: pd.Series) -> pd.DataFrame:
    """Return a share with its error, drawn a little to the school's, so that none of three is not certainty."""
    school = differing.sum() / max(int(found["cases"].sum()), 1)
    smoothed = (differing + 2 * school) / (found["cases"] + 2)
    error = np.sqrt(smoothed * (1 - smoothed) / found["cases"])
    return found.assign(disagreement=differing / found["cases"], disagreement_error=error)


def lesson_sums(marks: Any) -> Any:
    """Return a row for each lesson with marks: marks, and of its pupils' first marks pupils, lowest and highest.

    ``marks``: lesson_id, class_id, term_id, pupil_id, slot, value.
    """
    keys = ("lesson_id", "class_id", "term_id")
    rows = read(marks).select(*keys, first=nw.when(nw.col("slot") == 1).then(nw.col("value")))
    found = rows.group_by(*keys).agg(
        marks=nw.len(),
        pupils=nw.col("first").count(),
        lowest=nw.col("first").min(),
        highest=nw.col("first").max(),
    )
    return found.with_columns(nw.col("marks", "pupils").cast(nw.Int64)).to_native()


def last_week_sums(lesson_sums: Any, lessons: Any, terms: Any, *, today: date) -> Any:
    """Add up marks and lessons in the last week of a term and before it, in terms that are so far, for ``last_week``.

    ``lesson_sums``: lesson_id, marks; ``lessons``: lesson_id, term_id, subject_id, teacher_id, held_on, is_held; ``terms``:
    term_id, ends_on. Lessons are counted that were held by ``today``.
    """
    held = _of_teachers(read(lessons)).filter(nw.col("is_held"), moment("held_on") <= midnight(today))
    counted = read(lesson_sums).select("lesson_id", "marks")
    ends = read(terms).select("term_id", last_day=day_number("ends_on"))
    ends = ends.filter(nw.col("last_day") - LAST_DAYS_OF_A_TERM < today.toordinal())
    rows = held.join(counted, on="lesson_id", how="left").join(ends, on="term_id")
    is_last = nw.col("last_day") - day_number("held_on") < LAST_DAYS_OF_A_TERM
    rows = rows.with_columns(marks=nw.col("marks").fill_null(0), is_last=is_last)
    counts = {"lessons": nw.lit(1), "marks_given": nw.col("marks")}
    squares = {"squares": nw.col("marks") * nw.col("marks")}
    return totals(rows, [*UNIT, "is_last"], counts, squares).to_native()


def last_week(sums: pd.DataFrame) -> pd.DataFrame:
    """Return ``last_week_sums`` as a control.

    ``cases`` are lessons of last weeks, ``disagreement`` is the logarithm of how many times more marks a lesson has then than
    before, with last_marks, all_marks, all_lessons.
    """
    found = _in_order(sums)
    is_last = found["is_last"].astype(bool)
    both = _rate(found[is_last], "last").merge(_rate(found[~is_last], "before"), on=list(UNIT))
    both = both[both["last_marks"] + both["before_marks"] > 0]
    return both.assign(
        cases=both["last_lessons"],
        disagreement=np.log(both["last_rate"] / both["before_rate"]),
        disagreement_error=np.hypot(both["last_error"], both["before_error"]),
        all_marks=both["last_marks"] + both["before_marks"],
        all_lessons=both["last_lessons"] + both["before_lessons"],
    )[[*UNIT, *COLUMNS, "last_marks", "all_marks", "all_lessons"]]


def _rate(found: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return by unit how many marks a lesson has and the relative error of that; marks of a lesson come together."""
    lessons, given = found["lessons"], found["marks_given"] + 0.5
    spread = (found["squares"] - found["marks_given"] ** 2 / lessons).clip(lower=0) + given
    return pd.DataFrame(
        {
            **{column: found[column] for column in UNIT},
            f"{name}_lessons": lessons,
            f"{name}_marks": found["marks_given"],
            f"{name}_rate": given / lessons,
            f"{name}_error": np.sqrt(spread) / given,
        }
    )


def whole_class_lessons(lesson_sums: Any) -> Any:
    """Return the lessons in which WHOLE_CLASS or more pupils have a mark: lesson_id, class_id and is_alike."""
    is_alike = nw.col("lowest") == nw.col("highest")
    asked = read(lesson_sums).filter(nw.col("pupils") >= WHOLE_CLASS)
    return asked.select("lesson_id", "class_id", is_alike=is_alike).to_native()


def alike_marks(marks: Any, lesson_sums: Any) -> Any:
    """Return the marks of the lessons in which a whole class has the same: what ``same_marks`` looks at.

    ``marks``: lesson_id, pupil_id, slot, class_id, subject_id, teacher_id, given_on, value; ``lesson_sums`` of these marks.
    """
    alike = read(whole_class_lessons(lesson_sums)).filter(nw.col("is_alike")).select("lesson_id")
    first = _of_teachers(read(marks)).filter(nw.col("slot") == 1).join(alike, on="lesson_id")
    return first.select("lesson_id", "pupil_id", *REGISTER, "given_on", "value").to_native()


def same_marks(alike: pd.DataFrame, sums: pd.DataFrame, questions: int) -> pd.DataFrame:
    """Return the registers with lessons in which a whole class got one mark, beyond what its pupils usually get.

    ``alike``: ``alike_marks``; ``sums``: ``register_sums``; ``questions``: how many ``whole_class_lessons``
    there are. A lesson counts where the chance of it, from each pupil's other marks in the register, smoothed
    by those of the register, is a discovery among all of them. Columns: REGISTER, cases (lessons), mark,
    pupils_alike (at least), days.
    """
    chances = _chances(alike, sums)
    is_found = discoveries(np.exp(chances["log_chance"].to_numpy(np.float64)), questions)
    lessons = chances[is_found].sort_values(["given_on", "lesson_id"])
    return lessons.groupby(list(REGISTER), as_index=False).agg(
        cases=("lesson_id", "size"),
        mark=("value", lambda values: values.mode().iloc[0]),
        pupils_alike=("pupils", "min"),
        days=("given_on", tuple),
    )


def _chances(alike: pd.DataFrame, sums: pd.DataFrame) -> pd.DataFrame:
    """Return each lesson with its pupils and the logarithm of the chance that all have that mark."""
    counts = [f"n{mark}" for mark in MARKS]
    pupils = sums[["pupil_id", *REGISTER, "marks_given", *counts]]
    register = pupils.groupby(list(REGISTER), as_index=False)[["marks_given", *counts]].sum()
    rows = alike.merge(pupils, on=["pupil_id", *REGISTER])
    rows = rows.merge(register, on=list(REGISTER), suffixes=("", "_register"))
    # Without the mark in question itself.
    share = _of_the_mark(rows, "_register") / rows["marks_given_register"]
    chance = (_of_the_mark(rows) - 1 + HABIT_MARKS * share) / (rows["marks_given"] - 1 + HABIT_MARKS)
    told = rows.assign(log_chance=np.log(chance), pupils=1)
    by = ["lesson_id", *REGISTER, "given_on", "value"]
    return told.groupby(by, as_index=False)[["pupils", "log_chance"]].sum()


def _of_the_mark(rows: pd.DataFrame, suffix: str = "") -> pd.Series:
    """Return of the columns n5 … n2 the one of the row's value."""
    given = [rows["value"] == mark for mark in MARKS]
    return pd.Series(np.select(given, [rows[f"n{mark}{suffix}"] for mark in MARKS], 0), rows.index)


def other_subjects(teachers: pd.DataFrame) -> pd.DataFrame:
    """Return a fair comparison of teachers as a control; ``cases`` are pupils, ``disagreement`` is the raw difference."""
    known = teachers[teachers["comparison_basis"].isin(COMPARED)].dropna(subset=["difference"])
    found = known.rename(
        columns={
            "pupils_compared": "cases",
            "difference": "disagreement",
            "difference_error": "disagreement_error",
        }
    )
    return found[[*UNIT, *COLUMNS, "actual_mean", "expected_mean"]].reset_index(drop=True)


@dataclass(frozen=True)
class Judged:
    """A control's rows with ``is_unusual`` and ``is_few``, and what is usual in the school; None: too few to say."""

    control: Control
    rows: pd.DataFrame
    usual: Usual | None


def judged(control: Control, rows: pd.DataFrame) -> Judged:
    """Say which rows of a control are unusual among them. Groups of few cases do not say what is usual."""
    row = CONTROLS[control]
    values, errors = (
        rows["disagreement"].to_numpy(np.float64),
        rows["disagreement_error"].to_numpy(np.float64),
    )
    is_few = (rows["cases"] < row.few_cases).to_numpy()
    usual = usual_among(values[~is_few], errors[~is_few])
    found = is_unusual(values, errors, usual, least=row.least)
    if usual and row.only_more:
        found &= values > usual.centre
    return Judged(control, rows.assign(is_unusual=found, is_few=is_few), usual)
