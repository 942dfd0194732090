"""The opened school: its store and its clock."""

from dataclasses import dataclass

from school.clock import Clock
from school.store.connection import Store


@dataclass(frozen=True)
class School:
    """What every screen works with: the store and the school's clock.

    ``is_day_moved``: a demonstration school lives on another day than the calendar's, one with lessons.
    """

    store: Store
    clock: Clock
    is_day_moved: bool = False
