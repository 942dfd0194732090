"""A school that sends letters: a mail server on this machine, a guardian whose address is confirmed."""

from collections.abc import Iterator

import pytest
from mail_server import Mailbox, connect_school, mail_server
from small_school import People

from school.store.connection import Store


@pytest.fixture
def mailbox() -> Mailbox:
    """What the mail server does."""
    return Mailbox()


@pytest.fixture
def mail_port(mailbox: Mailbox, school_store: Store, people: People) -> Iterator[int]:
    """The port of a running mail server, to which the school is connected."""
    with mail_server(mailbox) as port:
        connect_school(school_store, people.admin, port)
        yield port
