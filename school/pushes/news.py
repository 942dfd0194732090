"""Whether a family has something new to read: what a phone is told of (п. 4.7)."""

from datetime import datetime

from school.correspondence.lookups.threads import new_letters
from school.families.lookups.news import count_news, last_visits
from school.records import User
from school.store.connection import Store


def has_news(store: Store, user: User, since: datetime, *, now: datetime) -> bool:
    """Whether something has come into the diary of a family's children since a moment, and since they last read the news there,

    or a letter that they have not read.
    """
    if new_letters(store, user, since, now=now):
        return True
    visits = last_visits(store, user, now=now)
    return any(
        count_news(store, user, pupil_id, max(visit.seen_at, since), now=now)
        for pupil_id, visit in visits.items()
    )
