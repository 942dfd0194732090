"""What a work type may be: a name, a short name for the head of a column, a weight above zero (п. 5.2)."""

from collections.abc import Iterable

from school.errors import RuleRefused
from school.records import WorkType

NAME_LENGTH, SHORT_NAME_LENGTH = 60, 6
HIGHEST_WEIGHT = 10.0


def parse_weight(text: str) -> float:
    """Read a weight as people write it, «1,5» or «2»; raises RuleRefused unless it is above 0 and at most 10."""
    try:
        weight = float(text.strip().replace(",", "."))
    except ValueError:
        weight = 0.0
    if not 0 < weight <= HIGHEST_WEIGHT:
        raise RuleRefused(
            f"Вес «{text.strip()}» не подходит.",
            next_step="Напишите число больше 0 и не больше 10, например 1,5.",
        )
    return weight


def check_work_type(work_type: WorkType, others: Iterable[WorkType]) -> None:
    """Raise RuleRefused where a work type has no name, too long a name, or the name of another one in use."""
    if not work_type.name or not work_type.short_name:
        raise RuleRefused("Название не написано.", next_step="Напишите полное и краткое название.")
    if len(work_type.name) > NAME_LENGTH or len(work_type.short_name) > SHORT_NAME_LENGTH:
        raise RuleRefused(
            "Название слишком длинное.",
            f"Полное — до {NAME_LENGTH} знаков, краткое — до {SHORT_NAME_LENGTH}: оно стоит над клетками.",
            "Сократите его.",
        )
    names = {other.name.lower() for other in others if other.work_type_id != work_type.work_type_id}
    if work_type.name.lower() in names:
        raise RuleRefused(
            "Такой вид работы уже есть.", next_step="Измените его или выберите другое название."
        )


def check_work_type_is_offered(work_type: WorkType | None) -> None:
    """Raise RuleRefused for a work type that is not there or no longer offered."""
    if work_type is None or work_type.is_retired:
        raise RuleRefused("Этот вид работы больше не предлагается.", next_step="Выберите другой из списка.")
