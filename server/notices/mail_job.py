"""Sends the school's letters in a thread of its own, where the school has switched its mail on."""

import threading
import time

from school.notices.sending import Sender
from server.own_threads import entries
from server.session import School

SECONDS_BETWEEN_LETTERS = 0.01
# Set by whoever waits for a letter: a family that has asked for a code.
asked = threading.Event()


def sender(school: School) -> Sender:
    """Return what sends the letters of a school; it makes way for entries after each."""
    return Sender(school.store, school.clock, _make_way)


def _make_way() -> None:
    entries.go_first()
    time.sleep(SECONDS_BETWEEN_LETTERS)
