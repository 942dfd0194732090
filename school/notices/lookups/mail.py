"""The school's mail server and its queue, and whom letters do not reach (п. 4.3, 8.2)."""

from dataclasses import dataclass
from datetime import datetime

from school.access.action import Action
from school.access.checks import check_may
from school.access.scopes import Rows
from school.notices.records import MailQueue, MailServer, Tls
from school.notices.store import letters
from school.notices.store.choices import guardians_refused
from school.people.records import ClassOfYear
from school.people.rules.movements import nearest_school_day
from school.people.store.class_lists import enrolled_pupils
from school.people.store.pupils import guardians_of
from school.records import User
from school.store.connection import Store
from school.store.reading import Reader
from school.store.settings import settings_under

MAIL_SETTINGS, PASSWORD = "mail.", "password"


@dataclass(frozen=True)
class MailPage:
    """What the administrator sees: the settings, whether a password is kept, the queue."""

    server: MailServer
    has_password: bool
    queue: MailQueue


def mail_server(reader: Reader) -> MailServer:
    """Return the school's mail server; without settings it is off."""
    stored = settings_under(reader, MAIL_SETTINGS)
    usual = MailServer()
    return MailServer(
        stored.get("is_on") == "1",
        stored.get("host", usual.host),
        int(stored.get("port", usual.port)),
        Tls(stored.get("tls", usual.tls)),
        stored.get("login", usual.login),
        stored.get("sender", usual.sender),
        stored.get("base_url", usual.base_url),
    )


def mail_queue(store: Store, now: datetime) -> MailQueue:
    """Return how the queue of letters stands: numbers and moments, nobody's data."""
    return letters.mail_queue(store, now)


def mail_page(store: Store, user: User, *, now: datetime) -> MailPage:
    """Return what the page of the mail server shows. Raises AccessRefused."""
    check_may(user, Action.KEEP_MAIL)
    has_password = bool(settings_under(store, MAIL_SETTINGS).get(PASSWORD))
    return MailPage(mail_server(store), has_password, letters.mail_queue(store, now))


def unreachable_guardians(store: Store, user: User, place: ClassOfYear, *, now: datetime) -> frozenset[int]:
    """Return the guardians of a class whose address refuses letters, by id. Raises AccessRefused."""
    check_may(user, Action.ISSUE_FAMILY_CODES, Rows(class_id=place.class_id))
    days = [(place.first_day, place.last_day)] if place.first_day and place.last_day else []
    pupils = enrolled_pupils(store, place.class_id, nearest_school_day(days, now.date()))
    guardians = guardians_of(store, [each.pupil_id for each in pupils])
    ids = {each.guardian_id for of_pupil in guardians.values() for each in of_pupil}
    return guardians_refused(store) & ids
