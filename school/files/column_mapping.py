"""Which column of a sheet says what: guessed from the headers, settled by a person, stored as a profile."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cache, partial
from typing import Any, TypeVar

from school.calendar import school_year_title
from school.errors import Refusal
from school.files.fields import ImportForm
from school.files.plan import ImportKind
from school.files.rows_below import cell_at, header_texts, no_section, other_sheet, read_below
from school.files.source import SourceTable, joined_tables
from school.files.spellings import clean
from school.files.tables import SheetTable
from school.files.texts import words_key
from school.files.values.periods import school_year_in

# Above the header stand the school's name, the class, the year; more is not a header any more.
HEADER_SOUGHT, HEADER_DEPTH = 60, 3
EVERY_SHEET = ""
CLASS = "school_class"
_NAMES = ("full_name", "last_name")
# «Список 8Б класса», «8 «Б» класс, кл. руководитель Климова Р.», «Список учащихся 8 класса «Б»».
_CLASS_NAMED = re.compile(
    r"(?<![\d.,/])(\d{1,2})(?:\s*-?\s*й)?(?:\s*[-–.]?\s*[«\"]?\s*([А-ЯЁA-Z])\s*[»\"]?|-?([а-яёa-z]))(?!\w)"
    r"|(?<![\d.,/])(\d{1,2})\s+класс\w*\s*[«\"]?([А-ЯЁA-Zа-яё])[»\"]?(?!\w)"
)
_CLASS_HEADING = re.compile(
    r"(?:(?:список\s+)?класс\S*\s*:?\s*)?(\d{1,2}\s*[-–.]?\s*[«\"]?\s*[а-яёa-z]{1,2}\d?\s*[»\"]?)(?:\s*кл(?:асс)?\.?)?",
    re.IGNORECASE,
)
EXACT, BEGINS, CONTAINS = 3, 2, 1


@dataclass(frozen=True)
class ColumnMapping:
    """What a person settled about a file of one kind.

    ``columns``: field → header of its column. ``constants``: field → text that every row takes. ``values``:
    field → text of the file → text in its place. ``sheet`` is a name, or EVERY_SHEET; then ``sheet_field`` may be the
    field that the sheets' names say (a sheet for each class). ``header_row`` (from 1) is the last row of the header and
    ``header_depth`` how many rows it has; 0 where there is none and headers are «Столбец 1», «Столбец 2» …
    ``date_format``: how days are written when rows of this kind are taken away; read they are in any way.
    """

    kind: ImportKind
    sheet: str
    header_row: int
    header_depth: int
    columns: Mapping[str, str]
    constants: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    sheet_field: str = ""
    date_format: str = "ДД.ММ.ГГГГ"

    @property
    def given(self) -> frozenset[str]:
        """The fields that rows get a text for."""
        filled = {name for name, text in self.constants.items() if text}
        sheet_field = {self.sheet_field} if self.sheet_field else set()
        return frozenset(self.columns) | filled | sheet_field

    def to_text(self) -> str:
        """Return the mapping as the text of a profile; columns keep their order, in which rows are taken away."""
        return json.dumps(asdict(self), ensure_ascii=False)


def mapping_of_text(text: str) -> ColumnMapping:
    """Return the mapping that a profile keeps."""
    known: dict[str, Any] = json.loads(text)
    return ColumnMapping(**{**known, "kind": ImportKind(known["kind"])})


def headers_of(sheet: SheetTable, header_row: int, header_depth: int) -> tuple[str, ...]:
    """Return the headers of the columns; a header over several rows reads from the top, unnamed columns by number."""
    block = sheet.rows[header_row - header_depth : header_row] if header_depth else ()
    named = dict(enumerate(header_texts(block)))
    return tuple(_numbered([named.get(place) or f"Столбец {place + 1}" for place in range(sheet.width)]))


def _numbered(names: Sequence[str]) -> list[str]:
    """Two columns of one header get numbers, so that a choice names one of them."""
    seen: dict[str, int] = {}
    numbered = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        numbered.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return numbered


Columns = TypeVar("Columns")


def find_header(
    sheet: SheetTable, columns_of: Callable[[Sequence[str]], Columns | None], rows_sought: int = HEADER_SOUGHT
) -> tuple[int, Columns] | None:
    """Return the first of the upper rows in which ``columns_of`` finds anything: its number from 1, and what was found."""
    for number, row in enumerate(sheet.rows[:rows_sought], start=1):
        if columns := columns_of(row):
            return number, columns
    return None


def columns_beginning(header: Sequence[str], beginnings: Mapping[str, tuple[str, ...]]) -> dict[str, int]:
    """Return field → place of its column: of the headers that begin with its words, the one with the likeliest of them.

    The words of a field stand by their likelihood; a header that is the very words comes before longer ones.
    """
    keys = [words_key(text) or clean(text) for text in header]
    found: dict[str, int] = {}
    for name, words in beginnings.items():
        fitting = [
            (key != each, order, place)
            for place, key in enumerate(keys)
            for order, each in enumerate(words)
            if key.startswith(each) and place not in found.values()
        ]
        if fitting:
            found[name] = min(fitting)[2]
    return found


def guess_mapping(form: ImportForm, sheets: Sequence[SheetTable]) -> ColumnMapping:
    """Return the best guess: the sheet and the rows whose headers name the most fields of the form."""
    guesses = [_guess_in_sheet(form, sheet) for sheet in sheets]
    return max(guesses, key=lambda guess: _worth(form, guess))


def guess_in_header(form: ImportForm, sheet: SheetTable, header_row: int, header_depth: int) -> ColumnMapping:
    """Return the guess for a header whose rows are known."""
    headers = headers_of(sheet, header_row, header_depth)
    return ColumnMapping(form.kind, sheet.name, header_row, header_depth, guess_columns(form, headers))


def _guess_in_sheet(form: ImportForm, sheet: SheetTable) -> ColumnMapping:
    guesses = [
        guess_in_header(form, sheet, header_row, depth)
        for depth in range(1, HEADER_DEPTH + 1)
        for header_row in range(depth, min(HEADER_SOUGHT, len(sheet.rows)) + 1)
        if any(sheet.rows[header_row - 1])
    ]
    no_header = ColumnMapping(form.kind, sheet.name, 0, 0, {})
    return max([*guesses, no_header], key=lambda guess: _worth(form, guess))


def _worth(form: ImportForm, guess: ColumnMapping) -> tuple[int, int, int, int]:
    """Fewer gaps first, then more columns, then a shallower header, then a higher one."""
    return -len(form.missing(guess.given)), len(guess.columns), -guess.header_depth, -guess.header_row


def guess_columns(form: ImportForm, headers: Sequence[str]) -> dict[str, str]:
    """Return field → header, each header for one field at the most: the likest pairs are taken first."""
    keys = [words_key(header) for header in headers]
    likeness = sorted(
        (
            (-score, order, place, field.name)
            for order, field in enumerate(form.fields)
            for place, key in enumerate(keys)
            if (score := _likeness(field.headers, key))
        )
    )
    found: dict[str, str] = {}
    taken: set[int] = set()
    for _, _, place, name in likeness:
        if name not in found and place not in taken:
            found[name] = headers[place]
            taken.add(place)
    return found


def _likeness(known: Iterable[str], key: str) -> int:
    """Longer words that fit weigh more: «дата рождения» before «дата»."""
    words = f" {key} "
    return max((_score(words_key(name), key, words) for name in known), default=0)


def _score(name: str, key: str, words: str) -> int:
    if name == key:
        return EXACT * 100 + len(name)
    if key.startswith(f"{name} "):
        return BEGINS * 100 + len(name)
    return CONTAINS * 100 + len(name) if f" {name} " in words and len(name) > 2 else 0


def check_complete(form: ImportForm, mapping: ColumnMapping) -> None:
    """Raise Refusal where the mapping leaves out what each row needs."""
    if missing := form.missing(mapping.given):
        raise Refusal(
            f"Не указано: {', '.join(missing)}.",
            "Без этого строки не прочитать.",
            "Выберите столбец или впишите одно значение на весь файл.",
        )


def read_rows(form: ImportForm, sheets: Sequence[SheetTable], mapping: ColumnMapping) -> SourceTable:
    """Return what stands below the header, by field; other sheets, headings and totals are left out, and said.

    Raises Refusal where the mapping is not complete, or the sheet or its columns are not in the file.
    """
    check_complete(form, mapping)
    chosen = [sheet for sheet in sheets if mapping.sheet in (EVERY_SHEET, sheet.name)]
    if not chosen:
        raise Refusal(
            f"В файле нет листа «{mapping.sheet}».",
            f"Есть листы: {', '.join(sheet.name for sheet in sheets)}.",
            "Выберите лист.",
        )
    tables = [_sheet_table(form, sheet, mapping) for sheet in chosen]
    others = (other_sheet(sheet) for sheet in sheets if sheet not in chosen)
    return joined_tables([sheet.name for sheet in chosen], tables, others)


def _names(form: ImportForm) -> set[str]:
    return {field.name for field in form.fields}


def _class_heading(row: Sequence[str], name_places: Sequence[int]) -> Mapping[str, str]:
    """Return the class that a row between the pupils names; nothing for a row with a pupil's name in it."""
    filled = list(dict.fromkeys(clean(cell) for cell in row if cell))
    if len(filled) == 1 and (match := _CLASS_HEADING.fullmatch(filled[0])):
        return {CLASS: match[1]}
    joined = " ".join(filled)
    if "класс" not in joined.casefold() or any(_is_name(cell_at(row, place)) for place in name_places):
        return {}
    named = {"".join(filter(None, match.groups())) for match in _CLASS_NAMED.finditer(joined)}
    return {CLASS: named.pop()} if len(named) == 1 else {}


def _is_name(cell: str) -> bool:
    return bool(cell) and "класс" not in cell.casefold() and not any(map(str.isdigit, cell))


def _sheet_table(form: ImportForm, sheet: SheetTable, mapping: ColumnMapping) -> SourceTable:
    columns = _columns_of(sheet, mapping)
    fixed = {name: text for name, text in mapping.constants.items() if text}
    if mapping.sheet_field:
        fixed[mapping.sheet_field] = sheet.name
    replaced = {
        name: {words_key(given): wanted for given, wanted in pairs.items()}
        for name, pairs in mapping.values.items()
    }

    header = sheet.rows[max(0, mapping.header_row - 1) : mapping.header_row]
    known = {cell.strip().casefold() for row in header for cell in row} - {""}
    is_of_header = cache(lambda cell: cell.strip().casefold() in known)

    def repeated(block: Sequence[Sequence[str]]) -> Mapping[str, int]:
        # Nearly no row is a header, and a file has a hundred thousand of them.
        if not any(map(is_of_header, block[-1])):
            return {}
        headers = header_texts(block)
        found = {name: _place_of(headers, header) for name, header in mapping.columns.items()}
        return {name: place for name, place in found.items() if place is not None}

    # A list without a column of classes names them in a row of their own, over the pupils of each.
    name_places = [columns[name] for name in _NAMES if name in columns]
    has_headings = CLASS not in mapping.columns and CLASS in _names(form)
    section = partial(_class_heading, name_places=name_places) if has_headings else no_section
    table = read_below(
        sheet, mapping.header_row, columns, repeated, header_depth=mapping.header_depth or 1, section=section
    )
    for row in table.rows:
        for name, pairs in replaced.items():
            if name in row.texts:
                row.texts[name] = pairs.get(words_key(row[name]), row[name])
    notes = [*table.notes]
    if form.kind is ImportKind.FACTS:
        notes += _repeated_rows(table)
    rows = table.rows
    if fixed:
        rows = tuple(replace(row, texts={**fixed, **row.texts}) for row in rows)
    return replace(table, rows=rows, notes=tuple(notes))


def _repeated_rows(table: SourceTable) -> Iterator[str]:
    seen: set[tuple[str, ...]] = set()
    repeated = []
    for row in table.rows:
        texts = tuple(row.texts.values())
        repeated += [row.number] if texts in seen else []
        seen.add(texts)
    if repeated:
        yield (
            f"Строк, которые слово в слово повторяют другие: {len(repeated)} (первая — строка {repeated[0]}). "
            "Каждая значит ещё одну отметку: если это повтор, уберите его."
        )


def note_other_year(table: SourceTable, sheets: Sequence[SheetTable], school_year: int | None) -> SourceTable:
    """Return a table with a note where the titles of its file name another school year than the one it is loaded into."""
    titles = (
        cell
        for sheet in sheets
        for row in sheet.rows[:HEADER_SOUGHT]
        if len({*row} - {""}) <= 3
        for cell in row
    )
    named = school_year_in(titles)
    if named is None or school_year in (None, named):
        return table
    note = (
        f"В файле назван {school_year_title(named)} учебный год, а загружается он в {school_year_title(school_year)}. "
        "Проверьте, тот ли это файл."
    )
    return replace(table, notes=(note, *table.notes))


def _columns_of(sheet: SheetTable, mapping: ColumnMapping) -> dict[str, int]:
    headers = headers_of(sheet, mapping.header_row, mapping.header_depth)
    found = {name: _place_of(headers, header) for name, header in mapping.columns.items()}
    absent = [mapping.columns[name] for name, place in found.items() if place is None]
    if absent:
        raise Refusal(
            f"На листе «{sheet.name}» нет столбца: {', '.join(f'«{header}»' for header in absent)}.",
            "Файл устроен не так, как указано.",
            "Проверьте лист, строку заголовка и столбцы.",
        )
    return {name: place for name, place in found.items() if place is not None}


def _place_of(headers: Sequence[str], wanted: str) -> int | None:
    """Return the place of a header: of the very same text, else of the same words."""
    if wanted in headers:
        return headers.index(wanted)
    keys = [words_key(header) for header in headers]
    return keys.index(words_key(wanted)) if words_key(wanted) in keys else None
