"""Tables of an extract that come as CSV, made into Parquet with the number of each line, so that all read one kind of file."""

from collections.abc import Collection, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from school.extracts.format import csv_chunks

LINE, WRONG_FIELDS = "line", "fields_in_line"


def as_parquet(path: Path, target: Path, names: Collection[str] | None = None) -> Path:
    """Write a CSV file as Parquet: its columns as text, the line of each row (the header is 1), and how far its number of
    fields is from the header's; ``names``: only these columns.

    Raises UnicodeDecodeError, BrokenLineError, and ValueError where the columns have no names of their own.
    """
    chunks = csv_chunks(path)
    ((_, header),) = next(chunks)
    if not any(header) or len(set(header)) != len(header):
        raise ValueError(path.name)
    places = [place for place, name in enumerate(header) if names is None or name in names]
    texts = [(header[place], pa.string()) for place in places]
    schema = pa.schema([*texts, (LINE, pa.int64()), (WRONG_FIELDS, pa.int32())])
    target.parent.mkdir(parents=True, exist_ok=True)
    with pq.ParquetWriter(target, schema) as writer:
        for chunk in chunks:
            writer.write_table(_table(schema, len(header), places, chunk))
    return target


def _table(
    schema: pa.Schema, width: int, places: Sequence[int], chunk: Sequence[tuple[int, list[str]]]
) -> pa.Table:
    padded = [fields + [""] * (width - len(fields)) for _, fields in chunk]
    columns = [pa.array([fields[place] for fields in padded], pa.string()) for place in places]
    lines = pa.array([line for line, _ in chunk], pa.int64())
    wrong = pa.array([len(fields) - width for _, fields in chunk], pa.int32())
    return pa.table([*columns, lines, wrong], schema=schema)
