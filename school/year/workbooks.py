"""The tables that open a school year as workbooks: a template with what is there already, and reading it filled in."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from school.errors import Refusal
from school.files.column_mapping import find_header, guess_mapping, read_rows
from school.files.fields import OPENING_FORMS
from school.files.plan import ImportKind, SourceRow
from school.files.spellings import class_key, clean, words_of
from school.files.tables import SheetTable, read_tables
from school.files.workbook_writing import one_sheet_workbook

WIDEST_COLUMN = 46


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


def table_rows(kind: ImportKind, content: bytes) -> tuple[SourceRow, ...]:
    """Return the rows of a filled workbook or CSV; its columns are found by their headers. Raises Refusal."""
    sheets = read_tables(content)
    return _form_rows(kind, sheets)


def _form_rows(kind: ImportKind, sheets: Sequence[SheetTable]) -> tuple[SourceRow, ...]:
    form = OPENING_FORMS[kind]
    mapping = guess_mapping(form, sheets)
    if missing := form.missing(mapping.given):
        raise Refusal(
            f"В файле не нашлось столбцов: {', '.join(missing)}.",
            "Столбцы узнаются по заголовкам.",
            "Скачайте шаблон и перенесите данные в него.",
        )
    return read_rows(form, sheets, mapping).rows


def timetable_rows(content: bytes, class_names: Collection[str]) -> tuple[SourceRow, ...]:
    """Return the rows of a timetable: a grid with a column for each class, else a list with a row for each lesson.

    Beside a class's column may stand one of its rooms. Raises Refusal.
    """
    sheets = read_tables(content)
    known = {class_key(name) for name in class_names}
    rows = tuple(row for sheet in sheets for row in _grid_rows(sheet, known))
    return rows or _form_rows(ImportKind.TIMETABLE, sheets)


def _grid_rows(sheet: SheetTable, known: Collection[str]) -> Iterator[SourceRow]:
    if found := find_header(sheet, lambda header: _grid_columns(header, known)):
        header_row, (day, number, classes) = found
        yield from _below(sheet, header_row, day, number, classes)


def _grid_columns(header: Sequence[str], known: Collection[str]) -> tuple[int, int, dict[int, str]] | None:
    """Return the places of the day, the lesson number and the classes; nothing where one is missing."""
    columns = {column: name for column, name in enumerate(header) if class_key(name) in known}
    day, number = (_column(header, words) for words in (("день", "дни"), ("урок", "номер", "№", "n")))
    return (day, number, columns) if columns and day is not None and number is not None else None


def _column(header: Sequence[str], words: Sequence[str]) -> int | None:
    for column, title in enumerate(header):
        first = (words_of(title) or [clean(title).casefold()])[0]
        if first in words:
            return column
    return None


def _below(
    sheet: SheetTable, header_row: int, day: int, number: int, classes: Mapping[int, str]
) -> Iterator[SourceRow]:
    header, weekday = sheet.rows[header_row - 1], ""
    for line, row in enumerate(sheet.rows[header_row:], start=header_row + 1):
        weekday = _cell(row, day) or weekday
        for column, name in classes.items():
            lesson, room = _cell(row, column), ""
            if lesson and _is_room_column(header, column + 1):
                room = _cell(row, column + 1)
            if lesson:
                texts = {"school_class": name, "weekday": weekday, "number": _cell(row, number)}
                yield SourceRow(line, {**texts, "lesson": f"{lesson}, {room}" if room else lesson})


def _is_room_column(header: Sequence[str], column: int) -> bool:
    return column < len(header) and clean(header[column]).casefold().startswith(("каб", "ауд"))


def _cell(row: Sequence[str], column: int) -> str:
    return clean(row[column]) if column < len(row) else ""
