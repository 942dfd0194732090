"""Whether marks agree with one another and with outside measures: findings for a talk, never a verdict (п. 2.5, 6.3).

The database adds the school's tables up to a few rows (``term_mark_sums`` and the like); a control turns these into one
row per teacher × subject with COLUMNS. ``judged`` then marks the rows that are unusual in this school, by
``pipelines.fair.unusual``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import groupby
from operator import attrgetter
from statistics import multimode
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from pipelines.fair.comparison import COMPARED
from pipelines.fair.unusual import Usual, discoveries, is_unusual, usual_among
from pipelines.measures.mark_sums import MARKS, mark_sums
from pipelines.measures.quality import weighted_means
from pipelines.measures.tables import (
    Frame,
    collected,
    day_number,
    first_met,
    joined,
    midnight,
    moment,
    read,
    totals,
)
from school.register.rules.cells import LOWEST_MARK
from school.register.rules.marks import MEAN_TOLERANCE
from school.term_marks.rules.term_marks import ROUNDINGS, Rounding

UNIT = ("teacher_id", "subject_id")
REGISTER = ("class_id", "subject_id", "teacher_id")
COLUMNS = ("cases", "disagreement", "disagreement_error")
MEANS = ("actual_mean", "expected_mean")
FEWEST_CURRENT_MARKS = 2
LAST_DAYS_OF_A_TERM = 7
# A class is at least so many marks in one lesson.
WHOLE_CLASS = 8
FIRST_MARKS = ("pupils", "lowest", "highest")
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
    control_marks = sums["control_marks"].to_numpy()
    others = sums["marks_given"].to_numpy() - control_marks
    compared = np.flatnonzero((control_marks > 0) & (others >= FEWEST_CURRENT_MARKS))
    control = sums["control_values"].to_numpy()[compared] / control_marks[compared]
    current = sums["current_values"].to_numpy()[compared] / others[compared]
    means = {"gap": control - current, "control_mean": control, "current_mean": current}
    return _means(pd.DataFrame({name: sums[name].to_numpy()[compared] for name in UNIT} | means))


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
    have fives, and so on; equal scores share a mark. So a test without marks distinguishes teachers, but says nothing of
    how strict the school is.
    """
    bare = results["test_mark"].isna() & results["score"].notna()
    linked = results["test_mark"].astype("Float64")
    for _, rows in results[bare].groupby("test_id"):
        places = np.floor(rows["score"].rank().to_numpy()).astype(np.intp) - 1
        linked[rows.index] = np.sort(rows["mark"].to_numpy(np.float64))[places]
    return results.assign(test_mark=linked)[linked.notna()].astype({"test_mark": "float64"})


def _means(rows: pd.DataFrame) -> pd.DataFrame:
    """Return by unit the mean of ``gap`` with its error; one variance within units serves all, a small one has none.

    With the means of control_mean and current_mean and, where the rows have them, the sums of higher and lower.
    """
    has_teacher = rows["teacher_id"].notna().to_numpy()
    taught = rows if has_teacher.all() else rows[has_teacher]
    unit, units = _units(taught)
    cases = np.bincount(unit, minlength=len(units))

    def total(values: Any) -> Any:
        return np.bincount(unit, values, len(units))

    gap = taught["gap"].to_numpy(np.float64)
    gaps, squares = total(gap), total(gap**2)
    within = (squares - gaps**2 / cases).sum() / max(int((cases - 1).sum()), 1)
    return units.assign(
        cases=cases,
        **{name: total(taught[name]).astype(np.int64) for name in ("higher", "lower") if name in taught},
        disagreement=gaps / cases,
        disagreement_error=np.sqrt(max(within, 0.0) / cases),
        control_mean=total(taught["control_mean"]) / cases,
        current_mean=total(taught["current_mean"]) / cases,
    )


def _units(rows: pd.DataFrame) -> tuple[Any, pd.DataFrame]:
    """Return by row the place of its unit, and the units in their order."""
    codes = [pd.factorize(rows[name], sort=True)[0] for name in UNIT]
    unit = pd.factorize(joined(codes), sort=True)[0]
    first = first_met(unit)
    return unit, pd.DataFrame({name: rows[name].array.take(first) for name in UNIT})


def _of_teachers(rows: Frame) -> Frame:
    return rows.filter(~nw.col("teacher_id").is_null())


def term_mark_sums(term_marks: Any, marks: Any, roundings: Mapping[int, Rounding], usual: Rounding) -> Any:
    """Add up term marks against what the weighted mean of the term proposes by the school's rounding (п. 5.4).

    ``term_marks``: class_id, subject_id, term_id, pupil_id, teacher_id, value; ``marks``: current marks as for
    ``mark_sums``, or these. ``roundings``: subjects that have their own. By class_id and UNIT: cases, higher
    and lower, for ``term_marks``.
    """
    keys = ["class_id", "subject_id", "term_id", "pupil_id"]
    means = weighted_means(read(mark_sums(marks)), keys)
    given = _of_teachers(read(term_marks)).select(*keys, "teacher_id", given="value")
    compared = given.join(means, on=keys, how="inner").with_columns(proposed=_proposed(roundings, usual))
    counts = {
        "cases": nw.lit(1),
        "higher": nw.col("given") > nw.col("proposed"),
        "lower": nw.col("given") < nw.col("proposed"),
    }
    return totals(compared, ["class_id", *UNIT], counts).to_native()


def term_marks(sums: pd.DataFrame) -> pd.DataFrame:
    """Return ``term_mark_sums`` as a control.

    ``cases`` are term marks, ``disagreement`` is the share that differs, with how many are higher (in the pupils' favour)
    and lower.
    """
    unit, units = _units(sums)
    cases, higher, lower = (
        np.bincount(unit, sums[name], len(units)).astype(np.int64) for name in ("cases", "higher", "lower")
    )
    differing = higher + lower
    # A share is drawn a little to the school's, so that none of three is not certainty.
    school = differing.sum() / max(int(cases.sum()), 1)
    smoothed = (differing + 2 * school) / (cases + 2)
    return units.assign(
        cases=cases,
        higher=higher,
        lower=lower,
        disagreement=differing / cases,
        disagreement_error=np.sqrt(smoothed * (1 - smoothed) / cases),
    )


def _proposed(roundings: Mapping[int, Rounding], usual: Rounding) -> nw.Expr:
    """The rule school.term_marks.rules.term_marks.proposed_mark over a column; a test holds the two together."""
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


def lesson_weeks(lessons: Any, terms: Any, *, today: date) -> Any:
    """Return the lessons held by ``today`` in terms whose last week has begun: lesson_id, UNIT, is_last.

    ``is_last``: in the last week of the term. ``lessons``: lesson_id, term_id, subject_id, teacher_id, held_on, is_held;
    ``terms``: term_id, ends_on.
    """
    held = _of_teachers(read(lessons)).filter(nw.col("is_held"), moment("held_on") <= midnight(today))
    ends = read(terms).select("term_id", last_day=day_number("ends_on"))
    ends = ends.filter(nw.col("last_day") - LAST_DAYS_OF_A_TERM < today.toordinal())
    days = held.select("lesson_id", "term_id", *UNIT, day=day_number("held_on")).join(ends, on="term_id")
    is_last = nw.col("last_day") - nw.col("day") < LAST_DAYS_OF_A_TERM
    return days.select("lesson_id", *UNIT, is_last=is_last).to_native()


@dataclass(frozen=True)
class LessonWeeks:
    """``lesson_weeks`` in the order of the lessons: of each its id, the place of its unit, and whether it is_last."""

    lesson_id: Any
    unit: Any
    is_last: Any
    units: pd.DataFrame


def weeks_of_units(weeks: pd.DataFrame) -> LessonWeeks:
    """Return ``lesson_weeks`` ready for ``last_week``: for as long as no lesson is moved they are the same."""
    rows = weeks.sort_values("lesson_id", ignore_index=True)
    unit, units = _units(rows)
    return LessonWeeks(rows["lesson_id"].to_numpy(), unit, rows["is_last"].to_numpy(bool), units)


def last_week(weeks: LessonWeeks, lesson_sums: pd.DataFrame) -> pd.DataFrame:
    """Compare the marks of a lesson in the last week of a term with those before.

    ``lesson_sums``: lesson_id, marks. ``cases`` are lessons of last weeks, ``disagreement`` is the logarithm of how many times
    more marks a lesson has then than before, with last_marks, all_marks, all_lessons.
    """
    marks = _marks_of(weeks.lesson_id, lesson_sums)
    last, before = (_rate(weeks, marks, among) for among in (weeks.is_last, ~weeks.is_last))
    is_asked = (last.lessons > 0) & (before.lessons > 0) & (last.marks + before.marks > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        columns = {
            **{name: weeks.units[name] for name in UNIT},
            "cases": last.lessons,
            "disagreement": np.log(last.rate / before.rate),
            "disagreement_error": np.hypot(last.error, before.error),
            "last_marks": last.marks,
            "all_marks": last.marks + before.marks,
            "all_lessons": last.lessons + before.lessons,
        }
    found = pd.DataFrame(columns)
    asked: pd.DataFrame = found[is_asked].reset_index(drop=True)
    return asked


def _marks_of(lesson_ids: Any, lesson_sums: pd.DataFrame) -> Any:
    """Return how many marks each of the lessons has; ``lesson_ids`` rise."""
    if not len(lesson_ids):
        return np.zeros(0, np.int64)
    place = np.searchsorted(lesson_ids, lesson_sums["lesson_id"]).clip(max=len(lesson_ids) - 1)
    is_asked = lesson_ids[place] == lesson_sums["lesson_id"].to_numpy()
    marks = np.zeros(len(lesson_ids), np.int64)
    marks[place[is_asked]] = lesson_sums["marks"].to_numpy()[is_asked]
    return marks


@dataclass(frozen=True)
class _Rate:
    """By unit: lessons, marks, how many marks a lesson has, and the relative error of that."""

    lessons: Any
    marks: Any
    rate: Any
    error: Any


def _rate(weeks: LessonWeeks, marks: Any, among: Any) -> _Rate:
    unit, marks, units = weeks.unit[among], marks[among], len(weeks.units)
    lessons, given = np.bincount(unit, minlength=units), np.bincount(unit, marks, units)
    counted = given + 0.5
    with np.errstate(divide="ignore", invalid="ignore"):
        # Marks of a lesson come together.
        spread = np.maximum(np.bincount(unit, marks**2, units) - given**2 / lessons, 0) + counted
        return _Rate(lessons, given.astype(np.int64), counted / lessons, np.sqrt(spread) / counted)


def whole_class_lessons(lesson_sums: pd.DataFrame) -> int:
    """Return in how many lessons WHOLE_CLASS or more pupils have a mark."""
    return int((lesson_sums["pupils"] >= WHOLE_CLASS).sum())


def _is_alike(pupils: Any, lowest: Any, highest: Any) -> Any:
    return (pupils >= WHOLE_CLASS) & (lowest == highest)


def lessons_alike(lesson_sums: pd.DataFrame) -> frozenset[int]:
    """Return the lessons in which a whole class has the same first mark."""
    is_alike = _is_alike(*(lesson_sums[name].to_numpy() for name in FIRST_MARKS))
    return frozenset(lesson_sums["lesson_id"].to_numpy()[is_alike].tolist())


def alike_marks(marks: Any) -> Any:
    """Return the marks of the lessons in which a whole class has the same: what ``same_marks`` looks at.

    ``marks``: lesson_id, pupil_id, slot, class_id, subject_id, teacher_id, term_id, given_on, value.
    """
    alike = read(lesson_sums(marks)).filter(_is_alike(*map(nw.col, FIRST_MARKS))).select("lesson_id")
    first = _of_teachers(read(marks)).filter(nw.col("slot") == 1)
    columns = ("lesson_id", "pupil_id", *REGISTER, "given_on", "value")
    return first.select(*columns).join(alike, on="lesson_id").to_native()


def same_marks(alike: pd.DataFrame, sums: pd.DataFrame, questions: int) -> pd.DataFrame:
    """Return the registers with lessons in which a whole class got one mark, beyond what its pupils usually get.

    ``alike``: ``alike_marks``; ``sums``: ``register_sums``; ``questions``: how many ``whole_class_lessons``
    there are. A lesson counts where the chance of it, from each pupil's other marks in the register, smoothed
    by those of the register, is a discovery among all of them. Columns: REGISTER, cases (lessons), mark,
    pupils_alike (at least), days.
    """
    chances = _chances(alike, sums)
    is_found = discoveries(np.exp(chances["log_chance"].to_numpy(np.float64)), questions)
    lessons = chances[is_found].sort_values([*REGISTER, "given_on", "lesson_id"])
    of_registers = groupby(lessons.itertuples(), key=attrgetter(*REGISTER))
    found = [
        (
            *register,
            len(alike_lessons),
            min(multimode(lesson.value for lesson in alike_lessons)),
            min(lesson.pupils for lesson in alike_lessons),
            tuple(lesson.given_on for lesson in alike_lessons),
        )
        for register, alike_lessons in ((key, list[Any](group)) for key, group in of_registers)
    ]
    return pd.DataFrame(found, columns=[*REGISTER, "cases", "mark", "pupils_alike", "days"])


def _chances(alike: pd.DataFrame, sums: pd.DataFrame) -> pd.DataFrame:
    """Return each lesson with its pupils and the logarithm of the chance that all have that mark.

    Columns: lesson_id, REGISTER, given_on, value, pupils, log_chance.
    """
    own, of_alike = _places(sums, alike)
    pupils = pd.factorize(np.concatenate([sums["pupil_id"], alike["pupil_id"]]))[0]
    place = pd.factorize(joined([np.concatenate([own, of_alike]), pupils]))[0]
    pupil, pupil_of_alike = place[: len(sums)], place[len(sums) :]
    counts = sums[[f"n{mark}" for mark in MARKS]].to_numpy(np.float64)
    registers = int(own.max(initial=-1)) + 1
    of_register = np.column_stack([np.bincount(own, each, registers) for each in counts.T])
    # A pupil's row among the sums; of the few that have none nothing is known.
    row = np.full(int(pupil_of_alike.max(initial=pupil.max(initial=-1))) + 1, -1)
    row[pupil] = np.arange(len(pupil))
    place = row[pupil_of_alike]
    is_known = place >= 0
    rows, place, register = alike[is_known], place[is_known], of_alike[is_known]
    mark = np.searchsorted(-np.array(MARKS), -rows["value"].to_numpy())
    # Without the mark in question itself.
    share = of_register[register, mark] / of_register[register].sum(axis=1)
    others = counts[place].sum(axis=1) - 1
    chance = (counts[place, mark] - 1 + HABIT_MARKS * share) / (others + HABIT_MARKS)
    lesson = pd.factorize(rows["lesson_id"], sort=True)[0]
    lessons = rows[["lesson_id", *REGISTER, "given_on", "value"]].take(first_met(lesson))
    return lessons.assign(pupils=np.bincount(lesson), log_chance=np.bincount(lesson, np.log(chance)))


def _places(rows: pd.DataFrame, others: pd.DataFrame) -> tuple[Any, Any]:
    """Return by row of both tables the place of its register, alike in both."""
    codes = [pd.factorize(np.concatenate([rows[name], others[name]]))[0] for name in REGISTER]
    places = pd.factorize(joined(codes))[0]
    return places[: len(rows)], places[len(rows) :]


def other_subjects(teachers: pd.DataFrame) -> pd.DataFrame:
    """Return a fair comparison of teachers as a control; ``cases`` are pupils, ``disagreement`` is the raw difference."""
    is_known = teachers["comparison_basis"].isin(COMPARED) & teachers["difference"].notna()
    compared = teachers.loc[is_known, [*UNIT, "pupils_compared", "difference", "difference_error", *MEANS]]
    compared.columns = pd.Index([*UNIT, *COLUMNS, *MEANS])
    return compared.reset_index(drop=True)


@dataclass(frozen=True)
class Judged:
    """A control's rows with ``is_unusual`` and ``is_few``, and what is usual in the school; None: too few to say."""

    control: Control
    rows: pd.DataFrame
    usual: Usual | None


def judged(control: Control, rows: pd.DataFrame) -> Judged:
    """Return the rows of a control, a row a teacher × subject with COLUMNS, with flags of which are unusual among them.

    Rows with fewer cases than the control's ``few_cases`` are flagged ``is_few`` and do not shape the usual.
    """
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
