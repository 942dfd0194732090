"""The summary sheet of a class as a workbook: one wide sheet with real numbers, ready to print across A3 (п. 6.6)."""

import io
from typing import Any

import xlsxwriter

from pipelines.reports.summary.sheet import Column, Sheet, parts_of, summary_sheet
from school.calendar import school_year_title
from school.councils.records import ClassYear
from school.councils.rules import SheetLook
from school.files.workbook_writing import TEXT_OPTIONS, as_cell, sheet_name

A3, A4 = 8, 9
TITLE_ROW, HEAD_ROW = 0, 2
FIRST_ROW = HEAD_ROW + 2
CHARS_PER_MM = 0.6
# Columns of a workbook are wider than those of the PDF: so much fits on a leaf at this scale, by whether it is A3.
PRINT_SCALE = 62
LEAF_MM = {False: 245.0, True: 365.0}
SIGNED_BY = ("Классный руководитель", "Заместитель директора по УВР", "Директор")


def class_sheet_xlsx(year: ClassYear, look: SheetLook) -> bytes:
    """Return the summary sheet of a class as a workbook."""
    sheet, buffer = summary_sheet(year, look), io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, **TEXT_OPTIONS}) as book:
        _Writing(book, book.add_worksheet(sheet_name(f"Сводная {year.name}")), sheet).write(is_a3=look.is_a3)
    return buffer.getvalue()


class _Writing:
    """One sheet being written: what stands in which column."""

    def __init__(self, book: Any, page: Any, sheet: Sheet) -> None:
        self.page, self.sheet, self.tail = page, sheet, 0
        frame = {"border": 1, "border_color": "#909090", "valign": "vcenter", "font_size": 11}
        self.head = book.add_format({**frame, "bold": True, "text_wrap": True, "align": "center"})
        self.text = book.add_format({**frame, "shrink": True})
        self.mark = book.add_format({**frame, "align": "center"})
        self.total = book.add_format({**frame, "bold": True, "align": "center"})
        self.below = book.add_format({"text_wrap": True, "font_size": 10})
        self.title = book.add_format({"bold": True, "font_size": 13})

    def write(self, *, is_a3: bool) -> None:
        """Write the whole sheet and set up its pages."""
        place = 0
        self.page.write_string(TITLE_ROW, 0, as_cell(self._title()), self.title)
        self.page.write_string(TITLE_ROW + 1, 0, as_cell(self.sheet.year.school_name))
        place = self._side(place, self.sheet.lead, self.sheet.lead_rows)
        for block in self.sheet.blocks:
            self._merged(HEAD_ROW, place, place + len(block.columns) - 1, block.title, self.head)
            self._totals(place, place + len(block.columns) - 1, block.totals)
            for column in block.columns:
                self._column(place, column)
                self.page.write_string(HEAD_ROW + 1, place, as_cell(column.title), self.head)
                place += 1
            for row, cells in enumerate(block.rows, start=FIRST_ROW):
                for offset, cell in enumerate(cells, start=place - len(block.columns)):
                    self._cell(row, offset, cell, self.mark)
        self.tail = place
        place = self._side(place, self.sheet.tail, self.sheet.tail_rows)
        self._totals(0, len(self.sheet.lead) - 1, self.sheet.total_titles)
        self._below()
        self._set_up(place - 1, is_a3=is_a3)

    def _title(self) -> str:
        year = self.sheet.year
        return f"Сводная ведомость учёта успеваемости · {year.name} класс · {school_year_title(year.school_year)} учебный год"

    def _side(self, place: int, columns: tuple[Column, ...], rows: tuple[tuple[str, ...], ...]) -> int:
        for offset, column in enumerate(columns):
            self._column(place + offset, column)
            self.page.merge_range(
                HEAD_ROW, place + offset, HEAD_ROW + 1, place + offset, as_cell(column.title), self.head
            )
            for row, cells in enumerate(rows, start=FIRST_ROW):
                self._cell(row, place + offset, cells[offset], self.text)
        return place + len(columns)

    def _column(self, place: int, column: Column) -> None:
        self.page.set_column(place, place, max(column.width * CHARS_PER_MM, 3.2))

    def _cell(self, row: int, place: int, cell: str, look: Any) -> None:
        if cell.isdecimal():
            self.page.write_number(row, place, int(cell), look)
        else:
            self.page.write_string(row, place, as_cell(cell), look)

    def _merged(self, row: int, first: int, last: int, words: str, look: Any) -> None:
        if first == last:
            self.page.write_string(row, first, as_cell(words), look)
        else:
            self.page.merge_range(row, first, row, last, as_cell(words), look)

    def _totals(self, first: int, last: int, words: tuple[str, ...]) -> None:
        for offset, each in enumerate(words):
            self._merged(FIRST_ROW + len(self.sheet.lead_rows) + offset, first, last, each, self.total)

    def _below(self) -> None:
        """Write notes and signatures under the columns of the last leaf."""
        row = FIRST_ROW + len(self.sheet.lead_rows) + len(self.sheet.total_titles) + 1
        last = self.tail + len(self.sheet.tail) - 1
        signed = (f"{post} ______________ / ______________ /" for post in SIGNED_BY)
        for words in (*self.sheet.notes, *signed, "М. П."):
            self.page.merge_range(row, self.tail, row, last, as_cell(words), self.below)
            row += 1

    def _set_up(self, last_column: int, *, is_a3: bool) -> None:
        last_row = (
            FIRST_ROW + len(self.sheet.lead_rows) + len(self.sheet.total_titles) + len(self.sheet.notes) + 4
        )
        self.page.set_row(HEAD_ROW, 38)
        self.page.freeze_panes(FIRST_ROW, 2)
        self.page.repeat_rows(HEAD_ROW, HEAD_ROW + 1)
        self.page.repeat_columns(0, 1)
        self.page.set_paper(A3 if is_a3 else A4)
        self.page.set_landscape()
        self.page.set_margins(left=0.6, right=0.3, top=0.7, bottom=0.5)
        self.page.print_area(HEAD_ROW, 0, last_row, last_column)
        self.page.set_header(f"&L&12{self._title().replace('&', '&&')}")
        self.page.set_print_scale(PRINT_SCALE)
        self.page.set_v_pagebreaks(self._breaks(LEAF_MM[is_a3]))
        self.page.set_footer("&L&8Хранить 25 лет (п. 6.6)&R&8&P из &N")

    def _breaks(self, width: float) -> list[int]:
        """Return the columns before which a leaf ends: a subject is never torn apart."""
        place, breaks = len(self.sheet.lead), []
        for part in parts_of(self.sheet, width)[:-1]:
            place += sum(len(block.columns) for block in part.blocks)
            breaks.append(place)
        return breaks
