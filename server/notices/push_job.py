"""Tells phones that a diary has something new: at most once an hour each, not at night, and only where the school allows it (п. 4.7)."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Event
from urllib.parse import urlsplit

from school.errors import Refusal
from school.pushes.actions import note_gone, note_not_told, note_told
from school.pushes.lookups import PushDevice, devices_to_tell, reader_of, sender_keys
from school.pushes.news import has_news
from school.pushes.rules import is_quiet
from school.pushes.sending import Sent, send
from server.own_threads import entries
from server.session import School

# Of a browser for which there was nothing new it is not asked again sooner.
ASKED_EVERY = timedelta(minutes=10)
log = logging.getLogger(__name__)

HasNews = Callable[..., bool]


class PushSender:
    """The notices that are due; what each browser is told stands in the store, so that a restart repeats none."""

    def __init__(self, school: School, has_news: HasNews = has_news) -> None:
        """Send for a school; ``has_news(store, user, since, now=…)`` says whether a family has something to read."""
        self.school, self.has_news = school, has_news
        self._asked_at: dict[int, datetime] = {}
        self._announced = 0
        self._is_stopping = Event()

    def stop(self) -> None:
        """Send no more; a notice on its way is waited for."""
        self._is_stopping.set()

    def look(self) -> None:
        """Tell whoever may be told now and has something new; of a service that cannot be reached nothing more is asked this time."""
        store, now = self.school.store, self.school.clock()
        keys = None if is_quiet(now) else sender_keys(store)
        if keys is None:
            return
        unreachable: set[str] = set()
        for device in self._due(now):
            if self._is_stopping.is_set():
                return
            entries.go_first()
            if not self._is_worth_telling(device, now):
                continue
            service = urlsplit(device.endpoint).netloc
            sent = Sent.UNREACHABLE if service in unreachable else send(device.address, keys)
            self._note(device, sent, now)
            if sent is Sent.UNREACHABLE:
                unreachable.add(service)

    def _due(self, now: datetime) -> list[PushDevice]:
        # An announcement is told at once: nobody waits until their browser is asked for again.
        announced = self.school.store.state_of(("announcements",))
        if announced != self._announced:
            self._announced, self._asked_at = announced, {}
        since = now - ASKED_EVERY
        self._asked_at = {key: at for key, at in self._asked_at.items() if at > since}
        found = devices_to_tell(self.school.store, now)
        return [each for each in found if each.push_device_id not in self._asked_at]

    def _is_worth_telling(self, device: PushDevice, now: datetime) -> bool:
        user = reader_of(self.school.store, device, now)
        try:
            has_news = user is not None and self.has_news(self.school.store, user, device.sent_at, now=now)
        except Refusal:
            has_news = False
        if not has_news:
            self._asked_at[device.push_device_id] = now
        return has_news

    def _note(self, device: PushDevice, sent: Sent, now: datetime) -> None:
        store = self.school.store
        if sent is Sent.TAKEN:
            note_told(store, device, now)
        elif sent is Sent.GONE:
            note_gone(store, device)
        else:
            note_not_told(store, device, now)
            log.warning("A push service did not take a notice: %s", sent.name)
