"""Notes of absence of the staff as rows."""

from datetime import date, datetime
from typing import NamedTuple

from school.store.reading import Reader, Writer, steady_as
from school.store.writing import insert


class AwayNote(NamedTuple):
    """What an employee says to those who write, up to a day, that day included; ``written_at``: since when."""

    user_id: int
    until: date
    words: str
    written_at: datetime


def away_notes(reader: Reader, day: date) -> dict[int, AwayNote]:
    """Return the notes that hold on a day, by account."""
    query = "SELECT user_id, until, words, written_at FROM away_notes WHERE until >= $day"
    found = steady_as(reader, AwayNote, ("away_notes",), query, {"day": day})
    return {each.user_id: each for each in found}


def save_away_note(writer: Writer, note: AwayNote) -> None:
    """Set or replace somebody's note; those that are over go, whosever they are."""
    writer.change("DELETE FROM away_notes WHERE until < $day", {"day": note.written_at.date()})
    insert(writer, "away_notes", "OR REPLACE", **note._asdict())


def end_away_note(writer: Writer, user_id: int) -> None:
    """Take somebody's note away."""
    writer.change("DELETE FROM away_notes WHERE user_id = $user", {"user": user_id})
