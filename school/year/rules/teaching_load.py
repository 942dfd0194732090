"""The teaching load as rows of a table: teacher × class or subgroup × subject × hours a week (п. 4.2, 4.3)."""

import re
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace

from school.errors import RuleRefused
from school.files.plan import ImportKind, SourceRow
from school.files.rows import OpeningPlan, plan_rows
from school.files.spellings import abbreviated, class_key, plain
from school.files.values.days import check_no_day
from school.files.values.numbers import parse_hours
from school.year.records import LoadRecord, LoadState
from school.year.rules.school_tables import teacher_of

MOST_HOURS_A_WEEK = 40
LONGEST_SUBGROUP_NAME = 40
_NUMBERED = re.compile(r"^(\d)(?:\s*-?\s*[а-я]{1,2})?(?:\s*(?:под)?гр[а-я.]*)?$")


def check_load(rows: Sequence[SourceRow], state: LoadState, *, is_whole: bool) -> OpeningPlan[LoadRecord]:
    """Check rows with the fields ``school_class``, ``subject``, ``subgroup``, ``teacher``, ``hours_a_week``.

    A class or subgroup has one line in a subject; where the store already divides it between teachers, a line each.
    """
    if not is_whole:
        # An empty cell of a file says nothing; that nobody teaches it is said by «вакансия».
        rows = [_without_empty_teacher(row) for row in rows]
    times = Counter((load.class_id, load.subject_id, plain(load.subgroup)) for load in state.loads)

    def key(record: LoadRecord) -> tuple[Hashable, ...]:
        register = (record.class_id, record.subject_id, plain(record.subgroup))
        return (*register, record.teacher_id) if times[register] > 1 else register

    def read(row: SourceRow) -> LoadRecord:
        record = _load(row, state)
        if "teacher" not in row.texts and len(key(record)) > 3:
            raise RuleRefused("предмет ведут несколько учителей: без имени не понять, чья это строка")
        return record

    return plan_rows(
        ImportKind.LOAD, rows, state.loads, read, key, is_whole=is_whole, columns={"teacher": "teacher_id"}
    )


def _without_empty_teacher(row: SourceRow) -> SourceRow:
    texts = {name: text for name, text in row.texts.items() if text.strip() or name != "teacher"}
    return replace(row, texts=texts)


def _load(row: SourceRow, state: LoadState) -> LoadRecord:
    return LoadRecord(
        class_of(row["school_class"], state.class_names),
        subject_of(row["subject"], state.subject_names),
        subgroup_title(row["subgroup"]),
        teacher_of(row["teacher"], state.staff),
        hours_of(row["hours_a_week"]),
    )


def class_of(text: str, class_names: Mapping[int, str]) -> int:
    """Return the class that a text names in any spelling. Raises RuleRefused."""
    wanted = class_key(text)
    found = [class_id for class_id, name in class_names.items() if class_key(name) == wanted]
    if not wanted or not found:
        check_no_day(text, "-")
        raise RuleRefused(
            f"класса «{text.strip()[:30]}» в этом году нет" if wanted else "не указан класс",
            next_step="Добавьте его в список классов." if wanted else "",
        )
    return found[0]


def subject_of(text: str, subject_names: Mapping[int, str]) -> int:
    """Return the subject that a text names or shortens. Raises RuleRefused for an unknown or doubtful one."""
    found = abbreviated(text, subject_names.items())
    if len(found) == 1:
        return found[0]
    if not text.strip():
        raise RuleRefused("не указан предмет")
    if not found:
        raise RuleRefused(
            f"предмета «{text.strip()[:60]}» в списке нет", next_step="Добавьте его в предметы."
        )
    titles = ", ".join(sorted(subject_names[each] for each in found[:5]))
    raise RuleRefused(f"«{text.strip()[:60]}» — это какой предмет: {titles}?")


def subgroup_title(text: str) -> str:
    """Return a subgroup's name: «1», «1 гр.», «1-я подгруппа» are all «1-я подгруппа»; other names stay.

    Raises RuleRefused for a name too long.
    """
    tidy = " ".join(text.split())
    match = _NUMBERED.match(tidy.casefold())
    if match:
        return f"{match[1]}-я подгруппа"
    check_no_day(tidy)
    if len(tidy) > LONGEST_SUBGROUP_NAME:
        raise RuleRefused("название подгруппы слишком длинное")
    return tidy


def hours_of(text: str) -> float:
    """Return hours a week, «2», «0,5» or «2 ч». Raises RuleRefused."""
    hours = parse_hours(text)
    if hours is None:
        check_no_day(text)
        raise RuleRefused(
            f"часы в неделю — число; здесь «{text.strip()[:20]}»"
            if text.strip()
            else "не указаны часы в неделю"
        )
    if not 0 < hours <= MOST_HOURS_A_WEEK:
        raise RuleRefused(f"часов в неделю бывает от 0,25 до {MOST_HOURS_A_WEEK}")
    return hours
