"""The catalogue of measures as a page of the documentation."""

from collections.abc import Iterable
from itertools import groupby

from pipelines.catalogue.measures import FAMILIES
from pipelines.measures.measure import Measure

HEAD = """# Показатели

Эту страницу пишет программа: `python -m docs`. Те же слова стоят на экранах за кнопкой
«Как считается». Показатели считаются по классу, учителю, предмету, параллели, школе, учебному периоду и году — там,
где это имеет смысл; показатель без данных («нечего делить») пуст, а не ноль. Правила — пункты Положения об
электронном журнале.
"""


def measures_page() -> str:
    """Return docs/measures.md: a chapter for each family, a table for each basis that its measures stand on."""
    chapters = [f"## {title}\n\n{_tables(family)}" for title, family in FAMILIES.items()]
    return "\n".join([HEAD, *chapters])


def _tables(family: Iterable[Measure]) -> str:
    bases = groupby(family, key=lambda measure: (measure.n_counts, measure.exclusions))
    return "\n".join(_table(counts, exclusions, measures) for (counts, exclusions), measures in bases)


def _table(n_counts: str, exclusions: str, measures: Iterable[Measure]) -> str:
    head = "| Показатель | Вопрос | Как считается | Единица | Пункт | В коде |\n|---|---|---|---|---|---|"
    rows = (
        f"| {each.title} | {each.question} | {each.formula} | {each.unit} | {each.clause} | `{each.name}` |"
        for each in measures
    )
    return "\n".join([f"Считаются: {n_counts}. {exclusions}", "", head, *rows, ""])
