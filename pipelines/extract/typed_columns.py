"""Columns of an extract's files as the kinds of the format, by SQL that DuckDB and Spark share."""

from dataclasses import dataclass

import pyarrow as pa

from school.clock import school_zone
from school.extracts.format import Column, Kind, Table
from school.extracts.values import has_offset, id_text, whole_text

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
    Kind.ID: id_text(_TEXT),
    Kind.TEXT: f"nullif(trim({_TEXT}), '')",
    Kind.WHOLE: _WHOLE,
    Kind.MARK: _WHOLE,
    Kind.AMOUNT: _DOUBLE,
    Kind.DATE: "try_cast({0} AS DATE)",
    Kind.MOMENT: "try_cast({0} AS {1})",
    Kind.FLAG: f"CASE WHEN lower({_TEXT}) IN ('true', '1', '1.0') THEN true "
    f"WHEN lower({_TEXT}) IN ('false', '0', '0.0') THEN false END",
}
# An instant, a timestamp with a zone, becomes what the school's clock shows; as text it names its zone itself.
_TYPED_INSTANTS: dict[Kind, str] = {
    kind: _TYPED[kind].replace("{0}", "{2}") for kind in (Kind.DATE, Kind.MOMENT)
}
_TYPED_TEXTS: dict[Kind, str] = {
    kind: f"CASE WHEN {has_offset('{0}')} THEN {form} ELSE {_TYPED[kind]} END"
    for kind, form in _TYPED_INSTANTS.items()
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


@dataclass(frozen=True)
class TimeTypes:
    """What an engine calls a clock on the wall and an instant, and how the wall's clock of a zone is told from an instant.

    ``on_the_wall``: SQL with {zone} and {instant}.
    """

    moment: str
    instant: str
    on_the_wall: str

    def wall(self, column: str) -> str:
        """Return what the school's clock shows at the instant of a column."""
        return self.on_the_wall.format(zone=school_zone(), instant=f"try_cast({column} AS {self.instant})")


def typed_columns(
    table: Table, given: pa.Schema, keys: tuple[str, ...], times: TimeTypes, *, is_attested: bool
) -> list[str]:
    """Return SQL expressions that give a table's columns from a file of this schema, for DuckDB and Spark alike.

    ``keys``: columns that the file's folders name. What cannot be read as its kind is null, as is a column that the
    file has not. Where ``is_attested``, columns of the right type are taken as they are.
    """
    return [
        column.name
        if is_attested and _has_type(column, given, keys)
        else f"{_typed(column, given, keys, times)} AS {column.name}"
        for column in table.columns
    ]


def _has_type(column: Column, given: pa.Schema, keys: tuple[str, ...]) -> bool:
    at = given.get_field_index(column.name)
    return column.name not in keys and at >= 0 and given.field(at).type == ARROW_TYPES[column.kind]


def _typed(column: Column, given: pa.Schema, keys: tuple[str, ...], times: TimeTypes) -> str:
    at, name = given.get_field_index(column.name), column.name
    kind = pa.string() if name in keys else given.field(at).type if at >= 0 else pa.null()
    if pa.types.is_null(kind):
        return f"CAST(NULL AS {_SQL_NAMES.get(column.kind, times.moment)})"
    if column.kind is Kind.ID and pa.types.is_floating(kind):
        # Whole numbers in a column with gaps were written as real ones.
        return id_text(whole_text(name))
    form = _TYPED[column.kind]
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        form = _TYPED_TEXTS.get(column.kind, form)
    elif pa.types.is_timestamp(kind) and kind.tz:
        form = _TYPED_INSTANTS.get(column.kind, form)
    return form.format(name, times.moment, times.wall(name))
