"""The tables that open a school year as workbooks: a template with what is there already, and reading it filled in."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from xlsxwriter.utility import xl_rowcol_to_cell

from school.errors import Refusal
from school.files.column_mapping import guess_mapping, read_rows
from school.files.fields import OPENING_FORMS
from school.files.plan import ImportKind, SourceRow
from school.files.rows_below import ABOVE, hidden_notes
from school.files.source import CELLS, LeftOut, SourceTable, joined_tables, unread_reason
from school.files.spellings import class_key, clean, grade_level_of, words_of
from school.files.tables import SheetTable, read_tables
from school.files.workbook_writing import one_sheet_workbook

WIDEST_COLUMN = 46
_DAY_WORDS, _NUMBER_WORDS = ("день", "дни"), ("урок", "номер", "№", "n")


def table_template(kind: ImportKind, rows: Sequence[Mapping[str, str]]) -> bytes:
    """Return an XLSX file with the columns of a table and the rows that are there already."""
    form = OPENING_FORMS[kind]
    return _workbook(
        form.title,
        [field.title for field in form.fields],
        [[row.get(field.name, "") for field in form.fields] for row in rows],
    )


def timetable_template(
    class_names: Sequence[str], hours: Sequence[tuple[str, str]], cells: Mapping[tuple[str, str, str], str]
) -> bytes:
    """Return the week as schools hang it on the wall: a row for each hour (day, lesson number), a column for each class.

    ``cells``: (day, number, class) → what stands there, in the words of ``school.year.rules.timetable_cells``.
    """
    rows = [
        [day, number, *(cells.get((day, number, name), "") for name in class_names)] for day, number in hours
    ]
    return _workbook("Расписание", ["День", "Урок", *class_names], rows)


def _workbook(title: str, headers: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    longest = [max((len(row[column]) for row in rows), default=0) for column in range(len(headers))]
    columns = [
        (header, min(WIDEST_COLUMN, max(len(header), most) + 2))
        for header, most in zip(headers, longest, strict=True)
    ]
    return one_sheet_workbook(title, columns, [[text or None for text in row] for row in rows])


def table_rows(kind: ImportKind, content: bytes) -> SourceTable:
    """Return the rows of a filled workbook or CSV; its columns are found by their headers. Raises Refusal."""
    return _form_rows(kind, read_tables(content))


def _form_rows(kind: ImportKind, sheets: Sequence[SheetTable]) -> SourceTable:
    form = OPENING_FORMS[kind]
    mapping = guess_mapping(form, sheets)
    if missing := form.missing(mapping.given):
        raise Refusal(
            f"В файле не нашлось столбцов: {', '.join(missing)}.",
            "Столбцы узнаются по заголовкам.",
            "Скачайте шаблон и перенесите данные в него.",
        )
    return read_rows(form, sheets, mapping)


def timetable_rows(content: bytes, class_names: Collection[str]) -> SourceTable:
    """Return a timetable: the cells of a grid with a column for each class, else the rows of a list of lessons.

    Beside a class's column may stand one of its rooms; another header on the sheet begins another grid. Raises Refusal.
    """
    sheets = read_tables(content)
    known = {class_key(name) for name in class_names}
    grids = [(sheet, _grid_table(sheet, known)) for sheet in sheets]
    if not any(table.rows for _, table in grids):
        return _form_rows(ImportKind.TIMETABLE, sheets)
    return joined_tables([sheet.name for sheet, _ in grids], [table for _, table in grids])


@dataclass(frozen=True)
class _Grid:
    """A header of a grid: where the day, the lesson number and the lessons of classes stand, and why other columns do not."""

    day: int
    number: int
    classes: Mapping[int, str]
    rooms: Collection[int]
    strangers: Mapping[int, str]


@dataclass
class _GridCells:
    """The cells of a sheet's grids as they are read."""

    sheet: SheetTable
    rows: list[SourceRow] = field(default_factory=list)
    places: dict[int, str] = field(default_factory=dict)
    left_out: list[LeftOut] = field(default_factory=list)
    empty: int = 0

    def read_line(self, line: int, grid: _Grid, weekday: str) -> None:
        """Take the lessons of one hour."""
        row = self.sheet.rows[line]
        hour = {"weekday": weekday, "number": _cell(row, grid.number)}
        for column, name in grid.classes.items():
            lesson = _cell(row, column)
            room = _cell(row, column + 1) if lesson and column + 1 in grid.rooms else ""
            if not lesson:
                self.empty += 1
                continue
            unread = next(filter(None, map(unread_reason, (lesson, room, *hour.values()))), "")
            text = f"{lesson}, {room}" if room else lesson
            number = len(self.rows) + 1
            self.rows.append(SourceRow(number, {"school_class": name, **hour, "lesson": text}, unread))
            self.places[number] = xl_rowcol_to_cell(line, column)
        for column, reason in grid.strangers.items():
            if _cell(row, column):
                self.left_out.append(LeftOut(f"клетка {xl_rowcol_to_cell(line, column)}", reason))

    @property
    def table(self) -> SourceTable:
        """All of it."""
        notes = hidden_notes(self.sheet, len(self.sheet.hidden_rows) if self.rows else 0)
        return SourceTable(tuple(self.rows), self.places, notes, self.empty, tuple(self.left_out), CELLS)


def _grid_table(sheet: SheetTable, known: Collection[str]) -> SourceTable:
    cells, grid, weekday = _GridCells(sheet), None, ""
    for line, row in enumerate(sheet.rows):
        if header := _grid_columns(row, known):
            grid, weekday = header, ""
        elif grid is not None:
            weekday = _cell(row, grid.day) or weekday
            cells.read_line(line, grid, weekday)
        else:
            filled = sum(bool(clean(cell)) for cell in row)
            cells.left_out += [LeftOut(f"строка {line + 1}", ABOVE, filled)] if filled else []
    if grid is None:
        filled = sum(each.count for each in cells.left_out)
        cells.left_out = [LeftOut(f"лист «{sheet.name}»", f"лист «{sheet.name}» без расписания", filled)]
    return cells.table


def _grid_columns(header: Sequence[str], known: Collection[str]) -> _Grid | None:
    """Return where a header has the day, the lesson number and the classes; nothing where one is missing."""
    classes = {column: name for column, name in enumerate(header) if class_key(name) in known}
    day, number = _column(header, _DAY_WORDS), _column(header, _NUMBER_WORDS)
    if day is None or number is None:
        return None
    # Where days or numbers stand again, another grid begins: its lessons are not of these hours.
    after = max(day, number) + 1
    again = [_column(header[after:], words) for words in (_DAY_WORDS, _NUMBER_WORDS)]
    end = min((after + each for each in again if each is not None), default=len(header))
    beside = {column: title for column, title in classes.items() if column >= end}
    classes = {column: title for column, title in classes.items() if column < end}
    rooms = [column for column in range(len(header)) if _is_room_column(header, column)]
    own = {day, number, *classes, *rooms}
    others = [
        (column, clean(title)) for column, title in enumerate(header) if clean(title) and column not in own
    ]
    reasons = {
        column: f"столбец «{title}» стоит в другой таблице, правее: поставьте её ниже"
        if column in beside
        else f"столбец «{title}» — не класс этого года"
        for column, title in others
    }
    # A header of other classes, of another year perhaps, ends the grid above it.
    is_header = bool(classes) or any(grade_level_of(title) for _, title in others)
    return _Grid(day, number, classes, rooms, reasons) if is_header else None


def _column(header: Sequence[str], words: Sequence[str]) -> int | None:
    for column, title in enumerate(header):
        first = (words_of(title) or [clean(title).casefold()])[0]
        if first in words:
            return column
    return None


def _is_room_column(header: Sequence[str], column: int) -> bool:
    return column < len(header) and clean(header[column]).casefold().startswith(("каб", "ауд"))


def _cell(row: Sequence[str], column: int) -> str:
    return clean(row[column]) if column < len(row) else ""
