"""What every measure means, in the words that screens and printed forms show beside the figure.

The words stand in ``data/reference/measures.csv``, what the measures of one kind count in ``measure_bases.csv``.
"""

from itertools import groupby

from pipelines.measures.measure import Measure
from school.reference import reference_rows

BASIS_TEXTS = ("n_column", "n_counts", "exclusions", "clause")
MEASURE_TEXTS = ("name", "title", "question", "formula", "unit")


def _families() -> dict[str, tuple[Measure, ...]]:
    """Return the measures by family, both in the order of the table; a measure of an unknown basis is a KeyError."""
    bases = {
        row["basis"]: {name: row[name] for name in BASIS_TEXTS} for row in reference_rows("measure_bases")
    }
    return {
        family: tuple(
            Measure(**{name: row[name] for name in MEASURE_TEXTS}, **bases[row["basis"]]) for row in rows
        )
        for family, rows in groupby(reference_rows("measures"), key=lambda row: row["family"])
    }


# In the order in which people meet them; a family is a chapter of docs/measures.md.
FAMILIES = _families()
QUALITY = FAMILIES["Качество обучения"]
ACTIVITY = FAMILIES["Заполнение журнала"]
COVERAGE = FAMILIES["Накопляемость отметок"]
STANDINGS = FAMILIES["Группы успеваемости"]
ATTENDANCE = FAMILIES["Посещаемость"]
SAME_PUPILS = FAMILIES["Те же ученики"]
MEASURES = tuple(measure for family in FAMILIES.values() for measure in family)
CATALOGUE = {measure.name: measure for measure in MEASURES}
# The groups of pupils by their marks of a period; no pupil is in two.
STANDING_TITLES = {
    name: CATALOGUE[name].title
    for name in ("all_fives", "one_four", "fours_and_fives", "one_three", "with_threes", "failing")
}
