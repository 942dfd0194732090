"""Tables of an extract that come as CSV, made into Parquet with the number of each line, so that every engine reads one kind of file."""

import csv
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.extract.format import LINE

ROWS_AT_ONCE = 100_000
WRONG_FIELDS = "fields_in_line"


def csv_header(path: Path) -> list[str]:
    """Return the names of a CSV file's columns. Raises ValueError where it is not UTF-8 or has none."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        header = [name.strip() for name in next(csv.reader(stream), [])]
    if not any(header) or len(set(header)) != len(header):
        raise ValueError(path.name)
    return header


def as_parquet(path: Path, target: Path) -> Path:
    """Write a CSV file as Parquet: its columns as text, the line of each row (the header is 1), and how far its number of
    fields is from the header's.

    Raises ValueError where the file is not UTF-8 or not CSV.
    """
    header = csv_header(path)
    schema = pa.schema(
        [*((name, pa.string()) for name in header), (LINE, pa.int64()), (WRONG_FIELDS, pa.int32())]
    )
    target.parent.mkdir(parents=True, exist_ok=True)
    with path.open(encoding="utf-8-sig", newline="") as stream, pq.ParquetWriter(target, schema) as writer:
        reader = csv.reader(stream, strict=True)
        next(reader)
        try:
            for chunk in _chunks(reader):
                writer.write_table(_table(schema, len(header), chunk))
        except csv.Error as problem:
            raise ValueError(f"{path.name}, {reader.line_num}") from problem
    return target


def _chunks(reader: Iterator[list[str]]) -> Iterator[list[tuple[int, list[str]]]]:
    lines = ((reader.line_num, fields) for fields in reader if fields)  # type: ignore[attr-defined]
    while chunk := list(islice(lines, ROWS_AT_ONCE)):
        yield chunk


def _table(schema: pa.Schema, width: int, chunk: Sequence[tuple[int, list[str]]]) -> pa.Table:
    padded = [(fields + [""] * width)[:width] for _, fields in chunk]
    columns = [pa.array(values, pa.string()) for values in zip(*padded, strict=True)]
    lines = pa.array([line for line, _ in chunk], pa.int64())
    wrong = pa.array([len(fields) - width for _, fields in chunk], pa.int32())
    return pa.table([*columns, lines, wrong], schema=schema)
