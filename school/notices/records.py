"""Records of notices."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class LetterKind(StrEnum):
    """What a letter is about."""

    CODE = "code"
    DIGEST = "digest"
    ABSENCE = "absence"
    CANCELLED = "cancelled"
    ANNOUNCEMENT = "announcement"
    REMINDER = "reminder"


AT_ONCE = (LetterKind.ABSENCE, LetterKind.CANCELLED, LetterKind.ANNOUNCEMENT, LetterKind.REMINDER)


class Digest(StrEnum):
    """How often a family is told that something is new."""

    NONE = "none"
    DAY = "day"
    WEEK = "week"


class Outcome(StrEnum):
    """How a letter ended: VOID was not sent since there was nothing to say, or nobody to say it to."""

    SENT = "sent"
    REFUSED = "refused"
    GIVEN_UP = "given_up"
    VOID = "void"


@dataclass(frozen=True)
class Choices:
    """What a family wants to be told; the weekday of a weekly digest is 1 for Monday.

    ``tells_announcement``: important announcements, and reminders of whichever waits for the family.
    """

    digest: Digest = Digest.NONE
    digest_hour: int = 17
    digest_weekday: int = 5
    tells_absence: bool = False
    tells_cancelled: bool = False
    tells_announcement: bool = False
    names_child: bool = False

    def tells(self, kind: LetterKind) -> bool:
        """Whether letters of this kind are wanted; a code is sent to whoever asks for it."""
        return {
            LetterKind.CODE: True,
            LetterKind.DIGEST: self.digest is not Digest.NONE,
            LetterKind.ABSENCE: self.tells_absence,
            LetterKind.CANCELLED: self.tells_cancelled,
            LetterKind.ANNOUNCEMENT: self.tells_announcement,
            LetterKind.REMINDER: self.tells_announcement,
        }[kind]


@dataclass(frozen=True)
class NoticeSettings:
    """A user's address and choices; ``code_hash`` is empty where no code waits to be typed.

    The digest has told what was new by ``told_until``, up to the event ``told_event``.
    """

    user_id: int
    address: str
    confirmed_at: datetime | None
    refused_at: datetime | None
    code_hash: str
    code_made_at: datetime | None
    code_tries: int
    choices: Choices
    told_until: datetime
    told_event: int
    at_once_since: datetime

    @property
    def gets_letters(self) -> bool:
        """Whether anything but a code may be sent to the address."""
        return self.confirmed_at is not None and self.refused_at is None


@dataclass(frozen=True)
class QueuedLetter:
    """A letter that waits; ``period`` tells it from others of its user and kind."""

    letter_id: int
    user_id: int
    kind: LetterKind
    period: str
    pupil_id: int | None
    queued_at: datetime
    tries: int


@dataclass(frozen=True)
class CalendarFeed:
    """A private calendar of a user and a child; ``last_read_on`` is None until a program has asked for it."""

    feed_id: int
    user_id: int
    pupil_id: int
    label: str
    created_at: datetime
    last_read_on: date | None


class Tls(StrEnum):
    """How the way to the mail server is encrypted."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


@dataclass(frozen=True)
class MailServer:
    """The school's mail server; ``base_url`` is where families open the diary, without a slash at the end."""

    is_on: bool = False
    host: str = ""
    port: int = 587
    tls: Tls = Tls.STARTTLS
    login: str = ""
    sender: str = ""
    base_url: str = ""


@dataclass(frozen=True)
class MailQueue:
    """How the queue stands: how many letters wait and since when, how many were given up or refused in a week, the last sent."""

    waiting: int
    oldest_at: datetime | None
    failed: int
    last_sent_at: datetime | None
    problem: str
