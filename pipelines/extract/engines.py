"""Where measures are computed: the embedded engine or Spark. Both read the same files by the same expressions."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import duckdb
import narwhals as nw
import pyarrow as pa

from pipelines.extract.sources import Partition
from pipelines.extract.typed_columns import FILE, TimeTypes, typed_columns
from pipelines.measures.tables import Frame, read
from school.errors import Refusal
from school.extracts.csv_tables import LINE, WRONG_FIELDS
from school.extracts.format import Table

# To note for each column which line of Python asked for it takes longer than to plan the question.
_SPARK: dict[str, Any] = {
    "spark.ui.showConsoleProgress": "false",
    "spark.python.sql.dataFrameDebugging.enabled": "false",
}
# Two hundred partitions of a shuffle, Spark's own number, are for a cluster.
_PARTITIONS_A_CORE = 2
_QUOTED_BEYOND_ASCII = re.compile("%[89A-Fa-f][0-9A-Fa-f]")


@dataclass(frozen=True)
class FileGroup:
    """Files of one table that look alike; ``keys`` are the columns that their folders name below ``root``."""

    paths: tuple[str, ...]
    schema: pa.Schema
    keys: tuple[str, ...]
    root: str


class Engine(Protocol):
    """Reads groups of files as tables of its own kind; FAULTS are what it raises where a file cannot be read."""

    times: TimeTypes
    faults: tuple[type[Exception], ...]

    def rows(self, group: FileGroup, columns: Sequence[str], *, with_place: bool) -> Any:
        """Return the columns (SQL), with the FILE and LINE of each row where asked."""

    def held(self, rows: Frame) -> Frame:
        """Compute few rows now, so that what is asked of them several times does not hold their whole query each time."""


class DuckEngine:
    """DuckDB in this process."""

    times = TimeTypes("TIMESTAMP", "TIMESTAMPTZ", "timezone('{zone}', {instant})")
    faults: tuple[type[Exception], ...] = (duckdb.Error,)

    def __init__(self, scratch: Path, memory: str | None = None) -> None:
        self._connection = duckdb.connect()
        settings = {"enable_progress_bar": "false", "TimeZone": "UTC", "preserve_insertion_order": "false"}
        settings |= {"temp_directory": str(scratch)} | ({"memory_limit": memory} if memory else {})
        for name, value in settings.items():
            self._connection.execute(f"SET {name} = {_quoted(value)}")

    def rows(self, group: FileGroup, columns: Sequence[str], *, with_place: bool) -> Any:
        """Return the columns of the files as a relation."""
        files = ", ".join(_quoted(path) for path in group.paths)
        options = f"hive_partitioning = {bool(group.keys)}"
        if group.keys:
            options += ", hive_types_autocast = false"
        place = [f"filename AS {FILE}", _line(group, "file_row_number + 1")] if with_place else []
        if with_place:
            options += ", filename = true, file_row_number = true"
        return self._connection.sql(
            f"SELECT {', '.join([*columns, *place])} FROM read_parquet([{files}], {options})"
        )

    def held(self, rows: Frame) -> Frame:
        """Return the rows from memory."""
        return read(self._connection.from_arrow(rows.collect(backend="pyarrow").to_native()))

    def close(self) -> None:
        """Let go of the memory and the temporary files."""
        self._connection.close()


class SparkEngine:
    """A Spark session: that of ``spark-submit``, or one on this machine."""

    times = TimeTypes(
        "TIMESTAMP_NTZ", "TIMESTAMP", "convert_timezone('UTC', '{zone}', CAST({instant} AS TIMESTAMP_NTZ))"
    )

    def __init__(self, session: Any) -> None:
        from py4j.protocol import Py4JError
        from pyspark.errors import PySparkException

        self._session = session
        self.faults: tuple[type[Exception], ...] = (PySparkException, Py4JError)
        session.conf.set("spark.sql.sources.partitionColumnTypeInference.enabled", "false")
        session.conf.set("spark.sql.session.timeZone", "UTC")

    def rows(self, group: FileGroup, columns: Sequence[str], *, with_place: bool) -> Any:
        """Return the columns of the files as a DataFrame."""
        reader = self._session.read
        if group.keys:
            reader = reader.option("basePath", group.root)
        place = (
            [f"_metadata.file_path AS {FILE}", _line(group, "_metadata.row_index + 1")] if with_place else []
        )
        return _unquoted(reader.parquet(*group.paths), group).selectExpr(*columns, *place)

    def held(self, rows: Frame) -> Frame:
        """Return the rows from the memory of the workers."""
        return read(rows.to_native().localCheckpoint())


def _unquoted(rows: Any, group: FileGroup) -> Any:
    """Mend the names of folders beyond ASCII: Spark takes every quoted byte of UTF-8 for a character of its own."""
    if not any(_QUOTED_BEYOND_ASCII.search(path) for path in group.paths):
        return rows
    from pyspark.sql import functions

    mended = {
        key: functions.decode(functions.encode(functions.col(key), "ISO-8859-1"), "UTF-8")
        for key in group.keys
    }
    return rows.withColumns(mended)


def _line(group: FileGroup, number: str) -> str:
    """A table that came as CSV brings the numbers of its lines."""
    return LINE if LINE in group.schema.names else f"{number} AS {LINE}"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def frame_of(
    engine: Engine, table: Table, partitions: Sequence[Partition], *, with_place: bool
) -> Frame | None:
    """Return a table of all the partitions, typed; None where none has it."""
    frames = [_group_frame(engine, table, group, with_place) for group in _groups(table.name, partitions)]
    found: Frame | None = nw.concat(frames) if frames else None
    return found


def _group_frame(engine: Engine, table: Table, group: FileGroup, with_place: bool) -> Frame:
    columns = typed_columns(table, group.schema, group.keys, engine.times, is_attested=not with_place)
    if with_place:
        wrong = WRONG_FIELDS if WRONG_FIELDS in group.schema.names else "0"
        columns.append(f"CAST({wrong} AS INTEGER) AS {WRONG_FIELDS}")
    return read(engine.rows(group, columns, with_place=with_place))


def _groups(table: str, partitions: Sequence[Partition]) -> Iterator[FileGroup]:
    """Yield the files of a table in groups of one schema and one way of naming partitions."""
    found: dict[tuple[str, ...], list[Partition]] = {}
    for partition in partitions:
        if table in partition.files:
            looks = (
                str(partition.schemas[table].remove_metadata()),
                _root(partition, table),
                *partition.keys,
            )
            found.setdefault(looks, []).append(partition)
    for (_, root, *keys), alike in found.items():
        paths = tuple(str(each.files[table]) for each in alike)
        yield FileGroup(paths, alike[0].schemas[table], tuple(keys), root)


def _root(partition: Partition, table: str) -> str:
    return str(partition.files[table].parents[len(partition.keys)])


@contextmanager
def _spark(_scratch: Path, memory: str | None) -> Iterator[Engine]:
    try:
        from pyspark.errors import PySparkException
        from pyspark.sql import SparkSession
    except ImportError as problem:
        raise Refusal(
            "Spark не установлен.",
            "Он нужен только для --engine spark.",
            "Выполните pip install -r requirements-cluster.txt (нужна и Java) или возьмите --engine duckdb.",
        ) from problem
    builder = SparkSession.builder.appName("register-measures").config(map=_SPARK)
    try:
        session = (builder.config("spark.driver.memory", memory) if memory else builder).getOrCreate()
    except PySparkException as problem:
        raise Refusal(
            "Spark не запускается.",
            "Обычная причина — на машине нет Java.",
            "Установите Java 17 или новее либо возьмите --engine duckdb.",
        ) from problem
    context = session.sparkContext
    context.setLogLevel("OFF")
    if str(context.master).startswith("local"):
        session.conf.set("spark.sql.shuffle.partitions", str(_PARTITIONS_A_CORE * context.defaultParallelism))
    try:
        yield SparkEngine(session)
    finally:
        session.stop()


ENGINES: dict[str, Callable[[Path, str | None], AbstractContextManager[Engine]]] = {
    "duckdb": lambda scratch, memory: closing(DuckEngine(scratch, memory)),
    "spark": _spark,
}
"""Each gives an engine while it is needed. Raises Refusal where Spark is not installed."""
