"""How large an export of the register would be."""

from datetime import date

from school.access.actions import Action
from school.access.checks import check_may
from school.records import User
from school.store.connection import Store
from school.store.extract_rows import EXTRACT_TITLES, row_counts


def journal_size(store: Store, user: User, today: date) -> dict[str, int]:
    """Return how many records an export would hold, by title of the table. Raises AccessRefused."""
    check_may(user, Action.EXPORT_JOURNAL)
    return {EXTRACT_TITLES[table]: count for table, count in row_counts(store, today).items()}
