"""Finding an extract's files in a folder and reading them as text, line by line, into staging."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from school.errors import Refusal
from school.extracts.format import (
    PARTITION,
    REQUIRED_TABLES,
    SUFFIXES,
    TABLES,
    TABLES_OF_PUPILS,
    BrokenLineError,
    Table,
    csv_chunks,
    partition_keys,
)
from school.extracts.staging import Staging


class BrokenExtractError(Refusal):
    """The set of files cannot be read as an extract; nothing of it may be loaded."""


@dataclass(frozen=True)
class ExtractFile:
    """One file of a table; ``partition`` holds the columns that its folders name."""

    table: Table
    path: Path
    shown: str
    partition: Mapping[str, str] = field(default_factory=dict)


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
    for path in sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES):
        shown = path.relative_to(folder)
        folders, table = shown.parts[:-1], TABLES.get(path.stem)
        if table is None or not all(map(PARTITION.fullmatch, folders)):
            unknown.append(shown.as_posix())
        else:
            file = ExtractFile(table, path, shown.as_posix(), partition_keys(folders))
            by_table.setdefault(table.name, []).append(file)
    _check_tables(by_table)
    return FoundFiles(by_table, unknown)


def _check_tables(by_table: Mapping[str, Sequence[ExtractFile]]) -> None:
    places = [(file.path.parent, file.table.name) for files in by_table.values() for file in files]
    if twice := sorted({name for place, name in places if places.count((place, name)) > 1}):
        raise BrokenExtractError(
            f"Таблица {twice[0]} дана дважды: и .parquet, и .csv.",
            "Неизвестно, какой из файлов верен.",
            "Оставьте один.",
        )
    missing = [name for name in REQUIRED_TABLES if name not in by_table]
    if missing:
        raise _missing_tables(missing, "Без них неизвестно, к чему относятся отметки.")
    if not any(name in by_table for name in TABLES_OF_PUPILS):
        raise _missing_tables([" / ".join(TABLES_OF_PUPILS)], "В наборе нет ни учеников, ни отметок.")
    if "enrolments" not in by_table:
        raise _missing_tables(["enrolments"], "Без неё неизвестно, кто в каком классе учится.")


def _missing_tables(names: Sequence[str], why: str) -> BrokenExtractError:
    files = ", ".join(f"{name} ({TABLES[name].title})" if name in TABLES else name for name in names)
    return BrokenExtractError(
        f"В наборе не хватает таблиц: {files}.", why, "Добавьте файлы .parquet или .csv с этими именами."
    )


def read_files(staging: Staging, found: FoundFiles) -> list[str]:
    """Read every file into ``raw_NAME`` tables of text with file and line; return the notes on passed-over columns.

    Lines of a CSV file that do not have as many fields as its header are refused. Raises BrokenExtractError
    for an unreadable file or a missing required column.
    """
    notes = []
    for table in TABLES.values():
        staging.make_raw_table(table)
        for file in found.by_table.get(table.name, []):
            reader = _read_parquet if file.path.suffix.lower() == ".parquet" else _read_csv
            unknown = reader(staging, file)
            notes += [f"{file.shown}: столбец {name} не входит в формат и пропущен." for name in unknown]
    notes += [f"{name}: такого файла в формате нет, он пропущен." for name in found.unknown]
    return notes


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
    path = str(file.path)
    try:
        described = staging.rows("DESCRIBE SELECT * FROM read_parquet($path)", {"path": path})
        header = [row[0] for row in described]
        unknown = _check_columns(file, header)
        known = [name for name in file.table.names if name in header and name not in file.partition]
        given = "".join(f', CAST("{name}" AS VARCHAR) AS {name}' for name in known)
        folders = "".join(f", ${name} AS {name}" for name in file.partition if name in file.table.names)
        staging.run(
            f"""INSERT INTO {staging.catalog}.raw_{file.table.name} BY NAME
                SELECT $shown AS file, file_row_number + 1 AS line{given}{folders}
                FROM read_parquet($path, file_row_number = true)""",
            {"path": path, "shown": file.shown, **_partition_values(file)},
        )
    except duckdb.Error as problem:
        raise BrokenExtractError(
            f"{file.shown} не читается.",
            "Файл повреждён или это не Parquet.",
            "Выгрузите его заново и повторите загрузку.",
        ) from problem
    return unknown


def _partition_values(file: ExtractFile) -> dict[str, str]:
    return {name: value for name, value in file.partition.items() if name in file.table.names}


def _read_csv(staging: Staging, file: ExtractFile) -> list[str]:
    try:
        chunks = csv_chunks(file.path)
        ((_, header),) = next(chunks)
        unknown = _check_columns(file, header)
        for chunk in chunks:
            _insert_lines(staging, file, header, [line for line in chunk if len(line[1]) == len(header)])
            _refuse_lines(staging, file, len(header), [line for line in chunk if len(line[1]) != len(header)])
    except UnicodeDecodeError as problem:
        raise BrokenExtractError(
            f"{file.shown}: кодировка не UTF-8.",
            "Русские буквы прочитались бы неверно.",
            "Сохраните файл как «CSV UTF-8» и повторите загрузку.",
        ) from problem
    except BrokenLineError as problem:
        raise BrokenExtractError(
            f"{file.shown}: строка {problem.line} не читается как CSV.",
            "Вероятно, кавычка не закрыта.",
            "Исправьте файл и повторите загрузку.",
        ) from problem
    return unknown


def _refuse_lines(
    staging: Staging, file: ExtractFile, width: int, lines: Sequence[tuple[int, list[str]]]
) -> None:
    """Refuse the lines that do not have as many fields as the header."""
    name = file.table.name
    for line, fields in lines:
        staging.run(
            f"INSERT INTO {staging.catalog}.refused VALUES (?, ?, ?, ?, ?)",
            [list(TABLES).index(name), name, file.shown, line, f"полей {len(fields)}, а в заголовке {width}"],
        )


def _insert_lines(
    staging: Staging, file: ExtractFile, header: Sequence[str], lines: Sequence[tuple[int, list[str]]]
) -> None:
    columns: dict[str, Sequence[object]] = {"line": [line for line, _ in lines]}
    for index, name in enumerate(header):
        if name in file.table.names:
            columns[name] = [fields[index] for _, fields in lines]
    columns |= {name: [value] * len(lines) for name, value in _partition_values(file).items()}
    columns["file"] = [file.shown] * len(lines)
    staging.put_raw_rows(file.table, columns)
