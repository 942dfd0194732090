"""What somebody has chosen to be told, and their calendars."""

from dataclasses import dataclass
from datetime import datetime

from school.access.action import Action
from school.access.checks import check_may_somewhere
from school.families.lookups.diary import children_of
from school.notices.lookups.mail import mail_server
from school.notices.records import CalendarFeed, NoticeSettings
from school.notices.rules.addresses import code_holds
from school.notices.store.choices import notice_settings, users_refused
from school.notices.store.feeds import feeds_of_user
from school.records import Role, User
from school.store.connection import Store


@dataclass(frozen=True)
class OwnNotices:
    """A user's settings (None: no address was given), calendars, and children by id.

    ``may_get_letters``: a guardian; ``sends_letters``: the school has switched its mail on; ``waits_for_code``: one may be typed.
    """

    may_get_letters: bool
    sends_letters: bool
    settings: NoticeSettings | None
    waits_for_code: bool
    feeds: tuple[CalendarFeed, ...]
    children: dict[int, str]


def own_notices(store: Store, user: User, *, now: datetime) -> OwnNotices:
    """Return what a user has chosen; calendars of children who are theirs no longer are left out. Raises AccessRefused."""
    check_may_somewhere(user, Action.KEEP_NOTICES)
    settings = notice_settings(store, user.user_id)
    return OwnNotices(
        Role.GUARDIAN in user.roles,
        mail_server(store).is_on,
        settings,
        settings is not None and code_holds(settings.code_made_at, settings.code_tries, now),
        tuple(each for each in feeds_of_user(store, user.user_id) if each.pupil_id in user.pupil_ids),
        children_of(store, user),
    )


def letters_are_refused(store: Store, user: User) -> bool:
    """Whether a mail server has said that nobody has the user's own address; from memory, for every page of a diary."""
    return user.user_id in users_refused(store)
