"""Who may sign in, as the administrator, the deputy head and the head see it (п. 4.3)."""

from school.access.action import Action
from school.access.checks import check_may
from school.records import User
from school.sign_in.store.accounts import Account, accounts
from school.store.connection import Store

__all__ = ["Account"]


def all_accounts(store: Store, user: User) -> list[Account]:
    """Return everybody who may sign in, by name. Raises AccessRefused."""
    check_may(user, Action.READ_USERS)
    return accounts(store)
