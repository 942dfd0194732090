"""The few facts that moved a forecast: what it would be without each, asked of the same model.

A fact moves a forecast by as much as the expected mark changes where the fact is not known. Only facts that move it their own way are
told: one above what would be expected without it upwards, one below it downwards.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.features.roster import roster
from models.features.series import features
from models.features.tables import Journal, codes_of, day_number
from models.forecasters.forecaster import Forecaster
from models.forecasters.pool import unlearned_pool
from models.metrics import MARKS, Floats
from models.product.forecast import PREVIOUS_TERM_RU
from school.numbers import number_text, plural

SMALLEST_MOVE = 0.05
MOST_FACTS = 3


@dataclass(frozen=True)
class Fact:
    """What moved a forecast, in words, and by how much of a mark."""

    name: str
    words: str
    move: float


@dataclass(frozen=True)
class Kind:
    """A kind of fact: the features that hold it, how it reads, and the mark that it points at (None: a rise or a fall)."""

    columns: tuple[str, ...]
    words: Callable[[Mapping[str, float], str], str]
    points_at: str
    is_relative: bool = False


def _marks(row: Mapping[str, float], _: str) -> str:
    n = int(row["n_marks"])
    return f"текущие отметки: {number_text(row['mean_so_far'], 2)} по {n} {plural(n, 'отметке', 'отметкам', 'отметкам')}"


def _last(row: Mapping[str, float], kind: str) -> str:
    return f"{PREVIOUS_TERM_RU.get(kind, 'в прошлом периоде')} {number_text(row['previous_term_mark'])}"


def _older(row: Mapping[str, float], _: str) -> str:
    return f"раньше в среднем {number_text(row['older_term_mean'], 1)}"


def _others(row: Mapping[str, float], _: str) -> str:
    return f"по другим предметам {'выше' if _standing(row) > 0 else 'ниже'} класса"


def _class(row: Mapping[str, float], _: str) -> str:
    return f"у класса по предмету {number_text(row['class_mean'], 2)}"


KINDS: Mapping[str, Kind] = {
    "marks": Kind(
        (
            "mean_so_far",
            "plain_mean_so_far",
            "lowest_mark",
            "last_mark",
            "share_above_three",
            "share_of_fives",
            "share_of_term_since_last_mark",
            "n_marks",
        ),
        _marks,
        "mean_so_far",
    ),
    "last_term": Kind(
        ("previous_term_mark", "previous_term_mean", "previous_n_marks"), _last, "previous_term_mark"
    ),
    "older_terms": Kind(("older_term_mean", "older_n_terms"), _older, "older_term_mean"),
    "other_subjects": Kind(
        ("others_now", "others_past", "others_n_marks"), _others, "others_now", is_relative=True
    ),
    "class": Kind(("class_mean", "classmates_previous"), _class, "class_mean"),
}
COUNTS = ("n_marks",)


def moving_facts(
    journal: Journal,
    term_ids: Sequence[object],
    as_of: dt.date,
    class_id: object,
    pupil_id: object,
    model: Forecaster | None = None,
) -> dict[object, list[Fact]]:
    """By subject of a pupil, the facts that moved the forecast most, at most three, the strongest first."""
    day, answering = day_number(as_of), model or unlearned_pool()
    terms, classes = codes_of(journal.term_ids, term_ids), codes_of(journal.classes, [class_id])
    rows = roster(journal, terms, day, classes)
    own = np.flatnonzero(rows.pupil == codes_of(journal.pupils, [pupil_id])[0])
    if not len(own):
        return {}
    seen = features(journal, rows, day).iloc[own].reset_index(drop=True)
    without = [_without(seen, kind) for kind in KINDS.values()]
    expected = answering.predict_proba(pd.concat([seen, *without], ignore_index=True)) @ MARKS
    now, *missing = np.split(expected, len(without) + 1)
    subjects, kinds = journal.subjects.take(rows.subject[own]), journal.terms.kind[rows.term[own]]
    known: list[Mapping[str, float]] = [
        dict(zip(seen.columns, row, strict=True)) for row in seen.to_numpy(dtype=float)
    ]
    return {
        subject: _strongest(known[place], str(kinds[place]), now[place], [each[place] for each in missing])
        for place, subject in enumerate(subjects)
    }


def _without(seen: pd.DataFrame, kind: Kind) -> pd.DataFrame:
    return seen.assign(**{name: 0.0 if name in COUNTS else np.nan for name in kind.columns})


def _standing(row: Mapping[str, float]) -> float:
    """How far the pupil stands above the class in other subjects, now or, where nothing is known of now, before."""
    return row["others_past"] if np.isnan(row["others_now"]) else row["others_now"]


def _strongest(row: Mapping[str, float], term_kind: str, now: float, missing: Sequence[Floats]) -> list[Fact]:
    found = []
    for (name, kind), without in zip(KINDS.items(), missing, strict=True):
        move = float(now - without)
        value = _standing(row) if kind.is_relative else row[kind.points_at]
        pull = value if kind.is_relative else value - float(without)
        if abs(move) >= SMALLEST_MOVE and move * pull > 0:
            found.append(Fact(name, kind.words(row, term_kind), move))
    return sorted(found, key=lambda fact: -abs(fact.move))[:MOST_FACTS]


def facts_text(facts: Sequence[Fact]) -> str:
    """Return «↑ в прошлой четверти 5 (+0,3) · ↓ текущие отметки: 3,50 по 2 отметкам (−0,2)»; an empty text for none."""
    return " · ".join(
        f"{'↑' if fact.move > 0 else '↓'} {fact.words} ({'+' if fact.move > 0 else ''}{number_text(fact.move, 1)})"
        for fact in facts
    )
