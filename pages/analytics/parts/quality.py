"""Quality of teaching as every page of the analysis shows it: the same measures, words, columns and colours."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.analytics.parts.comparison import show_drawn_bars
from pages.analytics.parts.scene import Scene, choose_scene, in_order
from pages.ui.charts import lines_by_term, mark_spread, show_chart
from pages.ui.drawing import Drawing
from pages.ui.tables import explain, show_table
from pages.ui.typed_text import Markdown, as_typed
from pipelines.figures.attention import running_together
from pipelines.figures.columns import FigureColumn, measure_column, measure_percent
from pipelines.figures.figures import BASES, of_period, quality_by
from school.analytics.lookups.readers import FigureReader
from school.calendar import period_text, term_title
from school.numbers import change_text, number_text, percent_text

MEASURES = {
    "pass_rate": "Успеваемость",
    "quality_rate": "Качество знаний",
    "attainment_index": "СОУ",
    "mean_mark": "Средний балл",
}
EXPLAINED = (*MEASURES, "quality_rate_change")
BARS = 40
NO_PERIODS = "Учебных периодов пока нет: показатели появятся, когда начнётся учебный год."
MEASURE_COLUMNS = (
    FigureColumn("n", "Отметок", 0),
    *(FigureColumn(f"n{mark}", f"«{mark}»", 0, width=56) for mark in (5, 4, 3, 2)),
    measure_percent("pass_rate", "Успев."),
    measure_column("pass_rate_change", "Δ успев.", 1, signed=True),
    measure_percent("quality_rate", "Качество"),
    measure_column("quality_rate_change", "Δ качество", 1, signed=True),
    measure_percent("attainment_index", "СОУ"),
    measure_column("mean_mark", "Ср. балл", 2),
)
# Where there are other columns beside them.
SHORT_NAMES = ("n", "quality_rate", "quality_rate_change", "pass_rate", "attainment_index", "mean_mark")
SHORT_COLUMNS = tuple(column for name in SHORT_NAMES for column in MEASURE_COLUMNS if column.name == name)


@dataclass(frozen=True)
class Figure:
    """A figure at the head of the page; ``is_good``: more of it is better."""

    title: str
    value: str
    change: Markdown | None = None
    is_good: bool = True


def choose_quality(
    reader: FigureReader, filters: Sequence[str], settled: Collection[str] = frozenset()
) -> Scene | None:
    """Show the period, what is counted and these filters; None, with a word of why, where there is no period."""
    return choose_scene(reader, filters, nothing=NO_PERIODS, settled=settled, has_basis=True)


def figure_text(name: str, value: Any) -> Markdown:
    """Write a measure as every page writes it."""
    return Markdown(number_text(value, 2) if name == "mean_mark" else percent_text(value))


def measure_change(name: str, row: Mapping[str, Any]) -> Markdown | None:
    """Write how a measure changed since the period before; None where there is nothing to compare with."""
    unit, decimals = ("", 2) if name == "mean_mark" else ("п. п.", 1)
    change = change_text(row[f"{name}_change"], decimals, unit)
    # Streamlit takes a change for a fall by an ordinary hyphen only.
    return Markdown(change.replace("−", "-")) if change else None


def measures_of(scene: Scene) -> dict[str, Any] | None:
    """Return the measures over a whole slice with their changes; None where it has no marks."""

    def total() -> dict[str, Any] | None:
        rows = of_period(quality_by(scene.reader, scene.basis, scene.compared, scene.selection), scene.period)
        return None if rows.empty else {str(name): value for name, value in rows.iloc[0].items()}

    return scene.kept("measures", total)


def show_measures_of(scene: Scene) -> bool:
    """Show the measures of a scene, or say that it has no marks; return whether it has any."""
    row = measures_of(scene)
    if row is None:
        st.info(as_typed(no_marks_text(scene)))
    else:
        show_measures(row)
    return row is not None


def show_measures(row: Mapping[str, Any]) -> None:
    """Show the four measures with their changes, how many marks they stand on, and how they are computed."""
    place = st.container(horizontal=True)
    with place:
        for name, title in MEASURES.items():
            show_figure(place, as_typed(title), figure_text(name, row[name]), measure_change(name, row))
        place.metric("Отметок", number_text(row["n"]))
        explain(EXPLAINED, row)


def show_figure(
    place: DeltaGenerator, title: Markdown, value: Markdown, change: Markdown | None, *, is_good: bool = True
) -> None:
    """Show a figure with its change; ``is_good``: more of it is better. No change is neither a rise nor a fall."""
    if change is not None and not any(digit in change for digit in "123456789"):
        place.metric(title, value, change, delta_color="off", delta_arrow="off")
        return
    color: Literal["normal", "inverse"] = "normal" if is_good else "inverse"
    place.metric(title, value, change, delta_color=color)


def no_marks_text(scene: Scene) -> str:
    """Say that a slice has no marks, and what to do."""
    return (
        f"За период «{scene.title}» по основе «{BASES[scene.basis]}» отметок нет. "
        "Выберите другой период или другую основу."
    )


def group_rows(scene: Scene, column: str, names: Mapping[int, str], nobody: str = "—") -> pd.DataFrame:
    """Return the measures of the period a row for each id of a column, in the order of ``names``: with id and title."""
    rows = of_period(
        quality_by(scene.reader, scene.basis, scene.compared, scene.selection, (column,)), scene.period
    )
    return in_order(rows, column, names, nobody)


def show_spread(rows: pd.DataFrame, title: Markdown, key: str) -> None:
    """Show how marks are spread in each group, the best quality on top; the table below has them all."""
    show_drawn_bars(title, spread(rows), key, BARS, len(rows))


def spread(rows: pd.DataFrame) -> Drawing:
    """Draw how marks are spread in the BARS groups of the best quality."""
    drawn = rows.sort_values("quality_rate", ascending=False).head(BARS)
    counts = {mark: [int(n) for n in drawn[f"n{mark}"]] for mark in (5, 4, 3, 2)}
    return mark_spread(list(drawn["title"]), counts)


def show_by_term(scene: Scene, name: str, key: str, *, any_kind: bool = False) -> None:
    """Show how the measures went from period to period, as lines and as a table.

    Terms of other kinds are left out unless ``any_kind``: then all terms stand in the order of their days.
    """
    rows = rows_by_term(scene, any_kind and not scene.period.is_whole_year)
    if rows.empty:
        st.info("По этим отметкам периодов с данными нет.")
        return
    lines = {
        MEASURES[each]: with_gaps(rows[each]) for each in ("pass_rate", "quality_rate", "attainment_index")
    }
    labels = [text.replace(", ", "\n") for text in rows["period"]]
    show_chart("Растёт ли качество от периода к периоду?", lines_by_term(labels, lines, 1, " %"), key)
    if scene.basis == "today":
        st.caption("Законченные периоды — по итоговым отметкам, идущий — по итогам на сегодня.")
    columns = [FigureColumn("period", "Учебный период", pinned=True), *MEASURE_COLUMNS]
    show_table(rows, columns, f"{key}_table", export=f"{name} по периодам")


def rows_by_term(scene: Scene, any_kind: bool) -> pd.DataFrame:
    """Return the measures a row a period, oldest first, each with its words.

    Of what stands «today» a finished term has its final marks.
    """
    wanted = [
        row for row in scene.periods if row.kind == scene.period.kind or (any_kind and not row.is_whole_year)
    ]
    finished = [row for row in wanted if scene.basis == "today" and row.is_finished(scene.today)]
    running = [row for row in wanted if row not in finished]
    pieces = [
        quality_by(scene.reader, basis, periods, scene.selection)
        for basis, periods in (("term", finished), (scene.basis, running))
        if periods
    ]
    rows = pd.concat(pieces, ignore_index=True)
    order = {(row.school_year, row.kind, row.number): index for index, row in enumerate(wanted)}
    keys = [
        (int(year), str(kind), int(number))
        for year, kind, number in zip(
            rows["school_year"], rows["term_kind"], rows["term_number"], strict=True
        )
    ]
    worded = rows.assign(period=[period_text(*each) for each in keys], order=[order[each] for each in keys])
    return worded.sort_values("order")


def with_gaps(values: pd.Series) -> list[float | None]:
    """Return a column of numbers with None where there is no number."""
    return [None if pd.isna(value) else float(value) for value in values]


def show_other_kinds(scene: Scene) -> None:
    """Say where the classes are that report by terms of another kind."""
    _, *others = running_together(scene.periods, scene.period)
    if others:
        titles = ", ".join(f"«{term_title(row.kind, row.number)}»" for row in others)
        st.caption(f"Классы с другими учебными периодами — в периоде {titles}.")
