"""What may be written: texts, files, how often, and how long one's own words may be taken back (п. 2.9, 4.7)."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum

from school.errors import RuleRefused
from school.files.attachments.kinds import CheckedFile, check_file

TITLE_LENGTH, TEXT_LENGTH = 120, 4000
FILES_A_MESSAGE = 5
# Photos, documents, tables: nothing that runs.
FILE_TYPES = ("pdf", "jpg", "png", "docx", "xlsx", "pptx", "odt", "txt")
WITHDRAWN_WITHIN = timedelta(minutes=5)
THREADS_A_DAY = 10
PACE = timedelta(seconds=5)
MOST_RECIPIENTS = 5000
# Why a thread may not go on: any of these ends it, and a reader need not know which.
ENDED = (
    "Ребёнок больше не учится в этом классе, учитель его больше не учит, собеседник больше не входит в журнал, "
    "или школа закрыла это направление переписки."
)


class ThreadKind(StrEnum):
    """What a thread is: letters between people, or a call for help to the administrators (п. 8.1)."""

    LETTERS = "letters"
    HELP = "help"


class HelpState(StrEnum):
    """Where a call for help stands (п. 8.1)."""

    NEW = "new"
    TAKEN = "taken"
    DONE = "done"


HELP_TITLES = {HelpState.NEW: "новое", HelpState.TAKEN: "в работе", HelpState.DONE: "решено"}


def help_state(taken_at: datetime | None, closed_at: datetime | None) -> HelpState:
    """Return where a call for help stands."""
    if closed_at is not None:
        return HelpState.DONE
    return HelpState.NEW if taken_at is None else HelpState.TAKEN


def days_open(started_at: datetime, closed_at: datetime | None, today: date) -> int:
    """Return for how many days a call for help has been, or was, open: 0 on its first."""
    return ((closed_at.date() if closed_at else today) - started_at.date()).days


def check_title(title: str) -> str:
    """Return a subject as it is kept; raises RuleRefused where there is none, or it is too long."""
    words = " ".join(title.split())
    if not words:
        raise RuleRefused("Нет темы.", next_step="Напишите в двух-трёх словах, о чём письмо.")
    if len(words) > TITLE_LENGTH:
        raise RuleRefused(f"Тема длиннее {TITLE_LENGTH} знаков.", next_step="Сократите её.")
    return words


def check_text(text: str, *, has_files: bool = False) -> str:
    """Return a message as it is kept; raises RuleRefused for an empty one without files, or one that is too long."""
    words = text.replace("\r\n", "\n").strip()
    if not words and not has_files:
        raise RuleRefused("Сообщение пустое.", next_step="Напишите текст или приложите файл.")
    if len(words) > TEXT_LENGTH:
        raise RuleRefused(
            f"Сообщение длиннее {TEXT_LENGTH} знаков.", next_step="Сократите его или приложите файлом."
        )
    return words


def check_files(files: Sequence[tuple[str, bytes]]) -> list[CheckedFile]:
    """Return the files of a message as they may be kept; raises RuleRefused by number, kind, size and content."""
    given = [(name, content) for name, content in files if name or content]
    if len(given) > FILES_A_MESSAGE:
        raise RuleRefused(f"Файлов больше {FILES_A_MESSAGE}.", next_step="Приложите главные.")
    return [check_file(name, content, FILE_TYPES) for name, content in given]


def check_pace(last: datetime | None, now: datetime, *, is_repeated: bool = False) -> None:
    """Raise RuleRefused for a message that follows the last one of the same person too soon; ``is_repeated``: it says the same."""
    if last is not None and timedelta(0) <= now - last < PACE:
        if is_repeated:
            raise RuleRefused(
                "Это сообщение уже отправлено.", "Кнопку нажали дважды.", "Оно стоит в «Сообщениях»."
            )
        raise RuleRefused(
            "Сообщения идут слишком часто.",
            f"Между двумя должно пройти {PACE.seconds} секунд.",
            "Подождите и отправьте снова.",
        )


def check_new_threads(started_today: int) -> None:
    """Raise RuleRefused for a family that has begun as many threads today as one may."""
    if started_today >= THREADS_A_DAY:
        raise RuleRefused(
            f"Сегодня с этого входа начато {THREADS_A_DAY} переписок, больше в день нельзя.",
            next_step="Продолжите одну из начатых или напишите завтра.",
        )


def check_recipients(count: int) -> None:
    """Raise RuleRefused for a letter to nobody, or to more than a school has."""
    if not count:
        raise RuleRefused("Не выбрано, кому письмо.", next_step="Выберите получателя.")
    if count > MOST_RECIPIENTS:
        raise RuleRefused(
            f"Получателей больше {MOST_RECIPIENTS}.", next_step="Отправьте письмо несколькими частями."
        )


def may_withdraw(written_at: datetime, withdrawn_at: datetime | None, now: datetime) -> bool:
    """Whether the author may still take a message back."""
    return withdrawn_at is None and now - written_at <= WITHDRAWN_WITHIN


def check_withdrawal(written_at: datetime, withdrawn_at: datetime | None, now: datetime) -> None:
    """Raise RuleRefused for a message that was taken back already, or that has stood for too long."""
    if not may_withdraw(written_at, withdrawn_at, now):
        raise RuleRefused(
            "Отозвать это сообщение уже нельзя.",
            f"Своё сообщение отзывают в первые {WITHDRAWN_WITHIN.seconds // 60} минут.",
            "Напишите следующее и поправьте себя в нём.",
        )
