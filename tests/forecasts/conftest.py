"""A school with enough behind it to learn from, and its screens."""

from collections.abc import Callable

import pytest
from past_years import Screens, write_past
from small_school import People

from school.access.action import Action
from school.analytics.lookups.readers import FigureReader
from school.store.connection import Store
from server import session


@pytest.fixture
def screens(school_screens: session.School) -> Screens:
    """The screens of the small school."""
    return Screens(school_screens)


@pytest.fixture
def reader(school_screens: session.School, people: People) -> FigureReader:
    """The deputy, asking for forecasts."""
    return FigureReader(school_screens, people.deputy, Action.READ_FORECASTS)


@pytest.fixture
def past(school_store: Store) -> Callable[[], None]:
    """Give the school eight closed terms of a class that has left: 800 term marks to learn from."""
    return lambda: school_store.write(write_past)
