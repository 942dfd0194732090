"""What an inspection of the registers looks at, when a figure is a finding, and whether it was mended (п. 6.2–6.4)."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from school.errors import RuleRefused
from school.records import InspectionScope, MendState, RegisterFinding, TermKind

TITLE_LENGTH, TEXT_LENGTH, CONCLUSION_LENGTH = 120, 500, 4000
# A reminder comes when so little of a quarter is left.
REMIND_BEFORE = timedelta(days=14)


class Aspect(StrEnum):
    """What attention is paid to (п. 6.3), in its order."""

    PROGRAMME = "programme"
    MARKS = "marks"
    OBJECTIVITY = "objectivity"
    CONTROL_WORKS = "control_works"
    SUBSTITUTIONS = "substitutions"
    ATTENDANCE = "attendance"
    HOMEWORK = "homework"


ASPECT_TITLES: dict[Aspect, str] = {
    Aspect.PROGRAMME: "Прохождение программы",
    Aspect.MARKS: "Своевременность и достаточность отметок",
    Aspect.OBJECTIVITY: "Объективность отметок",
    Aspect.CONTROL_WORKS: "Контрольные и проверочные работы",
    Aspect.SUBSTITUTIONS: "Запись замен",
    Aspect.ATTENDANCE: "Отражение посещаемости",
    Aspect.HOMEWORK: "Домашние задания",
}


@dataclass(frozen=True)
class Check:
    """A figure that is looked at: a finding from ``least`` cases on that are ``least_share`` (0..1) of all.

    ``words`` tell it with {count} and {total}. What ``can_be_mended`` is looked at again in the same period; what is
    past for good (a late entry) only shows whether it happened again.
    """

    aspect: Aspect
    words: str
    least: int = 1
    least_share: float = 0.0
    can_be_mended: bool = True


CHECKS: dict[str, Check] = {
    "no_plan": Check(Aspect.PROGRAMME, "Нет календарно-тематического плана"),
    "behind": Check(Aspect.PROGRAMME, "Отставание от плана: {count} ч из {total}, положенных к этому дню", 3),
    "no_topic": Check(Aspect.PROGRAMME, "Не записана тема: уроков {count} из {total}", 2),
    "not_filled": Check(Aspect.MARKS, "Не заполнены уроки: {count} из {total}"),
    "filled_late": Check(
        Aspect.MARKS, "Уроки заполнены после 16:00 (п. 5.5): {count} из {total}", 3, 0.1, can_be_mended=False
    ),
    "late_marks": Check(
        Aspect.MARKS,
        "Отметки поставлены после срока (п. 5.5): {count} из {total}",
        5,
        0.2,
        can_be_mended=False,
    ),
    "too_few_marks": Check(
        Aspect.MARKS, "Отметок меньше, чем нужно к этому дню (п. 5.2): учеников {count} из {total}", 3, 0.3
    ),
    "no_term_marks": Check(Aspect.MARKS, "Не выставлены отметки за период: {count} из {total}"),
    "unexplained": Check(
        Aspect.OBJECTIVITY, "Отметки за период не по правилу и без причины: {count} из {total}"
    ),
    "consistency": Check(Aspect.OBJECTIVITY, "", can_be_mended=False),
    "no_control_works": Check(
        Aspect.CONTROL_WORKS, "Нет отметок за письменные и контрольные работы (п. 5.2): отметок {total}", 0
    ),
    "unsigned": Check(Aspect.SUBSTITUTIONS, "Не подписан журнал замен: уроков {count} из {total}"),
    "not_filled_by_substitute": Check(
        Aspect.SUBSTITUTIONS, "Замещённые уроки не заполнены: {count} из {total}"
    ),
    "no_attendance": Check(Aspect.ATTENDANCE, "Посещаемость не отмечена: уроков {count} из {total}"),
    "no_homework": Check(Aspect.HOMEWORK, "Не записано домашнее задание: уроков {count} из {total}", 3, 0.1),
    "never_homework": Check(
        Aspect.HOMEWORK,
        "«Без задания» или не записано: уроков {count} из {total}",
        5,
        0.7,
        can_be_mended=False,
    ),
    "by_hand": Check(Aspect.PROGRAMME, ""),
}
# In first grades no marks are given and no homework is set: nothing of these is expected there.
NOT_IN_FIRST_GRADES = frozenset(
    {"late_marks", "too_few_marks", "no_term_marks", "unexplained", "consistency", "no_control_works"}
) | {"no_homework", "never_homework"}
# Written by the inspector, not found by a figure.
BY_HAND = "by_hand"


def words_of(finding: RegisterFinding) -> str:
    """Return a finding in a sentence."""
    return finding.text or CHECKS[finding.check].words.format(count=finding.count, total=finding.total)


def is_found(check: str, count: int, total: int) -> bool:
    """Whether a figure is worth a finding; nothing to count is none."""
    row = CHECKS[check]
    return total > 0 and count >= row.least and count >= row.least_share * total


def is_without_control_works(control_marks: int, marks: int, lessons_held: int) -> bool:
    """Whether written works are missing: marks are given, the lessons are a term's worth, and none is of a written work."""
    return control_marks == 0 and marks >= ENOUGH_MARKS and lessons_held >= ENOUGH_LESSONS


ENOUGH_MARKS, ENOUGH_LESSONS = 10, 8


MEND_TITLES: dict[MendState, str] = {
    MendState.MENDED: "устранено",
    MendState.REMAINS: "не устранено",
    MendState.REPEATED: "повторилось",
    MendState.NOT_REPEATED: "не повторилось",
    MendState.UNSEEN: "проверяется на месте",
}


def mend_state(
    before: RegisterFinding, then: Collection[RegisterFinding], now: Collection[RegisterFinding]
) -> MendState:
    """Return what became of a finding: ``then`` is found today in its own period, ``now`` in the period inspected now."""
    if before.check == BY_HAND:
        return MendState.UNSEEN
    if CHECKS[before.check].can_be_mended:
        remains = any(found.place == before.place for found in then)
        return MendState.REMAINS if remains else MendState.MENDED
    repeated = any(found.place == before.place for found in now)
    return MendState.REPEATED if repeated else MendState.NOT_REPEATED


@dataclass(frozen=True)
class Quarter:
    """A reporting period that must be inspected, and whether it was (п. 6.2)."""

    title: str
    starts_on: date
    ends_on: date
    is_inspected: bool


def due_inspection(quarters: Iterable[Quarter], today: date) -> Quarter | None:
    """Return the quarter to be reminded of: the last one begun, when it ends soon or is over, without an inspection."""
    begun = [each for each in quarters if each.starts_on <= today]
    last = max(begun, key=lambda each: each.ends_on, default=None)
    if last is None or last.is_inspected or today < last.ends_on - REMIND_BEFORE:
        return None
    return last


class CheckState(StrEnum):
    """How a class, a subject or a teacher stands in a quarter that must be inspected (п. 6.2), worst first."""

    NEVER = "never"
    NOT_YET = "not_yet"
    UNDERWAY = "underway"
    PARTLY = "partly"
    CHECKED = "checked"


CHECK_TITLES: dict[CheckState, str] = {
    CheckState.NEVER: "в этом году не проверялось",
    CheckState.NOT_YET: "в этой четверти не проверено",
    CheckState.UNDERWAY: "идёт проверка",
    CheckState.PARTLY: "проверено частично",
    CheckState.CHECKED: "проверено",
}
STATES = tuple(CheckState)


class RegisterPlace(NamedTuple):
    """A register as an inspection looks at it; nobody teaches a vacant one."""

    class_id: int
    subject_id: int
    teacher_id: int | None


class ControlTerm(NamedTuple):
    """A reporting period of a school year; both days inclusive."""

    kind: str
    number: int
    starts_on: date
    ends_on: date


@dataclass(frozen=True)
class Inspected:
    """What an inspection looked at, and when its report was made known; None while it is being written."""

    inspection_id: int
    starts_on: date
    ends_on: date
    scope: InspectionScope
    made_known_on: date | None
    by: str


def control_terms(terms: Collection[ControlTerm]) -> list[ControlTerm]:
    """Return the periods in each of which the registers are inspected, in order: the quarters (п. 6.2).

    A school without quarters inspects by the shortest periods that it has.
    """
    kinds = [TermKind.QUARTER, TermKind.TRIMESTER, TermKind.HALF]
    shortest = next((kind for kind in kinds if any(each.kind == kind for each in terms)), None)
    chosen = terms if shortest is None else [each for each in terms if each.kind == shortest]
    return sorted(chosen, key=lambda each: (each.starts_on, each.ends_on))


def reaches_into(starts_on: date, ends_on: date, first_day: date, last_day: date) -> bool:
    """Whether the span that an inspection looked at has a day of a quarter."""
    return first_day <= ends_on and starts_on <= last_day


def covers(
    scope: InspectionScope, class_id: int | None, subject_id: int | None, teacher_id: int | None
) -> bool:
    """Whether an inspection looks at a register; empty ids of its scope mean all."""
    chosen = ((class_id, scope.class_ids), (subject_id, scope.subject_ids), (teacher_id, scope.teacher_ids))
    return all(not ids or key in ids for key, ids in chosen)


def looks_at(
    register: RegisterPlace, inspected: Iterable[Inspected], quarter: ControlTerm
) -> list[Inspected]:
    """Return the inspections of a quarter that look at a register, those being written among them."""
    return [
        each
        for each in inspected
        if reaches_into(each.starts_on, each.ends_on, quarter.starts_on, quarter.ends_on)
        and covers(each.scope, *register)
    ]


def check_state(
    registers: Collection[RegisterPlace], inspected: Sequence[Inspected], quarter: ControlTerm
) -> CheckState:
    """Return how the registers of a class, a subject or a teacher stand in a quarter (п. 6.2).

    Checked is what reports made known look at wholly. ``inspected``: the inspections of the school year.
    """
    looks = [looks_at(register, inspected, quarter) for register in registers]
    known = [any(each.made_known_on for each in found) for found in looks]
    if known and all(known):
        return CheckState.CHECKED
    if any(known):
        return CheckState.PARTLY
    if any(looks):
        return CheckState.UNDERWAY
    was_before = any(
        each.made_known_on and covers(each.scope, *register) for register in registers for each in inspected
    )
    return CheckState.NOT_YET if was_before else CheckState.NEVER


def wholly_checked_on(
    registers: Collection[RegisterPlace], inspected: Sequence[Inspected], quarter: ControlTerm
) -> date | None:
    """Return the day on which the last register of a quarter became checked; None while one is not (п. 6.2)."""
    days = []
    for register in registers:
        known = [day for each in looks_at(register, inspected, quarter) if (day := each.made_known_on)]
        if not known:
            return None
        days.append(min(known))
    return max(days, default=None)


def is_mended(state: MendState | None) -> bool:
    """Whether a finding needs nobody's hand any more, as the inspection after it saw (п. 6.4)."""
    return state in (MendState.MENDED, MendState.NOT_REPEATED)


def checked_text(text: str, most: int, what: str) -> str:
    """Return a text without spaces at its ends; raises RuleRefused where it is empty or too long."""
    written = text.strip()
    if not written:
        raise RuleRefused(f"{what}: текст не написан.", next_step="Напишите его и сохраните снова.")
    if len(written) > most:
        raise RuleRefused(f"{what}: больше {most} знаков.", next_step="Сократите текст.")
    return written


def check_still_open(published_at: object) -> None:
    """Raise RuleRefused for an inspection whose report is made known: what people have read does not change."""
    if published_at is not None:
        raise RuleRefused(
            "Справка уже доведена до учителей и больше не меняется.", next_step="Начните новую проверку."
        )


def check_mend_day(mend_until: date | None, today: date) -> None:
    """Raise RuleRefused for a deadline in the past."""
    if mend_until is not None and mend_until < today:
        raise RuleRefused("Срок устранения уже прошёл.", next_step="Выберите день не раньше сегодняшнего.")
