"""A lake of three schools, one of each kind: published, Parquet from elsewhere, CSV from elsewhere."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from made_lake import KEY, NOW, made_school, write_extract, write_partition
from spark_session import spark  # noqa: F401

from pipelines.extract.engines import DuckEngine, Engine
from pipelines.extract.measures import BY_MEASURE
from pipelines.extract.sources import open_source
from pipelines.lake import publish
from pipelines.run import Answer, Request, computed, needed_tables

Ask = Callable[..., Answer]


@pytest.fixture(scope="session")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The lake; nobody writes into it. The published school's id needs quoting in a path."""
    folder = tmp_path_factory.mktemp("lake")
    extract = write_extract(tmp_path_factory.mktemp("extract"), made_school("гимназия 1/2"))
    publish(extract, folder, KEY, NOW)
    write_partition(folder, made_school("b", shift=1))
    write_partition(folder, made_school("c", shift=2), ".csv")
    return folder


@pytest.fixture(scope="session")
def published_lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lake of two published schools, nothing left to be checked."""
    folder = tmp_path_factory.mktemp("published")
    for number, school in enumerate(("гимназия 1/2", "b")):
        extract = write_extract(tmp_path_factory.mktemp("extract"), made_school(school, shift=number))
        publish(extract, folder, KEY, NOW)
    return folder


@pytest.fixture
def embedded(tmp_path: Path) -> Iterator[Engine]:
    """The embedded engine."""
    engine = DuckEngine(tmp_path)
    yield engine
    engine.close()


@pytest.fixture
def ask(tmp_path: Path) -> Ask:
    """Return ``ask(engine, source, measure, by, …)``: the answer of one measure, as the command computes it."""

    def asked(engine: Engine, source: Path, measure: str, by: str = "", **more: Any) -> Answer:
        options = {"of": None, "is_inside": False, "refused": None, "now": NOW, "memory": None} | more
        request = Request(measure, source, tuple(by.split()), tmp_path / "answer.csv", "", **options)
        family = BY_MEASURE[measure]
        opened = open_source(source, needed_tables(family, request), tmp_path / "scratch")
        return computed(engine, family, request, opened)

    return asked
