"""What the sign-in page and the app's frame ask before anybody is known."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from school.records import Role, User
from school.sign_in.rules.clock import is_ahead
from school.sign_in.rules.idle import IDLE_SETTINGS, idle_limit, is_idle, span_words
from school.sign_in.rules.sessions import secret_hash
from school.sign_in.store.credentials import has_users
from school.sign_in.store.sessions import (
    SessionRow,
    ended_session_user_id,
    known_session,
    read_sessions_ahead,
)
from school.sign_in.store.users import USER_TABLES, family_user_ids, staff_user_ids, user_on_day, users_by_id
from school.sign_in.store.visits import Visits, visits_of
from school.store.connection import Store
from school.store.settings import demo_user_ids, setting, settings_under

DEFAULT_SCHOOL_NAME = "Электронный журнал"
ENDED_BY_SOMEBODY = "его завершили на другом устройстве, в другой вкладке или сменой пароля"
RIGHTS_TABLES = ("settings", *USER_TABLES)


@dataclass(frozen=True)
class OpenSession:
    """A session that was not ended, its user with today's roles, and after how long without work it ends."""

    row: SessionRow
    user: User
    idle_limit: timedelta

    def ended_words(self, last_seen: datetime, now: datetime) -> str:
        """Return in words why the session is over; empty while it is not."""
        if is_ahead(self.row.created_at, now):
            return "часы сервера перевели назад"
        if is_idle(last_seen, self.idle_limit, now):
            return f"в журнале не работали {span_words(int(self.idle_limit.total_seconds()) // 60)}"
        return "" if self.row.expires_at > now else "прошло время, на которое даётся вход"


@dataclass(frozen=True)
class EndedSession:
    """Why a session is over, in words, and the roles that its user has today."""

    why: str
    roles: frozenset[Role]


def user_of_session(store: Store, secret: str, now: datetime) -> User | None:
    """Return whose secret it is, with today's roles; None when the session or the user's access has ended.

    The call is a visit: it puts off the end of a session without work (see ``school.sign_in.rules.idle``).
    """
    session_hash = secret_hash(secret)
    found = open_session_of(store, session_hash, now.date())
    if found is None:
        return None
    visits = visits_of(store)
    if found.ended_words(_last_seen(visits, found, now), now):
        return None
    visits.note(session_hash, now)
    return found.user


def seen_if_open(store: Store, row: SessionRow, now: datetime) -> datetime | None:
    """Return when a session was last used, None where it is over."""
    seen = max(visits_of(store).last(row.session_hash) or row.last_seen_at, row.last_seen_at)
    found = open_session_of(store, row.session_hash, now.date())
    return None if found is None or found.ended_words(seen, now) else seen


def ended_session(store: Store, secret: str, now: datetime) -> EndedSession | None:
    """Return why a secret that was somebody's opens nothing any more; None for a made-up one and for that of an open session."""
    session_hash = secret_hash(secret)
    found = open_session_of(store, session_hash, now.date())
    if found is not None:
        why = found.ended_words(_last_seen(visits_of(store), found, now), now)
        return EndedSession(why, found.user.roles) if why else None
    user_id = ended_session_user_id(store, session_hash)
    if user_id is None:
        return None
    user = known_user(store, user_id, now.date())
    return EndedSession(ENDED_BY_SOMEBODY, user.roles if user else frozenset())


def _last_seen(visits: Visits, found: OpenSession, now: datetime) -> datetime:
    """Return the last visit; one later than now is of a clock that went ahead."""
    return min(visits.last(found.row.session_hash) or found.row.last_seen_at, now)


def open_session_of(store: Store, session_hash: str, day: date) -> OpenSession | None:
    """Return a session that nobody has ended and whose user may sign in on a day; from memory while nothing changed."""
    # Others sign in and out all evening: of each session its own row alone is read again.
    row = known_session(store, session_hash)
    if row is None:
        return None

    def compute() -> OpenSession | None:
        user = known_user(store, row.user_id, day)
        if user is None:
            return None
        return OpenSession(row, user, idle_limit(user.roles, settings_under(store, IDLE_SETTINGS)))

    return store.cache("sessions").get((row, day), store.state_of(RIGHTS_TABLES), compute)


def known_user(store: Store, user_id: int, day: date) -> User | None:
    """Return a user who may sign in on a day, or None; from memory while nobody's rights have changed."""
    state, users = store.state_of(USER_TABLES), store.cache("users")
    # Families open the diary all in one evening: they are read together. Of them no day decides anything.
    families = users.get(("families",), state, lambda: users_by_id(store, family_user_ids(store)))
    return families.get(user_id) or users.get((user_id, day), state, lambda: user_on_day(store, user_id, day))


def read_staff_ahead(store: Store, day: date) -> Iterator[None]:
    """Read who the staff are on a day, one at a step, before they open the register all at once."""
    for user_id in staff_user_ids(store):
        known_user(store, user_id, day)
        yield


def read_families_ahead(store: Store, day: date) -> list[int]:
    """Read who has a session and who the families are before they open their diaries; return the families' accounts."""
    read_sessions_ahead(store, day)
    user_ids = family_user_ids(store)
    known_user(store, next(iter(user_ids), 0), day)
    return user_ids


def school_name(store: Store) -> str:
    """Return the school's name for headings."""
    return setting(store, "school.name") or DEFAULT_SCHOOL_NAME


def demo_roles(store: Store) -> list[Role]:
    """Return the roles in which a demonstration school lets visitors in; none in a real one."""
    return list(demo_user_ids(store))


def needs_first_admin(store: Store) -> bool:
    """Whether nobody can sign in yet."""
    return not has_users(store)
