"""Plain writes: a row inserted, or changed by its key; the columns are named once."""

from collections.abc import Collection, Hashable, Mapping, Sequence
from typing import Any, Literal

from school.store.reading import Writer


def insert(
    writer: Writer,
    table: str,
    instead: Literal["", "OR REPLACE", "OR IGNORE"] = "",
    entered_in: Collection[Hashable] | None = None,
    of_pupils: Collection[int] | None = None,
    /,
    **row: Any,
) -> None:
    """Insert a row given by its columns; ``instead``: what becomes of a row with the same key (by default an error).

    ``entered_in``: the row is entered in these lessons only, ``of_pupils``: it is of these only, see ``Writer.change``.
    """
    values = ", ".join(f"${column}" for column in row)
    sql = f"INSERT {instead} INTO {table} ({', '.join(row)}) VALUES ({values})"
    writer.change(sql, row, entered_in=entered_in, of_pupils=of_pupils)


def update(
    writer: Writer,
    table: str,
    key: Mapping[str, Any],
    of_pupils: Collection[int] | None = None,
    /,
    **changed: Any,
) -> None:
    """Set columns of the rows whose columns equal those of the key; ``of_pupils`` as of ``insert``."""
    settings = ", ".join(f"{column} = ${column}" for column in changed)
    wanted = " AND ".join(f"{column} = $key_{column}" for column in key)
    keys = {f"key_{column}": value for column, value in key.items()}
    writer.change(f"UPDATE {table} SET {settings} WHERE {wanted}", {**changed, **keys}, of_pupils=of_pupils)


def spread(columns: Mapping[str, Sequence[Any]], kinds: Mapping[str, str]) -> tuple[str, dict[str, Any]]:
    """Return a query whose rows are these columns, and its parameters; ``kinds`` are the types by column.

    What is the same in all rows is passed once: a list costs the engine as much as all the rest of its column.
    """
    same = [name for name, values in columns.items() if values.count(values[0]) == len(values)]
    alike = frozenset(same if len(same) < len(columns) else same[1:])
    parts = (
        f"${name}::{kinds[name]} AS {name}"
        if name in alike
        else f"unnest(${name}::{kinds[name]}[]) AS {name}"
        for name in columns
    )
    parameters = {name: values[0] if name in alike else list(values) for name, values in columns.items()}
    return f"SELECT {', '.join(parts)}", parameters
