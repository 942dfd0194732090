"""Many rows written by one statement."""

from typing import Any

import duckdb
import pytest

from school.store.writing import spread

KINDS = {"number": "BIGINT", "word": "VARCHAR"}


@pytest.mark.parametrize(
    "columns",
    [
        {"number": [1, 2, 3], "word": ["а", "б", "в"]},
        {"number": [1, 2, 3], "word": ["а", "а", "а"]},
        {"number": [7, 7], "word": ["а", "а"]},
        {"number": [7], "word": ["а"]},
        {"number": [None, 4], "word": [None, None]},
    ],
    ids=["all differ", "one alike", "rows alike", "one row", "nothing known"],
)
def test_every_row_is_written(columns: dict[str, list[Any]]) -> None:
    sql, parameters = spread(columns, KINDS)
    rows = duckdb.connect().execute(sql, parameters).fetchall()
    assert rows == list(zip(*columns.values(), strict=True))
