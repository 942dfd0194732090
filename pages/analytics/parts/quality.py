"""Quality of teaching as every page of the analysis shows it: the same measures, words, columns and colours."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.ui.charts import lines_by_term, mark_spread, show_chart
from pages.ui.filters import choose, choose_period, choose_rows, filters_offered, selection_of
from pages.ui.tables import explain, show_table
from pipelines.figures.attention import running_together
from pipelines.figures.columns import FigureColumn, formula_of, percent_column
from pipelines.figures.figures import BASES, YEAR_BASES, of_period, previous_period, quality_by
from pipelines.measures.tables import ids
from school.analytics.lookups.readers import FigureReader, choices_of, periods_of
from school.analytics.lookups.tables import NO_SELECTION, Choices, PeriodRow, Selection
from school.calendar import period_text, term_title
from school.numbers import change_text, number_text, percent_text
from server.session import school

MEASURES = {
    "pass_rate": "Успеваемость",
    "quality_rate": "Качество знаний",
    "attainment_index": "СОУ",
    "mean_mark": "Средний балл",
}
EXPLAINED = (*MEASURES, "quality_rate_change")
NO_TEACHER = "учитель не указан"
BARS = 40


@dataclass(frozen=True)
class Slice:
    """What figures are of: who reads, a period among the others, what is counted, which rows."""

    reader: FigureReader
    periods: list[PeriodRow]
    period: PeriodRow
    basis: str
    selection: Selection = field(default_factory=dict)

    @property
    def compared(self) -> list[PeriodRow]:
        """The period with the one before it."""
        before = previous_period(self.periods, self.period)
        return [before, self.period] if before else [self.period]

    @property
    def title(self) -> str:
        """The period in words."""
        return period_text(self.period.school_year, self.period.kind, self.period.number)

    def narrow_to(self, **ids_of: int) -> "Slice":
        """Return the slice of these ids only: column → id."""
        return replace(self, selection={**self.selection, **{name: (key,) for name, key in ids_of.items()}})


def choose_slice(
    reader: FigureReader,
    period_place: DeltaGenerator | None = None,
    basis_place: DeltaGenerator | None = None,
) -> Slice | None:
    """Show the choice of a period and of what is counted; None where there are no periods."""
    periods = periods_of(reader)
    period = choose_period(periods, school().clock().date(), period_place)
    if period is None:
        return None
    return Slice(reader, periods, period, choose_basis([period], basis_place), NO_SELECTION)


def choose_basis(periods: Sequence[PeriodRow], place: DeltaGenerator | None = None) -> str:
    """Show the choice of what is counted in all these periods; by default final marks where all have them."""
    offered = YEAR_BASES if any(period.is_whole_year for period in periods) else BASES
    return choose("basis", "Что считать", offered, default=default_basis(periods), place=place)


def default_basis(periods: Sequence[PeriodRow]) -> str:
    """Return what these periods are looked at by unasked."""
    if all(period.has_term_marks for period in periods):
        return "term"
    return "marks" if any(period.is_whole_year for period in periods) else "today"


@dataclass(frozen=True)
class QualityScene:
    """What a page is about: the slice chosen by the filters, what there was to choose from, and the filters chosen."""

    of: Slice
    choices: Choices
    picked: dict[str, int]

    @property
    def reader(self) -> FigureReader:
        """Who reads."""
        return self.of.reader

    @property
    def period(self) -> PeriodRow:
        """The chosen period."""
        return self.of.period

    @property
    def before(self) -> PeriodRow | None:
        """The period before it, of the same kind."""
        return previous_period(self.of.periods, self.of.period)

    @property
    def selection(self) -> Selection:
        """The chosen rows."""
        return self.of.selection

    @property
    def class_names(self) -> dict[int, str]:
        """The classes of the period in the reader's scope."""
        return {row.class_id: row.name for row in self.choices.classes}


def choose_scene(
    reader: FigureReader, filters: Sequence[str], settled: Collection[str] = frozenset()
) -> QualityScene | None:
    """Show the period, what is counted and these filters; None, with a word of why, where there is no period."""
    period_place, basis_place, *places = st.columns([1.25, 1.1, 1, 1, 1.1, 1.1])
    whole = choose_slice(reader, period_place, basis_place)
    if whole is None:
        st.info("Учебных периодов пока нет: показатели появятся, когда начнётся учебный год.")
        return None
    choices = choices_of(reader, whole.period.term_ids)
    names = filters_offered(choices, filters)
    # A region of several schools has more filters than fit beside the period.
    fitting = places if len(names) <= len(places) else st.columns(len(names))
    picked = choose_rows(choices, names, fitting, settled)
    return QualityScene(replace(whole, selection=selection_of(picked)), choices, picked)


def figure_text(name: str, value: Any) -> str:
    """Write a measure as every page writes it."""
    return number_text(value, 2) if name == "mean_mark" else percent_text(value)


def measure_change(name: str, row: Mapping[str, Any]) -> str | None:
    """Write how a measure changed since the period before; None where there is nothing to compare with."""
    unit, decimals = ("", 2) if name == "mean_mark" else ("п. п.", 1)
    change = change_text(row[f"{name}_change"], decimals, unit)
    # Streamlit takes a change for a fall by an ordinary hyphen only.
    return change and change.replace("−", "-")


def measures_of(of: Slice) -> dict[str, Any] | None:
    """Return the measures over a whole slice with their changes; None where it has no marks."""
    rows = of_period(quality_by(of.reader, of.basis, of.compared, of.selection), of.period)
    return None if rows.empty else {str(name): value for name, value in rows.iloc[0].items()}


def show_measures(row: Mapping[str, Any]) -> None:
    """Show the four measures with their changes, how many marks they stand on, and how they are computed."""
    places = st.columns([1, 1, 1, 1, 1, 1.3])
    for place, (name, title) in zip(places, MEASURES.items(), strict=False):
        show_figure(place, title, figure_text(name, row[name]), measure_change(name, row))
    places[4].metric("Отметок", number_text(row["n"]))
    with places[5]:
        explain(EXPLAINED, dict(row))


def show_figure(
    place: DeltaGenerator, title: str, value: str, change: str | None, *, is_good: bool = True
) -> None:
    """Show a figure with its change; ``is_good``: more of it is better. No change is neither a rise nor a fall."""
    if change is not None and not any(digit in change for digit in "123456789"):
        place.metric(title, value, change, delta_color="off", delta_arrow="off")
        return
    color: Literal["normal", "inverse"] = "normal" if is_good else "inverse"
    place.metric(title, value, change, delta_color=color)


def no_marks_text(of: Slice) -> str:
    """Say that a slice has no marks, and what to do."""
    return (
        f"За период «{of.title}» по основе «{BASES[of.basis]}» отметок нет. "
        "Выберите другой период или другую основу."
    )


def group_rows(of: Slice, column: str, names: Mapping[int, str], nobody: str = "—") -> pd.DataFrame:
    """Return the measures of the period a row for each id of a column, in the order of ``names``: with id and title."""
    rows = of_period(quality_by(of.reader, of.basis, of.compared, of.selection, (column,)), of.period)
    return in_order(rows, column, names, nobody)


def in_order(rows: pd.DataFrame, column: str, names: Mapping[int, str], nobody: str = "—") -> pd.DataFrame:
    """Return rows with the names of their ids as ``title``, in the order of the names."""
    order = {key: index for index, key in enumerate(names)}
    keys = ids(rows[column])
    named = rows.assign(
        id=pd.Series(keys, rows.index, dtype=object),
        title=[names.get(key, nobody) for key in keys],
        order=[order.get(key, len(order)) for key in keys],
    )
    return named.sort_values("order")


def measure_columns() -> list[FigureColumn]:
    """Return the columns of every table of measures."""
    columns = [FigureColumn("n", "Отметок", 0)]
    columns += [FigureColumn(f"n{mark}", f"«{mark}»", 0, width=56) for mark in (5, 4, 3, 2)]
    for name, title in (("pass_rate", "Успев."), ("quality_rate", "Качество"), ("attainment_index", "СОУ")):
        columns.append(percent_column(name, title, help=formula_of(name)))
        if name != "attainment_index":
            help_text = formula_of(f"{name}_change")
            columns.append(
                FigureColumn(f"{name}_change", f"Δ {title.lower()}", 1, signed=True, help=help_text)
            )
    columns.append(FigureColumn("mean_mark", "Ср. балл", 2, help=formula_of("mean_mark")))
    return columns


def short_columns() -> list[FigureColumn]:
    """Return the columns of measures where there are others beside them."""
    wanted = ("n", "quality_rate", "quality_rate_change", "pass_rate", "attainment_index", "mean_mark")
    found = {column.name: column for column in measure_columns()}
    return [found[name] for name in wanted]


def show_spread(rows: pd.DataFrame, title: str, key: str) -> None:
    """Show how marks are spread in each group, the best quality on top; the table below has them all."""
    drawn = rows.sort_values("quality_rate", ascending=False).head(BARS)
    counts = {mark: [int(n) for n in drawn[f"n{mark}"]] for mark in (5, 4, 3, 2)}
    show_chart(title, mark_spread(list(drawn["title"]), counts), key)
    if len(rows) > BARS:
        st.caption(f"На рисунке первые {BARS} из {len(rows)}; в таблице — все.")


def show_by_term(of: Slice, name: str, key: str, *, any_kind: bool = False) -> None:
    """Show how the measures went from period to period, as lines and as a table.

    Terms of other kinds are left out unless ``any_kind``: then all terms stand in the order of their days.
    """
    rows = rows_by_term(of, any_kind and not of.period.is_whole_year)
    if rows.empty:
        st.info("По этим отметкам периодов с данными нет.")
        return
    lines = {
        MEASURES[each]: with_gaps(rows[each]) for each in ("pass_rate", "quality_rate", "attainment_index")
    }
    labels = [text.replace(", ", "<br>") for text in rows["period"]]
    show_chart("Растёт ли качество от периода к периоду?", lines_by_term(labels, lines, 1, " %"), key)
    if of.basis == "today":
        st.caption("Законченные периоды — по итоговым отметкам, идущий — по итогам на сегодня.")
    columns = [FigureColumn("period", "Учебный период", pinned=True), *measure_columns()]
    show_table(rows, columns, f"{key}_table", export=f"{name} по периодам")


def rows_by_term(of: Slice, any_kind: bool) -> pd.DataFrame:
    """Return the measures a row a period, oldest first, each with its words.

    Of what stands «today» a finished term has its final marks.
    """
    wanted = [row for row in of.periods if row.kind == of.period.kind or (any_kind and not row.is_whole_year)]
    finished = [row for row in wanted if of.basis == "today" and row.has_term_marks]
    running = [row for row in wanted if row not in finished]
    pieces = [
        quality_by(of.reader, basis, periods, of.selection)
        for basis, periods in (("term", finished), (of.basis, running))
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


def show_other_kinds(of: Slice) -> None:
    """Say where the classes are that report by terms of another kind."""
    _, *others = running_together(of.periods, of.period)
    if others:
        titles = ", ".join(f"«{term_title(row.kind, row.number)}»" for row in others)
        st.caption(f"Классы с другими учебными периодами — в периоде {titles}.")
