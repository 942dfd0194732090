"""Cells of the register: the marks and the absence of one pupil at one lesson."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from school.records import AbsenceReason, Cell, CellState, Lesson
from school.spans import Span, is_in_span
from school.store.memory.entered import Kind
from school.store.names import surname_and_initials
from school.store.reading import Reader, Writer
from school.store.selection import among
from school.store.writing import spread

Pair = tuple[int, int]  # lesson_id, pupil_id

_PAIRS = "(SELECT unnest($lessons::BIGINT[]) AS lesson_id, unnest($pupils::BIGINT[]) AS pupil_id)"


class StoredMark(NamedTuple):
    """A mark as it is stored; ``weight`` and ``work_type_id`` are None where the lesson's hold."""

    pupil_id: int
    slot: int
    value: int
    weight: float | None
    work_type_id: int | None
    recorded_at: datetime | None


class StoredAbsence(NamedTuple):
    """An absence as it is stored."""

    pupil_id: int
    reason: str
    recorded_at: datetime | None


Stored = TypeVar("Stored", StoredMark, StoredAbsence)
MARKS, ABSENCES = Kind("marks"), Kind("absences")


@dataclass(frozen=True)
class CellChange:
    """The new and the old content of a cell, who entered it and when."""

    lesson_id: int
    pupil_id: int
    cell: Cell
    old: Cell
    at: datetime
    user_id: int | None


def _columns(pairs: Iterable[Pair]) -> dict[str, list[int]]:
    ordered = list(pairs)
    return {"lessons": [lesson for lesson, _ in ordered], "pupils": [pupil for _, pupil in ordered]}


def listed_pairs(reader: Reader, lessons: Mapping[int, Lesson], pairs: Collection[Pair]) -> set[Pair]:
    """Return those pairs in which the pupil was in the lesson's class and subgroup on its day."""
    in_class = _spans(reader, "enrolments", "class_id", {lesson.class_id for lesson in lessons.values()})
    subgroups = {lesson.subgroup_id for lesson in lessons.values() if lesson.subgroup_id is not None}
    in_subgroup = _spans(reader, "subgroup_members", "subgroup_id", subgroups) if subgroups else {}

    def is_listed(lesson: Lesson, pupil: int) -> bool:
        return is_in_span(in_class.get((lesson.class_id, pupil), ()), lesson.held_on) and (
            lesson.subgroup_id is None
            or is_in_span(in_subgroup.get((lesson.subgroup_id, pupil), ()), lesson.held_on)
        )

    return {pair for pair in pairs if pair[0] in lessons and is_listed(lessons[pair[0]], pair[1])}


def _spans(reader: Reader, table: str, column: str, group_ids: set[int]) -> dict[tuple[int, int], list[Span]]:
    """Return when each pupil was in each class or subgroup, (group, pupil): all of them, to be remembered by group."""
    query = f"""SELECT {column}, pupil_id, starts_on, ends_on FROM {table}
        WHERE {among(column, "groups", group_ids)}"""
    rows = reader.steady((table,), query, {"groups": sorted(group_ids)})
    spans: dict[tuple[int, int], list[Span]] = {}
    for group, pupil, starts_on, ends_on in rows:
        spans.setdefault((group, pupil), []).append((starts_on, ends_on))
    return spans


def cell_states(reader: Reader, pairs: Collection[Pair]) -> dict[Pair, CellState]:
    """Return what the cells hold; pairs without an entry are missing."""
    wanted, lesson_ids = set(pairs), {lesson for lesson, _ in pairs}
    values: dict[Pair, list[int]] = {}
    entered: dict[Pair, datetime | None] = {}
    for lesson, marks in marks_by_lesson(reader, lesson_ids).items():
        for mark in marks:
            if (pair := (lesson, mark.pupil_id)) in wanted:
                values.setdefault(pair, []).append(mark.value)
                entered[pair] = _later(entered.get(pair), mark.recorded_at)
    states = {pair: CellState(Cell(None, tuple(values[pair])), entered[pair]) for pair in values}
    for lesson, absences in absences_by_lesson(reader, lesson_ids).items():
        for absence in absences:
            if (pair := (lesson, absence.pupil_id)) in wanted:
                known = states.get(pair, CellState())
                cell = Cell(AbsenceReason(absence.reason), known.cell.marks)
                states[pair] = CellState(cell, known.recorded_at or absence.recorded_at)
    return states


def _later(first: datetime | None, second: datetime | None) -> datetime | None:
    return max(first, second) if first and second else first or second


def marks_by_lesson(reader: Reader, lesson_ids: Collection[int]) -> dict[int, tuple[StoredMark, ...]]:
    """Return the marks given at lessons, by pupil and slot; lessons without marks have none."""
    return reader.entered(MARKS, lesson_ids, lambda wanted: _of_lessons(reader, "marks", StoredMark, wanted))


def absences_by_lesson(reader: Reader, lesson_ids: Collection[int]) -> dict[int, tuple[StoredAbsence, ...]]:
    """Return the absences at lessons; lessons where everybody was present have none."""
    return reader.entered(
        ABSENCES, lesson_ids, lambda wanted: _of_lessons(reader, "absences", StoredAbsence, wanted)
    )


def _of_lessons(
    reader: Reader, table: str, record: type[Stored], lesson_ids: list[int]
) -> dict[int, tuple[Stored, ...]]:
    wanted, columns = sorted(lesson_ids), record._fields
    query = f"""SELECT lesson_id, {", ".join(columns)} FROM {table}
        WHERE lesson_id BETWEEN $first AND $last AND {among("lesson_id", "lessons", wanted)}
        ORDER BY {", ".join(columns[:2])}"""
    rows = reader.read(query, {"lessons": wanted, "first": wanted[0], "last": wanted[-1]})
    found: dict[int, list[Stored]] = {lesson: [] for lesson in wanted}
    for lesson, *values in rows:
        found[lesson].append(record(*values))
    return {lesson: tuple(stored) for lesson, stored in found.items()}


def save_cells(writer: Writer, changes: Collection[CellChange]) -> None:
    """Bring cells to their new content.

    A mark keeps the moment it was first entered: that moment decides whether it was late (п. 5.5).
    """
    if not changes:
        return
    lessons = {change.lesson_id for change in changes}
    marks, absences = marks_by_lesson(writer, lessons), absences_by_lesson(writer, lessons)
    _save_marks(writer, changes)
    _save_absences(writer, changes)
    by_pair = {(change.lesson_id, change.pupil_id): change for change in changes}
    if any(change.cell.marks != change.old.marks for change in changes):
        writer.remember(MARKS, {lesson: marks_after(lesson, marks[lesson], by_pair) for lesson in lessons})
    if any(change.cell.absence != change.old.absence for change in changes):
        writer.remember(
            ABSENCES, {lesson: absences_after(lesson, absences[lesson], by_pair) for lesson in lessons}
        )


def marks_after(
    lesson: int, before: tuple[StoredMark, ...], changes: Mapping[Pair, CellChange]
) -> tuple[StoredMark, ...]:
    """Return the marks of a lesson as the statements of ``save_cells`` leave them."""
    kept = {(mark.pupil_id, mark.slot): mark for mark in before}
    for (lesson_id, pupil), change in changes.items():
        if lesson_id != lesson:
            continue
        for slot in range(len(change.cell.marks) + 1, len(change.old.marks) + 1):
            kept.pop((pupil, slot), None)
        for slot, value in enumerate(change.cell.marks, start=1):
            known = kept.get((pupil, slot), StoredMark(pupil, slot, value, None, None, change.at))
            kept[pupil, slot] = known._replace(value=value)
    return tuple(kept[place] for place in sorted(kept))


def absences_after(
    lesson: int, before: tuple[StoredAbsence, ...], changes: Mapping[Pair, CellChange]
) -> tuple[StoredAbsence, ...]:
    """Return the absences of a lesson as the statements of ``save_cells`` leave them."""
    kept = {absence.pupil_id: absence for absence in before}
    for (lesson_id, pupil), change in changes.items():
        if lesson_id != lesson:
            continue
        reason = change.cell.absence
        if reason is None:
            kept.pop(pupil, None)
        else:
            known = kept.get(pupil, StoredAbsence(pupil, "", change.at))
            kept[pupil] = known._replace(reason=str(reason))
    return tuple(kept[pupil] for pupil in sorted(kept))


def _save_marks(writer: Writer, changes: Collection[CellChange]) -> None:
    shorter = [change for change in changes if len(change.cell.marks) < len(change.old.marks)]
    if shorter:
        sql = """DELETE FROM marks USING ({}) k
            WHERE marks.lesson_id = k.lesson_id AND marks.pupil_id = k.pupil_id AND marks.slot > k.slot"""
        _write(writer, sql, _entered(shorter) | {"slot": [len(change.cell.marks) for change in shorter]})
    slots = [
        (change, slot, value)
        for change in changes
        for slot, value in enumerate(change.cell.marks, start=1)
        if change.old.marks[slot - 1 : slot] != (value,)
    ]
    _write_marks(
        writer, "INSERT INTO marks BY NAME {}", [each for each in slots if each[1] > len(each[0].old.marks)]
    )
    _write_marks(writer, _UPDATE_MARKS, [each for each in slots if each[1] <= len(each[0].old.marks)])


_UPDATE_MARKS = """UPDATE marks SET value = k.value, recorded_by = k.recorded_by FROM ({}) k
    WHERE marks.lesson_id = k.lesson_id AND marks.pupil_id = k.pupil_id AND marks.slot = k.slot"""
_KINDS = {
    "lesson_id": "BIGINT",
    "pupil_id": "BIGINT",
    "slot": "TINYINT",
    "value": "TINYINT",
    "reason": "VARCHAR",
    "recorded_at": "TIMESTAMP",
    "recorded_by": "BIGINT",
}


def _write_marks(writer: Writer, statement: str, slots: Sequence[tuple[CellChange, int, int]]) -> None:
    if not slots:
        return
    changes = [change for change, _, _ in slots]
    columns = _entered(changes) | {
        "slot": [slot for _, slot, _ in slots],
        "value": [value for _, _, value in slots],
    }
    _write(writer, statement, columns)


def _entered(changes: Collection[CellChange]) -> dict[str, list[Any]]:
    """Return whose cells were changed, when and by whom, as columns."""
    return {
        "lesson_id": [change.lesson_id for change in changes],
        "pupil_id": [change.pupil_id for change in changes],
        "recorded_at": [change.at for change in changes],
        "recorded_by": [change.user_id for change in changes],
    }


def _write(writer: Writer, statement: str, columns: dict[str, list[Any]]) -> None:
    """Run a statement with the rows of these columns in the place of its braces."""
    rows, parameters = spread(columns, _KINDS)
    lessons, pupils = columns["lesson_id"], columns["pupil_id"]
    writer.change(statement.format(rows), parameters, entered_in=lessons, of_pupils=pupils)


def _save_absences(writer: Writer, changes: Collection[CellChange]) -> None:
    changed = [change for change in changes if change.cell.absence != change.old.absence]
    present = [change for change in changed if change.cell.absence is None]
    absent = [change for change in changed if change.cell.absence is not None]
    if present:
        sql = """DELETE FROM absences USING ({}) k
            WHERE absences.lesson_id = k.lesson_id AND absences.pupil_id = k.pupil_id"""
        _write(writer, sql, _entered(present))
    _write_absences(writer, "INSERT INTO absences BY NAME {}", [e for e in absent if e.old.absence is None])
    _write_absences(writer, _UPDATE_ABSENCES, [e for e in absent if e.old.absence is not None])


# Not ON CONFLICT: it costs twice an insert.
_UPDATE_ABSENCES = """UPDATE absences SET reason = k.reason, recorded_by = k.recorded_by FROM ({}) k
    WHERE absences.lesson_id = k.lesson_id AND absences.pupil_id = k.pupil_id"""


def _write_absences(writer: Writer, statement: str, changes: Collection[CellChange]) -> None:
    if changes:
        _write(
            writer,
            statement,
            _entered(changes) | {"reason": [str(change.cell.absence) for change in changes]},
        )


def last_authors(reader: Reader, pairs: Collection[Pair]) -> dict[Pair, str]:
    """Return who changed these cells last: name with initials."""
    query = f"""SELECT e.lesson_id, e.pupil_id, arg_max({surname_and_initials("s")}, e.event_id)
        FROM events e JOIN {_PAIRS} k USING (lesson_id, pupil_id) LEFT JOIN users u ON u.user_id = e.user_id
        LEFT JOIN staff s ON s.staff_id = u.staff_id WHERE e.kind = 'cell' GROUP BY ALL"""
    rows = reader.read(query, _columns(pairs))
    return {(lesson, pupil): name or "" for lesson, pupil, name in rows}
