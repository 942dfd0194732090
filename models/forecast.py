"""The product's question: at this point of the term, what mark will each pupil get, how sure are we, and why.

`forecast_term` answers for pupils, `class_forecast` for classes, `reason_ru` in one Russian sentence.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from models.empirical_bayes import EmpiricalBayes
from models.forecaster import Forecaster, half_up
from models.metrics import MARKS, Floats, most_likely
from models.series import Rows, features, roster
from models.tables import Journal, Tables, codes_of, day_number, prepare

PROBABILITIES = ["p2", "p3", "p4", "p5"]
FORECAST_COLUMNS = [
    "class_id",
    "subject_id",
    "pupil_id",
    "term_id",
    *PROBABILITIES,
    "most_likely",
    "mean_so_far",
    "n_marks",
    "rounded_mean",
    "previous_term_mark",
    "expected_remaining_marks",
    "stands_on",
    "term_kind",
    "elapsed_share",
]

STANDS_ON_RU = {
    "marks_and_history": "текущие отметки и прошлые периоды",
    "marks_only": "только текущие отметки",
    "history_only": "только прошлые периоды: в этом отметок ещё нет",
    "other_subjects": "только другие предметы: по этому отметок ещё нет",
    "class_only": "только средний уровень класса: об ученике ещё ничего не известно",
    "nothing": "ничего: отметок ещё нет, показаны обычные доли отметок",
}
PREVIOUS_TERM_RU = {
    "quarter": "в прошлой четверти",
    "half": "в прошлом полугодии",
    "year": "в прошлом году",
    "course": "за прошлый курс",
}

NORMAL_90 = 1.645
WIDENING = ((0.0, 1.3), (0.2, 1.15), (0.4, 1.0))


def forecast_term(
    tables: Tables | Journal,
    term_ids: Iterable[object],
    as_of: dt.date,
    class_ids: Iterable[object] | None = None,
    model: Forecaster | None = None,
) -> pd.DataFrame:
    """Probabilities of 2, 3, 4, 5 for every enrolled pupil × subject taught, as of the end of the day `as_of`.

    `tables` prepared once by `tables.prepare` saves most of the time of repeated calls. `class_ids` narrows the answer; it
    does not change the numbers. Without `model` the empirical Bayes with fixed constants answers.
    Returns `FORECAST_COLUMNS`, one row a class × subject × pupil × term; no rows where nothing is taught.
    KeyError if a term is unknown.
    """
    journal = tables if isinstance(tables, Journal) else prepare(tables)
    wanted = list(term_ids)
    terms = codes_of(journal.term_ids, wanted)
    if (terms < 0).any():
        unknown = [term for term, code in zip(wanted, terms, strict=True) if code < 0]
        raise KeyError(f"no such term in the tables: {unknown}")
    classes = None if class_ids is None else codes_of(journal.classes, class_ids)
    rows = roster(journal, terms, day_number(as_of), classes)
    known_then = features(journal, rows, day_number(as_of))
    proba = (model or EmpiricalBayes()).predict_proba(known_then) if len(rows) else np.empty((0, 4))
    return _answer(journal, rows, known_then, proba)


def _answer(journal: Journal, rows: Rows, known_then: pd.DataFrame, proba: Floats) -> pd.DataFrame:
    answer = pd.DataFrame(
        {
            "class_id": journal.classes.take(rows.school_class),
            "subject_id": journal.subjects.take(rows.subject),
            "pupil_id": journal.pupils.take(rows.pupil),
            "term_id": journal.term_ids.take(rows.term),
            **dict(zip(PROBABILITIES, proba.T, strict=True)),
            "most_likely": most_likely(proba),
            "rounded_mean": half_up(known_then["mean_so_far"].to_numpy()),
            "previous_term_mark": half_up(known_then["previous_term_mark"].to_numpy()),
            "stands_on": stands_on(known_then),
            "term_kind": journal.terms.kind[rows.term],
        }
    )
    for name in ("mean_so_far", "expected_remaining_marks", "elapsed_share"):
        answer[name] = known_then[name].to_numpy()
    answer["n_marks"] = known_then["n_marks"].to_numpy().astype(np.int64)
    return answer[FORECAST_COLUMNS]


def stands_on(known_then: pd.DataFrame) -> np.ndarray:
    """What each forecast rests on: a key of `STANDS_ON_RU`, from the most to the least."""
    marks = known_then["n_marks"].to_numpy() > 0
    history = known_then[["previous_term_mark", "previous_term_mean", "older_term_mean"]].notna().any(axis=1)
    others = known_then[["others_now", "others_past"]].notna().any(axis=1)
    place = (
        known_then[["class_mean", "classmates_previous", "teacher_past", "subject_past"]].notna().any(axis=1)
    )
    return np.select(
        [marks & history, marks, history, others, place],
        ["marks_and_history", "marks_only", "history_only", "other_subjects", "class_only"],
        "nothing",
    )


def class_forecast(forecast: pd.DataFrame, by: Sequence[str] = ("class_id", "subject_id")) -> pd.DataFrame:
    """Expected pass rate, quality rate and mean term mark of each group, from averaged probabilities.

    `forecast` is what `forecast_term` returns. Rates are percentages 0..100 with a 90 % interval
    (`pass_low`, `pass_high`, …): pupils are taken as independent, the deviation widened early in the term.
    Without `subject_id` in `by` a pupil counts once for each subject.
    """
    p = forecast[PROBABILITIES].to_numpy(dtype=float)
    per_row = forecast[list(by)].copy()
    per_row["n"] = 1
    for name, chance in (("pass", p[:, 1:].sum(axis=1)), ("quality", p[:, 2:].sum(axis=1))):
        per_row[name], per_row[f"{name}_spread"] = chance, chance * (1 - chance)
    per_row["mean"] = p @ MARKS
    per_row["mean_spread"] = p @ MARKS**2 - (p @ MARKS) ** 2
    per_row["elapsed_share"] = forecast["elapsed_share"].to_numpy(dtype=float)
    sums = per_row.groupby(list(by), as_index=False, sort=True).sum()
    elapsed = (sums["elapsed_share"] / sums["n"]).to_numpy()
    widening = np.interp(elapsed, *np.array(WIDENING).T)
    answer = sums[[*by, "n"]].copy()
    for name in ("pass", "quality"):
        interval = _interval(sums, name, widening, unit=100.0, bounds=(0.0, 100.0))
        answer[[f"expected_{name}_rate", f"{name}_low", f"{name}_high"]] = interval
    answer[["expected_mean_mark", "mean_low", "mean_high"]] = _interval(
        sums, "mean", widening, unit=1.0, bounds=(2.0, 5.0)
    )
    return answer


def _interval(
    sums: pd.DataFrame, name: str, widening: Floats, *, unit: float, bounds: tuple[float, float]
) -> Floats:
    """Columns centre, low, high for one figure of each group."""
    n = sums["n"].to_numpy(dtype=float)
    centre = unit * sums[name].to_numpy() / n
    deviation = unit * np.sqrt(np.maximum(sums[f"{name}_spread"].to_numpy(), 0.0)) / n
    # Rates move in steps of one pupil: half a step belongs to each end.
    step = unit * 0.5 / n if name != "mean" else 0.0
    reach = NORMAL_90 * widening * deviation + step
    return np.column_stack([centre, np.clip(centre - reach, *bounds), np.clip(centre + reach, *bounds)])


def reason_ru(row: Mapping[str, object]) -> str:
    """One Russian sentence for a row of `forecast_term`: what it stands on and what it says.

    «сейчас 4,33 по 3 отметкам, в прошлой четверти 4, ждём ещё ~5 отметок: «4» — 78 %»
    """
    parts = [_now_ru(row), *_previous_ru(row), *_remaining_ru(row)]
    mark = _whole(row["most_likely"])
    chance = round(100 * _number(row[f"p{mark}"]))
    return f"{', '.join(parts)}: «{mark}» — {chance} %"


def _number(value: object) -> float:
    return float(value)  # type: ignore[arg-type]


def _whole(value: object) -> int:
    return int(_number(value) + 0.5)


def _now_ru(row: Mapping[str, object]) -> str:
    n = _whole(row["n_marks"])
    if n:
        mean = f"{_number(row['mean_so_far']):.2f}".replace(".", ",")
        return f"сейчас {mean} по {n} {plural_ru(n, 'отметке', 'отметкам', 'отметкам')}"
    tail = {
        "other_subjects": ", судим по другим предметам",
        "class_only": ", судим по классу",
        "nothing": ", судить ещё не по чему",
    }
    return "отметок ещё нет" + tail.get(str(row["stands_on"]), "")


def _previous_ru(row: Mapping[str, object]) -> list[str]:
    mark = _number(row["previous_term_mark"])
    if np.isnan(mark):
        return []
    return [f"{PREVIOUS_TERM_RU.get(str(row['term_kind']), 'в прошлом периоде')} {_whole(mark)}"]


def _remaining_ru(row: Mapping[str, object]) -> list[str]:
    count = _number(row["expected_remaining_marks"])
    if np.isnan(count):
        return []
    n = _whole(count)
    if n == 0:
        return ["новых отметок почти не ждём"]
    return [f"ждём ещё ~{n} {plural_ru(n, 'отметку', 'отметки', 'отметок')}"]


def plural_ru(n: int, one: str, few: str, many: str) -> str:
    """The Russian word form after a whole number: 1 отметка, 2 отметки, 5 отметок, 11 отметок, 21 отметка."""
    if n % 10 == 1 and n % 100 != 11:
        return one
    return few if n % 10 in (2, 3, 4) and n % 100 not in (12, 13, 14) else many
