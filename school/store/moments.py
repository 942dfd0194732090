"""Moments that mean «how long still»: kept right when the server's clock jumped, or the school's zone was changed (п. 8.5).

All moments are school time, a wall clock. One beyond now was written by a clock that went ahead: a session or a wait that
counts from it would last until that day comes.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from school.store.reading import Reader, Writer, read_one

# By table: since when and until when something holds. What is newer than now begins now, and lasts as long as it was to last.
_SPANS = {
    "sessions": ("created_at", "expires_at"),
    "invitations": ("issued_at", "expires_at"),
    "correction_permissions": ("decided_at", "expires_at"),
    "trusted_devices": ("trusted_since", "trusted_until"),
}
# Since when a wait, or a time without work, counts.
_MOMENTS = (("sign_in_attempts", "attempted_at"), ("sessions", "last_seen_at"))


@dataclass(frozen=True)
class TimeMark:
    """The newest moment that the clock has shown for certain, and the zone that it was in; None where nothing is known."""

    newest_moment: datetime | None
    zone: str | None


def time_mark(reader: Reader) -> TimeMark:
    """Return the mark, the newest event taken in: its moment is finer than what is noted by the clock."""
    query = """SELECT greatest(newest_moment, (SELECT happened_at FROM events
            WHERE event_id = (SELECT max(event_id) FROM events))) AS newest_moment, zone FROM store_marks"""
    return read_one(reader, TimeMark, query) or TimeMark(None, None)


def save_time_mark(writer: Writer, moment: datetime, zone: str) -> None:
    """Note a moment as the newest, and its zone."""
    writer.keep(
        "UPDATE store_marks SET newest_moment = $moment, zone = $zone", {"moment": moment, "zone": zone}
    )


def moments_ahead(reader: Reader, now: datetime) -> int:
    """Return how many sessions, invitations, permissions, trusted devices and attempts begin after a moment."""
    begins = [*((table, begin) for table, (begin, _end) in _SPANS.items()), *_MOMENTS]
    counted = " UNION ALL ".join(
        f"SELECT count(*) AS n FROM {table} WHERE {begin} > $now" for table, begin in begins
    )
    count: int = reader.read(f"SELECT sum(n)::BIGINT FROM ({counted})", {"now": now})[0][0]
    return count


def bring_back(writer: Writer, now: datetime) -> None:
    """Let everything that begins after a moment begin then."""
    for table, (begin, end) in _SPANS.items():
        sql = f"UPDATE {table} SET {end} = {end} - ({begin} - $now), {begin} = $now WHERE {begin} > $now"
        writer.change(sql, {"now": now})
    for table, begin in _MOMENTS:
        writer.change(f"UPDATE {table} SET {begin} = $now WHERE {begin} > $now", {"now": now})


def shift(writer: Writer, by: timedelta) -> None:
    """Move everything that counts time to the wall clock of another zone."""
    for table, (begin, end) in _SPANS.items():
        writer.change(f"UPDATE {table} SET {begin} = {begin} + $by, {end} = {end} + $by", {"by": by})
    for table, begin in _MOMENTS:
        writer.change(f"UPDATE {table} SET {begin} = {begin} + $by", {"by": by})
