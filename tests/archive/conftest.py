"""A closed year, packed once for the tests that look at its package."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from closed_year import JUNE, close_year
from small_school import people_of

from school.archive.actions import ask_archive
from school.store.connection import DATABASE_NAME, Store
from school.store.school import School
from server.documents.archive_job import ArchiveMaker


@pytest.fixture
def closed_store(school_store: Store) -> Store:
    """The small school with its year closed."""
    school_store.write(close_year)
    return school_store


@pytest.fixture(scope="session")
def packed_folder(small_school_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a school that has packed its year, closed again; each test gets a copy."""
    folder = tmp_path_factory.mktemp("packed")
    store = Store(Path(shutil.copy(small_school_file, folder / DATABASE_NAME)), lambda: JUNE)
    store.write(close_year)
    ask_archive(store, people_of(store).secretary, 2026, now=JUNE)
    ArchiveMaker(School(store, lambda: JUNE)).look()
    store.close()
    return folder


@pytest.fixture
def packed_store(packed_folder: Path, tmp_path: Path) -> Iterator[Store]:
    """A school that has packed its year, for one test alone."""
    folder = Path(shutil.copytree(packed_folder, tmp_path / "school"))
    store = Store(folder / DATABASE_NAME, lambda: JUNE)
    yield store
    store.close()


@pytest.fixture
def package(packed_folder: Path) -> Path:
    """The file of the package; nobody changes it."""
    (file,) = (packed_folder / "archives").iterdir()
    return file
