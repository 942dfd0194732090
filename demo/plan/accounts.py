"""Accounts of everybody in the demonstration: logins, roles, one password for all."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache

import bcrypt

from school.records import PersonName, Role
from school.sign_in.rules.logins import suggest_login
from school.store.rows import UserRoleRow, UserRow

# For demonstrations only: every account of a made-up school has this password.
DEMO_PASSWORD = "учебный-вход"
# A fixed salt keeps two runs alike. As dear as a real one: a cheaper hash would tell by the time which names there are.
DEMO_SALT = b"$2b$12$demodemodemodemodemode"


@cache
def demo_password_hash() -> str:
    """Return the hash of everybody's password."""
    return bcrypt.hashpw(DEMO_PASSWORD.encode(), DEMO_SALT).decode()


@dataclass
class Accounts:
    """Accounts made so far; logins are unique."""

    ids: Iterator[int]
    users: list[UserRow] = field(default_factory=list)
    roles: list[UserRoleRow] = field(default_factory=list)
    logins: set[str] = field(default_factory=set)
    password_hash: str = field(default_factory=demo_password_hash)

    def add(
        self,
        name: PersonName,
        roles: Sequence[Role],
        *,
        staff_id: int | None = None,
        guardian_id: int | None = None,
        pupil_id: int | None = None,
        has_way_in: bool = True,
    ) -> UserRow:
        """Make an account of a person with roles; without a way in it waits for a code."""
        password_hash = self.password_hash if has_way_in else ""
        user = UserRow(next(self.ids), self._login(name), password_hash, staff_id, guardian_id, pupil_id)
        self.users.append(user)
        self.roles.extend(UserRoleRow(user.user_id, str(role)) for role in roles)
        return user

    def _login(self, name: PersonName) -> str:
        login = suggest_login(name, self.logins)
        self.logins.add(login)
        return login
