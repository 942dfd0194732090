"""Loads from files: what each brought and whether it still stands."""

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import datetime

from school.imports.store.recording import TableShape, changed_since, columns_named, restore, touched_tables
from school.store.names import staff_apart, surname_and_initials
from school.store.reading import Reader, Writer
from school.store.writing import insert
from school.year.store.timetables import TOUCHED

# Under what other names a record's identifier stands in other tables.
_OTHER_NAMES: dict[str, frozenset[str]] = {
    "staff_id": frozenset({"teacher_id", "homeroom_id", "substitute_id", "regular_teacher_id"}),
    "lesson_id": frozenset({"joined_lesson_id"}),
    "class_id": frozenset({"from_class_id", "to_class_id"}),
    "user_id": frozenset({"recorded_by", "saved_by", "written_by", "assigned_by", "created_by", "issued_by"}),
}
# What follows a record and is no work of anybody's, as that somebody looked at it.
_FOLLOWERS = frozenset({"sessions", "migrations", "import_profiles", "schedule_readings", "viewings"})
# Work that stands on a row without naming it: entries of a pupil in a class or subgroup.
_ENTRIES_IN = """SELECT count(*) FROM {made} k JOIN lessons l ON l.{group} = k.{group}
    JOIN {entries} e ON e.lesson_id = l.lesson_id AND e.pupil_id = k.pupil_id
    WHERE l.held_on >= coalesce(k.starts_on, DATE '0001-01-01') AND l.held_on < coalesce(k.ends_on, DATE '9999-12-31')
        AND NOT EXISTS (SELECT 1 FROM {made_entries} m WHERE m.lesson_id = e.lesson_id AND m.pupil_id = e.pupil_id)"""
_GROUPS = {"enrolments": "class_id", "subgroup_members": "subgroup_id"}
# A timetable gives away only lessons with nothing at them: whatever stands there now is the new teacher's work.
_TAUGHT_SINCE = f"""SELECT count(*) FROM (SELECT CAST(old_row AS JSON) AS o, CAST(new_row AS JSON) AS n
        FROM import_batch_rows WHERE batch_id = $batch AND table_name = 'lessons' AND old_row IS NOT NULL) k
    JOIN lessons l ON l.lesson_id = CAST(k.n ->> 'lesson_id' AS BIGINT)
    WHERE (k.o ->> 'teacher_id') IS DISTINCT FROM (k.n ->> 'teacher_id') AND l.lesson_id IN ({TOUCHED})"""


@dataclass(frozen=True)
class BatchRow:
    """A load: what it was, what it brought, who made it and when it was taken back."""

    batch_id: int
    kind: str
    file_name: str
    fingerprint: str
    new_count: int
    changed_count: int
    unchanged_count: int
    refused_count: int
    loaded_at: datetime
    loaded_by: int | None
    undone_at: datetime | None = None
    loaded_by_name: str = ""


# The columns of a load that stands.
_BATCH_COLUMNS = tuple(column.name for column in fields(BatchRow))[:-2]
_BATCHES = f"""SELECT b.{", b.".join(_BATCH_COLUMNS)}, b.undone_at, coalesce(nullif({surname_and_initials("s")}, ''), u.login, '')
    FROM import_batches b LEFT JOIN users u ON u.user_id = b.loaded_by LEFT JOIN staff s ON s.staff_id = u.staff_id"""


def batches(reader: Reader) -> list[BatchRow]:
    """Return the loads, newest first."""
    rows = [BatchRow(*row) for row in reader.read(f"{_BATCHES} ORDER BY b.batch_id DESC")]
    return staff_apart(reader, rows, "loaded_by_name", "loaded_by", is_user=True)


def batch_by_id(reader: Reader, batch_id: int) -> BatchRow | None:
    """Return a load, or None."""
    rows = reader.read(f"{_BATCHES} WHERE b.batch_id = $batch", {"batch": batch_id})
    return BatchRow(*rows[0]) if rows else None


def save_batch(writer: Writer, batch: BatchRow) -> None:
    """Add a load."""
    insert(writer, "import_batches", **{name: getattr(batch, name) for name in _BATCH_COLUMNS})


def built_on(reader: Reader, batch_id: int) -> dict[str, int]:
    """Return table → how many of its rows stand in the way of taking a load back.

    They are rows of the load that somebody changed since, later rows that name a record the load made, and lessons
    that the load gave to another teacher, with anything at them.
    """
    shapes = {shape.name: shape for shape in touched_tables(reader, batch_id)}
    counts = {name: changed_since(reader, batch_id, shape) for name, shape in shapes.items()}
    for shape in shapes.values():
        for table, count in _later_rows(reader, batch_id, shape, shapes).items():
            counts[table] = max(counts.get(table, 0), count)
    if "lessons" in shapes:
        taught = int(reader.read(_TAUGHT_SINCE, {"batch": batch_id})[0][0])
        counts["lessons"] = max(counts["lessons"], taught)
    return {table: count for table, count in counts.items() if count}


def _later_rows(
    reader: Reader, batch_id: int, shape: TableShape, shapes: dict[str, TableShape]
) -> dict[str, int]:
    counts: dict[str, int] = {}
    if len(shape.key) == 1:
        identifier = shape.key[0]
        names = {identifier} | _OTHER_NAMES.get(identifier, frozenset())
        for table, column in columns_named(reader, names):
            if table != shape.name and table not in _FOLLOWERS:
                count = _naming(reader, batch_id, shape, (table, column), shapes)
                counts[table] = max(counts.get(table, 0), count)
    if shape.name in _GROUPS:
        for entries in ("marks", "absences"):
            counts[entries] = _entries_of_members(reader, batch_id, shape, entries)
    return counts


def _made(table: str, columns: Collection[str], shape: TableShape) -> str:
    """Return SQL of the columns of the rows that the batch made in a table."""
    typed = ", ".join(
        f"CAST(CAST(new_row AS JSON) ->> '{name}' AS {shape.types[name]}) AS {name}" for name in columns
    )
    return f"""(SELECT {typed} FROM import_batch_rows
        WHERE batch_id = $batch AND table_name = '{table}' AND old_row IS NULL)"""


def _naming(
    reader: Reader, batch_id: int, shape: TableShape, place: tuple[str, str], shapes: dict[str, TableShape]
) -> int:
    table, column = place
    own = ""
    if table in shapes:
        other = shapes[table]
        own = f"AND NOT EXISTS (SELECT 1 FROM {_made(table, other.key, other)} m WHERE {other.same_key('m', 't')})"
    rows = reader.read(
        f"""SELECT count(*) FROM {table} t
            WHERE t.{column} IN (SELECT {shape.key[0]} FROM {_made(shape.name, shape.key, shape)}) {own}""",
        {"batch": batch_id},
    )
    return int(rows[0][0])


def _entries_of_members(reader: Reader, batch_id: int, shape: TableShape, entries: str) -> int:
    made_entries = f"""(SELECT CAST(CAST(new_row AS JSON) ->> 'lesson_id' AS BIGINT) AS lesson_id,
            CAST(CAST(new_row AS JSON) ->> 'pupil_id' AS BIGINT) AS pupil_id FROM import_batch_rows
            WHERE batch_id = $batch AND table_name = '{entries}' AND old_row IS NULL)"""
    group = _GROUPS[shape.name]
    made = _made(shape.name, (group, "pupil_id", "starts_on", "ends_on"), shape)
    sql = _ENTRIES_IN.format(made=made, group=group, entries=entries, made_entries=made_entries)
    return int(reader.read(sql, {"batch": batch_id})[0][0])


def entered_cells(reader: Reader, batch_id: int) -> list[tuple[int, int]]:
    """Return (lesson, pupil) of the cells that a load touched."""
    rows = reader.read(
        """SELECT DISTINCT CAST(r ->> 'lesson_id' AS BIGINT), CAST(r ->> 'pupil_id' AS BIGINT)
           FROM (SELECT CAST(coalesce(new_row, old_row) AS JSON) AS r FROM import_batch_rows
                 WHERE batch_id = $batch AND table_name IN ('marks', 'absences')) ORDER BY ALL""",
        {"batch": batch_id},
    )
    return [(lesson, pupil) for lesson, pupil in rows]


def touches_closed_term(reader: Reader, batch_id: int) -> bool:
    """Whether a load made, changed or took away a cell or a term mark of a term that is closed now."""
    rows = reader.read(
        """SELECT count(*) FROM (SELECT CAST(coalesce(new_row, old_row) AS JSON) AS r FROM import_batch_rows
               WHERE batch_id = $batch AND table_name IN ('marks', 'absences', 'term_marks')) k
           LEFT JOIN lessons l ON l.lesson_id = CAST(k.r ->> 'lesson_id' AS BIGINT)
           JOIN terms t ON t.term_id = coalesce(l.term_id, CAST(k.r ->> 'term_id' AS BIGINT))
           WHERE t.closed_at IS NOT NULL""",
        {"batch": batch_id},
    )
    return bool(rows[0][0])


def restore_batch(writer: Writer, batch_id: int, *, at: datetime, by: int | None) -> None:
    """Bring every row that a load touched back to what it was, and note that the load is taken back."""
    for shape in touched_tables(writer, batch_id):
        restore(writer, batch_id, shape)
    writer.change("DELETE FROM import_batch_rows WHERE batch_id = $batch", {"batch": batch_id})
    writer.change(
        "UPDATE import_batches SET undone_at = $at, undone_by = $by WHERE batch_id = $batch",
        {"at": at, "by": by, "batch": batch_id},
    )
