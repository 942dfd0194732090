"""What the sign-in page and the app's frame ask before anybody is known."""

from datetime import datetime

from school.records import Role, User
from school.sign_in.rules.sessions import secret_hash
from school.sign_in.store.credentials import has_users
from school.sign_in.store.sessions import session_user_id
from school.sign_in.store.users import USER_TABLES, user_on_day
from school.store.connection import Store
from school.store.settings import demo_user_ids, setting

DEFAULT_SCHOOL_NAME = "Электронный журнал"


def user_of_session(store: Store, secret: str, now: datetime) -> User | None:
    """Return whose secret it is, with today's roles; None when the session or the user's access has ended."""
    user_id = session_user_id(store, secret_hash(secret), now)
    if user_id is None:
        return None
    return store.cache("users").get(
        (user_id, now.date()), store.state_of(USER_TABLES), lambda: user_on_day(store, user_id, now.date())
    )


def school_name(store: Store) -> str:
    """Return the school's name for headings."""
    return setting(store, "school.name") or DEFAULT_SCHOOL_NAME


def demo_roles(store: Store) -> list[Role]:
    """Return the roles in which a demonstration school lets visitors in; none in a real one."""
    return list(demo_user_ids(store))


def needs_first_admin(store: Store) -> bool:
    """Whether nobody can sign in yet."""
    return not has_users(store)
