"""A store with the small extract loaded, made once: loading it takes most of a second of processor."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from extracts import NOW, opened, small_extract
from loading_extracts import load

from school.store.connection import DATABASE_NAME, Store


@pytest.fixture(scope="session")
def loaded_school_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database of a new school that has loaded the small extract, closed; every test gets a copy."""
    folder = tmp_path_factory.mktemp("loaded_school")
    with opened(folder) as store:
        load(store, folder / "in", small_extract())
    return folder / DATABASE_NAME


@pytest.fixture
def loaded_store(loaded_school_file: Path, tmp_path: Path) -> Iterator[Store]:
    """The store of a school that has loaded the small extract and nothing else."""
    store = Store(Path(shutil.copy(loaded_school_file, tmp_path)), lambda: NOW)
    yield store
    store.close()
