"""How long a sign-in lasts, and what a session's secret is (п. 3.2, 8.5: everybody keeps their own access)."""

import hashlib
import secrets
from collections.abc import Collection
from datetime import timedelta

from school.records import Role

SECRET_BYTES = 32
STAFF_SESSION = timedelta(hours=12)
FAMILY_SESSION = timedelta(days=7)
# Of who signed in, tried and failed so much is kept.
KEPT_FOR = timedelta(days=90)
FAMILY_ROLES = frozenset({Role.GUARDIAN, Role.PUPIL})


def session_length(roles: Collection[Role]) -> timedelta:
    """Return how long a session of somebody with these roles lasts: a working day as soon as one is of the staff."""
    return FAMILY_SESSION if roles and set(roles) <= FAMILY_ROLES else STAFF_SESSION


def new_secret() -> str:
    """Return a fresh random secret of SECRET_BYTES bytes, as text that fits a cookie."""
    return secrets.token_urlsafe(SECRET_BYTES)


def secret_hash(secret: str) -> str:
    """Return the SHA-256 of a secret in hexadecimal: what may be stored of it."""
    return hashlib.sha256(secret.encode()).hexdigest()
