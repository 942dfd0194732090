"""``python -m benchmarks.lake``: a made-up lake of schools, a measure over it, and the same by hand-written SQL.

Every measurement is a process of its own: wall time, processor time and the most memory that it held; the command and the
SQL take turns, medians are compared, and so are the answers. Smaller lakes are subsets of the largest, so that growth with
the number of schools can be read off.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from pipelines.extract.typed_columns import ARROW_TYPES
from pipelines.extract.withholding import FEWEST_PUPILS
from pipelines.lake import partition_place, put_partition
from school.extracts.format import PARTITION_KEYS, TABLES

FOLDER = Path("data/bench/lake")
NOW = datetime(2026, 6, 1, 12)
YEAR = 2025
TERMS = (
    (date(2025, 9, 1), date(2025, 10, 26)),
    (date(2025, 11, 3), date(2025, 12, 30)),
    (date(2026, 1, 12), date(2026, 3, 22)),
    (date(2026, 3, 30), date(2026, 5, 26)),
)
CLASSES, PUPILS_A_CLASS, SUBJECTS = 26, 25, 12
# In every so many schools the last class is so small that its figures, and those beside it, are withheld.
SCHOOLS_WITH_A_SMALL_CLASS, PUPILS_OF_A_SMALL_CLASS = 4, 3
SCHOOLS, ROUNDS = 100, 3
# The command against the SQL for figures only, processor time; beside fewer schools mostly the start is measured.
RATIO_BOUND, MEMORY_BOUND_GB, FEWEST_SCHOOLS_OF_BOUND = 2.0, 1.0, 100
SHARES = (0.02, 0.13, 0.37, 0.48)
BY = ("school_id", "class_id", "subject_id", "term_id")
RAW = f"""
SELECT {", ".join(BY)}, count(*) AS n, count(*) FILTER (value > 2) * 100.0 / count(*) AS pass_rate{{pupils}}
FROM read_parquet('{{lake}}/*/*/marks.parquet', hive_partitioning = true) GROUP BY ALL"""
PUPILS = f", count(DISTINCT pupil_id) < {FEWEST_PUPILS} AS withheld"


@dataclass(frozen=True)
class Cost:
    """What a process took: seconds on the clock and of processors, the most memory in GB."""

    seconds: float
    processor_seconds: float
    memory_gb: float

    def __str__(self) -> str:
        return f"{self.seconds:8.1f} {self.processor_seconds:8.1f} {self.memory_gb:8.2f}"


def made_school(number: int, marks: int, seed: int) -> Iterator[tuple[str, pa.Table]]:
    """Yield the tables of a made-up school year with so many marks, the same for the same number and seed."""
    chance = np.random.default_rng((seed, number))
    classes = [f"class-{index}" for index in range(CLASSES)]
    subjects = [f"subject-{index}" for index in range(SUBJECTS)]
    terms = [f"term-{index}" for index in range(len(TERMS))]
    sizes = [PUPILS_A_CLASS] * (CLASSES - 1)
    sizes.append(PUPILS_A_CLASS if number % SCHOOLS_WITH_A_SMALL_CLASS else PUPILS_OF_A_SMALL_CLASS)
    home = np.repeat(np.arange(CLASSES), sizes)
    pupils = np.array([f"{value:020x}" for value in chance.integers(0, 2**62, len(home))])
    yield "schools", _table("schools", name=[f"Школа {number}"])
    starts, ends = zip(*TERMS, strict=True)
    kinds = {"kind": ["quarter"] * len(TERMS), "number": range(1, len(TERMS) + 1)}
    yield "terms", _table("terms", term_id=terms, starts_on=starts, ends_on=ends, **kinds)
    levels = [index % 11 + 1 for index in range(CLASSES)]
    yield "classes", _table("classes", class_id=classes, name=classes, grade_level=levels)
    yield "subjects", _table("subjects", subject_id=subjects, name=subjects)
    yield "enrolments", _table("enrolments", class_id=_coded(home, classes), pupil_id=pupils)
    pupil, subject, term = (chance.integers(0, size, marks) for size in (len(pupils), SUBJECTS, len(TERMS)))
    order = np.lexsort((pupil, term, subject, home[pupil]))
    pupil, subject, term = pupil[order], subject[order], term[order]
    courses = {
        "class_id": _coded(home[pupil], classes),
        "subject_id": _coded(subject, subjects),
        "term_id": _coded(term, terms),
        "pupil_id": _coded(pupil, pupils.tolist()),
    }
    days = np.array([start.toordinal() for start in starts])[term] + chance.integers(0, 49, marks)
    values = chance.choice([2, 3, 4, 5], marks, p=SHARES)
    given_on = (days - date(1970, 1, 1).toordinal()).astype("datetime64[D]")
    given = {
        "given_on": given_on,
        "recorded_at": given_on
        + chance.integers(9 * 60, 18 * 60, marks).astype("timedelta64[m]").astype("timedelta64[us]"),
        "teacher_id": _coded(subject * 4 + home[pupil] % 4, [f"{each:020x}" for each in range(SUBJECTS * 4)]),
        "weight": np.ones(marks),
    }
    yield "marks", _table("marks", **courses, **given, value=values)
    firsts = np.unique(np.stack([pupil, subject, term]), axis=1, return_index=True)[1]
    of_pairs = {name: column.take(pa.array(firsts)) for name, column in courses.items()}
    yield "term_marks", _table("term_marks", **of_pairs, value=values[firsts])


def _coded(codes: Any, names: Sequence[str]) -> pa.Array:
    return pa.array(names).take(pa.array(codes))


def _table(table: str, /, **columns: Any) -> pa.Table:
    """Return a table of the format; columns that were not made are empty."""
    kinds = {
        each.name: ARROW_TYPES[each.kind] for each in TABLES[table].columns if each.name not in PARTITION_KEYS
    }
    given = {column: pa.array(values) for column, values in columns.items()}
    length = len(next(iter(given.values())))
    arrays = [
        given[each].cast(kind) if each in given else pa.nulls(length, kind) for each, kind in kinds.items()
    ]
    return pa.table(arrays, schema=pa.schema(list(kinds.items())))


def make_lake(lake: Path, schools: int, marks: int, seed: int) -> None:
    """Make the schools that the lake does not have yet."""
    for number in range(schools):
        place = partition_place(lake, {"school_id": f"s{number:04d}", "school_year": YEAR})
        if not place.exists():
            put_partition(place, made_school(number, marks, seed), NOW)


def first_schools(lake: Path, schools: int) -> Path:
    """Return a lake of the first schools of another."""
    subset = lake.with_name(f"{lake.name}-{schools}")
    shutil.rmtree(subset, ignore_errors=True)
    subset.mkdir()
    for folder in sorted(lake.iterdir())[:schools]:
        (subset / folder.name).symlink_to(folder.resolve())
    return subset


def cost_of(command: Sequence[str]) -> Cost:
    """Run a command to its end. Raises CalledProcessError where it fails."""
    began = time.perf_counter()
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL, env=os.environ | {"TZ": "UTC"})
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, list(command))
    return Cost(time.perf_counter() - began, used.ru_utime + used.ru_stime, used.ru_maxrss / 2**20)


def measure(lake: Path, out: Path, *options: str) -> Cost:
    """Return what ``pipelines.run`` takes for the pass rate of all marks by class, subject and term."""
    asked = ["pass_rate", "--of", "marks", "--by", ",".join(BY[1:]), "--source", str(lake), "--out", str(out)]
    return cost_of([sys.executable, "-m", "pipelines.run", *asked, *options])


def by_hand(lake: Path, out: Path, *, with_pupils: bool) -> Cost:
    """Return what the same takes as one statement written for DuckDB, with and without counting pupils."""
    sql = RAW.format(lake=lake, pupils=PUPILS if with_pupils else "")
    statement = f"COPY ({sql} ORDER BY ALL) TO '{out}'"
    return cost_of(
        [
            sys.executable,
            "-c",
            f"import duckdb; duckdb.execute('SET enable_progress_bar = false'); duckdb.execute({statement!r})",
        ]
    )


def check_equal(answer: Path, figures: Path) -> None:
    """Raise AssertionError where what the command shows differs from the SQL's figures."""
    ours, theirs = pd.read_parquet(answer), pd.read_parquet(figures)
    shown = ours[~ours["withheld"]].drop(columns="withheld")
    beside = shown[list(BY)].merge(theirs.astype({"n": "Int64"}), on=list(BY), how="left")
    assert len(ours) == len(theirs), "the command has other groups than the SQL"
    pd.testing.assert_frame_equal(
        shown.reset_index(drop=True), beside[list(shown.columns)], check_dtype=False, check_exact=False
    )


def median_cost(costs: Sequence[Cost]) -> Cost:
    """Return the medians of time, the most of memory."""
    seconds, processor = (
        statistics.median(getattr(each, name) for each in costs) for name in ("seconds", "processor_seconds")
    )
    return Cost(seconds, processor, max(each.memory_gb for each in costs))


def side_by_side(lake: Path, schools: int, marks: int) -> bool:
    """Measure the first schools of a lake, print four lines; return whether the bounds hold."""
    subset, answer, figures = first_schools(lake, schools), FOLDER / "answer.parquet", FOLDER / "sql.parquet"
    turns = [(by_hand(subset, figures, with_pupils=False), measure(subset, answer)) for _ in range(ROUNDS)]
    check_equal(answer, figures)
    plain, ours = (median_cost(costs) for costs in zip(*turns, strict=True))
    counted, fair = measure(subset, answer, "--pupils"), by_hand(subset, figures, with_pupils=True)
    ratio = ours.processor_seconds / plain.processor_seconds
    is_kept = ratio <= RATIO_BOUND and ours.memory_gb <= MEMORY_BOUND_GB
    verdict = f"×{ratio:.2f} {'≤' if ratio <= RATIO_BOUND else '>'} {RATIO_BOUND:g}"
    print(f"{f'{schools} schools, {schools * marks / 1e6:.0f} M marks: pipelines.run':<48} {ours}  {verdict}")
    print(f"{'  SQL by hand, figures only':<48} {plain}")
    print(f"{'  pipelines.run --pupils':<48} {counted}")
    print(f"{'  SQL by hand, pupils counted as well':<48} {fair}")
    return is_kept or schools < FEWEST_SCHOOLS_OF_BOUND


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the lake, measure, print the table, remove the lake unless --keep; 1 when a bound is broken."""
    options = _options(arguments)
    lake = FOLDER / "whole"
    began = time.perf_counter()
    make_lake(lake, max(options.schools), options.marks, options.seed)
    print(
        f"lake made in {time.perf_counter() - began:.0f} s: {max(options.schools)} schools of {options.marks} marks"
    )
    print(f"{'pass rate of marks by class × subject × term':<48} {'s':>8} {'cpu s':>8} {'GB':>8}")
    are_kept = [side_by_side(lake, schools, options.marks) for schools in options.schools]
    if options.spark:
        subset = first_schools(lake, options.spark)
        spark = measure(subset, FOLDER / "answer.parquet", "--engine", "spark")
        print(f"{f'{options.spark} schools on Spark, one machine':<48} {spark}")
    if not options.keep:
        shutil.rmtree(FOLDER)
    return int(not all(are_kept))


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.lake", description=__doc__.split("\n")[0])
    parser.add_argument(
        "--schools",
        type=lambda text: [int(word) for word in text.split(",")],
        default=[SCHOOLS],
        help="sizes of lakes",
    )
    parser.add_argument("--marks", type=int, default=200_000, help="marks of a school")
    parser.add_argument("--spark", type=int, default=0, help="schools that Spark computes too")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", action="store_true", help="leave the lake in data/bench/lake")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
