"""What people do with backups: ask for one, try restoring, make the key for copies (п. 8.6)."""

from datetime import datetime

from school.access.action import Action
from school.access.checks import check_may
from school.backup.records import RECIPIENT
from school.records import User
from school.store.connection import Transaction, in_transaction
from school.store.events import Event
from school.store.settings import save_setting, setting

SHOWN_OF_KEY = 12


def check_may_keep_backups(user: User) -> None:
    """Raise AccessRefused unless the user may take and try backups."""
    check_may(user, Action.KEEP_BACKUPS)


@in_transaction
def set_copies_key(transaction: Transaction, user: User, public_key: str, *, now: datetime) -> None:
    """From now on encrypt copies to a public key; earlier copies open with their own. Raises AccessRefused."""
    check_may(user, Action.KEEP_BACKUPS)
    former = setting(transaction, RECIPIENT)
    save_setting(transaction, RECIPIENT, public_key)
    transaction.record(
        Event(
            now,
            user.user_id,
            "backup_key",
            old_value=former and f"{former[:SHOWN_OF_KEY]}…",
            new_value=f"{public_key[:SHOWN_OF_KEY]}…",
        )
    )
