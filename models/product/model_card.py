"""The card of a school's model: on what it was learned and judged, how it erred and where, what it reads.

Everything is a plain value for JSON. Shares are 0..1, log loss is in nats.
"""

from typing import Any

import numpy as np
import pandas as pd

from models.evaluation.training import BASELINES, Choice, Examples
from models.features.tables import Ints, Journal
from models.metrics import MARKS, Floats, accuracy, calibration_table, ece, log_loss

# Fewer forecasts than this in a group say nothing of it.
SMALLEST_GROUP = 30

FEATURES_RU = {
    "текущие отметки этого периода": "средний балл с весами и без, низшая и последняя отметка, доли «5» и «4–5», сколько отметок и как давно последняя",
    "прошлые периоды": "отметки ученика за прошлый и более ранние периоды по этому предмету, средний балл прошлого периода",
    "другие предметы": "насколько ученик выше или ниже класса по другим предметам сейчас и раньше",
    "класс": "средний балл одноклассников по предмету сейчас, их прошлые отметки, сколько отметок обычно выходит за период",
    "учитель и предмет": "какие отметки за период ставились по этому предмету и у этого учителя раньше",
    "время": "какая часть периода прошла, номер периода, параллель",
}
NOT_FEATURES_RU = (
    "имя и дата рождения",
    "пол",
    "адрес",
    "сведения о семье",
    "здоровье и причины пропусков",
    "национальность и гражданство",
    "замечания и рекомендации",
)


def card_of_judged(
    journal: Journal,
    judged: Examples,
    answers: dict[str, Floats],
    choice: Choice,
    *,
    learned: Ints,
    judged_terms: Ints,
) -> dict[str, Any]:
    """The card of a model that was judged on later closed terms.

    `answers`: model → n × 4 probabilities for the `judged` rows; `learned`, `judged_terms`: codes of the terms.
    """
    compared = {name: answers[name] for name in dict.fromkeys((choice.name, *BASELINES))}
    subject = [_plain(key) for key in journal.subjects.take(judged.rows.subject)]
    return {
        "chosen": choice.name,
        "n_closed": choice.n_closed,
        "log_loss": choice.log_loss,
        "learned_terms": [_plain(key) for key in journal.term_ids[learned]],
        "judged_terms": [_plain(key) for key in journal.term_ids[judged_terms]],
        "judged_marks": {str(mark): int((judged.y[judged.cut == 0] == mark).sum()) for mark in MARKS},
        "by_cut": _by(judged.y, compared, judged.cut),
        "by_grade": _by(judged.y, compared, journal.grade_level[judged.rows.school_class]),
        "by_subject": _by(judged.y, compared, np.asarray(subject)),
        "by_mark": _by(judged.y, compared, judged.y),
        "calibration": calibration_table(judged.y, answers[choice.name]).round(4).to_dict("records"),
        "ece": ece(judged.y, answers[choice.name]),
    }


def _by(y: Ints, answers: dict[str, Floats], groups: Any) -> list[dict[str, Any]]:
    """One row a group: n, and accuracy and log loss of each model."""
    rows = []
    for group, at in pd.Series(groups).groupby(groups).indices.items():
        measured = {
            name: {"accuracy": accuracy(y[at], p[at]), "log_loss": log_loss(y[at], p[at])}
            for name, p in answers.items()
        }
        rows.append({"group": _plain(group), "n": len(at), "models": measured})
    return rows


def _plain(key: Any) -> Any:
    return key.item() if isinstance(key, np.generic) else key
