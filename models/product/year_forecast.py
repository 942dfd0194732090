"""What year mark each pupil will likely get, from the marks of the terms that are over and of this year so far."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from itertools import groupby

import numpy as np
import pandas as pd

from models.features.roster import AskedRows, roster
from models.features.tables import Bools, Journal, codes_of, day_number
from models.forecasters.forecaster import PROBABILITIES, Forecaster, half_up
from models.forecasters.year_mark import YearRows, usual_year_model, year_features
from models.metrics import most_likely
from school.forecasts.lookups import ClassTerm
from school.numbers import is_known, number_text, plural
from school.records import TermKind

YEAR_COLUMNS = [
    "class_id",
    "subject_id",
    "pupil_id",
    *PROBABILITIES,
    "most_likely",
    "mean_so_far",
    "rounded_mean",
    "n_marks",
    "current_mean",
    "last_year_mark",
    "terms_to_come",
    "elapsed_share",
]
WITHOUT_YEAR = (TermKind.YEAR, TermKind.COURSE)


def year_forecast(
    journal: Journal,
    class_terms: Iterable[ClassTerm],
    as_of: dt.date,
    class_ids: Collection[int] | None = None,
    model: Forecaster | None = None,
) -> pd.DataFrame:
    """Probabilities of 2, 3, 4, 5 as the year mark of every enrolled pupil × subject taught, as of the end of a day.

    `class_terms`: the term that each class is in, of the whole school; `class_ids` narrows the answer and changes no number.
    Who has the year mark already, and classes whose only term is the year, have no row. `n_marks` counts the term marks so far
    and `mean_so_far` is their mean; `current_mean` that of this year's current marks. Returns `YEAR_COLUMNS`.
    """

    def day_of(row: ClassTerm) -> dt.date:
        return min(as_of, row.ends_on)

    pieces = [pd.DataFrame(columns=YEAR_COLUMNS)]
    for day, group in groupby(sorted(class_terms, key=day_of), key=day_of):
        of_class = {
            row.class_id: row.term_id for row in group if class_ids is None or row.class_id in class_ids
        }
        if of_class:
            pieces.append(_forecast(journal, of_class, day_number(day), model or usual_year_model()))
    return pd.concat(pieces[1:] or pieces, ignore_index=True)


def _forecast(journal: Journal, of_class: Mapping[int, int], day: int, model: Forecaster) -> pd.DataFrame:
    terms = codes_of(journal.term_ids, sorted(set(of_class.values())))
    asked = roster(journal, terms, day, codes_of(journal.classes, list(of_class)))
    term_of_class = np.full(len(journal.classes), -1, dtype=np.int64)
    term_of_class[codes_of(journal.classes, list(of_class))] = codes_of(
        journal.term_ids, list(of_class.values())
    )
    is_own = asked.term == term_of_class[asked.school_class]
    has_year = ~np.isin(journal.terms.kind[asked.term].astype(str), WITHOUT_YEAR)
    asked = asked.where(is_own & has_year & ~_has_year_mark(journal, asked))
    years = journal.terms.school_year[asked.term]
    pieces = [pd.DataFrame(columns=YEAR_COLUMNS)]
    for year in np.unique(years):
        pieces.append(_of_year(journal, asked.where(years == year), int(year), day, model))
    return pd.concat(pieces[1:] or pieces, ignore_index=True)


def _of_year(journal: Journal, asked: AskedRows, year: int, day: int, model: Forecaster) -> pd.DataFrame:
    series = journal.terms.series[asked.term]
    rows = YearRows(asked.pupil, asked.subject, asked.school_class, series, year)
    known = year_features(journal, rows, day)
    proba = model.predict_proba(known)
    return pd.DataFrame(
        {
            "class_id": journal.classes.take(rows.school_class),
            "subject_id": journal.subjects.take(rows.subject),
            "pupil_id": journal.pupils.take(rows.pupil),
            **dict(zip(PROBABILITIES, proba.T, strict=True)),
            "most_likely": most_likely(proba),
            "mean_so_far": known["mean_so_far"],
            "rounded_mean": half_up(known["mean_so_far"].to_numpy()),
            "n_marks": known["n_marks"].to_numpy().astype(np.int64),
            "current_mean": known["previous_term_mean"],
            "last_year_mark": half_up(known["previous_term_mark"].to_numpy()),
            "terms_to_come": known["expected_remaining_marks"].to_numpy().astype(np.int64),
            "elapsed_share": known["elapsed_share"],
        }
    )


def _has_year_mark(journal: Journal, asked: AskedRows) -> Bools:
    given = journal.year_marks
    years = journal.terms.school_year[asked.term]
    size = int(max(given.school_year.max(initial=0), years.max(initial=0))) + 1
    subjects = len(journal.subjects)
    held = (given.pupil * subjects + given.subject) * size + given.school_year
    return np.isin((asked.pupil * subjects + asked.subject) * size + years, held)


def year_reason_ru(row: Mapping[str, object]) -> str:
    """One Russian sentence for a row of `year_forecast`: what it stands on.

    «за периоды 4,00 по 1 отметке, текущие 4,33, в прошлом году 4, осталось 3 периода»
    """
    n, to_come = (int(float(str(row[name]))) for name in ("n_marks", "terms_to_come"))
    parts = [
        f"за периоды {number_text(row['mean_so_far'], 2)} по {n} {plural(n, 'отметке', 'отметкам', 'отметкам')}"
        if n
        else "отметок за периоды ещё нет"
    ]
    if is_known(row["current_mean"]):
        parts.append(f"текущие {number_text(row['current_mean'], 2)}")
    if is_known(row["last_year_mark"]):
        parts.append(f"в прошлом году {number_text(row['last_year_mark'])}")
    parts.append(f"осталось {to_come} {plural(to_come, 'период', 'периода', 'периодов')}")
    return ", ".join(parts)
