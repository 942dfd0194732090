"""When homework may be due, what its text must say (п. 3.4), whether it is done as it stands (п. 2.8)."""

from datetime import date, datetime, timedelta

from school.errors import RuleRefused

LONGEST_DAYS = 60
TASK_LENGTH = 2000


def check_due_day(held_on: date, due_on: date) -> None:
    """Raise RuleRefused for a day that is not after the lesson or too far away."""
    if due_on <= held_on:
        raise RuleRefused("Задание задано к дню до следующего урока.", next_step="Выберите день после урока.")
    if due_on > held_on + timedelta(LONGEST_DAYS):
        raise RuleRefused(f"Срок задания больше {LONGEST_DAYS} дней.", next_step="Выберите день ближе.")


def change_since(done_at: datetime | None, changed_at: datetime | None) -> datetime | None:
    """Return when homework changed after a pupil ticked it as done, None where the tick holds or there is none."""
    return changed_at if done_at is not None and changed_at is not None and changed_at > done_at else None


def check_task(text: str, recipients: int) -> None:
    """Raise RuleRefused for a task without words, too long, or for nobody."""
    if not text.strip():
        raise RuleRefused("Задание не написано.", next_step="Напишите, что сделать.")
    if len(text) > TASK_LENGTH:
        raise RuleRefused(f"Задание длиннее {TASK_LENGTH} знаков.", next_step="Сократите его.")
    if not recipients:
        raise RuleRefused("Не выбрано, кому задание.", next_step="Выберите учеников или подгруппу.")


def check_unanswered(answers: int) -> None:
    """Raise RuleRefused for a task that somebody has answered already: their work stays (п. 4.7)."""
    if answers:
        raise RuleRefused(
            "На это задание уже ответили: снять его нельзя.",
            next_step="На странице «Задания» примите ответ или попросите доделать.",
        )
