"""A document that goes out of the house: one context, drawn as a workbook, for Word and as PDF alike.

Figures stand in it as numbers and days as days; each form writes them in its own way. A document is kept as JSON, so
that a made report can be drawn again and stays what it was.
"""

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from school.numbers import is_known, number_text
from school.texts import all_printable, printable

# What the margins leave of an A4 page, by orientation (True: landscape).
TEXT_WIDTH_MM = {False: 178.0, True: 265.0}
# How high a chart may be that stands on one page, with its title and legend; a bar, a line of a label, the gap below a group.
CHART_HEIGHT_MM = {False: 230.0, True: 140.0}
BAR_MM, LABEL_LINE_MM, GAP_MM = 3.0, 3.6, 1.6
LETTERS_OF_LABEL = 28
Cell = str | int | float | date | None


class Kind(StrEnum):
    """What a column holds: texts, numbers or days."""

    TEXT = "text"
    NUMBER = "number"
    DAY = "day"


@dataclass(frozen=True)
class DocumentColumn:
    """A column of a table: its title, its width in millimetres before the table is fitted to the page, what it holds."""

    title: str
    width: float
    kind: Kind = Kind.TEXT
    decimals: int = 0

    def text(self, value: Cell) -> str:
        """Return a cell as paper shows it; an empty text for an empty cell of text, a dash for a missing number."""
        if self.kind is Kind.NUMBER and not isinstance(value, str):
            return number_text(value, self.decimals)
        if isinstance(value, date):
            return f"{value:%d.%m.%Y}"
        return "" if value is None else printable(str(value))

    def value(self, cell: Any) -> Cell:
        """Return a cell of a frame as the document keeps it: plain, None where nothing is known."""
        if self.kind is Kind.NUMBER and not isinstance(cell, str):
            if not is_known(cell):
                return None
            return float(cell) if self.decimals else round(float(cell))
        if isinstance(cell, date) or cell is None:
            return cell
        return str(cell)


@dataclass(frozen=True)
class Chart:
    """Bars of some number columns of a table, a group for each row named by ``label``; places are column numbers."""

    title: str
    label: int
    values: tuple[int, ...]
    highest: float | None = None


@dataclass(frozen=True)
class DocumentTable:
    """A table: rows, rows of totals below them, what is said where there are no rows, a note under the table."""

    title: str
    columns: tuple[DocumentColumn, ...]
    rows: tuple[tuple[Cell, ...], ...]
    totals: tuple[tuple[Cell, ...], ...] = ()
    empty: str = "Нет."
    note: str = ""
    chart: Chart | None = None

    def texts(self, rows: Sequence[Sequence[Cell]]) -> list[list[str]]:
        """Return rows of cells as paper shows them."""
        return [[column.text(cell) for column, cell in zip(self.columns, row, strict=True)] for row in rows]


@dataclass(frozen=True)
class Section:
    """A part of a document: its heading, paragraphs, then tables."""

    title: str
    paragraphs: tuple[str, ...] = ()
    tables: tuple[DocumentTable, ...] = ()


@dataclass(frozen=True)
class Document:
    """A whole document: what it is, of which school, about whom, for which span, made when, by whom and of what."""

    title: str
    school_name: str
    about: str
    span: str
    made_at: datetime
    made_by: str
    made_of: str
    sections: tuple[Section, ...]
    signature: str = ""
    is_landscape: bool = False

    @property
    def tables(self) -> list[DocumentTable]:
        """All tables in their order."""
        return [table for section in self.sections for table in section.tables]

    @property
    def made_words(self) -> str:
        """When and by whom the document was made."""
        return f"Составлено {self.made_at:%d.%m.%Y в %H:%M}, {self.made_by}"


def table(
    title: str,
    columns: Sequence[DocumentColumn],
    rows: Sequence[Sequence[Any]],
    *,
    totals: Sequence[Sequence[Any]] = (),
    empty: str = "Нет.",
    note: str = "",
    chart: Chart | None = None,
) -> DocumentTable:
    """Return a table of cells as frames have them."""
    return DocumentTable(
        title, tuple(columns), _cells(columns, rows), _cells(columns, totals), empty, note, chart
    )


def _cells(columns: Sequence[DocumentColumn], rows: Sequence[Sequence[Any]]) -> tuple[tuple[Cell, ...], ...]:
    return tuple(tuple(column.value(cell) for column, cell in zip(columns, row, strict=True)) for row in rows)


@dataclass(frozen=True)
class Bars:
    """A chart's bars as they are drawn: a group a row, with a text at each bar; ``highest`` ends the scale."""

    title: str
    series: list[str]
    labels: list[str]
    values: list[list[float]]
    texts: list[list[str]]
    highest: float


def bars_of(table: DocumentTable) -> Bars | None:
    """Return the bars of a table's chart; None without a chart or without anything to draw."""
    chart = table.chart
    drawn = [row for row in table.rows if chart and any(is_known(row[place]) for place in chart.values)]
    if chart is None or not drawn:
        return None
    columns = [table.columns[place] for place in chart.values]
    values = [[_length(row[place]) for place in chart.values] for row in drawn]
    texts = [
        [column.text(row[place]) for column, place in zip(columns, chart.values, strict=True)]
        for row in drawn
    ]
    labels = [table.columns[chart.label].text(row[chart.label]) for row in drawn]
    highest = chart.highest or max((max(row) for row in values), default=0.0) or 1.0
    return Bars(chart.title, [column.title for column in columns], labels, values, texts, highest)


def charts_of(table: DocumentTable, *, is_landscape: bool) -> list[Bars]:
    """Return a table's chart in parts that each stand on one page; none without a chart or anything to draw."""
    bars = bars_of(table)
    if bars is None:
        return []
    lines = [-(-len(label) // LETTERS_OF_LABEL) for label in bars.labels]
    height = sum(max(LABEL_LINE_MM * each, BAR_MM * len(bars.series)) + GAP_MM for each in lines)
    parts = math.ceil(height / CHART_HEIGHT_MM[is_landscape])
    size = -(-len(bars.labels) // parts)
    slices = [slice(first, first + size) for first in range(0, len(bars.labels), size)]
    return [
        replace(
            bars,
            title=bars.title if len(slices) == 1 else f"{bars.title} ({number} из {len(slices)})",
            labels=bars.labels[part],
            values=bars.values[part],
            texts=bars.texts[part],
        )
        for number, part in enumerate(slices, start=1)
    ]


def _length(cell: Cell) -> float:
    return float(cell) if isinstance(cell, int | float) else 0.0


def fitted_widths(columns: Sequence[DocumentColumn], *, is_landscape: bool) -> list[float]:
    """Return the widths of columns in millimetres such that a table fills the page."""
    whole = sum(column.width for column in columns)
    return [column.width * TEXT_WIDTH_MM[is_landscape] / whole for column in columns]


def to_json(document: Document) -> bytes:
    """Return a document as it is kept, without the signs that no form can hold."""
    return json.dumps(all_printable(asdict(document)), default=_iso, ensure_ascii=False).encode()


def from_json(kept: bytes) -> Document:
    """Return a kept document; the inverse of ``to_json``."""
    fields = json.loads(kept)
    sections = tuple(_section(each) for each in fields.pop("sections"))
    return Document(**{**fields, "made_at": datetime.fromisoformat(fields["made_at"])}, sections=sections)


def _iso(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"A document holds no {type(value).__name__}.")


def _section(fields: dict[str, Any]) -> Section:
    return Section(
        fields["title"], tuple(fields["paragraphs"]), tuple(_table(each) for each in fields["tables"])
    )


def _table(fields: dict[str, Any]) -> DocumentTable:
    columns = tuple(DocumentColumn(**{**each, "kind": Kind(each["kind"])}) for each in fields["columns"])
    chart = fields["chart"] and Chart(**{**fields["chart"], "values": tuple(fields["chart"]["values"])})
    cells = {name: _kept_cells(columns, fields[name]) for name in ("rows", "totals")}
    return DocumentTable(**{**fields, **cells, "columns": columns, "chart": chart})


def _kept_cells(
    columns: Sequence[DocumentColumn], rows: Sequence[Sequence[Any]]
) -> tuple[tuple[Cell, ...], ...]:
    return tuple(
        tuple(
            date.fromisoformat(cell) if column.kind is Kind.DAY and cell else cell
            for column, cell in zip(columns, row, strict=True)
        )
        for row in rows
    )
