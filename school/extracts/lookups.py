"""How large an export of the register would be."""

from datetime import date

from school.access.action import Action
from school.access.checks import check_may
from school.extracts.format import TABLES
from school.extracts.store.roster_rows import years_with_classes
from school.extracts.store.rows import row_counts
from school.records import User
from school.store.connection import Store


def journal_size(store: Store, user: User, today: date) -> dict[str, int]:
    """Return how many records an export would hold, by title of the table. Raises AccessRefused."""
    check_may(user, Action.EXPORT_JOURNAL)
    return {TABLES[table].title: count for table, count in row_counts(store, today).items()}


def export_years(store: Store, user: User | None) -> list[int]:
    """Return the school years that can be exported, the newest first; None is the operator. Raises AccessRefused."""
    if user is not None:
        check_may(user, Action.EXPORT_JOURNAL)
    return years_with_classes(store)
