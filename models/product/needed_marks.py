"""What is needed for a mark: the smallest marks on the lessons left with which it becomes more likely than not and the mean rounds to it.

The marks still expected are put in as if the term had ended with them, and the same model is asked again. A better mark never
lowers a forecast, so the sets are tried from the smallest sum on: 3, 3 · 3, 4 · 4, 4 · …
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.features.roster import roster
from models.features.series import features
from models.features.tables import Journal, codes_of, day_number
from models.forecasters.forecaster import Forecaster, at_least
from models.forecasters.pool import unlearned_pool
from models.metrics import Floats
from school.term_marks.rules.year_needed import mark_sets

ENOUGH = 0.5
MOST_MARKS = 8
HIGHEST = 5
# A term mark is the mean of its marks, rounded.
HALF = 0.5


@dataclass(frozen=True)
class NeededMarks:
    """For `target`: the chance of it now, and the marks that make it likelier than not; None: no marks would."""

    subject_id: object
    target: int
    chance_now: float
    marks: tuple[int, ...] | None


def needed_marks(
    journal: Journal,
    term_ids: Sequence[object],
    as_of: dt.date,
    class_id: object,
    pupil_id: object,
    model: Forecaster | None = None,
    target: int | None = None,
) -> list[NeededMarks]:
    """For each subject of a pupil: what it takes to get `target`, or else the mark above the most likely one (5 where that is likely)."""
    day, answering = day_number(as_of), model or unlearned_pool()
    terms, classes = codes_of(journal.term_ids, term_ids), codes_of(journal.classes, [class_id])
    rows = roster(journal, terms, day, classes)
    own = np.flatnonzero(rows.pupil == codes_of(journal.pupils, [pupil_id])[0])
    if not len(own):
        return []
    seen = features(journal, rows, day).iloc[own].reset_index(drop=True)
    now = answering.predict_proba(seen)
    targets = np.minimum(now.argmax(axis=1) + 3, HIGHEST) if target is None else np.full(len(own), target)
    subjects = journal.subjects.take(rows.subject[own])
    return [_needed(subjects[i], seen.iloc[[i]], int(targets[i]), now[i], answering) for i in range(len(own))]


def _needed(
    subject_id: object, row: pd.DataFrame, target: int, now: Floats, model: Forecaster
) -> NeededMarks:
    to_come = row["expected_remaining_marks"].fillna(1.0).iloc[0]
    count = int(np.clip(np.round(to_come), 1, MOST_MARKS))
    sets = mark_sets(count)
    ended = pd.concat([_with_marks(row, marks) for marks in sets], ignore_index=True)
    chances = at_least(model.predict_proba(ended))[:, target - 3]
    # Where the past knows no «2» the model hopes for a «3» whatever is given: marks that do not come to it are no advice.
    comes_to_it = ended["mean_so_far"].to_numpy() >= target - HALF
    enough = np.flatnonzero((chances >= ENOUGH) & comes_to_it)
    marks = sets[int(enough[0])] if len(enough) else None
    return NeededMarks(subject_id, target, float(now[target - 2 :].sum()), marks)


def _with_marks(row: pd.DataFrame, marks: tuple[int, ...]) -> pd.DataFrame:
    """The row as it would be at the end of the term with these marks, of ordinary weight, added."""
    added, old = np.array(marks, dtype=float), row.iloc[0]
    n = old["n_marks"] + len(added)

    def mean(name: str, values: Floats) -> float:
        before = old[name] * old["n_marks"] if old["n_marks"] else 0.0
        return float((before + values.sum()) / n)

    pace = old["class_marks_per_pupil"] if np.isfinite(old["class_marks_per_pupil"]) else 0.0
    return row.assign(
        mean_so_far=mean("mean_so_far", added),
        plain_mean_so_far=mean("plain_mean_so_far", added),
        lowest_mark=np.fmin(old["lowest_mark"], added.min()),
        last_mark=added[-1],
        share_above_three=mean("share_above_three", (added > 3).astype(float)),
        share_of_fives=mean("share_of_fives", (added == HIGHEST).astype(float)),
        n_marks=n,
        elapsed_share=1.0,
        expected_remaining_marks=0.0,
        class_marks_per_pupil=pace + len(added),
        marks_against_class=n / (pace + len(added)),
        share_of_term_since_last_mark=0.0,
    )
