"""How a query names the rows it wants."""

from collections.abc import Collection

# DuckDB plans a scan with a list in about half the time of a join, and runs it slower once the list is long.
LONGEST_SCANNED_LIST = 32


def among(column: str, parameter: str, ids: Collection[int]) -> str:
    """Return the SQL condition that a column is among the ids bound to a parameter."""
    if len(ids) <= LONGEST_SCANNED_LIST:
        return f"list_contains(${parameter}::BIGINT[], {column})"
    return f"{column} IN (SELECT unnest(${parameter}::BIGINT[]))"
