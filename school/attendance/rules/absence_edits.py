"""What a homeroom teacher may change in a cell of the register: the absence, never a mark (п. 4.3)."""

from school.attendance.rules.absences import is_missed
from school.errors import ReasonRequired, RuleRefused
from school.records import LETTER_OF_REASON, AbsenceReason, Cell
from school.register.rules.cells import parse_cell


def parse_absence(text: str) -> AbsenceReason | None:
    """Read what was typed into «Пропуски»: an absence letter, or nothing where the pupil was present.

    Raises RuleRefused for marks: they are the subject teacher's (п. 4.5).
    """
    cell = parse_cell(text)
    if cell.marks:
        raise RuleRefused("Отметки ставит учитель предмета.", next_step="Здесь записывают н, б, у или о.")
    return cell.absence


def absence_text(absence: AbsenceReason | None) -> str:
    """Return an absence as «Пропуски» write it: a letter or an empty string."""
    return LETTER_OF_REASON[absence] if absence else ""


def check_absence_change(
    old: Cell, new: AbsenceReason | None, *, attendance_is_taken: bool, reason: str
) -> None:
    """Raise RuleRefused or ReasonRequired when the homeroom teacher may not change a cell so (п. 4.3).

    Naming or changing the reason of a missed lesson needs no words. What contradicts the subject teacher (was
    there, was not there, was late) does; a pupil who got a mark was there.
    """
    if new == old.absence:
        return
    if is_missed(new) and old.marks and not is_missed(old.absence):
        raise RuleRefused(
            "На этом уроке ученик получил отметку.", next_step="Уточните у учителя, был ли он на уроке."
        )
    if _contradicts_teacher(old.absence, new, attendance_is_taken) and not reason.strip():
        raise ReasonRequired("Учитель записал иначе.", next_step="Напишите, почему это исправляется.")


def _contradicts_teacher(old: AbsenceReason | None, new: AbsenceReason | None, is_taken: bool) -> bool:
    if old is None and not is_taken:
        return False
    return not (is_missed(old) and is_missed(new))
