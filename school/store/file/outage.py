"""Why the store cannot save now, in words for people and for the log; what is acknowledged is never touched by it."""

import logging
import time

import duckdb

from school.errors import StoreUnavailable
from school.store.file.space import FULL, cause_of, cause_text

log = logging.getLogger(__name__)
# After the engine has stopped at a checkpoint the next one waits so long, twice as long after each further stop.
FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 60.0, 900.0
NEXT = "Записанное раньше цело. Введённое в журнал останется в браузере и отправится само; формы отправьте позже."
FULL_DISK = "Запись в журнал остановлена: на диске сервера не осталось места."
STOPPED = "Запись в журнал остановлена: база данных прервала работу и открывается заново."
NOT_WRITABLE = "Запись в журнал остановлена: диск сервера не принимает данные."


class Outage:
    """What stopped the store; ``is_dead`` while the engine must be opened again before it answers anything."""

    def __init__(self) -> None:
        """Begin in good order."""
        self.is_dead = False
        self.sentence: str | None = None
        self._wait, self._checkpoints_from = 0.0, 0.0

    def noted(self, problem: BaseException) -> StoreUnavailable | None:
        """Note a failure that is the store's and not the caller's, and return its words; None for any other."""
        is_fatal = isinstance(problem, duckdb.FatalException)
        number = cause_of(problem)
        if not is_fatal and (number is None or not isinstance(problem, duckdb.Error)):
            return None
        sentence = FULL_DISK if number in FULL else STOPPED if is_fatal else NOT_WRITABLE
        if self.sentence != sentence or is_fatal != self.is_dead:
            log.error("The store cannot save: %s, %s", type(problem).__name__, cause_text(number))
        self.sentence = sentence
        if is_fatal and not self.is_dead:
            self.is_dead = True
            self._wait = min(max(FIRST_WAIT_SECONDS, 2 * self._wait), LONGEST_WAIT_SECONDS)
            self._checkpoints_from = time.monotonic() + self._wait
        return self.refusal()

    def refusal(self) -> StoreUnavailable:
        """Return what whoever asked now is told."""
        sentence = self.sentence or STOPPED
        return StoreUnavailable(sentence, next_step=NEXT, is_full=sentence == FULL_DISK)

    @property
    def lets_checkpoint(self) -> bool:
        """Whether the log may be taken into the database again after the engine stopped at it."""
        return time.monotonic() >= self._checkpoints_from

    def has_saved(self) -> None:
        """Note that something was saved."""
        if self.sentence is not None:
            log.error("The store saves again.")
            self.sentence = None
        if self.lets_checkpoint:
            self._wait = 0.0


def file_refusal(problem: OSError) -> StoreUnavailable:
    """Return what is said where a file beside the database cannot be written; the log says why."""
    number = cause_of(problem)
    log.error("A file cannot be written: %s", cause_text(number))
    is_full = number in FULL
    return StoreUnavailable(
        "Файл не записан: на диске сервера не осталось места."
        if is_full
        else "Файл не записан: диск сервера не принимает данные.",
        next_step="Остальное цело. Сообщите администратору журнала и приложите файл позже.",
        is_full=is_full,
    )
