"""What each class came to in the term before the one that is forecast, and how an expected rate is written."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from pipelines.figures.figures import previous_period, quality_by
from school.analytics.lookups.readers import FigureReader, periods_of, remembered
from school.analytics.lookups.tables import PeriodRow
from school.forecasts.lookups import ClassTerm
from school.numbers import number_text, percent_text


def interval_text(row: Any, name: str) -> str:
    """Write the interval of an expected rate: «79–84 %»."""
    return f"{number_text(row[f'{name}_low'])}–{percent_text(row[f'{name}_high'], 0)}"


def last_term_rates(reader: FigureReader, rows: pd.DataFrame, terms: Sequence[ClassTerm]) -> pd.DataFrame:
    """Return the pass and quality rates of each class in the term before: class_id, last_pass_rate, last_quality_rate.

    ``rows`` are forecasts of whole classes in some subjects: in the first term of a year the classes are new, so their pupils'
    marks of the last term count.
    """
    arguments = (tuple(terms), tuple(rows["class_id"].unique()), tuple(rows["subject_id"].unique()))
    return remembered(
        reader,
        "rates of last term",
        arguments,
        lambda: _last_term_rates(reader, rows, terms),
        reader.school.store.state_but_entries(),
    )


def _last_term_rates(reader: FigureReader, rows: pd.DataFrame, terms: Sequence[ClassTerm]) -> pd.DataFrame:
    periods, pieces = periods_of(reader), []
    now = {(row.school_year, row.kind, row.number) for row in terms}
    for period in [each for each in periods if (each.school_year, each.kind, each.number) in now]:
        of_kind = [row.class_id for row in terms if row.term_id in period.term_ids]
        last = previous_period(periods, period)
        if last and last.school_year == period.school_year:
            table = quality_by(reader, "term", [last], {}, ("class_id",))
            pieces.append(table[table["class_id"].isin(of_kind)][["class_id", "pass_rate", "quality_rate"]])
        elif last:
            pieces.append(rates_of_same_pupils(reader, last, rows[rows["class_id"].isin(of_kind)]))
    names = {"pass_rate": "last_pass_rate", "quality_rate": "last_quality_rate"}
    table = pd.concat(pieces) if pieces else pd.DataFrame(columns=["class_id", *names])
    return table.rename(columns=names)


def rates_of_same_pupils(reader: FigureReader, last: PeriodRow, rows: pd.DataFrame) -> pd.DataFrame:
    """Return what the pupils of each class came to in a term when they were in other classes."""
    listed = rows[["class_id", "pupil_id"]].drop_duplicates()
    by_pupil = quality_by(reader, "term", [last], {}, ("pupil_id",))
    found = listed.merge(by_pupil[["pupil_id", "n", "pass_rate", "quality_rate"]], on="pupil_id")
    rates = ["pass_rate", "quality_rate"]
    sums = found.assign(**{name: found[name] * found["n"] for name in rates}).groupby("class_id").sum()
    return sums[rates].div(sums["n"], axis=0).reset_index()
