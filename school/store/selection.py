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


# Spans have one definition of their ends (``school.spans`` says it in Python). A pupil is in a class or a subgroup up to the
# day before ends_on, the day of leaving, and never where that is the day of coming. A load, a weekly lesson, a leave and a term
# hold on ends_on too, their last day. An open end, at either side, has no bound.


def is_there(alias: str, day: str) -> str:
    """Return the SQL condition that a pupil is in a class or a subgroup on a day."""
    return f"coalesce({alias}.starts_on, {day}) <= {day} AND {has_not_left(alias, day)}"


def was_there(alias: str, first_day: str, last_day: str) -> str:
    """Return the SQL condition that a pupil is in a class or a subgroup on any day of a span, both ends inclusive."""
    return f"""coalesce({alias}.starts_on, {last_day}) <= {last_day} AND {has_not_left(alias, first_day)}
        AND {has_come(alias)}"""


def has_not_left(alias: str, day: str) -> str:
    """Return the SQL condition that a pupil's time in a class or a subgroup, begun or not, is not over by a day."""
    return f"({alias}.ends_on IS NULL OR {alias}.ends_on > {day})"


def has_come(alias: str) -> str:
    """Return the SQL condition that a pupil was in a class or a subgroup at all, not leaving it on the day of coming."""
    return f"({alias}.ends_on > {alias}.starts_on) IS NOT FALSE"


def holds_on(alias: str, day: str) -> str:
    """Return the SQL condition that a load or a weekly lesson is in force on a day."""
    return f"coalesce({alias}.starts_on, {day}) <= {day} AND {is_not_over(alias, day)}"


def held_within(alias: str, first_day: str, last_day: str) -> str:
    """Return the SQL condition that a load or a weekly lesson is in force on any day of a span, both ends inclusive."""
    return f"coalesce({alias}.starts_on, {last_day}) <= {last_day} AND {is_not_over(alias, first_day)}"


def is_not_over(alias: str, day: str) -> str:
    """Return the SQL condition that a load or a weekly lesson, begun or not, is in force on a day or later."""
    return f"({alias}.ends_on IS NULL OR {alias}.ends_on >= {day})"
