"""Finding an extract's files in a folder and reading them as text, line by line, into staging."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from school.errors import Refusal
from school.extracts.csv_tables import LINE, WRONG_FIELDS, as_parquet, csv_header, unnamed_with_text
from school.extracts.format import (
    PARTITION,
    REQUIRED_TABLES,
    SUFFIXES,
    TABLES,
    TABLES_OF_PUPILS,
    Kind,
    Table,
    is_called_as_table,
    partition_keys,
)
from school.extracts.staging import Staging
from school.extracts.values import whole_text
from school.files.csv_reading import BrokenLineError, UnknownCodingError

# Without these a set can be loaded; whoever sent it may think that they are in it.
_SOUGHT = ("marks",)
_UNKNOWN_NAMED = 5
_REALS = ("FLOAT", "DOUBLE")


class BrokenExtractError(Refusal):
    """The set of files cannot be read as an extract; nothing of it may be loaded."""


@dataclass(frozen=True)
class ExtractFile:
    """One file of a table; ``partition`` holds the columns that its folders name."""

    table: Table
    path: Path
    shown: str
    partition: Mapping[str, str] = field(default_factory=dict)


@dataclass
class ReadRows:
    """What was read of the files: how many rows they have, how many of them are ``empty``, and notes on what was passed over."""

    total: int = 0
    empty: int = 0
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class FoundFiles:
    """The files of a set by table, and those that belong to no table."""

    by_table: dict[str, list[ExtractFile]]
    unknown: list[str]


def find_files(folder: Path) -> FoundFiles:
    """Return the extract's files: ``NAME.parquet`` or ``NAME.csv`` in the folder itself or in the folders of a lake.

    Raises BrokenExtractError where the folder or a required table is missing, or a table comes twice.
    """
    if not folder.is_dir():
        raise BrokenExtractError(f"Папки {folder.name} нет.", next_step="Проверьте путь к выгрузке.")
    by_table: dict[str, list[ExtractFile]] = {}
    unknown = []
    for path in sorted(filter(_is_offered, folder.rglob("*"))):
        shown = path.relative_to(folder)
        is_readable = path.suffix.lower() in SUFFIXES
        folders, table = shown.parts[:-1], TABLES.get(path.stem.lower()) if is_readable else None
        if table is None or not all(map(PARTITION.fullmatch, folders)):
            unknown.append(shown.as_posix())
        else:
            file = ExtractFile(table, path, shown.as_posix(), partition_keys(folders))
            by_table.setdefault(table.name, []).append(file)
    _check_tables(by_table, unknown)
    return FoundFiles(by_table, unknown)


def _is_offered(path: Path) -> bool:
    """Whether somebody may take a file for a part of the set; of other kinds those that are called as its tables."""
    return path.suffix.lower() in SUFFIXES or (is_called_as_table(path.name) and path.is_file())


def _check_tables(by_table: Mapping[str, Sequence[ExtractFile]], unknown: Sequence[str]) -> None:
    places = [(file.path.parent, file.table.name) for files in by_table.values() for file in files]
    if twice := sorted({name for place, name in places if places.count((place, name)) > 1}):
        raise BrokenExtractError(
            f"Таблица {twice[0]} дана дважды: {', '.join(file.path.name for file in by_table[twice[0]])}.",
            "Неизвестно, какой из файлов верен.",
            "Оставьте один.",
        )
    missing = [name for name in REQUIRED_TABLES if name not in by_table]
    if missing:
        raise _missing_tables(missing, "Без них неизвестно, к чему относятся отметки.", unknown)
    if not any(name in by_table for name in TABLES_OF_PUPILS):
        raise _missing_tables(
            [" / ".join(TABLES_OF_PUPILS)], "В наборе нет ни учеников, ни отметок.", unknown
        )
    if "enrolments" not in by_table:
        raise _missing_tables(["enrolments"], "Без неё неизвестно, кто в каком классе учится.", unknown)


def _missing_tables(names: Sequence[str], why: str, unknown: Sequence[str]) -> BrokenExtractError:
    if unknown:
        why += f" Файлы, имён которых в формате нет: {', '.join(unknown[:_UNKNOWN_NAMED])}."
    files = ", ".join(f"{name} ({TABLES[name].title})" if name in TABLES else name for name in names)
    return BrokenExtractError(
        f"В наборе не хватает таблиц: {files}.", why, "Добавьте файлы .parquet или .csv с этими именами."
    )


def read_files(staging: Staging, found: FoundFiles) -> ReadRows:
    """Read every file into ``raw_NAME`` tables of text with file and line; return how much was read, and what was passed over.

    Lines of a CSV file that do not have as many fields as its header are refused. Raises BrokenExtractError
    for an unreadable file or a missing required column.
    """
    read = ReadRows()
    with TemporaryDirectory() as scratch:
        for table in TABLES.values():
            staging.make_raw_table(table)
            for file in found.by_table.get(table.name, []):
                if file.path.suffix.lower() == ".parquet":
                    unknown, empty = _read_parquet(staging, file), 0
                else:
                    unknown, empty = _read_csv(staging, file, Path(scratch) / "table.parquet")
                read.empty += empty
                read.notes += [f"{file.shown}: {column} не входит в формат и пропущен." for column in unknown]
            read.total += staging.count(f"raw_{table.name}")
    read.total += staging.count("refused") + read.empty
    read.notes += [f"{name}: такого файла в формате нет, он пропущен." for name in found.unknown]
    for name in _SOUGHT:
        if name not in found.by_table:
            read.notes.append(f"Таблицы {name} ({TABLES[name].title}) в наборе нет.")
        elif not staging.count(f"raw_{name}"):
            read.notes.append(f"В таблице {name} ({TABLES[name].title}) строк нет.")
    return read


def _check_columns(file: ExtractFile, header: Sequence[str]) -> list[str]:
    """Return the columns that the format does not know; raise where one is missing or comes twice."""
    if twice := sorted({name for name in header if header.count(name) > 1}):
        raise BrokenExtractError(
            f"{file.shown}: столбец {twice[0]} встречается дважды.",
            next_step="Оставьте один и повторите загрузку.",
        )
    present = {*header, *file.partition}
    missing = [column.name for column in file.table.required if column.name not in present]
    if missing:
        raise BrokenExtractError(
            f"{file.shown}: нет обязательных столбцов: {', '.join(missing)}.",
            f"Таблица «{file.table.title}» без них не читается.",
            "Проверьте строку заголовков (в CSV — через запятую) и повторите загрузку.",
        )
    return [name for name in header if name not in file.table.names]


def _read_parquet(staging: Staging, file: ExtractFile) -> list[str]:
    try:
        described = staging.rows("DESCRIBE SELECT * FROM read_parquet($path)", {"path": str(file.path)})
        given = {row[0]: row[0].strip().lower() for row in described}
        unknown = _check_columns(file, list(given.values()))
        types = {given[row[0]]: row[1] for row in described}
        names = {name: spelled for spelled, name in given.items()}
        _insert_rows(staging, file, file.path, types, "file_row_number + 1", "true", names)
    except duckdb.Error as problem:
        raise BrokenExtractError(
            f"{file.shown} не читается.",
            "Файл повреждён или это не Parquet.",
            "Выгрузите его заново и повторите загрузку.",
        ) from problem
    return [f"столбец {name}" for name in unknown]


def _read_csv(staging: Staging, file: ExtractFile, scratch: Path) -> tuple[list[str], int]:
    """Return the columns that are passed over, and how many rows are empty."""
    try:
        header = csv_header(file.path)
        unknown = _check_columns(file, header.named)
        empty = as_parquet(file.path, scratch, file.table.names)
        unnamed = unnamed_with_text(file.path)
    except (UnicodeDecodeError, UnknownCodingError) as problem:
        raise BrokenExtractError(
            f"{file.shown}: кодировка не распознана.",
            "Русские буквы прочитались бы неверно.",
            "Сохраните файл как «CSV UTF-8» и повторите загрузку.",
        ) from problem
    except BrokenLineError as problem:
        raise BrokenExtractError(
            f"{file.shown}: строка {problem.line} не читается как CSV.",
            f"Строка {problem.line}: {problem.reason}.",
            "Исправьте файл и повторите загрузку.",
        ) from problem
    _insert_rows(staging, file, scratch, dict.fromkeys(header.named, "VARCHAR"), LINE, f"{WRONG_FIELDS} = 0")
    _refuse_rows(staging, file, scratch, header.width)
    named, others = (
        (f"столбец {name}" for name in unknown),
        (f"столбец без названия, {n}-й," for n in unnamed),
    )
    return [*named, *others], empty


def _insert_rows(
    staging: Staging,
    file: ExtractFile,
    path: Path,
    types: Mapping[str, str],
    line: str,
    is_sound: str,
    spelled: Mapping[str, str] | None = None,
) -> None:
    """Insert the sound lines as text; ``types``: the types of the file's columns, ``spelled``: how the file calls them."""
    names = [name for name in file.table.names if name in types and name not in file.partition]
    given = "".join(
        f", {_as_text(file.table, name, (spelled or {}).get(name, name), types[name])} AS {name}"
        for name in names
    )
    keys = {name: value for name, value in file.partition.items() if name in file.table.names}
    folders = "".join(f", ${name} AS {name}" for name in keys)
    staging.run(
        f"""INSERT INTO {staging.catalog}.raw_{file.table.name} BY NAME
            SELECT $shown AS file, {line} AS line{given}{folders}
            FROM read_parquet($path, file_row_number = true) WHERE {is_sound}""",
        {"path": str(path), "shown": file.shown, **keys},
    )


def _as_text(table: Table, name: str, spelled: str, kind: str) -> str:
    is_id = any(column.name == name and column.kind is Kind.ID for column in table.columns)
    given = '"' + spelled.replace('"', '""') + '"'
    return whole_text(given) if is_id and kind in _REALS else f"CAST({given} AS VARCHAR)"


def _refuse_rows(staging: Staging, file: ExtractFile, path: Path, width: int) -> None:
    """Refuse the lines that do not have as many fields as the header."""
    name = file.table.name
    staging.run(
        f"""INSERT INTO {staging.catalog}.refused
            SELECT $position, $name, $shown, {LINE},
                'полей ' || ($width + {WRONG_FIELDS}) || ', а в заголовке ' || $width
            FROM read_parquet($path) WHERE {WRONG_FIELDS} <> 0""",
        {
            "position": list(TABLES).index(name),
            "name": name,
            "shown": file.shown,
            "width": width,
            "path": str(path),
        },
    )
