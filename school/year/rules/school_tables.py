"""Classes, subjects and bell times as rows of a table (п. 4.3)."""

import re
from collections.abc import Mapping, Sequence
from datetime import time

from school.errors import RuleRefused
from school.files.person_names import people_named
from school.files.plan import ImportKind, SourceRow
from school.files.rows import OpeningPlan, plan_rows
from school.files.spellings import class_key, grade_level_of, plain
from school.files.values.numbers import parse_lesson_number
from school.records import PersonName
from school.year.records import BellRecord, ClassRecord, SubjectRecord

LONGEST_CLASS_NAME, LONGEST_SUBJECT_NAME = 20, 100
MOST_LESSONS_A_DAY = 15
# What people write where nobody teaches a subject yet.
VACANT = ("", "вакансия", "вакант", "вакантно", "нет")
_TIME = re.compile(r"^(\d{1,2})\s*[:.\-]\s*(\d{2})(?::\d{2})?$", re.ASCII)


def check_classes(
    rows: Sequence[SourceRow],
    present: Sequence[ClassRecord],
    staff: Mapping[int, PersonName],
    *,
    is_whole: bool,
) -> OpeningPlan[ClassRecord]:
    """Check rows with the fields ``name``, ``grade_level``, ``homeroom``: a grade level may be left to the name."""
    return plan_rows(
        ImportKind.CLASSES,
        rows,
        present,
        lambda row: _class(row, staff),
        lambda record: class_key(record.name),
        is_whole=is_whole,
        columns={"homeroom": "homeroom_id", "grade_level": "grade_level"},
    )


def _class(row: SourceRow, staff: Mapping[int, PersonName]) -> ClassRecord:
    name = class_key(row["name"])
    if not name or len(name) > LONGEST_CLASS_NAME:
        raise RuleRefused(f"название класса пишется так: 7А, 10Б, 5-1; здесь «{row['name'][:30]}»")
    given = row["grade_level"].strip()
    grade_level = grade_level_of(given or name)
    if grade_level is None:
        raise RuleRefused(f"не понять параллель класса «{name}»: укажите число от 1 до 12")
    return ClassRecord(name, grade_level, teacher_of(row["homeroom"], staff))


def teacher_of(text: str, staff: Mapping[int, PersonName]) -> int | None:
    """Return who is meant by a name; None for an empty text and for «вакансия».

    Raises RuleRefused for an unknown or doubtful name.
    """
    if plain(text).strip(" -–—.") in VACANT:
        return None
    found = people_named(text, staff)
    if not found:
        raise RuleRefused(f"среди сотрудников нет «{text.strip()[:60]}»")
    if len(found) > 1:
        raise RuleRefused(several_teachers(text, [staff[each].full for each in found]))
    return found[0]


def several_teachers(text: str, names: Sequence[str]) -> str:
    """Return the question who is meant, with the names as the school tells them apart: by position, in brackets."""
    listed = sorted(set(names))
    if len(listed) < len(names):
        return (
            f"сотрудников «{listed[0]}» несколько, и должности в карточках их не различают: впишите их туда"
        )
    return f"«{text.strip()[:60]}» — это кто из них: {', '.join(listed)}? Напишите так, как здесь"


def check_subjects(
    rows: Sequence[SourceRow], present: Sequence[SubjectRecord], *, is_whole: bool
) -> OpeningPlan[SubjectRecord]:
    """Check rows with the fields ``name`` and ``area``."""
    return plan_rows(
        ImportKind.SUBJECTS,
        rows,
        present,
        _subject,
        lambda record: plain(record.name),
        is_whole=is_whole,
        columns={"area": "area"},
    )


def _subject(row: SourceRow) -> SubjectRecord:
    name = " ".join(row["name"].split())
    if not name or len(name) > LONGEST_SUBJECT_NAME:
        raise RuleRefused("нет названия предмета" if not name else "название предмета слишком длинное")
    area = " ".join(row["area"].split())
    if len(area) > LONGEST_SUBJECT_NAME:
        raise RuleRefused(f"название предметной области длиннее {LONGEST_SUBJECT_NAME} знаков")
    return SubjectRecord(name, area)


def check_bells(
    rows: Sequence[SourceRow], present: Sequence[BellRecord], *, is_whole: bool
) -> OpeningPlan[BellRecord]:
    """Check rows with the fields ``number``, ``starts_at``, ``ends_at``: lessons follow one another without overlapping."""
    times: dict[int, tuple[time, time]] = {}

    def read(row: SourceRow) -> BellRecord:
        record = _bell(row)
        _check_order(record, times)
        times[record.number] = (record.starts_at, record.ends_at)
        return record

    return plan_rows(ImportKind.BELLS, rows, present, read, lambda record: record.number, is_whole=is_whole)


def _bell(row: SourceRow) -> BellRecord:
    number = parse_lesson_number(row["number"])
    if number is None or number > MOST_LESSONS_A_DAY:
        raise RuleRefused(
            f"номер урока — целое число до {MOST_LESSONS_A_DAY}; здесь «{row['number'].strip()[:20]}»"
        )
    starts_at, ends_at = time_of(row["starts_at"]), time_of(row["ends_at"])
    if starts_at >= ends_at:
        raise RuleRefused("урок кончается раньше, чем начинается")
    return BellRecord(number, starts_at, ends_at)


def time_of(text: str) -> time:
    """Return the time of «8:30», «08.30» or «08:30:00». Raises RuleRefused."""
    match = _TIME.match(text.strip())
    if not match or int(match[1]) > 23 or int(match[2]) > 59:
        raise RuleRefused(f"время пишется так: 8:30; здесь «{text.strip()[:20]}»")
    return time(int(match[1]), int(match[2]))


def _check_order(record: BellRecord, times: Mapping[int, tuple[time, time]]) -> None:
    for number, (starts_at, ends_at) in times.items():
        first, second = sorted(
            [(number, starts_at, ends_at), (record.number, record.starts_at, record.ends_at)]
        )
        if first[0] != second[0] and first[2] > second[1]:
            raise RuleRefused(f"урок {second[0]} начинается раньше, чем кончается урок {first[0]}")
