"""Changes of the small school for the diary's tests."""

from collections.abc import Callable

import pytest
from small_school import NOW

from school.store.connection import Store, Transaction
from school.store.events import Event


@pytest.fixture
def change(school_store: Store) -> Callable[[str], None]:
    """Return ``change(sql)``: a change of the small school, as if it had always been so."""

    def changed(sql: str) -> None:
        def work(transaction: Transaction) -> None:
            transaction.change(sql)
            transaction.record(Event(NOW, None, "school"))

        school_store.write(work)

    return changed
