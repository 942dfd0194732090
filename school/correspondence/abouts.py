"""What a letter is asked from: a mark or a lesson, a remark, an announcement, a gap request; in words, and who is asked (п. 2.9, 4.3, 4.7)."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from school.access.action import Action
from school.access.checks import may
from school.access.scopes import Rows
from school.announcements.access import answerable
from school.calendar import MONTHS
from school.correspondence.access import correspondents
from school.correspondence.store import abouts as stored
from school.errors import AccessRefused
from school.families.rules import REMARK_TITLES
from school.families.store.diaries import pupil_names
from school.families.store.remarks import StoredRemark, remark_by_id
from school.records import Lesson, RemarkKind, User
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
    """What a letter is about: a kind and the id of a lesson (of a mark too), a remark, an announcement or a gap request.

    ``pupil_id``: whose mark it is, where an employee asks; of a family it is the child's.
    """

    kind: AboutKind
    record_id: int
    pupil_id: int | None = None


@dataclass(frozen=True)
class Asking:
    """What a letter is about in words, and who is asked: an account (None: not known), or the family of a pupil.

    The words name nobody, but the pupil to a colleague. ``is_answer``: they have written first, so that whoever may not begin may
    answer.
    """

    words: str
    user_id: int | None
    pupil_id: int | None = None
    is_answer: bool = False

    @property
    def answered(self) -> int | None:
        """The account that is answered; None where one is only asked."""
        return self.user_id if self.is_answer else None


def asking(reader: Reader, user: User, about: About, child: int | None, now: datetime) -> Asking:
    """Return what is asked about, by the family of a child or (None) by staff. Raises AccessRefused for what is not theirs."""
    if about.kind is AboutKind.ANNOUNCEMENT:
        found = _of_announcement(reader, user, about.record_id, child, now)
    elif child is not None:
        found = _of_family(reader, about, child) if child in user.pupil_ids else None
    else:
        found = _of_staff(reader, user, about)
    if found is None:
        raise AccessRefused(
            "Спросить об этой записи нельзя.", "Её нет, или она не для вас.", "Выберите её заново."
        )
    return found


def _of_family(reader: Reader, about: About, child: int) -> Asking | None:
    if about.kind is AboutKind.REMARK:
        remark = _remark(reader, about.record_id, child)
        return Asking(_remark_words(remark), remark.written_by) if remark else None
    if about.kind is AboutKind.GAP_REQUEST:
        return None
    lesson = _lesson(reader, about, child)
    if lesson is None:
        return None
    return Asking(_lesson_words(reader, about, lesson), stored.account_of_staff(reader, lesson.teacher_id))


def _of_staff(reader: Reader, user: User, about: About) -> Asking | None:
    """An own record is asked of the pupil's family, another's of the colleague who made it; what one may not read, of nobody."""
    if about.kind is AboutKind.GAP_REQUEST:
        return _of_request(reader, user, about.record_id)
    pupil = about.pupil_id
    asked: int | None
    if about.kind is AboutKind.REMARK:
        remark = _remark(reader, about.record_id, pupil)
        if remark is None:
            return None
        words, is_own, asked = _remark_words(remark), remark.written_by == user.user_id, remark.written_by
        may_read = is_own or may(user, Action.READ_REMARKS, Rows(class_id=remark.class_id))
    else:
        lesson = _lesson(reader, about, pupil) if pupil is not None else None
        if lesson is None:
            return None
        words, is_own = _lesson_words(reader, about, lesson), user.staff_id in lesson.teacher_ids
        rows = Rows(teacher_ids=lesson.reader_ids, class_id=lesson.class_id)
        may_read = may(user, Action.READ_REGISTER, rows)
        asked = stored.account_of_staff(reader, lesson.teacher_id)
    if not may_read or pupil is None:
        return None
    if is_own:
        return Asking(words, None, pupil)
    return Asking(f"{words}: {pupil_names(reader, frozenset([pupil]))[pupil].short}", asked)


def _day(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1]}"


def _lesson(reader: Reader, about: About, pupil_id: int) -> Lesson | None:
    """Return the lesson if it is one of the pupil's."""
    lesson = lessons_by_id(reader, [about.record_id]).get(about.record_id)
    if lesson is None:
        return None
    own = lessons_of_pupil(reader, pupil_id, lesson.held_on, lesson.held_on)
    return lesson if lesson.lesson_id in {each.lesson_id for each in own} else None


def _lesson_words(reader: Reader, about: About, lesson: Lesson) -> str:
    what = "отметка за урок" if about.kind is AboutKind.MARK else "урок"
    return f"{what} {_day(lesson.held_on)}, {subject_names(reader)[lesson.subject_id]}"


def _remark(reader: Reader, remark_id: int, pupil_id: int | None) -> StoredRemark | None:
    """Return the remark if it is of the pupil, and stands."""
    remark = remark_by_id(reader, remark_id)
    if remark is None or remark.pupil_id != pupil_id or remark.withdrawn_at is not None:
        return None
    return remark


def _remark_words(remark: StoredRemark) -> str:
    subject = f", {remark.subject_name}" if remark.subject_name else ""
    return f"{REMARK_TITLES[RemarkKind(remark.kind)]} {_day(remark.written_at)}{subject}"


def _of_request(reader: Reader, user: User, request_id: int) -> Asking | None:
    request = stored.gap_request(reader, request_id)
    if request is None or user.staff_id is None:
        return None
    words = f"обращение {_day(request.sent_at)}: {request.class_name}, {request.subject_name}"
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
