"""A school's forecast on a day: each class by the term it is in. The same whether one class is asked for or all."""

import datetime as dt
from collections.abc import Collection, Iterable
from itertools import groupby

import pandas as pd

from models.features.tables import Journal
from models.forecasters.forecaster import Forecaster
from models.product.forecast import FORECAST_COLUMNS, forecast_term
from school.forecasts.lookups import ClassTerm


def school_forecast(
    journal: Journal,
    class_terms: Iterable[ClassTerm],
    as_of: dt.date,
    class_ids: Collection[int] | None = None,
    model: Forecaster | None = None,
) -> pd.DataFrame:
    """`forecast_term` for the classes of a whole school, each in its own term; a term that is over, as of its last day.

    `class_terms` must be those of the whole school, whatever is asked for: `class_ids` narrows the answer and does not change
    its numbers.
    """

    def day_of(row: ClassTerm) -> dt.date:
        return min(as_of, row.ends_on)

    pieces = []
    for day, group in groupby(sorted(class_terms, key=day_of), key=day_of):
        of_class = {row.class_id: row.term_id for row in group}
        wanted = [key for key in of_class if class_ids is None or key in class_ids]
        if wanted:
            rows = forecast_term(journal, sorted(set(of_class.values())), day, wanted, model)
            pieces.append(rows[rows["term_id"] == rows["class_id"].map(of_class)])
    return pd.concat(pieces, ignore_index=True) if pieces else pd.DataFrame(columns=FORECAST_COLUMNS)
