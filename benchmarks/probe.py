"""A fixed piece of work that says how fast the machine is right now, in the two kinds that the register consists of."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from statistics import fmean

import duckdb

LOOP_STEPS, QUERY_ROWS = 60_000, 1_500_000
_QUERY = "SELECT class_id, pupil_id, count(*), sum(value) FROM marks GROUP BY ALL ORDER BY ALL"


@dataclass(frozen=True)
class Probe:
    """Processor milliseconds of one pure-Python loop and of one DuckDB query on one thread."""

    loop_ms: float
    query_ms: float

    @property
    def total_ms(self) -> float:
        """The unit that costs are expressed in: one loop and one query."""
        return self.loop_ms + self.query_ms


def probe() -> Probe:
    """Do the fixed work once."""
    connection = _marks()
    began = time.process_time()
    _loop()
    between = time.process_time()
    connection.execute(_QUERY).fetchall()
    return Probe((between - began) * 1000, (time.process_time() - between) * 1000)


def mean_probe(probes: Sequence[Probe]) -> Probe:
    """Return the means of each part, as costs are means; raises StatisticsError where there is none."""
    return Probe(fmean(each.loop_ms for each in probes), fmean(each.query_ms for each in probes))


def _loop() -> int:
    """Fill a dictionary, format and compare: what a page does between its queries."""
    cells: dict[str, int] = {}
    for step in range(LOOP_STEPS):
        name = f"{step % 40}:{step % 1000}"
        cells[name] = cells.get(name, 0) + step % 5
    return sum(cells.values())


@cache
def _marks() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(config={"threads": 1})
    connection.execute(
        f"CREATE TABLE marks AS SELECT i % 40 AS class_id, i * 7 % 1000 AS pupil_id, 2 + i % 4 AS value "
        f"FROM range({QUERY_ROWS}) AS numbers(i)"
    )
    connection.execute(_QUERY).fetchall()
    return connection
