"""Cells of the register: the marks and the absence of one pupil at one lesson."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from school.records import AbsenceReason, Cell, CellState, Lesson, Span, is_in_span
from school.store.lessons import Reader, Writer

Pair = tuple[int, int]  # lesson_id, pupil_id

_PAIRS = "(SELECT unnest($lessons::BIGINT[]) AS lesson_id, unnest($pupils::BIGINT[]) AS pupil_id)"


@dataclass(frozen=True)
class Receipt:
    """The last entry of a browser tab in a cell."""

    client_seq: int
    cell_text: str


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
    pupils = sorted({pupil for _, pupil in pairs})
    in_class = _spans(
        reader, "enrolments", "class_id", {lesson.class_id for lesson in lessons.values()}, pupils
    )
    subgroups = {lesson.subgroup_id for lesson in lessons.values() if lesson.subgroup_id is not None}
    in_subgroup = _spans(reader, "subgroup_members", "subgroup_id", subgroups, pupils) if subgroups else {}

    def is_listed(lesson: Lesson, pupil: int) -> bool:
        return is_in_span(in_class.get((lesson.class_id, pupil), ()), lesson.held_on) and (
            lesson.subgroup_id is None
            or is_in_span(in_subgroup.get((lesson.subgroup_id, pupil), ()), lesson.held_on)
        )

    return {pair for pair in pairs if pair[0] in lessons and is_listed(lessons[pair[0]], pair[1])}


def _spans(
    reader: Reader, table: str, column: str, group_ids: set[int], pupil_ids: list[int]
) -> dict[tuple[int, int], list[Span]]:
    rows = reader.read(
        f"""SELECT {column}, pupil_id, starts_on, ends_on FROM {table}
            WHERE {column} IN (SELECT unnest($groups::BIGINT[])) AND pupil_id IN (SELECT unnest($pupils::BIGINT[]))""",
        {"groups": sorted(group_ids), "pupils": pupil_ids},
    )
    spans: dict[tuple[int, int], list[Span]] = {}
    for group, pupil, starts_on, ends_on in rows:
        spans.setdefault((group, pupil), []).append((starts_on, ends_on))
    return spans


def cell_states(reader: Reader, pairs: Collection[Pair]) -> dict[Pair, CellState]:
    """Return what the cells hold; pairs without an entry are missing."""
    marks = reader.read(
        f"""SELECT m.lesson_id, m.pupil_id, list(m.value ORDER BY m.slot), max(m.recorded_at)
            FROM marks m JOIN {_PAIRS} k USING (lesson_id, pupil_id) GROUP BY ALL""",
        _columns(pairs),
    )
    absences = reader.read(
        f"""SELECT a.lesson_id, a.pupil_id, a.reason, a.recorded_at
            FROM absences a JOIN {_PAIRS} k USING (lesson_id, pupil_id)""",
        _columns(pairs),
    )
    states = {
        (lesson, pupil): CellState(Cell(None, tuple(values)), at) for lesson, pupil, values, at in marks
    }
    for lesson, pupil, reason, at in absences:
        known = states.get((lesson, pupil), CellState())
        states[lesson, pupil] = CellState(
            Cell(AbsenceReason(reason), known.cell.marks), known.recorded_at or at
        )
    return states


def receipts(reader: Reader, client_id: str, pairs: Collection[Pair]) -> dict[Pair, Receipt]:
    """Return the last entries of a browser tab in these cells."""
    rows = reader.read(
        f"""SELECT r.lesson_id, r.pupil_id, r.client_seq, r.cell_text FROM entry_receipts r
            JOIN {_PAIRS} k USING (lesson_id, pupil_id) WHERE r.client_id = $client""",
        {**_columns(pairs), "client": client_id},
    )
    return {(lesson, pupil): Receipt(seq, text) for lesson, pupil, seq, text in rows}


def save_receipts(writer: Writer, client_id: str, entries: Mapping[Pair, Receipt], at: datetime) -> None:
    """Remember the last entries of a browser tab."""
    if not entries:
        return
    writer.keep(
        """INSERT INTO entry_receipts SELECT $client, unnest($lessons::BIGINT[]), unnest($pupils::BIGINT[]),
               unnest($seqs::BIGINT[]), unnest($texts::VARCHAR[]), $entered_at
           ON CONFLICT DO UPDATE SET client_seq = excluded.client_seq, cell_text = excluded.cell_text, entered_at = excluded.entered_at""",
        {
            **_columns(entries),
            "client": client_id,
            "seqs": [entry.client_seq for entry in entries.values()],
            "texts": [entry.cell_text for entry in entries.values()],
            "entered_at": at,
        },
    )


def save_cells(writer: Writer, changes: Collection[CellChange]) -> None:
    """Bring cells to their new content.

    A mark keeps the moment it was first entered: that moment decides whether it was late (п. 5.5).
    """
    if not changes:
        return
    _save_marks(writer, changes)
    _save_absences(writer, changes)


def _save_marks(writer: Writer, changes: Collection[CellChange]) -> None:
    shorter = [change for change in changes if len(change.cell.marks) < len(change.old.marks)]
    if shorter:
        writer.change(
            """DELETE FROM marks USING (SELECT unnest($lessons::BIGINT[]) AS lesson_id,
               unnest($pupils::BIGINT[]) AS pupil_id, unnest($counts::TINYINT[]) AS mark_count) k
           WHERE marks.lesson_id = k.lesson_id AND marks.pupil_id = k.pupil_id AND marks.slot > k.mark_count""",
            {
                **_columns((change.lesson_id, change.pupil_id) for change in shorter),
                "counts": [len(change.cell.marks) for change in shorter],
            },
        )
    rows = [
        (change.lesson_id, change.pupil_id, slot, value, change.at, change.user_id)
        for change in changes
        for slot, value in enumerate(change.cell.marks, start=1)
    ]
    if rows:
        names = ("lessons", "pupils", "slots", "values", "at", "users")
        writer.change(
            """INSERT INTO marks (lesson_id, pupil_id, slot, value, recorded_at, recorded_by)
               SELECT unnest($lessons::BIGINT[]), unnest($pupils::BIGINT[]), unnest($slots::TINYINT[]),
                   unnest($values::TINYINT[]), unnest($at::TIMESTAMP[]), unnest($users::BIGINT[])
               ON CONFLICT DO UPDATE SET value = excluded.value, recorded_by = excluded.recorded_by
               WHERE marks.value <> excluded.value""",
            dict(zip(names, map(list, zip(*rows, strict=True)), strict=True)),
        )


def _save_absences(writer: Writer, changes: Collection[CellChange]) -> None:
    present = [
        (change.lesson_id, change.pupil_id)
        for change in changes
        if change.old.absence is not None and change.cell.absence is None
    ]
    if present:
        writer.change(
            f"""DELETE FROM absences USING {_PAIRS} k
                WHERE absences.lesson_id = k.lesson_id AND absences.pupil_id = k.pupil_id""",
            _columns(present),
        )
    absent = [change for change in changes if change.cell.absence is not None]
    if absent:
        writer.change(
            """INSERT INTO absences (lesson_id, pupil_id, reason, recorded_at, recorded_by)
               SELECT unnest($lessons::BIGINT[]), unnest($pupils::BIGINT[]), unnest($reasons::VARCHAR[]),
                   unnest($at::TIMESTAMP[]), unnest($users::BIGINT[])
               ON CONFLICT DO UPDATE SET reason = excluded.reason, recorded_by = excluded.recorded_by""",
            {
                **_columns((change.lesson_id, change.pupil_id) for change in absent),
                "reasons": [str(change.cell.absence) for change in absent],
                "at": [change.at for change in absent],
                "users": [change.user_id for change in absent],
            },
        )


def last_authors(reader: Reader, pairs: Collection[Pair]) -> dict[Pair, tuple[int | None, str]]:
    """Return who changed these cells last: user id and name with initials."""
    rows = reader.read(
        f"""SELECT e.lesson_id, e.pupil_id, arg_max(e.user_id, e.event_id),
                arg_max(concat_ws(' ', s.last_name, left(s.first_name, 1) || '.'), e.event_id)
            FROM events e JOIN {_PAIRS} k USING (lesson_id, pupil_id) LEFT JOIN users u ON u.user_id = e.user_id
            LEFT JOIN staff s ON s.staff_id = u.staff_id WHERE e.kind = 'cell' GROUP BY ALL""",
        _columns(pairs),
    )
    return {(lesson, pupil): (user_id, name or "") for lesson, pupil, user_id, name in rows}
