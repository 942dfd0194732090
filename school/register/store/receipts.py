"""Receipts: the last entry of a browser tab in each place of a grid, known by the events that the entries left."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from school.store.memory.entered import Kind
from school.store.reading import Reader, Writer

# No browser sends a batch again after so long.
REPEATED_WITHIN = timedelta(days=30)
RECEIPTS = Kind("events")
# Of a cell: lesson_id, pupil_id; of a term mark: class_id, subject_id, term_id, pupil_id.
Place = tuple[int, ...]


@dataclass(frozen=True)
class Receipt:
    """The last entry of a browser tab in a place, and what stood there after it."""

    client_seq: int
    text: str


def receipts(reader: Reader, client_id: str, now: datetime) -> Mapping[Place, Receipt]:
    """Return the last entry of a browser tab in each place."""
    return reader.entered(RECEIPTS, [client_id], lambda _: {client_id: _read(reader, client_id, now)})[
        client_id
    ]


def _read(reader: Reader, client_id: str, now: datetime) -> dict[Place, Receipt]:
    query = """SELECT lesson_id, class_id, subject_id, coalesce(record_id, 0), pupil_id, client_seq, coalesce(new_value, '')
        FROM events WHERE client_id = $client AND happened_at >= $since ORDER BY event_id"""
    rows = reader.read(query, {"client": client_id, "since": now - REPEATED_WITHIN})
    return {
        (term_place if lesson is None else (lesson, term_place[-1])): Receipt(seq, text)
        for lesson, *place, seq, text in rows
        for term_place in [tuple(place)]
    }


def remember_receipts(writer: Writer, client_id: str, entries: Mapping[Place, Receipt]) -> None:
    """Say what a browser tab has entered, beside the events of it."""
    writer.remember(RECEIPTS, {client_id: entries})
