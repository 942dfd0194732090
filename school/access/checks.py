"""The two questions every action and lookup asks: may this user do it, and with these rows."""

from functools import cache

from school.access.action import ACTION_TITLES, Action
from school.access.roles import ROLES
from school.access.scopes import ALL_ROWS, COVERS, Rows, Scope
from school.errors import AccessRefused
from school.records import Role, User


def scopes_of(user: User, action: Action) -> frozenset[Scope]:
    """Return the scopes in which any of the user's roles grants the action."""
    return _scopes(user.roles, action)


@cache
def _scopes(roles: frozenset[Role], action: Action) -> frozenset[Scope]:
    return frozenset(scope for role in roles for granted, scope in ROLES[role].grants if granted == action)


def may(user: User, action: Action, rows: Rows = ALL_ROWS) -> bool:
    """Whether the user may do this with these rows."""
    return any(COVERS[scope](user, rows) for scope in scopes_of(user, action))


def may_somewhere(user: User, action: Action) -> bool:
    """Whether the user may do this with any rows at all: enough to be shown the page, not its rows."""
    return bool(scopes_of(user, action))


def granting_roles(user: User, action: Action) -> frozenset[Role]:
    """Return those of the user's roles that grant the action with any rows at all."""
    return frozenset(role for role in user.roles if _scopes(frozenset([role]), action))


def check_may(user: User, action: Action, rows: Rows = ALL_ROWS) -> None:
    """Raise AccessRefused unless the user may do this with these rows."""
    if not may(user, action, rows):
        raise AccessRefused(
            f"Вам нельзя {ACTION_TITLES[action]} здесь.",
            "Ваша роль не даёт доступа к этим записям.",
            "Если доступ нужен, обратитесь к администратору журнала.",
        )


def check_may_somewhere(user: User, action: Action) -> None:
    """Raise AccessRefused unless some role grants the action for some rows."""
    if not may_somewhere(user, action):
        check_may(user, action)
