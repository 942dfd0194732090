"""A document as a workbook: real numbers and days, a sheet a table, frozen headers, ready to print on A4."""

import io
import textwrap
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import xlsxwriter

from pipelines.reports.document import Cell, Document, DocumentTable, Kind, fitted_widths, from_json, to_json
from school.files.workbook_writing import SHEET_NAME_LENGTH, TEXT_OPTIONS, as_cell, sheet_name

A4 = 9
HEAD_ROWS = 4
FIRST_SHEET = "О документе"
CHARS_PER_MM = 0.52
# Columns are as wide as so many digits. The words of a document, by orientation.
WORDS_WIDTH = {False: 72, True: 105}
CHART_COLOURS = ("#2f6690", "#e09f3e", "#9a9a9a")
CHART_ROW_PIXELS, CHART_FRAME_PIXELS = 26, 110
CHART_WIDTH_PIXELS = {False: 660, True: 980}
# Points of a line of text; not every program finds out itself how high a row must be. Letters of other fonts are wider.
LINE_POINTS, LETTERS_A_WIDTH, BOLD_LETTERS_A_WIDTH = 15, 0.88, 0.76


def _look(book: Any, kind: Kind, decimals: int, *, is_total: bool) -> Any:
    look: dict[str, Any] = {"border": 1, "border_color": "#909090", "valign": "top", "bold": is_total}
    if kind is Kind.NUMBER:
        look["num_format"] = "#,##0" + (f".{'0' * decimals}" if decimals else "")
    elif kind is Kind.DAY:
        look |= {"num_format": "dd.mm.yyyy", "align": "left"}
    else:
        look["text_wrap"] = True
    return book.add_format(look)


def document_xlsx(document: Document) -> bytes:
    """Return a document as a workbook: the head and the words on the first sheet, then a sheet for each table."""
    document, buffer = from_json(to_json(document)), io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, **TEXT_OPTIONS}) as book:
        book.set_properties({"title": document.title, "created": document.made_at})
        names = _sheet_names(document)
        _write_words(book, document)
        for name, table in zip(names, document.tables, strict=True):
            _write_table(book, name, document, table)
            if table.chart is not None and table.rows:
                _write_chart(book, name, document, table)
    return buffer.getvalue()


def _sheet_names(document: Document) -> list[str]:
    names: list[str] = []
    for section in document.sections:
        for table in section.tables:
            names.append(_free_name(sheet_name(table.title or section.title), [*names, FIRST_SHEET]))
    return names


def _free_name(name: str, taken: Iterable[str]) -> str:
    """Return a sheet's name, with a number where there is such a sheet already."""
    present = {each.lower() for each in taken}
    numbers = (f"{name[: SHEET_NAME_LENGTH - 3]} {number}" for number in range(2, 100))
    return next(each for each in (name, *numbers) if each.lower() not in present)


def _row_points(cells: Iterable[tuple[str, float]], letters: float = LETTERS_A_WIDTH) -> float:
    """Return how high a row must be for its texts, each with the width of its column."""
    fitting = ((text, max(1, int(width * letters))) for text, width in cells)
    return LINE_POINTS * max(
        (len(textwrap.wrap(text, fits)) for text, fits in fitting if len(text) > fits), default=1
    )


def _write_words(book: Any, document: Document) -> None:
    sheet = book.add_worksheet(FIRST_SHEET)
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    title = book.add_format({"bold": True, "font_size": 14, "text_wrap": True})
    bold = book.add_format({"bold": True, "text_wrap": True})
    width = WORDS_WIDTH[document.is_landscape]
    sheet.set_column(0, 0, width)
    lines = [
        (document.school_name, wrapped),
        (document.title, title),
        (document.about, bold),
        (document.span, wrapped),
        (document.made_words, wrapped),
        (document.made_of, wrapped),
    ]
    for section in document.sections:
        nothing = [f"{each.title}: {each.empty}".lstrip(": ") for each in section.tables if not each.rows]
        if words := [*section.paragraphs, *nothing]:
            lines += [("", wrapped), (section.title, bold), *((each, wrapped) for each in words)]
    if document.signature:
        lines += [
            ("", wrapped),
            (f"{document.signature} ____________________ / ____________________ /", wrapped),
        ]
    for row, (line, look) in enumerate(lines):
        # The title is larger than the rest.
        letters = BOLD_LETTERS_A_WIDTH if look in (title, bold) else LETTERS_A_WIDTH
        sheet.set_row(row, _row_points([(line, width)], letters) * (1.3 if look is title else 1))
        sheet.write_string(row, 0, as_cell(line), look)
    _set_up_page(sheet, document)
    sheet.print_area(0, 0, len(lines) - 1, 0)


def _set_up_page(sheet: Any, document: Document) -> None:
    sheet.set_paper(A4)
    if document.is_landscape:
        sheet.set_landscape()
    sheet.set_margins(left=0.7, right=0.4, top=0.6, bottom=0.7)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer(f"&L&8{_as_code(document.school_name)} · {_as_code(document.made_words)}&R&8&P из &N")


def _as_code(words: str) -> str:
    return words.replace("&", "&&")


def _write_table(book: Any, name: str, document: Document, table: DocumentTable) -> None:
    sheet = book.add_worksheet(name)
    bold = book.add_format({"bold": True, "font_size": 12, "text_wrap": True, "valign": "top"})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    look = {"bold": True, "text_wrap": True, "border": 1, "bg_color": "#ebebeb"}
    header = book.add_format(look | {"align": "center", "valign": "vcenter"})
    millimetres = fitted_widths(table.columns, is_landscape=document.is_landscape)
    widths = [
        max(width * CHARS_PER_MM, _longest_word(column.title) / BOLD_LETTERS_A_WIDTH)
        for column, width in zip(table.columns, millimetres, strict=True)
    ]
    about = " · ".join(each for each in (document.title, document.about) if each)
    _write_line(sheet, 0, table.title or document.title, widths, bold)
    for row, words in enumerate((about, f"{document.span}. {document.made_words}"), start=1):
        _write_line(sheet, row, words, widths, wrapped)
    for place, column in enumerate(table.columns):
        sheet.set_column(place, place, widths[place])
        sheet.write_string(HEAD_ROWS, place, as_cell(column.title), header)
        looks = [_look(book, column.kind, column.decimals, is_total=is_total) for is_total in (False, True)]
        cells = [
            *((row[place], looks[0]) for row in table.rows),
            *((row[place], looks[1]) for row in table.totals),
        ]
        for row, (value, look) in enumerate(cells, start=HEAD_ROWS + 1):
            _write(sheet, row, place, value, look)
    titles = [(column.title, width) for column, width in zip(table.columns, widths, strict=True)]
    sheet.set_row(HEAD_ROWS, _row_points(titles, BOLD_LETTERS_A_WIDTH) + 3)
    for row, texts in enumerate(table.texts([*table.rows, *table.totals]), start=HEAD_ROWS + 1):
        sheet.set_row(row, _row_points(zip(texts, widths, strict=True)))
    last_row = HEAD_ROWS + len(table.rows) + len(table.totals)
    for words in [table.note] * bool(table.note) + [table.empty] * (not table.rows):
        last_row += 1
        _write_line(sheet, last_row, words, widths, wrapped)
    sheet.freeze_panes(HEAD_ROWS + 1, 1)
    sheet.repeat_rows(HEAD_ROWS)
    _set_up_page(sheet, document)
    sheet.print_area(0, 0, last_row, len(table.columns) - 1)


def _longest_word(text: str) -> int:
    return max(map(len, text.split()), default=0)


def _write_line(sheet: Any, row: int, text: str, widths: Sequence[float], look: Any) -> None:
    """Write words over the whole width of a table, in as many lines as they need."""
    sheet.set_row(row, _row_points([(text, sum(widths))]) + 1)
    if len(widths) > 1:
        sheet.merge_range(row, 0, row, len(widths) - 1, "", look)
    sheet.write_string(row, 0, as_cell(text), look)


def _write_chart(book: Any, name: str, document: Document, table: DocumentTable) -> None:
    """Draw a table's chart on a sheet of its own: under a long table it would break over two pages."""
    sheet = book.add_worksheet(_free_name(sheet_name(f"Рисунок, {name}"), book.sheetnames))
    height = CHART_FRAME_PIXELS + CHART_ROW_PIXELS * len(table.rows)
    sheet.insert_chart(0, 0, _chart(book, name, table, CHART_WIDTH_PIXELS[document.is_landscape], height))
    _set_up_page(sheet, document)
    sheet.fit_to_pages(1, 1)


def _chart(book: Any, name: str, table: DocumentTable, width: int, height: int) -> Any:
    assert table.chart is not None
    chart = book.add_chart({"type": "bar"})
    first, last = HEAD_ROWS + 1, HEAD_ROWS + len(table.rows)
    for colour, place in zip(CHART_COLOURS, table.chart.values, strict=False):
        chart.add_series(
            {
                "name": [name, HEAD_ROWS, place],
                "categories": [name, first, table.chart.label, last, table.chart.label],
                "values": [name, first, place, last, place],
                "fill": {"color": colour},
                "data_labels": {"value": True, "num_format": "0.0" if table.columns[place].decimals else "0"},
            }
        )
    chart.set_title({"name": table.chart.title, "name_font": {"size": 11}})
    # A bar chart grows upwards: without this the first row of the table would be the last bar.
    chart.set_y_axis({"reverse": True, "num_font": {"size": 9}})
    chart.set_x_axis({"min": 0, "max": table.chart.highest, "major_gridlines": {"visible": True}})
    chart.set_legend({"position": "bottom"} if len(table.chart.values) > 1 else {"none": True})
    chart.set_size({"width": width, "height": height})
    return chart


def _write(sheet: Any, row: int, column: int, value: Cell, look: Any) -> None:
    if value is None:
        sheet.write_blank(row, column, None, look)
    elif isinstance(value, date):
        sheet.write_datetime(row, column, value, look)
    elif isinstance(value, str):
        sheet.write_string(row, column, as_cell(value), look)
    else:
        sheet.write_number(row, column, value, look)
