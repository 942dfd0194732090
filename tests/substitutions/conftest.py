"""A day of the small school with colleagues who could stand in: 7А has maths in the first lesson and the third."""

import pytest
from sick_day import add_sick_day
from small_school import People

from school.store.connection import Store


@pytest.fixture
def sick_day(school_store: Store, people: People) -> Store:
    """The store of the small school with the owner's two lessons of today and tomorrow to be settled."""
    school_store.write(add_sick_day)
    return school_store
