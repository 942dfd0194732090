"""The way to the school's mail server: one connection for many letters, and what its answers mean. Logs nothing: answers name addresses."""

import smtplib
import socket
import ssl
from contextlib import suppress
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from school.clock import school_zone
from school.notices.records import MailServer, Tls
from school.notices.rules.letters import LetterText, unsubscribe_address
from school.notices.rules.mail import Trouble, Verdict, verdict

SECONDS_AN_ANSWER = 15.0
SENDER_NAME = "Электронный дневник"
LONGEST_ANSWER = 200


class PostTrouble(Exception):
    """Nothing can be sent now; no family can help it. ``answer``: what the server said."""

    def __init__(self, trouble: Trouble, answer: str = "") -> None:
        self.trouble, self.answer = trouble, answer[:LONGEST_ANSWER]
        super().__init__(trouble)


class LetterPutOff(Exception):
    """This letter cannot be sent now; others may."""

    def __init__(self, answer: str) -> None:
        self.answer = answer[:LONGEST_ANSWER]
        super().__init__("later")


class AddressRefused(Exception):
    """The server says that nobody has the address."""

    def __init__(self, answer: str) -> None:
        self.answer = answer[:LONGEST_ANSWER]
        super().__init__("address")


class LetterRefused(AddressRefused):
    """The server does not take this letter, whoever gets it."""


class Post:
    """A connection to the mail server, opened with the first letter and again after it broke."""

    def __init__(self, server: MailServer, password: str) -> None:
        """Know the server; nothing is asked of the network yet."""
        self._server, self._password = server, password
        self._smtp: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        """Return the connection itself."""
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _problem: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """End the connection."""
        self.close()

    def close(self) -> None:
        """End the connection at once: a server that hangs is not waited for."""
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            if smtp.sock is not None:
                # Wakes the thread that waits for an answer.
                with suppress(OSError):
                    smtp.sock.shutdown(socket.SHUT_RDWR)
            smtp.close()

    def send(self, to: str, letter: LetterText, *, now: datetime, key: str, unsubscribe: str = "") -> None:
        """Send a letter; ``key`` makes its Message-ID, by which a letter that comes twice is seen to be one.

        Raises PostTrouble, LetterPutOff, AddressRefused, LetterRefused.
        """
        message = self._message(to, letter, now, key, unsubscribe)
        try:
            smtp = self._connected()
            smtp.sendmail(
                self._server.sender, [to], message.as_bytes(policy=message.policy.clone(linesep="\r\n"))
            )
        except smtplib.SMTPRecipientsRefused as problem:
            _raise(*problem.recipients[to], is_about_address=True)
        except smtplib.SMTPDataError as problem:
            _raise(problem.smtp_code, problem.smtp_error, is_about_address=False)
        except smtplib.SMTPSenderRefused as problem:
            raise PostTrouble(
                Trouble.LATER if problem.smtp_code < 500 else Trouble.SENDER, _text(problem.smtp_error)
            ) from None
        except (OSError, ValueError) as problem:
            self.close()
            raise _trouble(problem) from None

    def _connected(self) -> smtplib.SMTP:
        if self._smtp is not None and self._smtp.sock is not None:
            return self._smtp
        server, context = self._server, ssl.create_default_context()
        # Named, or the library would ask the network for this machine's own name.
        own_name = urlsplit(server.base_url).hostname or "localhost"
        if server.tls is Tls.TLS:
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, server.port, own_name, timeout=SECONDS_AN_ANSWER, context=context
            )
        else:
            smtp = smtplib.SMTP(server.host, server.port, own_name, timeout=SECONDS_AN_ANSWER)
        self._smtp = smtp
        if server.tls is Tls.STARTTLS:
            smtp.starttls(context=context)
        if server.login:
            smtp.login(server.login, self._password)
        return smtp

    def _message(
        self, to: str, letter: LetterText, now: datetime, key: str, unsubscribe: str
    ) -> EmailMessage:
        message = EmailMessage()
        message["Subject"] = letter.subject
        message["From"] = Address(SENDER_NAME, addr_spec=self._server.sender)
        message["To"] = to
        message["Date"] = format_datetime(now.replace(tzinfo=ZoneInfo(school_zone())))
        message["Message-ID"] = f"<{key}@{urlsplit(self._server.base_url).hostname or 'localhost'}>"
        # No machine answers «I am on holiday» to it.
        message["Auto-Submitted"] = "auto-generated"
        if unsubscribe:
            message["List-Unsubscribe"] = f"<{unsubscribe_address(self._server.base_url, unsubscribe)}>"
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        message.set_content(letter.body)
        return message


def _raise(code: int, answer: bytes | str, *, is_about_address: bool) -> None:
    text = _text(answer)
    found = verdict(code, text, is_about_address=is_about_address)
    if found is Verdict.BAD_ADDRESS:
        raise AddressRefused(f"{code} {text}") from None
    if found is Verdict.GIVEN_UP:
        raise LetterRefused(f"{code} {text}") from None
    raise LetterPutOff(f"{code} {text}") from None


def _text(answer: bytes | str) -> str:
    return answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer


def _trouble(problem: Exception) -> PostTrouble:
    """Return what stood in the way of the connection, whichever of the library's words it came in."""
    if isinstance(problem, smtplib.SMTPAuthenticationError):
        kind = Trouble.SIGN_IN if problem.smtp_code >= 500 else Trouble.LATER
        return PostTrouble(kind, _text(problem.smtp_error))
    if isinstance(problem, ssl.SSLError | smtplib.SMTPNotSupportedError):
        return PostTrouble(Trouble.TLS)
    if isinstance(problem, smtplib.SMTPResponseException):
        kind = Trouble.LATER if problem.smtp_code < 500 else Trouble.CONNECTION
        return PostTrouble(kind, _text(problem.smtp_error))
    return PostTrouble(Trouble.CONNECTION)
