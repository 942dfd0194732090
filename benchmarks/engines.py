"""The quality report over five million marks on five engines, side by side in one run; ``python -m benchmarks.engines``.

The report: by teacher × subject × term the number of each mark, pass rate, quality rate, attainment index, mean and
weighted mean (an empty weight is 1). Every engine holds the same rows in its own manner before the clock starts, and every answer is compared.
"""

import sqlite3
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

import duckdb
import numpy as np
import pandas as pd
import polars as pl

from pipelines.measures.quality import ATTAINMENT_OF_MARK, quality

ROWS, SEED, REPEATS = 5_000_000, 1, 7
BY = ["teacher_id", "subject_id", "term_id"]
MEMBERS = {"teacher_id": 60, "subject_id": 20, "term_id": 20}
SHARES = {5: 0.55, 4: 0.32, 3: 0.11, 2: 0.02}
RATES = ["pass_rate", "quality_rate", "attainment_index", "mean_mark", "weighted_mean"]
OURS, RAW = "ours (narwhals on DuckDB)", "raw DuckDB SQL"
BOUND = 1.2

_SUMS = ", ".join(
    f"sum(CASE WHEN value = {mark} THEN 1 ELSE 0 END) AS n{mark}" for mark in ATTAINMENT_OF_MARK
)
_WORTH = " + ".join(f"{worth} * n{mark}" for mark, worth in ATTAINMENT_OF_MARK.items())
SQL = f"""
WITH counted AS (
    SELECT teacher_id, subject_id, term_id, count(*) AS n, {_SUMS},
        sum(value * coalesce(weight, 1)) AS weighted_marks, sum(coalesce(weight, 1)) AS weights
    FROM marks WHERE value BETWEEN 2 AND 5 GROUP BY teacher_id, subject_id, term_id
)
SELECT teacher_id, subject_id, term_id, n, n5, n4, n3, n2, (n5 + n4 + n3) * 100.0 / n AS pass_rate,
    (n5 + n4) * 100.0 / n AS quality_rate, ({_WORTH}) * 1.0 / n AS attainment_index,
    (5 * n5 + 4 * n4 + 3 * n3 + 2 * n2) * 1.0 / n AS mean_mark, weighted_marks / weights AS weighted_mean
FROM counted
"""


def marks() -> pd.DataFrame:
    """Return ROWS made-up marks, spread like those of a real school."""
    random = np.random.default_rng(SEED)
    columns = {name: random.integers(1, count + 1, ROWS) for name, count in MEMBERS.items()}
    values = random.choice(np.array(list(SHARES)), ROWS, p=list(SHARES.values()))
    return pd.DataFrame(columns | {"value": values, "weight": random.choice([1.0, 1.0, 1.0, 2.0], ROWS)})


def by_pandas(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the report as a pandas user would write it."""
    weight = rows["weight"].fillna(1)
    counts = {f"n{mark}": (rows["value"] == mark).astype("int64") for mark in ATTAINMENT_OF_MARK}
    wide = rows[BY].assign(n=1, **counts, weighted_marks=rows["value"] * weight, weights=weight)
    return _with_rates(wide.groupby(BY, as_index=False).sum())


def _with_rates(total: pd.DataFrame) -> pd.DataFrame:
    n5, n4, n3, n2, n = (total[name] for name in ("n5", "n4", "n3", "n2", "n"))
    return total.assign(
        pass_rate=(n5 + n4 + n3) * 100.0 / n,
        quality_rate=(n5 + n4) * 100.0 / n,
        attainment_index=sum(worth * total[f"n{mark}"] for mark, worth in ATTAINMENT_OF_MARK.items()) / n,
        mean_mark=(5 * n5 + 4 * n4 + 3 * n3 + 2 * n2) / n,
        weighted_mean=total["weighted_marks"] / total["weights"],
    )


def by_polars(rows: pl.DataFrame) -> pd.DataFrame:
    """Return the report as a polars user would write it."""
    value, weight = pl.col("value"), pl.col("weight").fill_null(1)
    counts = [(value == mark).sum().alias(f"n{mark}") for mark in ATTAINMENT_OF_MARK]
    sums = [(value * weight).sum().alias("weighted_marks"), weight.sum().alias("weights")]
    total = rows.lazy().group_by(BY).agg(pl.len().alias("n"), *counts, *sums).collect()
    return _with_rates(pd.DataFrame(total.to_dict(as_series=False)).astype({"n": "int64"}))


def by_sqlite(connection: sqlite3.Connection) -> pd.DataFrame:
    """Return the report of the same SQL on SQLite."""
    return pd.read_sql_query(SQL, connection)


@dataclass(frozen=True)
class Contestant:
    """An engine that already holds the rows, and how often it is asked."""

    name: str
    report: Callable[[], pd.DataFrame]
    repeats: int = REPEATS


def contestants(rows: pd.DataFrame) -> list[Contestant]:
    """Return the engines with the rows loaded."""
    store = duckdb.connect()
    store.execute("CREATE TABLE marks AS SELECT * FROM rows")
    lite = sqlite3.connect(":memory:")
    columns = [*BY, "value", "weight"]
    lite.execute(f"CREATE TABLE marks ({', '.join(columns)})")
    lite.executemany(
        f"INSERT INTO marks VALUES ({', '.join('?' * len(columns))})",
        zip(*(rows[name].tolist() for name in columns), strict=True),
    )
    frame = pl.DataFrame({name: rows[name].to_numpy() for name in columns})
    return [
        Contestant(OURS, lambda: quality(store.table("marks"), BY).df()),
        Contestant(RAW, lambda: store.sql(SQL).df()),
        Contestant("polars", lambda: by_polars(frame)),
        Contestant("pandas", lambda: by_pandas(rows), 3),
        Contestant("SQLite", lambda: by_sqlite(lite), 1),
    ]


def check_equal(answer: pd.DataFrame, expected: pd.DataFrame) -> None:
    """Raise AssertionError where two reports differ."""
    names = [*BY, "n", "n5", "n4", "n3", "n2", *RATES]
    one, other = (
        frame[names].sort_values(BY, ignore_index=True).astype("float64") for frame in (answer, expected)
    )
    pd.testing.assert_frame_equal(one, other, check_exact=False, rtol=1e-9)


def race(engines: list[Contestant]) -> dict[str, list[tuple[float, float]]]:
    """Ask the engines in turns; return (processor ms, wall ms) of each question."""
    expected = engines[1].report()
    times: dict[str, list[tuple[float, float]]] = {engine.name: [] for engine in engines}
    for number in range(REPEATS):
        for engine in engines:
            if number >= engine.repeats:
                continue
            processor, wall = time.process_time(), time.perf_counter()
            answer = engine.report()
            spent = (time.process_time() - processor) * 1000, (time.perf_counter() - wall) * 1000
            times[engine.name].append(spent)
            if number == 0:
                check_equal(answer, expected)
    return times


def main() -> int:
    """Run the race and print it; the exit code is 1 when ours is not within BOUND of raw DuckDB."""
    times = race(contestants(marks()))
    medians = {
        name: [statistics.median(column) for column in zip(*pairs, strict=True)]
        for name, pairs in times.items()
    }
    print(f"quality report over {ROWS:,} marks; median ms, the answers are equal".replace(",", " "))
    print(f"{'engine':<28} {'cpu':>9} {'wall':>9} {'cpu ÷ raw DuckDB':>18}")
    for name, (processor, wall) in medians.items():
        print(f"{name:<28} {processor:9.0f} {wall:9.0f} {processor / medians[RAW][0]:18.2f}")
    ratio = medians[OURS][0] / medians[RAW][0]
    print(f"ours ÷ raw DuckDB = {ratio:.2f} {'≤' if ratio <= BOUND else '>'} {BOUND}")
    return int(ratio > BOUND)


if __name__ == "__main__":
    sys.exit(main())
