"""The map of a class: pupils × subjects, each cell the likely mark and how sure it is."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd

from models.product.forecasting import CHANCES, likelihood
from pipelines.measures.tables import records
from school.analytics.lookups.tables import Choices


def map_cells(
    rows: pd.DataFrame,
    pupils: Sequence[int],
    subjects: Sequence[int],
    names: Mapping[int, str],
    choices: Choices,
    reason: Callable[[Mapping[str, Any]], str],
) -> dict[tuple[int, int], tuple[float, str, str, Any]]:
    """Return the cells of the class map: certainty in percent, its text, the words of the hover, the pupil's id."""
    places = {pupil: index for index, pupil in enumerate(pupils)}
    columns = {subject: index for index, subject in enumerate(subjects)}
    cells = {}
    for row in records(rows):
        pupil, subject = int(row["pupil_id"]), int(row["subject_id"])
        if pupil in places:
            chance = 100 * row[CHANCES[int(row["most_likely"])]]
            hover = f"{names[pupil]}, {choices.subjects[subject]}\n{reason(row)}"
            cells[places[pupil], columns[subject]] = (chance, likelihood(row), hover, pupil)
    return cells
