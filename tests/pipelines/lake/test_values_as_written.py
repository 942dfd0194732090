"""Ids and instants of an extract are read alike by the import and by both engines, however a program spelled them (п. 5.5)."""

from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from made_lake import made_school

from pipelines.extract.engines import Engine, SparkEngine
from pipelines.extract.sources import open_source
from pipelines.extract.tables import ExtractTables
from pipelines.measures.tables import collected

MOSCOW, NEW_YORK = timezone(timedelta(hours=3)), timezone(timedelta(hours=-4))
ENTERED = datetime(2025, 9, 8, 16, 30)
INSTANT = ENTERED.replace(tzinfo=MOSCOW)
TEXTS = [
    "2025-09-08 16:30:00",
    "2025-09-08T13:30:00Z",
    "2025-09-08T16:30:00+03:00",
    "2025-09-08 09:30:00-04:00",
]


@pytest.fixture(params=["duckdb", "spark"])
def engine(request: pytest.FixtureRequest, embedded: Engine) -> Any:
    """Each engine in turn."""
    return embedded if request.param == "duckdb" else SparkEngine(request.getfixturevalue("spark"))


def written(folder: Path, marks: list[dict[str, Any]], suffix: str, marks_name: str = "marks") -> Path:
    """Write a school with these marks; ``marks_name``: what their file is called."""
    folder.mkdir()
    for name, rows in (made_school("s") | {"marks": marks}).items():
        path = folder / f"{marks_name if name == 'marks' else name}{suffix}"
        table = pd.DataFrame(rows)
        table.to_parquet(path) if suffix.lower() == ".parquet" else table.to_csv(path, index=False)
    return folder


def marks_read(engine: Engine, folder: Path, scratch: Path) -> pd.DataFrame:
    """Return the sound marks of a folder as an engine reads them."""
    source = open_source(folder, {"marks", "terms", "classes", "subjects", "enrolments"}, scratch)
    return collected(ExtractTables(engine, source.partitions).table("marks"))


def some_marks(**columns: list[Any]) -> list[dict[str, Any]]:
    """Return marks of the made school with other values in some columns."""
    rows = made_school("s")["marks"][: len(next(iter(columns.values())))]
    return [row | {name: values[place] for name, values in columns.items()} for place, row in enumerate(rows)]


def test_an_instant_as_text_is_school_time(engine: Engine, tmp_path: Path) -> None:
    folder = written(tmp_path / "in", some_marks(recorded_at=TEXTS), ".csv")
    assert set(pd.to_datetime(marks_read(engine, folder, tmp_path)["recorded_at"])) == {ENTERED}


@pytest.mark.parametrize("zone", [UTC, MOSCOW, NEW_YORK, None], ids=["utc", "moscow", "new york", "no zone"])
def test_an_instant_of_parquet_is_school_time(engine: Engine, tmp_path: Path, zone: timezone | None) -> None:
    moment = INSTANT.astimezone(zone) if zone else ENTERED
    folder = written(tmp_path / "in", some_marks(recorded_at=[moment] * 3), ".parquet")
    assert set(pd.to_datetime(marks_read(engine, folder, tmp_path)["recorded_at"])) == {ENTERED}


def test_a_day_of_parquet_that_is_an_instant_is_the_day_in_school(engine: Engine, tmp_path: Path) -> None:
    days = [datetime(2025, 9, 8, tzinfo=MOSCOW), datetime(2025, 9, 9, tzinfo=MOSCOW)]
    folder = written(tmp_path / "in", some_marks(given_on=days), ".parquet")
    found = pd.to_datetime(marks_read(engine, folder, tmp_path)["given_on"]).dt.date
    assert set(found) == {date(2025, 9, 8), date(2025, 9, 9)}


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_a_real_number_is_the_id_it_was(engine: Engine, tmp_path: Path, suffix: str) -> None:
    ids = [103.0, None, 103.0] if suffix == ".parquet" else ["103.0", " 103\u00a0", "103"]
    folder = written(tmp_path / "in", some_marks(teacher_id=ids), suffix)
    assert set(marks_read(engine, folder, tmp_path)["teacher_id"].dropna()) == {"103"}


def test_capital_names_and_commas_at_the_end_are_read(embedded: Engine, tmp_path: Path) -> None:
    folder = written(tmp_path / "in", some_marks(value=[5, 4]), ".CSV", "Marks")
    path = folder / "Marks.CSV"
    path.write_text("".join(f"{line},,\n" for line in path.read_text().splitlines()), encoding="cp1251")
    assert sorted(marks_read(embedded, folder, tmp_path)["value"]) == [4, 5]
