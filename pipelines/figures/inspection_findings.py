"""What the figures find in the registers of a period: the same measures as every screen's, held against the checks (п. 6.3)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

import pandas as pd

from pipelines.figures.attention import running_together
from pipelines.figures.fair import fair_reader, findings
from pipelines.figures.work import activity_by, curriculum_by, homework_by
from pipelines.measures.tables import records
from school.analytics.lookups.readers import FigureReader, choices_of, periods_of
from school.analytics.lookups.tables import NO_SELECTION, PeriodRow
from school.inspections.lookups import gaps_of_lessons
from school.inspections.rules import (
    CHECKS,
    NOT_IN_FIRST_GRADES,
    Aspect,
    covers,
    is_found,
    is_without_control_works,
)
from school.records import InspectionScope, RegisterFinding
from school.register.rules.marks import is_graded
from school.terms.lookups import term_lines

REGISTER = ("class_id", "subject_id", "teacher_id")
# Of a row of filled lessons: check → how many of it, and of how many.
FILLING = {
    "not_filled": ("lessons_not_filled", "lessons_held"),
    "filled_late": ("lessons_filled_late", "lessons_held"),
    "no_topic": ("lessons_without_topic", "lessons_filled"),
    "no_homework": ("lessons_without_homework", "lessons_filled"),
    "late_marks": ("late_marks", "marks_with_time"),
}


@dataclass(frozen=True)
class Looked:
    """What is looked at: who asks, the period with every term that falls into it, the moment."""

    reader: FigureReader
    period: PeriodRow
    now: datetime


def inspected_period(reader: FigureReader, chosen: PeriodRow) -> PeriodRow:
    """Return a period with the terms of other classes that run in it: half-years of the upper classes beside a quarter."""
    together = running_together(periods_of(reader), chosen)
    return replace(chosen, term_ids=tuple(term_id for row in together for term_id in row.term_ids))


def found_in(looked: Looked, scope: InspectionScope) -> list[RegisterFinding]:
    """Return what the checks of the chosen aspects find, by teacher, class and subject."""
    classes = choices_of(looked.reader, looked.period.term_ids).classes
    first = {row.class_id for row in classes if not is_graded(row.grade_level)}
    rows = (row for look in LOOKS for row in look(looked))
    expected = (row for row in rows if not (row.class_id in first and row.check in NOT_IN_FIRST_GRADES))
    wanted = [row for row in expected if is_in_scope(row, scope)]
    return sorted(wanted, key=lambda row: (row.teacher_id or 0, row.class_id or 0, row.subject_id or 0))


def is_in_scope(row: RegisterFinding, scope: InspectionScope) -> bool:
    """Whether a finding is of the aspects, classes, subjects and teachers that were asked for; empty ids mean all."""
    is_of_aspect = str(CHECKS[row.check].aspect) in scope.aspects
    return is_of_aspect and covers(scope, row.class_id, row.subject_id, row.teacher_id)


def _finding(check: str, row: dict[str, object], count: object, total: object) -> RegisterFinding:
    class_id, subject_id, teacher_id = (_id(row.get(name)) for name in REGISTER)
    return RegisterFinding(check, class_id, subject_id, teacher_id, _number(count), _number(total))


def _id(value: object) -> int | None:
    return None if pd.isna(value) else int(value)  # type: ignore[call-overload]


def _number(value: object) -> int:
    return 0 if pd.isna(value) else round(float(value))  # type: ignore[arg-type, call-overload]


def _filled_lessons(looked: Looked) -> Iterator[RegisterFinding]:
    table = activity_by(looked.reader, looked.period, NO_SELECTION, looked.now, REGISTER)
    for row in records(table):
        for check, (count, total) in FILLING.items():
            if is_found(check, _number(row[count]), _number(row[total])):
                yield _finding(check, row, row[count], row[total])
        behind = _number(row["pairs"]) - _number(row["pairs_on_pace"])
        if is_found("too_few_marks", behind, _number(row["pairs"])):
            yield _finding("too_few_marks", row, behind, row["pairs"])
        marks = _number(row["marks_given"])
        if is_without_control_works(_number(row["control_marks"]), marks, _number(row["lessons_held"])):
            yield _finding("no_control_works", row, 0, marks)


def _programme(looked: Looked) -> Iterator[RegisterFinding]:
    today, teachers = looked.now.date(), _teachers(looked)
    table = curriculum_by(looked.reader, looked.period, NO_SELECTION, today, REGISTER[:2])
    for row in records(table):
        row["teacher_id"] = teachers.get((_id(row["class_id"]), _id(row["subject_id"])))
        missing = _number(row["registers_without_plan"])
        registers = missing + _number(row["registers_with_plan"])
        if is_found("no_plan", missing, registers):
            yield _finding("no_plan", row, missing, registers)
        if is_found("behind", _number(row["hours_behind"]), _number(row["hours_due"])):
            yield _finding("behind", row, row["hours_behind"], row["hours_due"])


def _teachers(looked: Looked) -> dict[tuple[int | None, int | None], int | None]:
    """A plan is of a class and a subject: of several teachers it is whose lessons are the most."""
    table = activity_by(looked.reader, looked.period, NO_SELECTION, looked.now, REGISTER)
    busiest = table.sort_values(["lessons_held", "teacher_id"], ascending=[True, False])
    return {
        (_id(row["class_id"]), _id(row["subject_id"])): _id(row["teacher_id"]) for row in records(busiest)
    }


def _homework(looked: Looked) -> Iterator[RegisterFinding]:
    table = homework_by(looked.reader, looked.period, NO_SELECTION, looked.now.date(), REGISTER)
    for row in records(table):
        lessons = _number(row["lessons_filled"])
        without = lessons - _number(row["lessons_with_homework"])
        if is_found("never_homework", without, lessons):
            yield _finding("never_homework", row, without, lessons)


def _lessons(looked: Looked) -> Iterator[RegisterFinding]:
    store, user = looked.reader.school.store, looked.reader.user
    for row in gaps_of_lessons(store, user, looked.period.term_ids, looked.now):
        if is_found(row.check, row.count, row.total):
            yield row


def _final_marks(looked: Looked) -> Iterator[RegisterFinding]:
    period = looked.period
    if period.ends_on >= looked.now.date():
        return
    lines = term_lines(
        looked.reader.school.store, looked.reader.user, (period.school_year, period.kind, period.number)
    )
    for line in lines:
        key = line.register.key
        for check, count in (("no_term_marks", line.missing), ("unexplained", line.unexplained)):
            if is_found(check, count, line.pupils):
                teacher = next(iter(sorted(line.register.teacher_ids)), None)
                yield RegisterFinding(check, key.class_id, key.subject_id, teacher, count, line.pupils)


def _consistency(looked: Looked) -> Iterator[RegisterFinding]:
    reader = fair_reader(looked.reader.school, looked.reader.user)
    if reader is None:
        return
    for row in findings(reader, looked.period, span="period"):
        text = f"{row.title}: {row.text}" + (" (случаев мало)" if row.is_few else "")
        yield RegisterFinding("consistency", row.class_id, row.subject_id, row.teacher_id, 1, 1, text)


LOOKS: tuple[Callable[[Looked], Iterator[RegisterFinding]], ...] = (
    _programme,
    _filled_lessons,
    _final_marks,
    _consistency,
    _lessons,
    _homework,
)
# Where the evidence of an aspect is: the page, and whether it opens at the register.
EVIDENCE: dict[Aspect, tuple[str, bool]] = {
    Aspect.PROGRAMME: ("lesson_plan", True),
    Aspect.MARKS: ("grid", True),
    Aspect.OBJECTIVITY: ("consistency", False),
    Aspect.CONTROL_WORKS: ("grid", True),
    Aspect.SUBSTITUTIONS: ("substitutions", False),
    Aspect.ATTENDANCE: ("grid", True),
    Aspect.HOMEWORK: ("grid", True),
}


def evidence_address(row: RegisterFinding, school_year: int) -> str:
    """Return the address of the page that shows a finding's evidence: identifiers only."""
    page, is_register = EVIDENCE[CHECKS[row.check].aspect]
    if not is_register:
        return f"/{page}" + (f"?teacher={row.teacher_id}" if row.teacher_id else "")
    ids = {"year": school_year, "class": row.class_id, "subject": row.subject_id}
    return f"/{page}?" + "&".join(f"{name}={value}" for name, value in ids.items() if value is not None)
