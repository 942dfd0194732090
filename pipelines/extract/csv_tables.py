"""Tables of an extract that come as CSV, made into Parquet with the number of each line, so that every engine reads one kind of file."""

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.extract.typed_columns import LINE
from school.extracts.format import BrokenLineError, csv_chunks

WRONG_FIELDS = "fields_in_line"


def as_parquet(path: Path, target: Path) -> Path:
    """Write a CSV file as Parquet: its columns as text, the line of each row (the header is 1), and how far its number of
    fields is from the header's.

    Raises ValueError where the file is not UTF-8 or not CSV, or its columns have no names of their own.
    """
    try:
        chunks = csv_chunks(path)
        ((_, header),) = next(chunks)
        if not any(header) or len(set(header)) != len(header):
            raise ValueError(path.name)
        schema = pa.schema(
            [*((name, pa.string()) for name in header), (LINE, pa.int64()), (WRONG_FIELDS, pa.int32())]
        )
        target.parent.mkdir(parents=True, exist_ok=True)
        with pq.ParquetWriter(target, schema) as writer:
            for chunk in chunks:
                writer.write_table(_table(schema, len(header), chunk))
    except BrokenLineError as problem:
        raise ValueError(f"{path.name}, {problem.line}") from problem
    return target


def _table(schema: pa.Schema, width: int, chunk: Sequence[tuple[int, list[str]]]) -> pa.Table:
    padded = [(fields + [""] * width)[:width] for _, fields in chunk]
    columns = [pa.array(values, pa.string()) for values in zip(*padded, strict=True)]
    lines = pa.array([line for line, _ in chunk], pa.int64())
    wrong = pa.array([len(fields) - width for _, fields in chunk], pa.int32())
    return pa.table([*columns, lines, wrong], schema=schema)
