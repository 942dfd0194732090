"""A week of 7А: maths every day, history in two subgroups at the same hour; one pupil has been away since Monday."""

import pytest
from class_week import add_class_week
from small_school import People

from school.store.connection import Store


@pytest.fixture
def class_week(school_store: Store, people: People) -> Store:
    """The store of the small school with a week of lessons in 7А."""
    school_store.write(add_class_week)
    return school_store
