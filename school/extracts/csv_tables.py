"""Tables of an extract that come as CSV, made into Parquet with the number of each line, so that all read one kind of file."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from school.files.csv_reading import NumberedFields, opened_text, table_rows

LINE, WRONG_FIELDS = "line", "fields_in_line"
ROWS_AT_ONCE = 100_000


@dataclass(frozen=True)
class CsvHeader:
    """The names of a file's columns as the format spells them; a column without a name has an empty one.

    ``width``: how many fields a row has, up to the last column with a name. What is beyond is nothing while it is empty.
    """

    names: tuple[str, ...]

    @property
    def width(self) -> int:
        """The place after the last column with a name."""
        return max((place for place, name in enumerate(self.names, start=1) if name), default=0)

    @property
    def named(self) -> list[str]:
        """The names that there are, in order."""
        return [name for name in self.names if name]


def csv_header(path: Path) -> CsvHeader:
    """Return the header of a CSV file, its first row with anything in it. Raises as ``table_rows``."""
    with opened_text(path) as text:
        return _header(table_rows(text))


def _header(rows: Iterator[NumberedFields]) -> CsvHeader:
    _, fields = next(rows, (1, []))
    return CsvHeader(tuple(name.strip().lower() for name in fields))


def as_parquet(path: Path, target: Path, names: Collection[str] | None = None) -> int:
    """Write a CSV file as Parquet: its columns as text, the line of each row (the header is 1), and how far its number of
    fields is from the header's; ``names``: only these columns. Return how many rows are nothing but delimiters: they and such
    columns are nothing.

    Raises as ``table_rows``, and ValueError where the columns have no names of their own.
    """
    with opened_text(path) as text:
        rows = table_rows(text)
        header = _header(rows)
        if not header.named or len(set(header.named)) != len(header.named):
            raise ValueError(f"{path.name}: у столбцов нет своих названий")
        places = [
            place for place, name in enumerate(header.names) if name and (names is None or name in names)
        ]
        texts = [(header.names[place], pa.string()) for place in places]
        schema = pa.schema([*texts, (LINE, pa.int64()), (WRONG_FIELDS, pa.int32())])
        target.parent.mkdir(parents=True, exist_ok=True)
        empty = 0

        def filled() -> Iterator[NumberedFields]:
            nonlocal empty
            for line, fields in rows:
                if any(map(str.strip, fields)):
                    yield line, _trimmed(fields, header.width)
                else:
                    empty += 1

        each = filled()
        with pq.ParquetWriter(target, schema) as writer:
            while chunk := list(islice(each, ROWS_AT_ONCE)):
                writer.write_table(_table(schema, header.width, places, chunk))
    return empty


def unnamed_with_text(path: Path) -> list[int]:
    """Return the places, from 1, of columns before the last named one that have no name and yet some text."""
    with opened_text(path) as text:
        rows = table_rows(text)
        header = _header(rows)
        unnamed = {place for place, name in enumerate(header.names[: header.width]) if not name}
        if not unnamed:
            return []
        found = chain.from_iterable(
            (place for place in unnamed if place < len(fields) and fields[place].strip())
            for _, fields in rows
        )
        return sorted(place + 1 for place in set(found))


def _trimmed(fields: list[str], width: int) -> list[str]:
    """Take the empty fields beyond the last named column off."""
    while len(fields) > width and not fields[-1].strip():
        fields.pop()
    return fields


def _table(schema: pa.Schema, width: int, places: Sequence[int], chunk: Sequence[NumberedFields]) -> pa.Table:
    padded = [fields + [""] * (width - len(fields)) for _, fields in chunk]
    columns = [pa.array([fields[place] for fields in padded], pa.string()) for place in places]
    lines = pa.array([line for line, _ in chunk], pa.int64())
    wrong = pa.array([len(fields) - width for _, fields in chunk], pa.int32())
    return pa.table([*columns, lines, wrong], schema=schema)
