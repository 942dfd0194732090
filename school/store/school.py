"""The opened school: its store and its clock."""

from dataclasses import dataclass

from school.clock import Clock
from school.store.connection import Store


@dataclass(frozen=True)
class School:
    """What every screen works with: the store and the school's clock."""

    store: Store
    clock: Clock
