"""Who has the second factor, and of whom the school requires it."""

from dataclasses import dataclass
from datetime import datetime

from school.access.action import Action
from school.access.checks import check_may
from school.access.scopes import Rows
from school.records import Role, User
from school.sign_in.rules.second_factor import MAY_BE_REQUIRED, REQUIRED_SETTING, is_required
from school.sign_in.store.accounts import accounts
from school.sign_in.store.second_factors import recovery_codes_left, second_factor_of
from school.store.connection import Store
from school.store.reading import Reader
from school.store.settings import settings_under


@dataclass(frozen=True)
class OwnFactor:
    """The user's own second factor: since when (None: off), codes on paper left, whether the school requires it."""

    turned_on_at: datetime | None
    codes_left: int
    is_required: bool


def required_roles(reader: Reader) -> frozenset[Role]:
    """Return of which roles the school requires the second factor."""
    settings = settings_under(reader, REQUIRED_SETTING)
    return frozenset(role for role in MAY_BE_REQUIRED if settings.get(role) == "1")


def own_factor(store: Store, user: User) -> OwnFactor:
    """Return the user's own second factor. Raises AccessRefused."""
    check_may(user, Action.KEEP_OWN_ACCOUNT, Rows(user_id=user.user_id))
    factor = second_factor_of(store, user.user_id)
    return OwnFactor(
        factor.turned_on_at if factor else None,
        recovery_codes_left(store, user.user_id) if factor else 0,
        is_required(user.roles, required_roles(store)),
    )


def without_second_factor(store: Store, user: User, role: Role) -> int:
    """Return how many people of a role who may sign in have no second factor. Raises AccessRefused."""
    check_may(user, Action.EDIT_STAFF)
    return sum(
        role in each.roles and each.blocked_at is None and each.has_password and not each.has_second_factor
        for each in accounts(store)
    )
