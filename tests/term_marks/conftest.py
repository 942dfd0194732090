"""The small school at the end of its second quarter."""

import pytest
from end_of_term import add_marks

from school.store.connection import Store


@pytest.fixture
def end_store(school_store: Store) -> Store:
    """The small school with marks: the child's mean is 4.14 of six marks, the absentee has two of them."""
    school_store.write(add_marks)
    return school_store
