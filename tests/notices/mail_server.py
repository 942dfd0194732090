"""A real mail server for tests, on this machine: it takes letters, or answers as it is told to."""

import asyncio
import email
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email import policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from small_school import NOW

from school.notices.actions.mail import save_mail_server
from school.notices.records import MailServer, Tls
from school.records import User
from school.store.connection import Store

BASE = "https://journal.school.example"
SENDER = "dnevnik@school.example"
LOGIN, PASSWORD = "dnevnik", "s3cret word!"


class Mailbox:
    """What a mail server does with letters: ``answers`` by recipient, for RCPT; ``says`` for the text; both may drop the line."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.answers: dict[str, str] = {}
        self.says: list[str] = []
        self.hangs = 0.0
        self.seen = 0

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        self.seen += 1
        answer = self.answers.get(address, "250 OK")
        if answer == "drop":
            server.transport.abort()
            return "421 gone"
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.hangs:
            await asyncio.sleep(self.hangs)
        said = self.says.pop(0) if self.says else "250 OK"
        if said == "drop":
            server.transport.abort()
            return "421 gone"
        if said.startswith("250"):
            self.letters.append(email.message_from_bytes(envelope.content or b"", policy=policy.default))  # type: ignore[arg-type]
            self.recipients += envelope.rcpt_tos
        return said

    def texts(self) -> list[str]:
        """Return all that a reader of the letters sees, a text each."""
        return [f"{each['Subject']}\n{each.get_content()}" for each in self.letters]


def _authenticate(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
    return AuthResult(success=data.password.decode() == PASSWORD, handled=False)


@contextmanager
def mail_server(mailbox: Mailbox, **settings: Any) -> Iterator[int]:
    """Run a mail server until the block ends; yield its port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(mailbox, hostname="127.0.0.1", port=port, **settings)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


@contextmanager
def asking_for_password(mailbox: Mailbox) -> Iterator[int]:
    """Run a mail server that takes letters from who has signed in only."""
    with mail_server(
        mailbox, authenticator=_authenticate, auth_required=True, auth_require_tls=False
    ) as port:
        yield port


def connect_school(
    store: Store,
    admin: User,
    port: int,
    *,
    tls: Tls = Tls.NONE,
    login: str = "",
    password: str | None = None,
    is_on: bool = True,
) -> None:
    """Let the administrator switch the school's mail on."""
    server = MailServer(is_on, "127.0.0.1", port, tls, login, SENDER, BASE)
    save_mail_server(store, admin, server, password, now=NOW)


def wait_until(what: Any, seconds: float = 10) -> None:
    """Wait until something holds."""
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "nothing came"
        time.sleep(0.02)
