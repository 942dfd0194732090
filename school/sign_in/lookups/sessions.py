"""What the sign-in page and the app's frame ask before anybody is known."""

from collections.abc import Iterator
from datetime import date, datetime

from school.records import Role, User
from school.sign_in.rules.sessions import secret_hash
from school.sign_in.store.credentials import has_users
from school.sign_in.store.sessions import session_user_id
from school.sign_in.store.users import USER_TABLES, staff_user_ids, user_on_day
from school.store.connection import Store
from school.store.settings import demo_user_ids, setting

DEFAULT_SCHOOL_NAME = "Электронный журнал"


def user_of_session(store: Store, secret: str, now: datetime) -> User | None:
    """Return whose secret it is, with today's roles; None when the session or the user's access has ended."""
    user_id = session_user_id(store, secret_hash(secret), now)
    return None if user_id is None else _user_on_day(store, user_id, now.date())


def _user_on_day(store: Store, user_id: int, day: date) -> User | None:
    state = store.state_of(USER_TABLES)
    return store.cache("users").get((user_id, day), state, lambda: user_on_day(store, user_id, day))


def read_staff_ahead(store: Store, day: date) -> Iterator[None]:
    """Read who the staff are on a day, one at a step, before they open the register all at once."""
    for user_id in staff_user_ids(store):
        _user_on_day(store, user_id, day)
        yield


def school_name(store: Store) -> str:
    """Return the school's name for headings."""
    return setting(store, "school.name") or DEFAULT_SCHOOL_NAME


def demo_roles(store: Store) -> list[Role]:
    """Return the roles in which a demonstration school lets visitors in; none in a real one."""
    return list(demo_user_ids(store))


def needs_first_admin(store: Store) -> bool:
    """Whether nobody can sign in yet."""
    return not has_users(store)
