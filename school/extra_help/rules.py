"""What extra help may be, and whether it helped (п. 4.2, 4.3, 4.5)."""

from collections.abc import Collection

from school.errors import RuleRefused
from school.extra_help.records import Helper

LONGEST_AGREED = 500
# A pupil is warned of from these chances on: of a «2», or of a «3» and lower after a «4» or a «5».
FAILING_CHANCE = 0.15
LOWERED_CHANCE = 0.3
GOOD_MARK = 4
FAILING_MARK, LOWERED_MARK = 2, 3


def check_agreed(text: str) -> str:
    """Return what was agreed, without spaces around it; raises RuleRefused where it is longer than a note."""
    if len(agreed := text.strip()) > LONGEST_AGREED:
        raise RuleRefused(
            f"Запись длиннее {LONGEST_AGREED} знаков.",
            next_step="Оставьте главное: что, на каких уроках и к какому дню.",
        )
    return agreed


def check_helper(staff_id: int | None, helpers: Collection[Helper]) -> int:
    """Return who helps; raises RuleRefused for who neither teaches the subject in the class nor leads it (п. 4.3, 4.5)."""
    if staff_id is None or staff_id not in {each.staff_id for each in helpers}:
        raise RuleRefused(
            "Помочь может учитель этого предмета в классе или классный руководитель.",
            next_step="Выберите кого-нибудь из них.",
        )
    return staff_id


def has_come_better(mark: int, feared_mark: int) -> bool:
    """Whether the mark that came is better than the one that was feared."""
    return mark > feared_mark


def feared_mark(p2: float, p3: float, previous: float | None) -> int | None:
    """Return the mark that a forecast warns of, given the chances of 2 and 3 and the last term's mark; None: of none."""
    if p2 >= FAILING_CHANCE:
        return FAILING_MARK
    is_lowered = previous is not None and previous >= GOOD_MARK and p2 + p3 >= LOWERED_CHANCE
    return LOWERED_MARK if is_lowered else None


def feared_chance(p2: float, p3: float, feared: int) -> float:
    """Return the chance of the feared mark or a lower one, 0 to 1."""
    return p2 if feared == FAILING_MARK else p2 + p3
