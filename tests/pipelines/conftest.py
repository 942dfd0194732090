"""Every measure is asked of the same rows on each engine; answers come back as plain rows."""

import math
from collections.abc import Callable
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from spark_session import spark  # noqa: F401

IDS = ("class_id", "subgroup_id", "subject_id", "teacher_id", "term_id", "pupil_id", "lesson_id")
WHOLE = (
    *IDS,
    "school_year",
    "term_number",
    "grade_level",
    "value",
    "number",
    "plan_id",
    "topic_id",
    "hours",
    "user_id",
    "slot",
    "test_id",
    "mark",
    "test_mark",
)
TYPES = (
    dict.fromkeys(WHOLE, pa.int64())
    | dict.fromkeys(("weight", "hours_a_week", "score"), pa.float64())
    | dict.fromkeys(
        ("given_on", "held_on", "starts_on", "ends_on", "replanned_on", "happened_on"), pa.date32()
    )
    | dict.fromkeys(("has_topic", "is_held", "is_late", "is_written_control"), pa.bool_())
    | dict.fromkeys(
        ("homework_state", "reason", "term_kind", "topic", "title", "kind", "new_value", "role"), pa.string()
    )
    | dict.fromkeys(("recorded_at", "happened_at"), pa.timestamp("us"))
)

# One for all tests: opening it takes as long as asking it. A thread a question, as in the product.
ENGINE = duckdb.connect(config={"threads": 1})
Rows = list[dict[str, Any]]
Table = Callable[..., Any]


def _arrow(columns: str, rows: list[tuple[Any, ...]]) -> pa.Table:
    names = columns.split()
    values = zip(*rows, strict=True) if rows else ([] for _ in names)
    arrays = [pa.array(list(column), TYPES[name]) for name, column in zip(names, values, strict=True)]
    return pa.table(dict(zip(names, arrays, strict=True)))


@pytest.fixture(params=["pandas", "duckdb", "spark"])
def table(request: pytest.FixtureRequest) -> Table:
    """Return ``make(columns, *rows)``: the rows as a table of this engine, ``columns`` being a line of names."""
    if request.param == "pandas":
        return lambda columns, *rows: _arrow(columns, list(rows)).to_pandas(date_as_object=False)
    if request.param == "duckdb":
        return lambda columns, *rows: ENGINE.from_arrow(_arrow(columns, list(rows)))
    session = request.getfixturevalue("spark")
    return lambda columns, *rows: session.createDataFrame(_arrow(columns, list(rows)))


@pytest.fixture
def rows_of() -> Callable[[Any], Rows]:
    """Return a reader of answers: rows in the order of their values, pandas' NaN read as the null it stands for."""
    return _rows_of


def _rows_of(answer: Any) -> Rows:
    if isinstance(answer, duckdb.DuckDBPyRelation):
        rows = answer.arrow().read_all().to_pylist()
        assert not any(_is_nan(value) for row in rows for value in row.values()), "a NaN is no answer"
    else:
        records = answer.to_dict("records") if hasattr(answer, "to_dict") else _spark_rows(answer)
        rows = [
            {name: None if _is_nan(value) else value for name, value in record.items()} for record in records
        ]
    return sorted(rows, key=lambda row: [(value is not None, value) for value in row.values()])


def _spark_rows(answer: Any) -> Rows:
    rows = [row.asDict() for row in answer.collect()]
    assert not any(_is_nan(value) for row in rows for value in row.values()), "a NaN is no answer"
    return rows


def _is_nan(value: Any) -> bool:
    return (isinstance(value, float) and math.isnan(value)) or str(value) in {"<NA>", "NaT"}
