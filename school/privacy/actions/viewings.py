"""Noting who looked: done by the program, beside the pages (152-ФЗ, ст. 19)."""

from collections.abc import Sequence

from school.privacy.rules.viewing import Viewing
from school.privacy.store.viewings import save_viewings
from school.store.connection import Transaction, in_transaction


@in_transaction
def note_viewings(transaction: Transaction, viewings: Sequence[Viewing]) -> None:
    """Keep what was looked at since the last time."""
    save_viewings(transaction, viewings)
