"""Tables with Russian numbers that still sort as numbers, and the words behind their columns."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Generic, TypeVar

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.ui.export import export_table
from pages.ui.typed_text import Markdown, as_typed, in_line
from pages.ui.worded import worded
from pipelines.catalogue.measures import CATALOGUE
from pipelines.figures.columns import FigureColumn
from school.numbers import DASH, number_text
from server.view import this_view

Row = TypeVar("Row")
ROW_HEIGHT, ROWS_SHOWN = 34, 14
# Pixels. What a page gives a table on a screen of 1366 beside the menu; what a cell adds to its text; from this row height on Streamlit wraps texts.
ROOM, CELL_FRAME, NARROWEST, WRAPPING_HEIGHT = 1040, 20, 50, 62
# A text wider than this is a sentence, which wraps where there is no room, to no less than its least width.
SENTENCE, LEAST_SENTENCE, LINE_HEIGHT, MOST_LINES = 340, 230, 18, 8
# The least width of a text that wraps so that the last columns of a crowded table are seen.
LEAST_CROWDED = 128
# Pixels of a letter of the tables' font; whatever is in none of these is a small letter.
LETTER = 6.8
WIDTHS = {
    3.5: " .,:;·|-−()«»\n'\"!",
    6.6: "0123456789",
    9.8: "жмшщыюфмЖМШЩЫЮФ—mwMW",
    8.4: "АБВГДЕЁЗИЙКЛНОПРСТУХЦЧЬЭЯ",
}
_LETTERS = {letter: pixels for pixels, letters in WIDTHS.items() for letter in letters}
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
    width: int | None = None
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
class Look:
    """How wide the text columns of a table are, by title, and how high its rows, in pixels."""

    widths: Mapping[str, int]
    row_height: int = ROW_HEIGHT

    def height(self, rows: int, rows_shown: int) -> Any:
        """Return the height of a table of so many rows that shows at most some; rows of several lines count for more."""
        return round(self._room(rows_shown)) + ROW_HEIGHT if self.is_cut(rows, rows_shown) else "content"

    def is_cut(self, rows: int, rows_shown: int) -> bool:
        """Whether some of so many rows stand below the edge of the table."""
        return rows * self.row_height > self._room(rows_shown)

    def _room(self, rows_shown: int) -> float:
        return ROW_HEIGHT * rows_shown * (1 if self.row_height == ROW_HEIGHT else 1.4)


def look_of(table: pd.DataFrame, columns: Sequence[FigureColumn]) -> Look:
    """Return the widths at which texts are read in full: in one line where the page has room, else sentences wrap,
    and other wide texts where that brings the last columns into sight.

    Streamlit itself measures the first rows alone, and cuts what is longer below.
    """
    natural = {column.title: _natural_width(table[column.title], column) for column in columns}
    if sum(natural.values()) > ROOM:
        # What a page asks for is room to spare, which there is not.
        natural = {each.title: _natural_width(table[each.title], each, is_asked=False) for each in columns}
    texts = [column.title for column in columns if column.decimals is None]
    sentences, least = _wrapping(natural, texts)
    left = ROOM - sum(width for title, width in natural.items() if title not in sentences)
    widths, lines = {title: natural[title] for title in texts}, 1
    for place, title in enumerate(sentences):
        widths[title] = min(natural[title], max(left // (len(sentences) - place), least))
        left -= widths[title]
        # Words do not fill their lines to the end.
        share = (natural[title] - CELL_FRAME) / (widths[title] - CELL_FRAME)
        lines = max(lines, math.ceil(share * 1.1) if widths[title] < natural[title] else 1)
    height = max(WRAPPING_HEIGHT, LINE_HEIGHT * min(lines, MOST_LINES) + CELL_FRAME // 2)
    return Look(widths, ROW_HEIGHT if lines == 1 else height)


def _wrapping(natural: Mapping[str, int], texts: Sequence[str]) -> tuple[list[str], int]:
    """Return the texts that wrap, narrowest first, and their least width: sentences; the widest others too where all then fits."""
    by_width = sorted(texts, key=natural.__getitem__)
    sentences = [each for each in by_width if natural[each] > SENTENCE]

    def fits(wrapped: Sequence[str], least: int) -> bool:
        one_line = sum(width for title, width in natural.items() if title not in wrapped)
        return one_line + sum(min(natural[each], least) for each in wrapped) <= ROOM

    others = [each for each in by_width if LEAST_CROWDED < natural[each] <= SENTENCE]
    choices = [sentences] + [others[-count:] + sentences for count in range(1, len(others) + 1)]
    if not fits(sentences, LEAST_SENTENCE):
        for wrapped in choices:
            if fits(wrapped, LEAST_CROWDED):
                return wrapped, LEAST_CROWDED
    return sentences, LEAST_SENTENCE


def _natural_width(values: pd.Series, column: FigureColumn, *, is_asked: bool = True) -> int:
    """Return how many pixels a column takes in one line: of a text its longest one, of numbers the title."""
    longest = max((each for each in values if isinstance(each, str)), key=len, default="")
    width = max(_text_width(column.title), _text_width(longest))
    return max(NARROWEST, (column.width or 0) if is_asked else 0, math.ceil(width) + CELL_FRAME)


def _text_width(text: str) -> float:
    return sum(_LETTERS.get(letter, LETTER) for letter in text)


@dataclass(frozen=True)
class PreparedTable:
    """A table with its numbers under their titles and in words, ready to be shown any number of times.

    ``look``: how wide its texts and how high its rows are; ``pupil_ids``: the pupils whose rows they are, where they are pupils' rows.
    """

    columns: Sequence[FigureColumn]
    table: pd.DataFrame
    worded: Any
    look: Look
    pupil_ids: frozenset[int] = frozenset()


def prepared(rows: pd.DataFrame, columns: Sequence[FigureColumn]) -> PreparedTable:
    """Return rows as a table that ``show_prepared`` shows."""
    table = titled(rows, columns)
    pupils = frozenset(rows[PUPIL].dropna()) if PUPIL in rows else frozenset()
    return PreparedTable(columns, table, _worded(table, columns), look_of(table, columns), pupils)


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
    if this_view().has_plain_tables:
        _show_plain(made, key, on_choose, links or {}, export)
    else:
        _show_canvas(made, key, on_choose, rows_shown, links or {}, is_narrow=is_narrow)
    if export:
        exported = table.drop(columns=list(links), errors="ignore") if links else table
        export_table(exported, export, key=f"export_{key}", pupil_ids=made.pupil_ids)
    return table


def _show_canvas(
    made: PreparedTable,
    key: str,
    on_choose: Callable[[int], None] | None,
    rows_shown: int,
    links: Mapping[str, str],
    *,
    is_narrow: bool,
) -> None:
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
        height=made.look.height(len(table), rows_shown),
        row_height=made.look.row_height,
        placeholder=DASH,
        width="content" if is_narrow else "stretch",
        column_config=_config(made, links, is_large=table.size > STYLED_CELLS),
        **chosen,
    )
    if made.look.is_cut(len(table), rows_shown):
        st.caption(f"Строк в таблице: {number_text(len(table))}. Остальные — ниже, прокрутите таблицу.")


def _show_plain(
    made: PreparedTable,
    key: str,
    on_choose: Callable[[int], None] | None,
    links: Mapping[str, str],
    title: str,
) -> None:
    """Show a table as text, which a screen reader walks through; a row is chosen in a list of rows below it."""
    texts = {
        each.title: [each.text(value) for value in made.table[each.title]]
        for each in made.columns
        if each.title not in links
    }
    cells: dict[Markdown, list[Markdown]] = {
        as_typed(name): [in_line(text) for text in column] for name, column in texts.items()
    }
    for name, words in links.items():
        cells[as_typed(name)] = [_link(words, address) for address in made.table[name]]
    st.table(cells, hide_index=True, alt=as_typed(title) or None)
    heads = next(iter(texts.values()), [])
    if on_choose is not None and heads:
        choice = f"{key}_row"

        def open_row() -> None:
            if (picked := st.session_state[choice]) is not None:
                on_choose(picked)

        st.selectbox(
            "Открыть строку",
            range(len(heads)),
            format_func=lambda place: heads[place],
            index=None,
            placeholder="Выберите строку таблицы",
            key=choice,
            on_change=open_row,
        )


def _link(words: str, address: object) -> Markdown:
    # An address of a page stands here, or nothing.
    return (
        Markdown(f"[{as_typed(words)}]({as_typed(address)})") if isinstance(address, str) else as_typed(DASH)
    )


def _worded(table: pd.DataFrame, columns: Sequence[FigureColumn]) -> Any:
    if table.size > STYLED_CELLS:
        return table.round(
            {column.title: column.decimals for column in columns if column.decimals is not None}
        )
    words = {column.title: [column.text(value) for value in table[column.title]] for column in columns}
    return worded(table, pd.DataFrame(words, table.index, dtype=object))


def _config(made: PreparedTable, links: Mapping[str, str], *, is_large: bool) -> dict[str, Any]:
    config: dict[str, Any] = {}
    for column in made.columns:
        words = as_typed(column.help) or None
        # Of an address the reader sees the words that stand for it.
        width = column.width if column.title in links else made.look.widths.get(column.title, column.width)
        look: dict[str, Any] = {"width": width, "pinned": column.pinned}
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
