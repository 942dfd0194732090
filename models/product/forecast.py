"""The product's question: at this point of the term, what mark will each pupil get, how sure are we, and why.

`forecast_term` answers for pupils, `class_level.class_forecast` for classes, `reason_ru` in one Russian sentence.
"""

import datetime as dt
from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from models.features.roster import AskedRows, roster
from models.features.series import features
from models.features.tables import Bools, Journal, JournalTables, codes_of, day_number, prepare
from models.forecasters.forecaster import PROBABILITIES, Forecaster, half_up
from models.forecasters.pool import unlearned_pool
from models.forecasters.prediction_sets import PredictionSets
from models.metrics import Floats, most_likely
from school.numbers import number_text, plural
from school.register.rules.cells import LOWEST_MARK

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
    "prediction_set",
    "new_to_model",
]

# From so many marks on, more than are still to come, it is not for want of marks that a «2» is not expected.
FEWEST_SETTLED = 3
STANDS_ON_RU = {
    "marks_and_history": "текущие отметки и прошлые периоды",
    "marks_only": "только текущие отметки",
    "history_only": "только прошлые периоды: в этом отметок ещё нет",
    "other_subjects": "только другие предметы: по этому отметок ещё нет",
    "class_only": "только средний уровень класса: об ученике ещё ничего не известно",
    "nothing": "ничего: отметок ещё нет, показаны обычные доли отметок",
}
# What a trained model has seen no closed term of errs more and lower than the rest: said beside the forecast, and widened.
NEW_TO_MODEL_RU = {
    "subject": "предмет для модели новый, прогноз менее надёжен",
    "teacher": "учитель для модели новый, прогноз менее надёжен",
    "class": "класс по этому предмету для модели новый, прогноз менее надёжен",
}
PREVIOUS_TERM_RU = {
    "quarter": "в прошлой четверти",
    "half": "в прошлом полугодии",
    "year": "в прошлом году",
    "course": "за прошлый курс",
}


def forecast_term(
    tables: JournalTables | Journal,
    term_ids: Iterable[object],
    as_of: dt.date,
    class_ids: Iterable[object] | None = None,
    model: Forecaster | None = None,
) -> pd.DataFrame:
    """Probabilities of 2, 3, 4, 5 for every enrolled pupil × subject taught, as of the end of the day `as_of`.

    `tables` prepared once by `tables.prepare` saves most of the time of repeated calls. `class_ids` narrows the answer; it
    does not change the numbers. `model` is a `training.TrainedModel` or any `Forecaster`. Without `model` the unlearned pool answers.
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
    proba = (model or unlearned_pool()).predict_proba(known_then) if len(rows) else np.empty((0, 4))
    answer = _answer(journal, rows, known_then, proba)
    sets: PredictionSets = getattr(model, "sets", PredictionSets())
    # What has learned nothing yet has met nothing: all would be new to it.
    answer["new_to_model"] = new_to_model(known_then) if getattr(model, "has_learned", model) else ""
    is_new = (answer["new_to_model"] != "").to_numpy()
    answer["prediction_set"] = sets.texts(proba, known_then["elapsed_share"].to_numpy(), is_new)
    return answer[FORECAST_COLUMNS]


def _answer(journal: Journal, rows: AskedRows, known_then: pd.DataFrame, proba: Floats) -> pd.DataFrame:
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
    return answer.assign(n_marks=known_then["n_marks"].to_numpy().astype(np.int64))


def stands_on(known_then: pd.DataFrame) -> np.ndarray:
    """What each forecast rests on, shape (rows,): a key of `STANDS_ON_RU`, from the most to the least."""
    marks = known_then["n_marks"].to_numpy() > 0
    history = _is_any_known(known_then, "previous_term_mark", "previous_term_mean", "older_term_mean")
    others = _is_any_known(known_then, "others_now", "others_past")
    place = _is_any_known(known_then, "class_mean", "classmates_previous", "teacher_past", "subject_past")
    return np.select(
        [marks & history, marks, history, others, place],
        ["marks_and_history", "marks_only", "history_only", "other_subjects", "class_only"],
        "nothing",
    )


def new_to_model(known_then: pd.DataFrame) -> np.ndarray:
    """Of what no closed term was seen, shape (rows,): a key of `NEW_TO_MODEL_RU`, or nothing."""
    columns = ("subject_past", "teacher_past", "classmates_previous")
    unknown = [known_then[name].isna().to_numpy() for name in columns]
    return np.select(unknown, list(NEW_TO_MODEL_RU), "")


def _is_any_known(known_then: pd.DataFrame, *columns: str) -> Bools:
    # One column after another: choosing several of a frame costs more than all the rest.
    is_known: Bools = np.logical_or.reduce([known_then[name].notna().to_numpy() for name in columns])
    return is_known


def reason_ru(row: Mapping[str, object]) -> str:
    """One Russian sentence for a row of `forecast_term`: what it stands on and what it says.

    «сейчас 4,33 по 3 отметкам, в прошлой четверти 4, ждём ещё ~5 отметок: «4» — 78 %»
    """
    parts = [_now_ru(row), *_previous_ru(row), *_remaining_ru(row), *_seldom_given_ru(row), *_new_ru(row)]
    mark = _whole(row["most_likely"])
    # No forecast is certain.
    chance = min(round(100 * _number(row[f"p{mark}"])), 99)
    return f"{', '.join(parts)}: «{mark}» — {chance} %"


def standing_ru(row: Mapping[str, object]) -> str:
    """What a forecast stands on, for a table that has the forecast and the last term's mark in columns of their own."""
    return ", ".join([_now_ru(row), *_remaining_ru(row), *_seldom_given_ru(row), *_new_ru(row)])


def _new_ru(row: Mapping[str, object]) -> list[str]:
    return [words] if (words := NEW_TO_MODEL_RU.get(str(row.get("new_to_model")))) else []


def _number(value: object) -> float:
    return float(value)  # type: ignore[arg-type]


def _whole(value: object) -> int:
    return int(_number(value) + 0.5)


def _now_ru(row: Mapping[str, object]) -> str:
    n = _whole(row["n_marks"])
    if n:
        return f"сейчас {number_text(row['mean_so_far'], 2)} по {n} {plural(n, 'отметке', 'отметкам', 'отметкам')}"
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


def _seldom_given_ru(row: Mapping[str, object]) -> list[str]:
    """Say why marks that come to a «2» are forecast a «3»: terms closed with such marks ended so (one «2» in 34,000 of a real school)."""
    n = _number(row["n_marks"])
    is_settled = n >= FEWEST_SETTLED and n > _number(row["expected_remaining_marks"])
    is_above = is_settled and _whole(row["mean_so_far"]) == LOWEST_MARK < _whole(row["most_likely"])
    return ["выходит «2», но за период её ставили редко"] if is_above else []


def _remaining_ru(row: Mapping[str, object]) -> list[str]:
    count = _number(row["expected_remaining_marks"])
    if np.isnan(count):
        return []
    n = _whole(count)
    if n == 0:
        return ["новых отметок почти не ждём"]
    return [f"ждём ещё ~{n} {plural(n, 'отметку', 'отметки', 'отметок')}"]
