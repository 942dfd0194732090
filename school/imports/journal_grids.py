"""Grids of marks as journals have them: what a column stands for, and every cell below it read, empty, unread or left out."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from xlsxwriter.utility import xl_rowcol_to_cell

from school.calendar import school_year_title, year_of_month
from school.files.plan import SourceRow
from school.files.rows_below import MONTH_LEADS, cell_at, hidden_notes
from school.files.source import CELLS, LeftOut, SourceTable, unread_reason
from school.files.spellings import clean
from school.files.tables import SheetTable
from school.files.texts import words_key
from school.files.values.days import (
    are_weekdays,
    day_since_1904,
    is_slashed,
    month_first,
    month_number,
    parse_day,
    parse_day_and_month,
    without_weekday,
)
from school.files.values.numbers import parse_whole
from school.files.values.periods import names_period, parse_period, school_year_in

COLUMN_KINDS = ("оц", "урок")
AVERAGE, SUM, TITLE, OTHER_SHEET = "средний балл", "итоги", "надпись", "лист без отметок"
# No entry of a journal is as long.
SHORTEST_TITLE = 8
_AVERAGES = re.compile(r"(?:ср|средн\w*|ср взв|средневзв\w*|сб|свб)(?: .*)?|.* средний балл")
_SUMS = re.compile(
    r"(?:всего|итого|пропу\w*|опозд\w*|кол во|количество|число|уроков|дней|посещ\w*|рейтинг|место|процент|качество)(?: .*)?"
)
_FINALS = re.compile(r"итог(?:овая|овый|и)?(?: отметка| оценка| балл)?|(?:отметка|оценка) за период")
_FULL_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(?: \d{2}:\d{2})?|\d{1,2}[./]\d{1,2}[./](?:20)?\d{2}", re.ASCII)
_YEAR_WORDS = ("г", "год", "года")
_YEAR = re.compile(r"\b20\d{2}\b", re.ASCII)
NAME_HEADERS = ("фио", "ф и о", "фамилия", "ученик", "учащ", "обучающ")
ANOTHER_TABLE = "правее начинается другая таблица: поставьте её ниже или на отдельный лист"


@dataclass(frozen=True)
class GridColumn:
    """A column of a grid: a lesson's day (as text, ``nth`` of that day), a term, or what is ``left_out`` and why.

    ``is_final``: the mark of the period that the grid is of; ``unread``: why its header could not be read.
    """

    place: int
    day: str = ""
    nth: int = 1
    term: str = ""
    is_final: bool = False
    left_out: str = ""
    unread: str = ""

    def texts(self, text: str) -> dict[str, str]:
        """Return a cell below as the fields of a row; the term of a final mark is the grid's."""
        if self.is_final:
            return {"term_mark": text}
        if self.term:
            return {"term": self.term, "term_mark": text}
        return {"lesson_date": self.day, "nth": str(self.nth), "mark": text}


@dataclass(frozen=True)
class GridHeader:
    """The rows above a grid, from 0: ``months`` or None where full dates stand in ``days``; ``first_row`` is below them."""

    months: int | None
    days: int | None
    kinds: int | None
    first_row: int


def month_word(text: str) -> int | None:
    """Return the month that a cell names and nothing else: «Ноябрь», «нояб. 2026 г.»; «Сентябрь в лесу» is a topic."""
    first, *others = words_key(text).split() or [""]
    return month_number(first) if all(each.isdecimal() or each in _YEAR_WORDS for each in others) else None


def month_of(text: str) -> int | None:
    """Return the month that a header says in words, or as a date of a day in it."""
    day = parse_day(text) if is_full_date(text) else None
    return day.month if day else month_word(text)


def is_full_date(text: str) -> bool:
    """Whether a cell is a date with its year, of the workbook or typed, perhaps with its weekday."""
    return bool(_FULL_DATE.fullmatch(without_weekday(clean(text))))


def day_number(text: str) -> int | None:
    """Return the day of the month that a header begins with: «17», «17.0», «17 вт», «вт 17»."""
    number = parse_whole(next(iter(without_weekday(clean(text)).split()), ""))
    return number if number is not None and 1 <= number <= 31 else None


def day_and_month(text: str) -> tuple[int, int] | None:
    """Return day and month of a header without its year: «17.11», «17.11 вт»."""
    return parse_day_and_month(without_weekday(clean(text)))


def is_day(text: str) -> bool:
    """Whether a header is the day of a lesson: its number, day and month, or a full date."""
    return day_number(text) is not None or is_full_date(text) or day_and_month(text) is not None


def is_line_of_weekdays(sheet: SheetTable, line: int, first_place: int) -> bool:
    """Whether a line of a header only names the weekdays of its days; cells merged with the line above are that line's."""
    if not 0 < line < len(sheet.rows):
        return False
    places = range(first_place, len(sheet.rows[line]))
    cells = ((cell_at(sheet.rows[line], place), cell_at(sheet.rows[line - 1], place)) for place in places)
    return are_weekdays(cell for cell, above in cells if cell != above)


def grid_columns(
    sheet: SheetTable, header: GridHeader, first_place: int, school_year: int, end: int | None = None
) -> Iterator[GridColumn]:
    """Yield what each column from a place on stands for. A month goes on over the columns that name none.

    At ``end``, or where pupils are listed again, another table begins, whose marks are none of these pupils'.
    """
    width = sheet.width
    days = sheet.rows[header.days] if header.days is not None and header.days < len(sheet.rows) else ()
    is_month_first = month_first(days)
    seen: Counter[tuple[str, str]] = Counter()
    month = ""
    for place in range(first_place, width):
        own, day, kind = (
            clean(cell_at(sheet.rows[line], place)) if line is not None and line < len(sheet.rows) else ""
            for line in (header.months, header.days, header.kinds)
        )
        if sheet.is_since_1904:
            own, day = day_since_1904(own), day_since_1904(day)
        unread = unread_reason(own) or unread_reason(day)
        words = words_key(f"{own} {day}")
        month = own or month
        if words.startswith(NAME_HEADERS):
            end = min(place, end or place)
        if end is not None and place >= end:
            yield GridColumn(place, unread=ANOTHER_TABLE)
        elif unread:
            yield GridColumn(place, unread=f"в заголовке столбца {unread}")
        elif is_month_first and is_slashed(day):
            yield GridColumn(place, unread=MONTH_LEADS)
        elif reason := line_reason(own) or ("" if is_day(day) else line_reason(words)):
            month = ""
            yield GridColumn(place, left_out=reason)
        elif _FINALS.fullmatch(words):
            month = ""
            yield GridColumn(place, is_final=True)
        elif not month_of(own or day) and names_period([own, day]):
            month = ""
            yield GridColumn(place, term=" ".join(dict.fromkeys((*own.split(), *day.split()))))
        else:
            text = _day_text(month, day, school_year, is_own=bool(own))
            seen[text, words_key(kind)] += 1
            yield GridColumn(place, text, seen[text, words_key(kind)])


def term_of_year(term: str, said_year: int | None) -> str:
    """Return a term with the school year that the head of its table says, where the term alone is of any year."""
    period = parse_period(term)
    is_of_any = period is not None and period.span is None and school_year_in([term]) is None
    return f"{school_year_title(said_year)}, {term}" if said_year is not None and is_of_any else term


def _day_text(month: str, day: str, school_year: int, *, is_own: bool) -> str:
    """Return a lesson's day as ISO, or what stands there where it is no day.

    ``is_own``: the month stands over this very column. Then «18.02» under «Ноябрь» is no day, nor is «18/2», which may be
    the second lesson of the 18th.
    """
    if known := parse_day(day):
        return known.isoformat()
    number, month_known = day_number(day), month_of(month)
    if pair := day_and_month(day):
        if month_known not in (None, pair[1]) and (is_own or "/" in day):
            return f"{day} {month}"
        number, month_known = pair
    if number is None or month_known is None:
        return f"{day} {month}".strip() or "без даты"
    said = _YEAR.search(month) if month_known == month_of(month) else None
    year = int(said[0]) if said else year_of_month(school_year, month_known)
    known = parse_day(f"{number}.{month_known}.{year}")
    return known.isoformat() if known else f"{day} {month}".strip()


@dataclass
class GridReading:
    """The cells of a file's grids as they are read, one after another."""

    rows: list[SourceRow] = field(default_factory=list)
    places: dict[int, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    empty: int = 0

    def read_line(
        self, sheet: SheetTable, line: int, columns: Sequence[GridColumn], fixed: Mapping[str, str]
    ) -> None:
        """Take the cells of a row of a grid; ``fixed`` are the fields that they have in common, ``line`` says of which row."""
        fixed = {**fixed, "line": f"лист «{sheet.name}», строка {line + 1}"}
        problem = next(filter(None, map(unread_reason, fixed.values())), "")
        for column in columns:
            text = clean(cell_at(sheet.rows[line], column.place))
            where = f"лист «{sheet.name}», {xl_rowcol_to_cell(line, column.place)}"
            if not text:
                self.empty += 1
            elif column.left_out:
                self.left_out.append(LeftOut(where, column.left_out))
            else:
                unread = unread_reason(text) or column.unread or problem
                number = len(self.rows) + 1
                self.rows.append(SourceRow(number, {**fixed, **column.texts(text)}, unread))
                self.places[number] = where

    def leave_line(self, sheet: SheetTable, line: int, columns: Sequence[GridColumn], reason: str) -> None:
        """Pass over the filled cells of a row of a grid."""
        filled = sum(bool(clean(cell_at(sheet.rows[line], column.place))) for column in columns)
        self.empty += len(columns) - filled
        if filled:
            self.left_out.append(LeftOut(f"лист «{sheet.name}», строка {line + 1}", reason, filled))

    def leave_sheet(self, sheet: SheetTable, why: str) -> None:
        """Pass over a sheet, and say so."""
        filled = sum(bool(clean(cell)) for row in sheet.rows for cell in row)
        self.left_out.append(LeftOut(f"лист «{sheet.name}»", OTHER_SHEET, filled))
        self.notes.append(f"Лист «{sheet.name}» пропущен: {why}")

    def note_hidden(self, sheet: SheetTable) -> None:
        """Say what of a sheet that was read is hidden."""
        self.notes += hidden_notes(sheet, len(sheet.hidden_rows))

    @property
    def table(self) -> SourceTable:
        """All of it."""
        return SourceTable(
            tuple(self.rows), self.places, tuple(self.notes), self.empty, tuple(self.left_out), CELLS
        )


def line_reason(name: str) -> str:
    """Return why a row of a grid is no pupil's: averages and sums of the whole class; empty for a pupil's."""
    words = words_key(name)
    if _AVERAGES.fullmatch(words):
        return AVERAGE
    return SUM if _SUMS.fullmatch(words) else ""


def title_reason(row: Sequence[str]) -> str:
    """Return why a row of a grid is none of its own: one text over all of it, or in one cell; empty for other rows."""
    filled = {clean(cell) for cell in row if clean(cell)}
    return TITLE if len(filled) == 1 and len(next(iter(filled))) >= SHORTEST_TITLE and len(row) > 1 else ""
