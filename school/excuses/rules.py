"""What a family may announce of an absence, and what a homeroom teacher may answer (п. 3.6, 4.3)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from school.errors import RuleRefused
from school.files.attachments.kinds import CheckedFile, check_file
from school.records import AbsenceReason
from school.register.rules.leaves import REASONS_OF_LEAVE

NOTE_LENGTH = ANSWER_LENGTH = 200
SHORTEST_ANSWER = 3
# A paper often comes after the illness; a longer absence is a matter of an order, not of the diary.
DAYS_BACK, DAYS_AHEAD, MOST_DAYS = 31, 92, 92
LESSON_NUMBERS = range(1, 10)
PAPERS_AN_EXCUSE = 3
PAPER_KINDS = ("jpg", "png", "pdf")
MOST_WAITING = 5


class ExcuseState(StrEnum):
    """What became of an announced absence."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Absent:
    """Days (both inclusive) that a family says a pupil misses; no ``lesson_numbers`` means whole days."""

    starts_on: date
    ends_on: date
    reason: AbsenceReason
    lesson_numbers: tuple[int, ...] = ()
    note: str = ""

    def overlaps(self, other: "Absent") -> bool:
        """Whether both say something of one lesson."""
        is_same_time = self.starts_on <= other.ends_on and other.starts_on <= self.ends_on
        are_whole = not self.lesson_numbers or not other.lesson_numbers
        return is_same_time and (are_whole or bool(set(self.lesson_numbers) & set(other.lesson_numbers)))

    def covers(self, day: date, number: int) -> bool:
        """Whether a lesson of that day and number is meant."""
        return self.starts_on <= day <= self.ends_on and (
            not self.lesson_numbers or number in self.lesson_numbers
        )


def state_of(withdrawn_at: datetime | None, decided_at: datetime | None, leave_id: int | None) -> ExcuseState:
    """Return what became of an announced absence."""
    if withdrawn_at is not None:
        return ExcuseState.WITHDRAWN
    if decided_at is None:
        return ExcuseState.WAITING
    return ExcuseState.DECLINED if leave_id is None else ExcuseState.ACCEPTED


def check_absent(absent: Absent, today: date, waiting: Collection[Absent]) -> None:
    """Raise RuleRefused for an absence that a family cannot announce; ``waiting``: what of the pupil waits already."""
    if absent.reason not in REASONS_OF_LEAVE:
        raise RuleRefused("Причина не выбрана.", next_step="Выберите болезнь или уважительную причину.")
    if absent.ends_on < absent.starts_on:
        raise RuleRefused("Последний день раньше первого.", next_step="Проверьте даты.")
    if absent.starts_on < today - timedelta(DAYS_BACK):
        raise RuleRefused(
            f"С первого дня прошло больше {DAYS_BACK} дней.",
            next_step="Сообщите о нём классному руководителю: он запишет причину сам.",
        )
    if absent.ends_on > today + timedelta(DAYS_AHEAD) or absent.ends_on - absent.starts_on >= timedelta(
        MOST_DAYS
    ):
        raise RuleRefused(f"Срок дольше {MOST_DAYS} дней вперёд.", next_step="Проверьте даты.")
    if not set(absent.lesson_numbers) <= set(LESSON_NUMBERS):
        raise RuleRefused("Таких уроков нет.", next_step="Отметьте уроки заново.")
    if len(absent.note) > NOTE_LENGTH:
        raise RuleRefused(f"Пояснение длиннее {NOTE_LENGTH} знаков.", next_step="Сократите его.")
    if absent.reason == AbsenceReason.VALID and not absent.note:
        raise RuleRefused("Причина не названа.", next_step="Напишите в пояснении, почему ребёнка не будет.")
    if len(waiting) >= MOST_WAITING:
        raise RuleRefused(
            f"Ответа ждут уже {MOST_WAITING} сообщений о пропусках.",
            next_step="Дождитесь ответа классного руководителя или отзовите лишние.",
        )
    if any(absent.overlaps(each) for each in waiting):
        raise RuleRefused(
            "О пропуске в эти дни вы уже сообщили, ответа пока нет.",
            next_step="Если что-то изменилось, отзовите прежнее сообщение.",
        )


def check_paper(name: str, content: bytes) -> CheckedFile:
    """Return a photo or a PDF of a certificate as it may be kept; raises RuleRefused by kind, size and content."""
    return check_file(name, content, PAPER_KINDS)


def check_paper_count(count: int) -> None:
    """Raise RuleRefused for more papers than an announced absence takes."""
    if count > PAPERS_AN_EXCUSE:
        raise RuleRefused(f"Файлов больше {PAPERS_AN_EXCUSE}.", next_step="Приложите главные.")


def check_answer(answer: str) -> str:
    """Return the words of a declining as they are kept; raises RuleRefused where there are none, or too many."""
    words = answer.strip()
    if len(words) < SHORTEST_ANSWER:
        raise RuleRefused("Не написано, почему отклонено.", next_step="Напишите семье причину.")
    if len(words) > ANSWER_LENGTH:
        raise RuleRefused(f"Ответ длиннее {ANSWER_LENGTH} знаков.", next_step="Сократите его.")
    return words


def check_waits(state: ExcuseState) -> None:
    """Raise RuleRefused for an announced absence that was answered or taken back already."""
    if state is not ExcuseState.WAITING:
        raise RuleRefused("Сообщение уже разобрано или отозвано.", next_step="Обновите страницу.")
