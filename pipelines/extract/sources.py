"""What a source holds: one extract, or a lake of them, each partition whole or named with what is wrong with it.

Partitions stand in ``school_id=…/school_year=…``. One that ``pipelines.lake`` published carries a manifest and is held
against it, as are the sums that it put beside the tables; any other must have the tables, files that open, and columns that the format asks for. Names that begin
with a point or an underscore belong to the machinery.
"""

import hashlib
import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.extract.lake_tables import FORMER_SUMS, LAKE_TABLES, LEFT_PLACES, TERM_MARKS, with_sources
from school.errors import Refusal
from school.extracts.csv_tables import LINE, WRONG_FIELDS, as_parquet
from school.extracts.format import PARTITION, REQUIRED_TABLES, SUFFIXES, TABLES, partition_keys

MANIFEST = "_manifest.json"
# Before the name of a partition that is being written, or was just replaced.
NEW, REPLACED = "_new", "_replaced"
_READERS = 4

Place = TypeVar("Place")
Found = TypeVar("Found")


class BadSource(Refusal):
    """Nothing can be computed from this source."""


@dataclass(frozen=True)
class Partition:
    """One folder of tables; ``keys`` are the columns that its place in a lake names.

    ``files``: the Parquet files to read, made from CSV where the tables came so, with their ``schemas``; ``names``: what
    the files are called in the folder. ``is_attested``: its rows were checked when it was published, and it is as then.
    ``once``: the tables in which no pupil has two rows in one cell; ``settled``: those without rows of classes that the
    pupil left before the term ended.
    """

    shown: str
    keys: Mapping[str, str]
    names: Mapping[str, str]
    files: Mapping[str, Path]
    schemas: Mapping[str, pa.Schema]
    is_attested: bool
    once: frozenset[str] = frozenset()
    settled: frozenset[str] = frozenset()


@dataclass(frozen=True)
class PassedOver:
    """A partition, file or column that is left out: where and why.

    ``is_whole``: all of a partition; ``file``: the one that cannot be read, where that is why.
    """

    shown: str
    reason: str
    is_whole: bool = True
    file: str = ""

    def __str__(self) -> str:
        return f"{self.shown}: {self.reason}"


@dataclass(frozen=True)
class ExtractSource:
    """The sound partitions of a folder, what was passed over, and the folder above all partitions."""

    root: Path
    partitions: tuple[Partition, ...]
    passed_over: tuple[PassedOver, ...]

    def without(self, faults: Mapping[str, str]) -> "ExtractSource":
        """Return the source with these partitions (by ``shown``) passed over too, for the reasons given."""
        left = tuple(each for each in self.partitions if each.shown not in faults)
        return ExtractSource(
            self.root, left, self.passed_over + tuple(PassedOver(*fault) for fault in faults.items())
        )


class _Broken(Exception):
    """A partition that cannot be used; the text says why, ``file`` is the one that cannot be read."""

    def __init__(self, why: str, file: str = "") -> None:
        super().__init__(why)
        self.file = file


def open_source(
    folder: Path, tables: Collection[str], scratch: Path, *, is_strict: bool = True
) -> ExtractSource:
    """Return what can be read of an extract or a lake, for a reader of these tables.

    Every partition is looked over as a whole. Of ``tables`` that a publication derives, what they are computed from is read
    only where no publication put them there. ``scratch``: a folder for what CSV tables are made into; ``is_strict``: no
    table or column that the format requires may be missing, and BadSource is raised where the folder is missing or no
    partition is sound.
    """
    if is_strict and not folder.is_dir():
        raise BadSource(f"Папки {folder} нет.", next_step="Проверьте путь после --source.")
    root, places = _root(folder), list(_places(folder)) if folder.is_dir() else []
    looked = _looked_over(places, lambda place: _partition(root, place, tables, scratch, is_strict))
    partitions = tuple(each for each in looked if isinstance(each, Partition))
    faults = tuple(each for each in looked if isinstance(each, PassedOver))
    if is_strict and not partitions:
        raise BadSource(
            f"В {folder} нет ни одной годной выгрузки.",
            " ".join(map(str, faults)),
            f"Нужны таблицы {', '.join(REQUIRED_TABLES)} и отметки, файлы .parquet или .csv.",
        )
    return ExtractSource(root, partitions, faults + tuple(_notes(partitions)))


def damaged(partitions: Sequence[Partition], tables: Collection[str]) -> dict[str, str]:
    """Return which partitions have a file of these tables that cannot be read to its end, and why."""
    looked = _looked_over(partitions, lambda partition: _read_through(partition, tables))
    return {each.shown: each.reason for each in looked if isinstance(each, PassedOver)}


def digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _looked_over(places: Sequence[Place], look: Callable[[Place], Found]) -> list[Found]:
    with ThreadPoolExecutor(_READERS) as readers:
        return list(readers.map(look, places))


def _root(folder: Path) -> Path:
    while PARTITION.fullmatch(folder.name):
        folder = folder.parent
    return folder


def _places(folder: Path) -> Iterator[Path]:
    """Yield the folders that are or should be partitions: those that hold files, and the empty ends of a lake."""
    below = sorted(each for each in folder.iterdir() if each.is_dir() and each.name[0] not in "._")
    inner = [each for each in below if PARTITION.fullmatch(each.name)]
    if not inner or any(each.stem.lower() in TABLES for each in folder.iterdir()):
        yield folder
    # A publication that was broken off between the old partition and the new one.
    broken_off = (folder / each.name.removeprefix(f"{REPLACED}-") for each in folder.glob(f"{REPLACED}-*"))
    yield from (place for place in sorted(broken_off) if not place.exists())
    for each in inner:
        yield from _places(each)


def _partition(
    root: Path, folder: Path, tables: Collection[str], scratch: Path, is_strict: bool
) -> Partition | PassedOver:
    shown = str(folder.relative_to(root)) if folder != root else folder.name
    is_attested = (folder / MANIFEST).exists()
    try:
        files, keys = _files(folder), partition_keys(folder.parts)
        once, settled = frozenset[str](), frozenset[str]()
        if is_attested:
            promised, derived = _manifest(folder)
            settled = frozenset(name for name, fact in promised.items() if fact.is_settled)
            tables = _without_needless(tables, settled)
            promised |= {name: fact for name, fact in derived.items() if name in tables}
            files |= {name: folder / f"{name}.parquet" for name in derived if name in tables}
            tables = with_sources(tables - files.keys()) | tables
            _check_files(files, promised, tables)
            once = frozenset(name for name, fact in promised.items() if fact.is_once)
        elif is_strict:
            _check_tables(files)
        read = {
            name: _parquet(path, scratch / shown)
            for name, path in files.items()
            if name in tables or (is_strict and not is_attested)
        }
        schemas = {name: _schema(path) for name, path in read.items()}
        for name, schema in schemas.items() if is_strict else ():
            _check_columns(name, schema, keys)
    except _Broken as fault:
        return PassedOver(shown, str(fault), file=fault.file)
    names = {name: path.name for name, path in files.items()}
    return Partition(shown, keys, names, read, schemas, is_attested, once, settled)


def _without_needless(tables: Collection[str], settled: Collection[str]) -> set[str]:
    """Leave out the terms that pupils ended elsewhere where no term mark is of one."""
    is_needless = TERM_MARKS in settled and FORMER_SUMS not in tables
    return {*tables} - {LEFT_PLACES} if is_needless else {*tables}


def _files(folder: Path) -> dict[str, Path]:
    if not folder.exists():
        raise _Broken("публикация прервана на полпути: опубликуйте ещё раз")
    found = [
        each
        for each in sorted(folder.iterdir())
        if each.suffix.lower() in SUFFIXES and each.stem.lower() in TABLES
    ]
    names = [each.stem.lower() for each in found]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        given = ", ".join(each.name for each in found if each.stem.lower() == twice[0])
        raise _Broken(f"таблица {twice[0]} дана дважды, {given}: неизвестно, какая верна")
    if not found:
        raise _Broken("нет ни одной таблицы выгрузки")
    return dict(zip(names, found, strict=True))


def _check_tables(files: Collection[str]) -> None:
    if missing := [name for name in REQUIRED_TABLES if name not in files]:
        raise _Broken(f"нет таблиц {', '.join(missing)}: выгрузка не дописана")


def _parquet(path: Path, scratch: Path) -> Path:
    if path.suffix.lower() == ".parquet":
        return path
    target = scratch / f"{path.stem}.parquet"
    try:
        as_parquet(path, target)
    except ValueError as problem:
        raise _Broken(f"файл {path.name} не читается как CSV ({problem})", path.name) from problem
    return target


def _schema(path: Path) -> pa.Schema:
    try:
        return pq.read_schema(path)
    except (OSError, pa.ArrowException, ValueError) as problem:
        raise _Broken(f"файл {path.name} не читается: повреждён или не дописан", path.name) from problem


def _check_columns(table: str, schema: pa.Schema, keys: Mapping[str, str]) -> None:
    required = [column.name for column in LAKE_TABLES[table].required]
    if missing := [name for name in required if name not in {*schema.names, *keys}]:
        raise _Broken(f"в таблице {table} нет столбцов {', '.join(missing)}")


@dataclass(frozen=True)
class _Promised:
    """What a manifest says of a file."""

    size: int
    sha256: str
    is_once: bool
    is_settled: bool


def _manifest(folder: Path) -> tuple[dict[str, _Promised], dict[str, _Promised]]:
    """Return what the manifest promises of the tables, and of what was derived from them."""
    try:
        said = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        tables, derived = (
            {
                name: _Promised(
                    row["bytes"], row["sha256"], row.get("once") is True, row.get("settled") is True
                )
                for name, row in facts.items()
            }
            for facts in (said["tables"], said.get("derived", {}))
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as problem:
        raise _Broken(f"{MANIFEST} не читается") from problem
    return tables, derived


def _check_files(
    files: Mapping[str, Path], promised: Mapping[str, _Promised], tables: Collection[str]
) -> None:
    """Check the sizes of all files, and every byte of those to be read."""
    if set(promised) != set(files):
        raise _Broken(f"таблицы не те, что в {MANIFEST}: {', '.join(sorted(set(promised) ^ set(files)))}")
    for name, path in files.items():
        fact = promised[name]
        is_whole = path.exists() and path.stat().st_size == fact.size
        if not is_whole or (name in tables and digest(path) != fact.sha256):
            raise _Broken(f"файл {path.name} не тот, что был опубликован: повреждён или не дописан")


def _read_through(partition: Partition, tables: Collection[str]) -> PassedOver | None:
    for name in set(tables).intersection(partition.files):
        path = partition.files[name]
        try:
            with pq.ParquetFile(path) as file:
                for _ in file.iter_batches():
                    pass
        except (OSError, pa.ArrowException, ValueError):
            return PassedOver(
                partition.shown, f"файл {partition.names[name]} повреждён: открывается, но не дочитывается"
            )
    return None


def _notes(partitions: Sequence[Partition]) -> Iterator[PassedOver]:
    """Yield the columns that the format does not know."""
    for partition in partitions:
        for name, schema in partition.schemas.items():
            for column in schema.names:
                if column not in {*LAKE_TABLES[name].names, LINE, WRONG_FIELDS} and not column.startswith(
                    "__"
                ):
                    where = f"{partition.shown}/{partition.names[name]}"
                    yield PassedOver(where, f"столбца {column} в формате нет, он пропущен", is_whole=False)
