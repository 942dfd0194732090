"""A seeded school journal with the known facts of a real, strong Russian school.

Current marks 5/4/3/2 near 60/29/9/1.6 %; a median of 6 marks a pupil × subject × term; the term mark is the half-up rounded
mean in 98 % of cases, below 2.5 a 3 is still given; the year mark is the rounded mean of the term marks in 97 %.
Pupils move on a class each year; levels 10 and 11 are marked by halves, the others by quarters.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from models.features.tables import JournalTables

QUARTERS = [((9, 1), (10, 25)), ((11, 5), (12, 28)), ((1, 12), (3, 20)), ((4, 1), (5, 25))]
HALVES = [((9, 1), (12, 28)), ((1, 12), (5, 25))]
MARK_CUTS = np.array([-2.85, -1.35, 0.0])


@dataclass(frozen=True)
class Size:
    """How large a school to make up."""

    grade_levels: tuple[int, ...] = (5, 6, 7, 8, 9, 10, 11)
    classes_a_level: int = 2
    pupils_a_class: int = 24
    subjects: int = 12
    first_year: int = 2021
    years: int = 2
    # Term → by how much the whole school marks more strictly in it.
    strictness: Mapping[str, float] = field(default_factory=dict)


def simulate(seed: int, size: Size = Size()) -> JournalTables:
    """The whole journal; ids are strings."""
    draw = np.random.default_rng(seed)
    terms = _terms(size)
    subject_ease = draw.normal(0, 1.2, size.subjects)
    cohorts = range(min(size.grade_levels) - size.years + 1, max(size.grade_levels) + 1)
    pieces: dict[str, list[pd.DataFrame]] = {
        name: []
        for name in ("marks", "term_marks", "year_marks", "enrolments", "class_terms", "load", "classes")
    }
    for cohort in cohorts:
        for parallel in range(size.classes_a_level):
            _one_class_through_years(
                draw=draw,
                size=size,
                terms=terms,
                subject_ease=subject_ease,
                cohort=cohort,
                parallel=parallel,
                pieces=pieces,
            )
    whole = {name: pd.concat(tables, ignore_index=True) for name, tables in pieces.items()}
    return JournalTables(
        marks=whole["marks"],
        term_marks=whole["term_marks"],
        terms=terms,
        enrolments=whole["enrolments"],
        class_terms=whole["class_terms"],
        teaching_load=whole["load"],
        classes=whole["classes"],
        year_marks=whole["year_marks"],
    )


def _terms(size: Size) -> pd.DataFrame:
    rows = []
    for year in range(size.first_year, size.first_year + size.years):
        for kind, spans in (("quarter", QUARTERS), ("half", HALVES)):
            for number, (start, end) in enumerate(spans, 1):
                days = [dt.date(year + (month < 9), month, day) for month, day in (start, end)]
                rows.append((f"{year}-{kind}-{number}", year, kind, number, *days))
    return pd.DataFrame(rows, columns=["term_id", "school_year", "kind", "number", "starts_on", "ends_on"])


def _one_class_through_years(*, draw, size, terms, subject_ease, cohort, parallel, pieces) -> None:
    n, n_subjects = size.pupils_a_class, size.subjects
    pupils = np.array([f"p{cohort}-{parallel}-{i}" for i in range(n)])
    ability = draw.normal(0, 0.8, (n, 1)) + draw.normal(0, 0.15)
    liking = draw.normal(0, 0.45, (n, n_subjects))
    drift = draw.normal(0, 0.2, (n, n_subjects))
    for year_index in range(size.years):
        grade_level = cohort + year_index
        if grade_level not in size.grade_levels:
            continue
        year = size.first_year + year_index
        class_id = f"{year}-{grade_level}-{parallel}"
        teachers = draw.integers(0, 4, n_subjects)
        strictness = draw.normal(0, 0.15, n_subjects)
        # Hard subjects are marked more often, so term marks lie above current marks.
        pace = np.exp(draw.normal(np.log(6.2) - 0.5 * subject_ease, 0.35, n_subjects))
        kind = "half" if grade_level >= 10 else "quarter"
        year_terms = terms[(terms["school_year"] == year) & (terms["kind"] == kind)]
        _add_class(
            pieces, class_id, grade_level=grade_level, pupils=pupils, year_terms=year_terms, teachers=teachers
        )
        given = []
        for term in year_terms.itertuples():
            drift = 0.6 * drift + draw.normal(0, 0.05, drift.shape)
            common = size.strictness.get(term.term_id, 0.0)
            level = 0.45 + ability + liking + drift + subject_ease - strictness - common
            longer = 1.9 if kind == "half" else 1.0
            given.append(
                _one_term(
                    draw,
                    pieces,
                    class_id,
                    pupils,
                    term=term,
                    teachers=teachers,
                    level=level,
                    pace=pace * longer,
                )
            )
        _year_marks(draw, pieces, class_id, year=year, pupils=pupils, term_marks=np.stack(given))


def _add_class(pieces, class_id, *, grade_level, pupils, year_terms, teachers) -> None:
    subjects = np.arange(len(teachers))
    pieces["classes"].append(pd.DataFrame({"class_id": [class_id], "grade_level": [grade_level]}))
    pieces["enrolments"].append(
        pd.DataFrame({"class_id": class_id, "pupil_id": pupils, "starts_on": None, "ends_on": None})
    )
    pieces["class_terms"].append(
        pd.DataFrame({"class_id": class_id, "term_id": year_terms["term_id"].to_numpy()})
    )
    pieces["load"].append(
        pd.DataFrame(
            {
                "class_id": class_id,
                "subject_id": [f"s{s}" for s in subjects],
                "teacher_id": [f"t{s}-{t}" for s, t in zip(subjects, teachers, strict=True)],
            }
        )
    )


def _one_term(draw, pieces, class_id, pupils, *, term, teachers, level, pace) -> np.ndarray:
    """Draw the current marks of a class in a term and the term marks they lead to (pupils × subjects)."""
    n, n_subjects = level.shape
    counts = np.maximum(draw.poisson(pace * draw.gamma(8.0, 1 / 8.0, (n, n_subjects))), 1)
    of_pupil, of_subject = np.divmod(np.repeat(np.arange(n * n_subjects), counts.ravel()), n_subjects)
    latent = level[of_pupil, of_subject] + draw.logistic(0, 0.42, len(of_pupil))
    value = 2 + np.searchsorted(MARK_CUTS, latent)
    days = (term.ends_on - term.starts_on).days
    given_on = pd.to_datetime(term.starts_on) + pd.to_timedelta(draw.integers(0, days, len(value)), unit="D")
    pieces["marks"].append(
        pd.DataFrame(
            {
                "class_id": class_id,
                "subject_id": np.char.add("s", of_subject.astype(str)),
                "teacher_id": [f"t{s}-{teachers[s]}" for s in of_subject],
                "term_id": term.term_id,
                "pupil_id": pupils[of_pupil],
                "given_on": given_on,
                "value": value,
            }
        )
    )
    mean = (
        np.bincount(of_pupil * n_subjects + of_subject, value, n * n_subjects).reshape(level.shape) / counts
    )
    term_mark = np.maximum(_rounded(draw, mean), 3)
    pieces["term_marks"].append(_marks_table(class_id, pupils, term_mark).assign(term_id=term.term_id))
    return term_mark


def _rounded(draw, mean) -> np.ndarray:
    half = np.isclose(mean % 1, 0.5)
    down = half & (draw.random(mean.shape) < 0.11)
    rounded = np.floor(mean + 0.5) - down
    whim = draw.random(mean.shape) < 0.012
    return np.clip(rounded + whim * draw.choice([-1, 1], mean.shape), 2, 5).astype(int)


def _year_marks(draw, pieces, class_id, *, year, pupils, term_marks) -> None:
    value = np.clip(np.floor(term_marks.mean(axis=0) + 0.5), 2, 5).astype(int)
    whim = draw.random(value.shape) < 0.03
    value = np.clip(value + whim * draw.choice([-1, 1], value.shape), 3, 5)
    pieces["year_marks"].append(_marks_table(class_id, pupils, value).assign(school_year=year))


def _marks_table(class_id, pupils, value) -> pd.DataFrame:
    n, n_subjects = value.shape
    return pd.DataFrame(
        {
            "class_id": class_id,
            "subject_id": np.tile([f"s{s}" for s in range(n_subjects)], n),
            "pupil_id": np.repeat(pupils, n_subjects),
            "value": value.ravel(),
        }
    )
