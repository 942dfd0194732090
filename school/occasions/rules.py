"""What may be announced as an event of the school, who may answer it and until when (п. 3.6)."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from school.calendar import MONTHS, day_title
from school.errors import RuleRefused

TITLE_LENGTH, TEXT_LENGTH, PLACE_LENGTH, REASON_LENGTH = 120, 2000, 120, 200
FILES_AN_OCCASION = 3
DAYS_AHEAD, MOST_DAYS = 365, 60


class Side(StrEnum):
    """Whose answer it is: the pupil's own, the family's about the child, that of somebody of the staff."""

    PUPIL = "pupil"
    GUARDIAN = "guardian"
    STAFF = "staff"


SIDE_TITLES = {Side.PUPIL: "ученик", Side.GUARDIAN: "родители", Side.STAFF: "сотрудники"}


@dataclass(frozen=True)
class Circle:
    """Whom an event is for: a class, a grade (``class_id`` None), or the school (both None)."""

    grade_level: int | None = None
    class_id: int | None = None

    def includes(self, class_id: int, grade_level: int | None) -> bool:
        """Whether a class of a grade belongs to it."""
        if self.class_id is not None:
            return self.class_id == class_id
        return self.grade_level is None or self.grade_level == grade_level


@dataclass(frozen=True)
class OccasionDraft:
    """An event as it is written: days both inclusive, hours None for whole days, and who is asked whether they come.

    ``is_staff_only``: families neither see it nor are asked.
    """

    title: str
    starts_on: date
    ends_on: date
    starts_at: time | None = None
    ends_at: time | None = None
    place: str = ""
    text: str = ""
    asks_pupils: bool = False
    asks_guardians: bool = False
    asks_staff: bool = False
    is_staff_only: bool = False

    @property
    def when(self) -> tuple[date, date, time | None, time | None]:
        """The days and hours: an answer is to these."""
        return self.starts_on, self.ends_on, self.starts_at, self.ends_at

    @property
    def begins(self) -> datetime:
        """When it begins; of whole days the midnight before."""
        return datetime.combine(self.starts_on, self.starts_at or time())


def when_words(draft: OccasionDraft) -> str:
    """Return «20 ноября, пятница, 10:00–12:00», «20 ноября – 22 ноября», «20 ноября, 10:00 – 22 ноября, 18:00».

    Of several days the hours are the first of the first and the last of the last.
    """
    hours = [f"{hour:%H:%M}" if hour else "" for hour in (draft.starts_at, draft.ends_at)]
    if draft.starts_on == draft.ends_on:
        return ", ".join(filter(None, (day_title(draft.starts_on), "–".join(filter(None, hours)))))
    days = [f"{day.day} {MONTHS[day.month - 1]}" for day in (draft.starts_on, draft.ends_on)]
    return " – ".join(", ".join(filter(None, each)) for each in zip(days, hours, strict=True))


def check_draft(draft: OccasionDraft, today: date) -> None:
    """Raise RuleRefused for an event without a title, with texts too long, or at a time that cannot be."""
    if not draft.title.strip():
        raise RuleRefused("Событие не названо.", next_step="Напишите, что будет.")
    for words, longest, what in (
        (draft.title, TITLE_LENGTH, "Название"),
        (draft.text, TEXT_LENGTH, "Текст"),
        (draft.place, PLACE_LENGTH, "Место"),
    ):
        if len(words) > longest:
            raise RuleRefused(f"{what} длиннее {longest} знаков.", next_step="Сократите.")
    if draft.is_staff_only and (draft.asks_pupils or draft.asks_guardians):
        raise RuleRefused(
            "Событие только для сотрудников не спрашивает семьи.", next_step="Снимите одну из отметок."
        )
    if draft.starts_on < today:
        raise RuleRefused(
            "День события уже прошёл.", next_step="Выберите сегодняшний день или более поздний."
        )
    if draft.starts_on > today + timedelta(DAYS_AHEAD):
        raise RuleRefused("До события больше года.", next_step="Выберите день ближе.")
    if not draft.starts_on <= draft.ends_on <= draft.starts_on + timedelta(MOST_DAYS):
        raise RuleRefused(
            "Последний день раньше первого или слишком далеко.",
            f"Событие длится до {MOST_DAYS} дней.",
            "Проверьте дни.",
        )
    if draft.ends_at is not None and (
        draft.starts_at is None or (draft.starts_on == draft.ends_on and draft.ends_at <= draft.starts_at)
    ):
        raise RuleRefused("Конец раньше начала.", next_step="Проверьте часы.")


def check_changeable(ends_on: date, cancelled_at: datetime | None, today: date) -> None:
    """Raise RuleRefused for an event that was cancelled or is over."""
    if cancelled_at is not None:
        raise RuleRefused("Событие уже отменено.", next_step="Объявите новое.")
    if ends_on < today:
        raise RuleRefused("Событие уже прошло: менять его нельзя.", next_step="Объявите новое.")


def check_still_seen(before: OccasionDraft, after: OccasionDraft) -> None:
    """Raise RuleRefused where an event that families see would vanish from their pages without a word."""
    if after.is_staff_only and not before.is_staff_only:
        raise RuleRefused(
            "Семьи это событие уже видят: молча убрать его нельзя.",
            next_step="Отмените его и объявите новое, только для сотрудников.",
        )


def check_reason(reason: str) -> str:
    """Return why an event is cancelled, as families read it. Raises RuleRefused where nothing is said, or too much."""
    words = " ".join(reason.split())
    if not words:
        raise RuleRefused("Не написано, почему отменено.", next_step="Напишите причину: её увидят семьи.")
    if len(words) > REASON_LENGTH:
        raise RuleRefused(f"Причина длиннее {REASON_LENGTH} знаков.", next_step="Сократите её.")
    return words


def check_files(count: int) -> None:
    """Raise RuleRefused for more files than an event takes."""
    if count > FILES_AN_OCCASION:
        raise RuleRefused(f"Файлов больше {FILES_AN_OCCASION}.", next_step="Приложите главные.")


def takes_answers(draft: OccasionDraft, cancelled_at: datetime | None, now: datetime) -> bool:
    """Whether an event may still be answered: until it begins; one of whole days until its first day is over."""
    is_over = now.date() > draft.starts_on if draft.starts_at is None else now >= draft.begins
    return cancelled_at is None and not is_over


def check_answer(draft: OccasionDraft, cancelled_at: datetime | None, side: Side, now: datetime) -> None:
    """Raise RuleRefused for an answer to what asks this side nothing, was cancelled or has begun."""
    asks = {Side.PUPIL: draft.asks_pupils, Side.GUARDIAN: draft.asks_guardians, Side.STAFF: draft.asks_staff}
    if cancelled_at is not None:
        raise RuleRefused("Событие отменено.", next_step="Обновите страницу.")
    if not asks[side]:
        raise RuleRefused("На это событие отвечать не нужно.", next_step="Обновите страницу.")
    if not takes_answers(draft, cancelled_at, now):
        raise RuleRefused("Событие уже началось.", next_step="Скажите организатору сами.")
