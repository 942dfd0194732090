"""What the program keeps of where people were last."""

from collections.abc import Mapping
from datetime import datetime

from school.search.store import save_places
from school.store.connection import Transaction, in_transaction


@in_transaction
def note_places(transaction: Transaction, used: Mapping[tuple[int, str], datetime]) -> None:
    """Keep when users last opened pages, by (user, path of the page): done by the program, beside the pages."""
    save_places(transaction, used)
