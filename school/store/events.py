"""The record of every change: who, when, what, old value, new value, why; and from which browser tab."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any

import duckdb

from school.store.names import surname_and_initials
from school.store.reading import Asked
from school.store.writing import spread
from school.texts import storable


@dataclass(frozen=True)
class Event:
    """One change. ``record_id`` names the record, ``class_id`` and ``subject_id`` the register, where a lesson does not.

    ``client_id`` and ``client_seq``: the browser tab that it was typed in, and its number there.
    """

    happened_at: datetime
    user_id: int | None
    kind: str
    lesson_id: int | None = None
    pupil_id: int | None = None
    record_id: int | None = None
    old_value: str | None = None
    new_value: str | None = None
    reason: str = ""
    class_id: int | None = None
    subject_id: int | None = None
    client_id: str | None = None
    client_seq: int | None = None


COLUMNS = {
    "happened_at": "TIMESTAMP",
    "user_id": "BIGINT",
    "kind": "VARCHAR",
    "lesson_id": "BIGINT",
    "pupil_id": "BIGINT",
    "record_id": "BIGINT",
    "old_value": "VARCHAR",
    "new_value": "VARCHAR",
    "reason": "VARCHAR",
    "class_id": "BIGINT",
    "subject_id": "BIGINT",
}
_ALL = COLUMNS | {"client_id": "VARCHAR", "client_seq": "BIGINT"}
# Not astuple: it copies every value deeply, which took a third of the time of a big batch.
_VALUES = attrgetter(*_ALL)


def insert_events(writer: Asked, events: Sequence[Event]) -> None:
    """Append events in their order."""
    if events:
        given = dict(zip(_ALL, map(list, zip(*map(_VALUES, events), strict=True)), strict=True))
        columns = {name: values for name, values in given.items() if values.count(None) < len(values)}
        sql, parameters = spread(columns, _ALL)
        writer.execute(f"INSERT INTO events ({', '.join(columns)}) {sql}", storable(parameters))


def cell_events(cursor: duckdb.DuckDBPyConnection, lesson_id: int, pupil_id: int) -> list[tuple[Any, ...]]:
    """Return a cell's history, oldest first: moment, user_id, staff name, old text, new text, reason."""
    query = f"""SELECT e.happened_at, e.user_id, {surname_and_initials("s")}, e.old_value, e.new_value, e.reason
        FROM events e LEFT JOIN users u USING (user_id) LEFT JOIN staff s ON s.staff_id = u.staff_id
        WHERE e.lesson_id = $lesson AND e.pupil_id = $pupil AND e.kind = 'cell' ORDER BY e.event_id"""
    return cursor.execute(query, {"lesson": lesson_id, "pupil": pupil_id}).fetchall()
