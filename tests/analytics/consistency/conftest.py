"""The same rows on each engine."""

from collections.abc import Callable
from typing import Any

import duckdb
import pandas as pd
import pytest

Table = Callable[..., Any]
DAYS = ("held_on", "ends_on", "given_on")


@pytest.fixture(params=["pandas", "duckdb"])
def table(request: pytest.FixtureRequest) -> Table:
    """Return ``make(columns, *rows)``: the rows as a table of this engine, ``columns`` being a line of names."""

    connection = duckdb.connect()

    def made(columns: str, *rows: tuple[object, ...]) -> Any:
        frame = pd.DataFrame(list(rows), columns=columns.split()).convert_dtypes()
        for name in set(DAYS) & set(frame.columns):
            frame[name] = pd.to_datetime(frame[name])
        if request.param == "pandas":
            return frame
        casts = ", ".join(f"{name}::DATE AS {name}" if name in DAYS else name for name in frame.columns)
        return connection.from_df(frame).project(casts)

    return made
