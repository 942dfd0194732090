"""Columns of an extract's files as the kinds of the format, by SQL that DuckDB and Spark share."""

import pyarrow as pa

from school.extracts.format import Column, Kind, Table

FILE = "file"

ARROW_TYPES: dict[Kind, pa.DataType] = {
    Kind.ID: pa.string(),
    Kind.TEXT: pa.string(),
    Kind.WHOLE: pa.int32(),
    Kind.MARK: pa.int32(),
    Kind.AMOUNT: pa.float64(),
    Kind.DATE: pa.date32(),
    Kind.MOMENT: pa.timestamp("us"),
    Kind.FLAG: pa.bool_(),
}
_DOUBLE, _TEXT = "try_cast({0} AS DOUBLE)", "try_cast({0} AS STRING)"
# The same words mean the same to DuckDB and to Spark; ``moment`` is a clock on the wall, hence NTZ there.
_WHOLE = (
    f"CASE WHEN {_DOUBLE} = floor({_DOUBLE}) AND abs({_DOUBLE}) < 1e9 THEN try_cast({_DOUBLE} AS INTEGER) END"
)
_TYPED: dict[Kind, str] = {
    Kind.ID: f"nullif({_TEXT}, '')",
    Kind.TEXT: f"nullif(trim({_TEXT}), '')",
    Kind.WHOLE: _WHOLE,
    Kind.MARK: _WHOLE,
    Kind.AMOUNT: _DOUBLE,
    Kind.DATE: "try_cast({0} AS DATE)",
    Kind.MOMENT: "try_cast({0} AS {1})",
    Kind.FLAG: f"CASE WHEN lower({_TEXT}) IN ('true', '1', '1.0') THEN true "
    f"WHEN lower({_TEXT}) IN ('false', '0', '0.0') THEN false END",
}
_SQL_NAMES: dict[Kind, str] = {
    Kind.ID: "STRING",
    Kind.TEXT: "STRING",
    Kind.WHOLE: "INTEGER",
    Kind.MARK: "INTEGER",
    Kind.AMOUNT: "DOUBLE",
    Kind.DATE: "DATE",
    Kind.FLAG: "BOOLEAN",
}


def typed_columns(
    table: Table, given: pa.Schema, keys: tuple[str, ...], moment_type: str, *, is_attested: bool
) -> list[str]:
    """Return SQL expressions that give a table's columns from a file of this schema, for DuckDB and Spark alike.

    ``keys``: columns that the file's folders name. What cannot be read as its kind is null, as is a column that the
    file has not. Where ``is_attested``, columns of the right type are taken as they are.
    """
    return [
        column.name
        if is_attested and _has_type(column, given, keys)
        else f"{_typed(column, given, keys, moment_type)} AS {column.name}"
        for column in table.columns
    ]


def _has_type(column: Column, given: pa.Schema, keys: tuple[str, ...]) -> bool:
    at = given.get_field_index(column.name)
    return column.name not in keys and at >= 0 and given.field(at).type == ARROW_TYPES[column.kind]


def _typed(column: Column, given: pa.Schema, keys: tuple[str, ...], moment_type: str) -> str:
    at = given.get_field_index(column.name)
    has_values = at >= 0 and not pa.types.is_null(given.field(at).type)
    if column.name not in keys and not has_values:
        return f"CAST(NULL AS {_SQL_NAMES.get(column.kind, moment_type)})"
    name = column.name
    if column.name not in keys and column.kind is Kind.ID and pa.types.is_floating(given.field(at).type):
        # Whole numbers in a column with gaps were written as real ones.
        name = f"try_cast({name} AS BIGINT)"
    return _TYPED[column.kind].format(name, moment_type)
