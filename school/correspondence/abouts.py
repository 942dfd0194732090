"""What a letter is asked from: a mark or a lesson, a remark, an announcement, a gap request; in words, and who is asked (п. 2.9, 4.3, 4.7)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from school.announcements.access import answerable
from school.calendar import MONTHS
from school.correspondence.access import correspondents
from school.correspondence.store import abouts as stored
from school.errors import AccessRefused
from school.families.rules import REMARK_TITLES
from school.families.store.remarks import remark_by_id
from school.records import RemarkKind, User
from school.register.store.lessons import lessons_by_id
from school.register.store.pupil_lessons import lessons_of_pupil
from school.register.store.registers import subject_names
from school.store.reading import Reader

# With the day before it, it is a letter's subject.
SUBJECT_IN_WORDS = 80


class AboutKind(StrEnum):
    """From where a letter is asked."""

    MARK = "mark"
    LESSON = "lesson"
    REMARK = "remark"
    ANNOUNCEMENT = "announcement"
    GAP_REQUEST = "gap_request"


@dataclass(frozen=True)
class About:
    """What a letter is about: a kind and the id of a lesson (of a mark too), a remark, an announcement or a gap request."""

    kind: AboutKind
    record_id: int


@dataclass(frozen=True)
class Asking:
    """What a letter is about in words that name nobody, and the account of who is asked, where it is known.

    ``is_answer``: they have written first, so that whoever may not begin may answer.
    """

    words: str
    user_id: int | None
    is_answer: bool = False

    @property
    def answered(self) -> int | None:
        """The account that is answered; None where one is only asked."""
        return self.user_id if self.is_answer else None


def asking(reader: Reader, user: User, about: About, child: int | None, now: datetime) -> Asking:
    """Return what is asked about, by the family of a child or (None) by staff. Raises AccessRefused for what is not theirs."""
    found = None
    if about.kind is AboutKind.ANNOUNCEMENT:
        found = _of_announcement(reader, user, about.record_id, child, now)
    elif child is not None and child in user.pupil_ids:
        if about.kind in {AboutKind.MARK, AboutKind.LESSON}:
            found = _of_lesson(reader, about, child)
        elif about.kind is AboutKind.REMARK:
            found = _of_remark(reader, about.record_id, child)
    elif child is None and about.kind is AboutKind.GAP_REQUEST:
        found = _of_request(reader, user, about.record_id)
    if found is None:
        raise AccessRefused(
            "Спросить об этой записи нельзя.", "Её нет, или она не для вас.", "Выберите её заново."
        )
    return found


def _of_lesson(reader: Reader, about: About, child: int) -> Asking | None:
    lesson = lessons_by_id(reader, [about.record_id]).get(about.record_id)
    if lesson is None:
        return None
    own = lessons_of_pupil(reader, child, lesson.held_on, lesson.held_on)
    if lesson.lesson_id not in {each.lesson_id for each in own}:
        return None
    what = "отметка за урок" if about.kind is AboutKind.MARK else "урок"
    day = f"{lesson.held_on.day} {MONTHS[lesson.held_on.month - 1]}"
    words = f"{what} {day}, {subject_names(reader)[lesson.subject_id]}"
    return Asking(words, stored.account_of_staff(reader, lesson.teacher_id))


def _of_remark(reader: Reader, remark_id: int, child: int) -> Asking | None:
    remark = remark_by_id(reader, remark_id)
    if remark is None or remark.pupil_id != child or remark.withdrawn_at is not None:
        return None
    day = f"{remark.written_at.day} {MONTHS[remark.written_at.month - 1]}"
    subject = f", {remark.subject_name}" if remark.subject_name else ""
    return Asking(f"{REMARK_TITLES[RemarkKind(remark.kind)]} {day}{subject}", remark.written_by)


def _of_request(reader: Reader, user: User, request_id: int) -> Asking | None:
    request = stored.gap_request(reader, request_id)
    if request is None or user.staff_id is None:
        return None
    day = f"{request.sent_at.day} {MONTHS[request.sent_at.month - 1]}"
    words = f"обращение {day}: {request.class_name}, {request.subject_name}"
    if request.teacher_id == user.staff_id:
        return Asking(words, request.sent_by)
    if request.class_id in user.homeroom_class_ids or request.sent_by == user.user_id:
        return Asking(words, stored.account_of_staff(reader, request.teacher_id))
    return None


def _of_announcement(
    reader: Reader, user: User, announcement_id: int, child: int | None, now: datetime
) -> Asking | None:
    announcement = answerable(reader, user, announcement_id, child, now)
    if announcement is None:
        return None
    author, sent, subject = announcement.written_by, announcement.sent_at, announcement.subject
    # An author who has left, or teaches the child no longer, is asked no more.
    known = correspondents(reader, user, now.date(), child, answered=author)
    shortened = subject if len(subject) <= SUBJECT_IN_WORDS else f"{subject[: SUBJECT_IN_WORDS - 1]}…"
    return Asking(
        f"объявление {sent.day} {MONTHS[sent.month - 1]}: {shortened}",
        author if any(each.user_id == author for each in known) else None,
        is_answer=True,
    )
