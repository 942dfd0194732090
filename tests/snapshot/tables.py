"""Tables as text: full precision, one row a line."""

import io
from collections.abc import Iterable, Sequence
from typing import Any

import pyarrow as pa


def cell_text(value: Any) -> str:
    """Return a value so that two values that differ are written differently."""
    if value is None:
        return "∅"
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, bytes):
        return value.hex()
    return str(value).replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r").replace("|", "\\|")


def rows_text(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Return rows below their header."""
    lines = [" | ".join(map(cell_text, header))]
    lines.extend(" | ".join(map(cell_text, row)) for row in rows)
    return "\n".join(lines) + "\n"


def arrow_text(data: bytes) -> str:
    """Return a table that the browser was sent, with the kinds of its columns."""
    if not data:
        return ""
    with pa.ipc.open_stream(io.BytesIO(data)) as reader:
        return arrow_table_text(reader.read_all())


def arrow_table_text(table: pa.Table) -> str:
    """Return a table with the kinds of its columns."""
    header = [f"{each.name}:{each.type}" for each in table.schema]
    columns = [column.to_pylist() for column in table.columns]
    return rows_text(header, zip(*columns, strict=True) if columns else [])
