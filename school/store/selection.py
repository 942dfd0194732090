"""How a query names the rows it wants: by their ids, or by the day on which they are in force."""

from collections.abc import Collection

# DuckDB plans a scan with a list in about half the time of a join, and runs it slower once the list is long.
LONGEST_SCANNED_LIST = 32


def among(column: str, parameter: str, ids: Collection[int]) -> str:
    """Return the SQL condition that a column is among the ids bound to a parameter."""
    if len(ids) <= LONGEST_SCANNED_LIST:
        return f"list_contains(${parameter}::BIGINT[], {column})"
    return f"{column} IN (SELECT unnest(${parameter}::BIGINT[]))"


# The register of a ``RegisterKey``, whose ``vars`` are the parameters.
IN_REGISTER = (
    "class_id = $class_id AND subject_id = $subject_id AND subgroup_id IS NOT DISTINCT FROM $subgroup_id"
)


def is_there(alias: str, day: str) -> str:
    """Return the SQL condition that a row with starts_on and ends_on covers a day; ends_on is the day of leaving.

    So it is for pupils in classes and subgroups. An open end, at either side, has no bound.
    """
    return f"coalesce({alias}.starts_on, {day}) <= {day} AND ({alias}.ends_on IS NULL OR {alias}.ends_on > {day})"


def holds_on(alias: str, day: str) -> str:
    """Return the SQL condition that a row is in force on a day; ends_on is its last day, as of loads and timetables."""
    return f"coalesce({alias}.starts_on, {day}) <= {day} AND ({alias}.ends_on IS NULL OR {alias}.ends_on >= {day})"
