"""The rows below a header, each read, empty, unread or left out: a second header begins another block of rows."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache

from xlsxwriter.utility import xl_rowcol_to_cell

from school.files.plan import SourceRow
from school.files.source import LeftOut, SourceTable, unread_reason
from school.files.spellings import clean
from school.files.tables import SheetTable
from school.files.texts import words_key
from school.files.values.days import day_of_number, day_since_1904, is_slashed, month_first

ABOVE, HEADING, TOTAL, NUMBERS, NOTHING = (
    "выше заголовка",
    "заголовок",
    "итоги",
    "номера столбцов",
    "в нужных столбцах пусто",
)
_TOTAL = re.compile(
    r"(?:итого|всего)(?:\s+(?:(?:по|за|в)\s|час|уч|об|отм|урок|строк|человек)[^.;]*)?\s*[:=–—-]?\s*[\d.,]*\s*(?:ч\.?|час\S*)?",
    re.IGNORECASE,
)
_TOTAL_WORDS = ("итого", "всего")
CELLS_OF_A_TOTAL = 3
# Columns that number the rows say nothing of them.
_NUMBERING = ("n", "№", "п п", "n п п", "номер")
COLUMNS_NAMED = 8
# The fields, of whatever list, that hold a day.
DAYS = ("lesson_date", "held_on", "born_on", "starts_on", "ends_on", "hired_on", "left")
MONTH_LEADS = "даты в файле начинаются с месяца, как 11/17/2026: напишите их как 17.11.2026"
BARE_NUMBERS = (
    "Дней, записанных числом: {} (первый — строка {}: {} прочитано как {:%d.%m.%Y}). Если день не тот, сделайте столбец датами: "
    "книги старых Mac считают дни с 1904 года, и число в них на четыре года меньше."
)
BLIND = (
    "В этой книге .xlsb не видно ошибок в формулах и скрытых строк: такие клетки выглядят пустыми. "
    "Если в ней есть формулы, сохраните её в Excel как .xlsx."
)
BLANK_FORMULAS = (
    "Лист «{}»: формул с пустым ответом {} (первая — {}); прочитаны как пустые клетки. Сосчитала ли их программа, по книге "
    "этого вида не видно: если ответы должны быть, сохраните её в Excel как .xlsx."
)

FindColumns = Callable[[Sequence[Sequence[str]]], Mapping[str, int]]
Section = Callable[[Sequence[str]], Mapping[str, str]]


def no_section(_row: Sequence[str]) -> Mapping[str, str]:
    """No row heads a section."""
    return {}


def cell_at(row: Sequence[str], place: int) -> str:
    """Return the text of a cell, empty beyond the end of its row."""
    return row[place] if place < len(row) else ""


def read_below(
    sheet: SheetTable,
    header_row: int,
    columns: Mapping[str, int],
    find_columns: FindColumns,
    *,
    header_depth: int = 1,
    tidy: Callable[[str], str] = clean,
    section: Section = no_section,
) -> SourceTable:
    """Return the rows of a sheet below a header by field, with what was left out of it.

    ``find_columns`` names the columns of another header further down, given the rows that it would stand in, and nothing
    for what is no header. A column that a second header lacks says nothing of the rows below it. ``section`` gives the
    fields that a row such as «Класс: 7А» says of all rows below it, up to the next such row.
    """
    rows: list[SourceRow] = []
    said, left_out, empty = _above(sheet, header_row, header_depth, section)
    # A hundred thousand rows have a few thousand different texts: each is looked at once.
    tidy, reason_of, is_sum = cache(tidy), cache(unread_reason), cache(lambda cell: is_total(clean(cell)))
    header_places = set(columns.values())
    rest, last_of_header, seen = header_row, header_row, 0
    while rest < len(sheet.rows):
        row, number = sheet.rows[rest], rest + 1
        block = sheet.rows[rest : rest + header_depth]
        again = find_columns(block)
        if len(again) >= min(2, len(columns)):
            columns, last_of_header = again, rest + header_depth
            left_out.append(LeftOut(f"строка {number}", HEADING, len(block)))
            rest += len(block)
            continue
        rest += 1
        if heading := section(row):
            said |= heading
            left_out.append(LeftOut(f"строка {number}", HEADING))
            continue
        texts = {name: tidy(cell_at(row, place)) for name, place in columns.items()}
        if sheet.is_since_1904:
            texts |= {name: day_since_1904(texts[name]) for name in DAYS if name in texts}
        reason = _no_data(row, texts, is_sum, is_first=rest == last_of_header + 1)
        if not any(row):
            empty += 1
        elif reason:
            left_out.append(LeftOut(f"строка {number}", reason))
        else:
            reasons = {name: reason for name, text in texts.items() if (reason := reason_of(text))}
            rows.append(
                SourceRow(number, {**texts, **said}, _unread(reasons, columns, number) if reasons else "")
            )
            seen += rest - 1 in sheet.hidden_rows
    rows = list(_unread_where_months_lead(rows))
    notes = (
        *hidden_notes(sheet, seen),
        *_bare_numbers(rows),
        *_untaken_columns(sheet, header_row, header_depth, header_places),
    )
    return SourceTable(tuple(rows), {}, notes, empty, tuple(left_out))


def _above(
    sheet: SheetTable, header_row: int, header_depth: int, section: Section
) -> tuple[dict[str, str], list[LeftOut], int]:
    """Return what the rows above a header say of those below it, what is left out of them, and how many are empty."""
    said, left_out, empty = dict[str, str](), list[LeftOut](), 0
    for number, row in enumerate(sheet.rows[: max(0, header_row - header_depth)], start=1):
        empty += not any(row)
        said |= section(row)
        left_out += [LeftOut(f"строка {number}", ABOVE)] if any(row) else []
    if header_row:
        left_out.append(LeftOut(f"строка {header_row}", HEADING, min(header_depth, header_row)))
    return said, left_out, empty


def _unread_where_months_lead(rows: Sequence[SourceRow]) -> Iterator[SourceRow]:
    """Yield rows; where one day of a column can only be 11/17/2026, none with slashes is read as the day first.

    The rows of every header of the sheet are asked, for the last one may lack the column.
    """
    leading = [name for name in DAYS if month_first(row.texts.get(name, "") for row in rows)]
    for row in rows:
        if any(is_slashed(row.texts.get(name, "")) for name in leading):
            yield replace(row, unread="; ".join(filter(None, (row.unread, MONTH_LEADS))))
        else:
            yield row


def _bare_numbers(rows: Sequence[SourceRow]) -> Iterator[str]:
    """Yield what to say of days that are bare numbers: whether they count from 1900 or 1904 a file may no longer say."""
    texts = ((row.number, row.texts[name]) for row in rows for name in DAYS if row.texts.get(name))
    found = [(number, text, day) for number, text in texts if (day := day_of_number(text))]
    if found:
        yield BARE_NUMBERS.format(len(found), *found[0])


def _untaken_columns(
    sheet: SheetTable, header_row: int, header_depth: int, taken: Collection[int]
) -> Iterator[str]:
    """Yield what to say of columns with anything in them that nothing is read from: nothing is passed over in silence."""
    headers = header_texts(sheet.rows[max(0, header_row - header_depth) : header_row])
    headers += [""] * (sheet.width - len(headers))
    own = {words_key(headers[place]) for place in taken if place < len(headers)} - {""}
    left = [
        (place, header)
        for place, header in enumerate(headers)
        if place not in taken and (words_key(header) or clean(header)) not in _NUMBERING
        if any(cell_at(row, place) for row in sheet.rows[header_row:])
    ]
    if twins := [header for _, header in left if words_key(header) in own]:
        yield (
            f"Рядом на листе «{sheet.name}» ещё раз стоит: {_listed(twins)}. "
            "Прочитана только первая таблица: остальные поставьте под ней."
        )
    if others := [header or f"Столбец {place + 1}" for place, header in left if words_key(header) not in own]:
        yield f"Столбцы не взяты: {_listed(others)}."


def _listed(headers: Sequence[str]) -> str:
    more = f" и ещё {len(headers) - COLUMNS_NAMED}" if len(headers) > COLUMNS_NAMED else ""
    return ", ".join(f"«{header}»" for header in headers[:COLUMNS_NAMED]) + more


def header_texts(block: Sequence[Sequence[str]]) -> list[str]:
    """Return the headers of columns over one or several rows: what stands one under the other reads from the top."""
    width = max(map(len, block), default=0)
    return [
        " ".join(dict.fromkeys(clean(cell_at(row, place)) for row in block if clean(cell_at(row, place))))
        for place in range(width)
    ]


def hidden_notes(sheet: SheetTable, rows: int) -> tuple[str, ...]:
    """Return what to say of a sheet's hidden parts, which are read like all others, and of what cannot be seen in its book."""
    parts = [
        f"скрытых строк {rows}" if rows else "",
        f"скрытых столбцов {len(sheet.hidden_columns)}" if sheet.hidden_columns else "",
        "сам лист скрыт" if sheet.is_hidden else "",
    ]
    found = ", ".join(filter(None, parts))
    notes = [f"Лист «{sheet.name}»: {found}. Скрытое прочитано вместе с остальным."] if found else []
    if sheet.blank_formulas:
        first = xl_rowcol_to_cell(*sheet.blank_formulas[0])
        notes.append(BLANK_FORMULAS.format(sheet.name, len(sheet.blank_formulas), first))
    return (*notes, BLIND) if sheet.is_blind else tuple(notes)


def other_sheet(sheet: SheetTable) -> LeftOut:
    """Return a sheet that nothing is read from, by its rows."""
    return LeftOut(f"лист «{sheet.name}»", "на других листах", len(sheet.rows))


def is_total(text: str) -> bool:
    """Whether a text heads a line of totals: «Итого:», «Всего часов 68»."""
    return text[:5].casefold() in _TOTAL_WORDS and bool(_TOTAL.fullmatch(text))


def _no_data(
    row: Sequence[str], texts: Mapping[str, str], is_sum: Callable[[str], bool], *, is_first: bool
) -> str:
    """Return why a filled row holds no data; empty for a row that does."""
    if not any(texts.values()):
        return NOTHING
    filled = [cell for cell in row if cell]
    if any(map(is_sum, filled[:CELLS_OF_A_TOTAL])):
        return TOTAL
    is_numbering = is_first and len(filled) > 2
    return NUMBERS if is_numbering and filled == [str(number) for number in range(1, len(filled) + 1)] else ""


def _unread(reasons: Mapping[str, str], columns: Mapping[str, int], number: int) -> str:
    return "; ".join(
        f"клетка {xl_rowcol_to_cell(number - 1, columns[name])}: {reason}" for name, reason in reasons.items()
    )
