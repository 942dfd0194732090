"""What a family may answer to a task and a teacher reply to it, and how a task then stands (п. 4.7)."""

from collections.abc import Sequence
from datetime import date, timedelta
from enum import StrEnum

from school.errors import RuleRefused

ANSWER_LENGTH, REPLY_LENGTH = 4000, 1000
FILES_AN_ANSWER = FILES_A_TASK = 3
# Whoever sends more has not understood the task, or sends for fun.
MOST_ANSWERS = 10
LONGEST_DAYS = 120


class StepKind(StrEnum):
    """What was done about a pupil's task: the family answered, the teacher accepted it or wants it done again."""

    ANSWERED = "answered"
    ACCEPTED = "accepted"
    AGAIN = "again"


class TaskState(StrEnum):
    """How a pupil's task stands."""

    GIVEN = "given"
    ANSWERED = "answered"
    AGAIN = "again"
    ACCEPTED = "accepted"


STEP_TITLES = {StepKind.ANSWERED: "ответ", StepKind.ACCEPTED: "принято", StepKind.AGAIN: "доделать"}
# As the teacher reads it.
STATE_TITLES = {
    TaskState.GIVEN: "ответа нет",
    TaskState.ANSWERED: "ждёт проверки",
    TaskState.AGAIN: "доделать",
    TaskState.ACCEPTED: "принято",
}
OPEN = frozenset({TaskState.GIVEN, TaskState.AGAIN})


def state_of(kinds: Sequence[StepKind]) -> TaskState:
    """Return how a task stands by its steps, the oldest first: the last one counts."""
    return TaskState(kinds[-1]) if kinds else TaskState.GIVEN


def is_overdue(state: TaskState, due_on: date | None, today: date) -> bool:
    """Whether a task still waits for the pupil on a day after it was due."""
    return state in OPEN and due_on is not None and due_on < today


def check_answer(text: str, files: int, kinds: Sequence[StepKind], *, is_there: bool) -> str:
    """Return the words of an answer as they are kept; ``files``: how many come with it, ``is_there``: the pupil is in the class.

    Raises RuleRefused for an empty one, a long one, and for a task that takes none any more.
    """
    words = text.strip()
    if not is_there:
        raise RuleRefused(
            "Ученик уже не в этом классе: ответить на задание нельзя.", next_step="Спросите нового учителя."
        )
    if state_of(kinds) == TaskState.ACCEPTED:
        raise RuleRefused(
            "Учитель уже принял это задание.", next_step="Если что-то не так, напишите учителю."
        )
    if kinds.count(StepKind.ANSWERED) >= MOST_ANSWERS:
        raise RuleRefused(
            f"На это задание уже отправлено {MOST_ANSWERS} ответов.",
            next_step="Дождитесь, что скажет учитель.",
        )
    if not words and not files:
        raise RuleRefused("В ответе ничего нет.", next_step="Напишите ответ или приложите файл.")
    if len(words) > ANSWER_LENGTH:
        raise RuleRefused(f"Ответ длиннее {ANSWER_LENGTH} знаков.", next_step="Приложите его файлом.")
    if files > FILES_AN_ANSWER:
        raise RuleRefused(
            f"Файлов больше {FILES_AN_ANSWER}.", next_step="Приложите главные или соберите их в PDF."
        )
    return words


def check_review(kind: StepKind, text: str, kinds: Sequence[StepKind]) -> str:
    """Return a teacher's words to an answer as they are kept. Raises RuleRefused where they cannot be said."""
    words = text.strip()
    if kind == StepKind.ANSWERED:
        raise RuleRefused("Отвечает на задание ученик.", next_step="Выберите «Принято» или «Доделать».")
    if len(words) > REPLY_LENGTH:
        raise RuleRefused(f"Ответ длиннее {REPLY_LENGTH} знаков.", next_step="Сократите его.")
    if kind == StepKind.AGAIN:
        if StepKind.ANSWERED not in kinds:
            raise RuleRefused("Ответа ещё нет: доделывать нечего.", next_step="Дождитесь ответа ученика.")
        if not words:
            raise RuleRefused("Не написано, что доделать.", next_step="Напишите ученику, что исправить.")
    if state_of(kinds) == TaskState(kind) and not words:
        raise RuleRefused("Так уже отмечено.", next_step="Обновите страницу.")
    return words


def check_due(due_on: date, today: date) -> None:
    """Raise RuleRefused for a day by which a task given today cannot be done."""
    if due_on <= today:
        raise RuleRefused("Срок задания уже прошёл или сегодня.", next_step="Выберите день с завтрашнего.")
    if due_on > today + timedelta(LONGEST_DAYS):
        raise RuleRefused(f"Срок задания больше {LONGEST_DAYS} дней.", next_step="Выберите день ближе.")


def check_files_of_task(count: int) -> None:
    """Raise RuleRefused for more files than a task may be given with."""
    if count > FILES_A_TASK:
        raise RuleRefused(f"Файлов больше {FILES_A_TASK}.", next_step="Приложите главные.")
