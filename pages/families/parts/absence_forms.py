"""A guardian announces an absence from the diary and takes it back: plain forms, a phone's camera for the certificate (п. 3.6, 4.3)."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from pages.families.parts.diary_answers import Asked
from pages.families.parts.sent_files import Sent
from school.access.action import Action
from school.access.checks import check_may
from school.access.scopes import Rows
from school.errors import AccessRefused, Refusal
from school.excuses.actions import Announcement, announce_absence, take_back_excuse
from school.excuses.rules import DAYS_AHEAD, DAYS_BACK, LESSON_NUMBERS, NOTE_LENGTH, PAPERS_AN_EXCUSE, Absent
from school.files.attachments.kinds import FILE_BYTES
from school.records import AbsenceReason

DAY_UNREAD = "День не прочитан."


@dataclass(frozen=True)
class Typed:
    """What stands in the form of an announced absence: as typed, or as it opens."""

    reason: str
    starts: str
    ends: str
    lessons: frozenset[int] = frozenset()
    note: str = ""
    papers: list[tuple[str, bytes]] = field(default_factory=list)

    def absent(self) -> Absent:
        """Return what is announced. Raises Refusal for days that are none."""
        try:
            starts_on, ends_on = date.fromisoformat(self.starts), date.fromisoformat(self.ends or self.starts)
        except ValueError:
            raise Refusal(DAY_UNREAD, next_step="Выберите первый и последний день.") from None
        reason = AbsenceReason(self.reason) if self.reason in set(AbsenceReason) else AbsenceReason.UNKNOWN
        return Absent(starts_on, ends_on, reason, tuple(sorted(self.lessons)), self.note.strip())


def form_page(asked: Asked, typed: Typed | None = None, refused: str = "") -> bytes:
    """Return the form. Raises AccessRefused for who may not announce an absence of this child."""
    check_may(asked.user, Action.ANNOUNCE_ABSENCE, Rows(pupil_id=asked.pupil_id))
    today = asked.today
    shown = typed or Typed("illness", today.isoformat(), today.isoformat())
    return asked.drawn(
        "announce.html",
        "/absences",
        "Сообщить о пропуске",
        typed={
            "reason": shown.reason,
            "from": shown.starts,
            "to": shown.ends,
            "lessons": shown.lessons,
            "note": shown.note,
        },
        refused=refused,
        had_files=bool(shown.papers),
        numbers=LESSON_NUMBERS,
        first_day=today - timedelta(DAYS_BACK),
        last_day=today + timedelta(DAYS_AHEAD),
        note_length=NOTE_LENGTH,
        most_papers=PAPERS_AN_EXCUSE,
        most_megabytes=FILE_BYTES // 1024 // 1024,
    )


def send_form(asked: Asked, typed: Typed) -> bytes | str:
    """Announce what the form holds: the address of the page that follows, or the form again with a refusal.

    Raises AccessRefused.
    """
    try:
        sent = Announcement(asked.pupil_id, typed.absent(), typed.papers)
        announce_absence(asked.school.store, asked.user, sent, now=asked.school.clock())
    except AccessRefused:
        raise
    except Refusal as refusal:
        return form_page(asked, typed, str(refusal))
    return f"/family/{asked.pupil_id}/absences#announced"


def take_back(asked: Asked, excuse_id: int) -> str:
    """Take back what was announced and return the address that follows. Raises AccessRefused or Refusal."""
    take_back_excuse(asked.school.store, asked.user, excuse_id, now=asked.school.clock())
    return f"/family/{asked.pupil_id}/absences#announced"


def typed_of(sent: Sent) -> Typed:
    """Return what a sent form holds."""
    numbers = {str(number): number for number in LESSON_NUMBERS}
    lessons = frozenset(numbers[value] for value in sent.values("lesson") if value in numbers)
    # What no form of ours sends becomes a refusal of a rule, not a fault.
    reason, first, last = (sent.word(name)[:20] for name in ("reason", "from", "to"))
    return Typed(reason, first, last, lessons, sent.word("note")[: 4 * NOTE_LENGTH], sent.files)
