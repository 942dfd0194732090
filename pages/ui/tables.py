"""Tables with Russian numbers that still sort as numbers, and the words behind their columns."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Generic, TypeVar

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.ui.export import export_table
from pages.ui.typed_text import Markdown, as_typed
from pages.ui.worded import worded
from pipelines.catalogue.measures import CATALOGUE
from pipelines.figures.columns import FigureColumn
from school.numbers import DASH, number_text

Row = TypeVar("Row")
ROW_HEIGHT, ROWS_SHOWN = 34, 14
# The column, or the field of a record, that says whose row it is.
PUPIL = "pupil_id"
# Above this many cells a table is sent without the wording of each number, so that it opens quickly.
STYLED_CELLS = 30_000


@dataclass(frozen=True)
class RecordColumn(Generic[Row]):
    """A column of a table of records: its title, what it takes of a record, and the rest as of a ``FigureColumn``."""

    title: str
    value: Callable[[Row], object]
    decimals: int | None = None
    width: str | int | None = None
    help: str = ""
    pinned: bool = False
    unit: str = ""


def show_records(
    records: Sequence[Row], columns: Sequence[RecordColumn[Row]], key: str, **options: Any
) -> pd.DataFrame:
    """Show records as a table, a row each; ``options`` as for ``show_table``."""
    return show_table(_record_rows(records, columns), _record_figures(columns), key, **options)


def record_table(records: Sequence[Row], columns: Sequence[RecordColumn[Row]]) -> pd.DataFrame:
    """Return records as the table that ``show_records`` shows of them, to be exported."""
    return titled(_record_rows(records, columns), _record_figures(columns))


def _record_figures(columns: Sequence[RecordColumn[Row]]) -> list[FigureColumn]:
    return [
        FigureColumn(
            str(place),
            each.title,
            each.decimals,
            help=each.help,
            width=each.width,
            pinned=each.pinned,
            unit=each.unit,
        )
        for place, each in enumerate(columns)
    ]


def _record_rows(records: Sequence[Row], columns: Sequence[RecordColumn[Row]]) -> pd.DataFrame:
    shown = {str(place): [each.value(row) for row in records] for place, each in enumerate(columns)}
    return pd.DataFrame(shown | {PUPIL: pupils} if (pupils := _pupils(records)) else shown)


def _pupils(records: Sequence[object]) -> list[int]:
    """Return whose records they are, where they are pupils'; a numbered record stands in a tuple behind its number."""
    own = [each[-1] if type(each) is tuple else each for each in records]
    return [getattr(each, PUPIL) for each in own] if own and hasattr(own[0], PUPIL) else []


def titled(rows: pd.DataFrame, columns: Sequence[FigureColumn]) -> pd.DataFrame:
    """Return the columns under their titles, numbers as numbers: what is shown and what is exported."""
    shown = {
        column.title: rows[column.name]
        if column.decimals is None
        else pd.to_numeric(rows[column.name], errors="coerce")
        for column in columns
    }
    return pd.DataFrame(shown, index=rows.index, copy=False)


def show_table(rows: pd.DataFrame, columns: Sequence[FigureColumn], key: str, **options: Any) -> pd.DataFrame:
    """Show rows as a table and return what it shows; ``options`` as for ``show_prepared``."""
    return show_prepared(prepared(rows, columns), key, **options)


@dataclass(frozen=True)
class PreparedTable:
    """A table with its numbers under their titles and in words, ready to be shown any number of times.

    ``pupil_ids``: the pupils whose rows they are, where they are pupils' rows.
    """

    columns: Sequence[FigureColumn]
    table: pd.DataFrame
    worded: Any
    pupil_ids: frozenset[int] = frozenset()


def prepared(rows: pd.DataFrame, columns: Sequence[FigureColumn]) -> PreparedTable:
    """Return rows as a table that ``show_prepared`` shows."""
    table = titled(rows, columns)
    pupils = frozenset(rows[PUPIL].dropna()) if PUPIL in rows else frozenset()
    return PreparedTable(columns, table, _worded(table, columns), pupils)


def show_prepared(
    made: PreparedTable,
    key: str,
    *,
    on_choose: Callable[[int], None] | None = None,
    rows_shown: int = ROWS_SHOWN,
    links: Mapping[str, str] | None = None,
    is_narrow: bool = False,
    export: str = "",
) -> pd.DataFrame:
    """Show a table made before, to be sorted, and return what it shows; ``on_choose`` takes the number of a chosen row.

    ``links``: title of a column of addresses → the words in place of the address; ``is_narrow``: no wider than it must be;
    ``export``: the title of the file that the table, without its addresses, can be downloaded as.
    """
    table = made.table
    chosen: dict[str, Any] = {}
    if on_choose is not None:

        def open_chosen() -> None:
            picked = st.session_state[key]["selection"]["rows"]
            if picked:
                on_choose(picked[0])

        chosen = {"on_select": open_chosen, "selection_mode": "single-row"}
    # A press on any cell of such a table opens its row (server/scripts/row_links.js).
    place = st if on_choose is None else st.container(key=f"opens_{key}")
    place.dataframe(
        made.worded,
        hide_index=True,
        key=key,
        height="content" if len(table) <= rows_shown else ROW_HEIGHT * (rows_shown + 1),
        row_height=ROW_HEIGHT,
        placeholder=DASH,
        width="content" if is_narrow else "stretch",
        column_config=_config(made.columns, links or {}, is_large=table.size > STYLED_CELLS),
        **chosen,
    )
    if export:
        exported = table.drop(columns=list(links), errors="ignore") if links else table
        export_table(exported, export, key=f"export_{key}", pupil_ids=made.pupil_ids)
    return table


def _worded(table: pd.DataFrame, columns: Sequence[FigureColumn]) -> Any:
    if table.size > STYLED_CELLS:
        return table.round(
            {column.title: column.decimals for column in columns if column.decimals is not None}
        )
    words = {column.title: [column.text(value) for value in table[column.title]] for column in columns}
    return worded(table, pd.DataFrame(words, table.index, dtype=object))


def _config(columns: Sequence[FigureColumn], links: Mapping[str, str], *, is_large: bool) -> dict[str, Any]:
    config: dict[str, Any] = {}
    for column in columns:
        words = as_typed(column.help) or None
        look: dict[str, Any] = {"width": column.width, "pinned": column.pinned}
        if column.title in links:
            config[column.title] = st.column_config.LinkColumn(
                display_text=links[column.title], help=words, **look
            )
        elif column.decimals is None:
            config[column.title] = st.column_config.TextColumn(help=words, **look)
        else:
            # What is sent without wording the browser writes itself, with its language's comma.
            config[column.title] = st.column_config.NumberColumn(
                format="localized" if is_large else None, help=words, **look
            )
    return config


def explain(names: Sequence[str], counts: Mapping[str, Any] | None = None) -> None:
    """Show a button that says how figures are computed, and on how many cases each stands; written once it is opened."""
    button = st.popover(
        "Как считается", icon=":material/info:", key=f"explain_{'_'.join(names)}", on_change="rerun"
    )
    if button.open:
        button.markdown(explanation(names, counts or {}))


def explanation(names: Sequence[str], counts: Mapping[str, Any]) -> Markdown:
    """Return how these measures are computed; measures of the same cases stand together."""
    measures = [CATALOGUE[name] for name in names]
    parts: list[Markdown] = []
    for basis, group in groupby(measures, key=lambda each: (each.n_column, each.n_counts, each.exclusions)):
        n_column, n_counts, exclusions = basis
        n = counts.get(n_column)
        stands_on = f" Сейчас: **{number_text(n)}**." if n is not None else ""
        lines = [
            f"- **{as_typed(each.title)}** ({as_typed(each.clause)}) = {as_typed(each.formula)}"
            for each in group
        ]
        parts.append(
            Markdown(
                "\n".join([*lines, "", f"Считаются {as_typed(n_counts)}.{stands_on} {as_typed(exclusions)}"])
            )
        )
    return Markdown("\n\n".join(parts))


def beside_explanation(
    names: Sequence[str], counts: Mapping[str, Any] | None = None, width: float = 1
) -> DeltaGenerator:
    """Show the button that says how figures are computed at the right; return the place beside it."""
    place, button = st.columns([5, width], vertical_alignment="center")
    with button:
        explain(names, counts)
    return place
