"""A small made-up school in the middle of a term, made once for all its tests."""

from collections.abc import Iterator

import pytest
from made_up_school import SMALL, WEDNESDAY, quiet

from demo.build import make_school
from school.store.connection import DATABASE_NAME, Store


@pytest.fixture(scope="session")
def demo_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The store of a school of 80 pupils with grades 1, 5, 7 and 10."""
    store = Store(tmp_path_factory.mktemp("demo") / DATABASE_NAME, lambda: WEDNESDAY)
    make_school(store, **SMALL, now=WEDNESDAY, say=quiet)
    yield store
    store.close()
