"""What may be written in a cell of the register: up to two marks, an absence, or both (п. 5.3)."""

from school.errors import RuleRefused
from school.records import ABSENCE_LETTERS, Cell

LOWEST_MARK, HIGHEST_MARK = 2, 5
MARKS_IN_A_CELL = 2

# Typed with the Latin layout on: the key in the same place, then the letter that looks the same.
LOOK_ALIKES: dict[str, str] = {"y": "н", ",": "б", "e": "у", "j": "о", "h": "н", "o": "о"}

# «Освобождён» and «не аттестован» in every spelling met in paper registers.
FORBIDDEN_ENTRIES = ("осв", "н/а", "н.а", "н\\а", "на", "неат", "не ат", "не/ат")


def parse_cell(text: str) -> Cell:
    """Read what was typed into a cell (п. 5.3; marks 2 to 5, two at the most).

    Raises RuleRefused with a sentence for the teacher when it is not an entry of the register.
    """
    typed = " ".join(text.lower().split())
    _check_not_forbidden(typed)
    letter = LOOK_ALIKES.get(typed[:1], typed[:1])
    absence = ABSENCE_LETTERS.get(letter)
    rest = typed[1:] if absence else typed
    return Cell(absence, _parse_marks(rest, typed))


def _check_not_forbidden(typed: str) -> None:
    if typed.startswith(FORBIDDEN_ENTRIES):
        raise RuleRefused(
            f"Запись «{typed}» не допускается (п. 5.3).",
            next_step="Поставьте отметку от 2 до 5, пропуск (н, б, у, о) или оставьте клетку пустой.",
        )


def _parse_marks(rest: str, typed: str) -> tuple[int, ...]:
    parts = rest.replace("/", " ").split()
    marks = tuple(_parse_mark(part, typed) for part in parts)
    if len(marks) > MARKS_IN_A_CELL:
        raise RuleRefused(
            "В одной клетке не больше двух отметок.", next_step="Третью поставьте на другом уроке."
        )
    return marks


def _parse_mark(part: str, typed: str) -> int:
    if part in {"2", "3", "4", "5"}:
        return int(part)
    if part.isdecimal() and len(part) == 1:
        raise RuleRefused(f"Отметки «{part}» нет.", next_step="Ставят 2, 3, 4 или 5.")
    raise RuleRefused(
        f"«{typed}» — не отметка и не пропуск.",
        next_step="Введите 2–5, две отметки через «/» или пропуск: н, б, у, о.",
    )
