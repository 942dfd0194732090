"""Sessions of signed-in people; only a hash of a session's secret is stored. One that begins or ends lets no other be read again."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from school.sign_in.rules.clock import is_ahead
from school.store.memory.entered import Kind
from school.store.reading import Reader, Writer, read_as, read_column
from school.store.writing import insert


@dataclass(frozen=True)
class SessionRow:
    """A session: whose, since when, until when, where from, last written as used (some seconds late).

    ``address`` is cut short; it, ``browser`` and ``device_hash`` are empty where a session has none.
    """

    session_hash: str
    user_id: int
    created_at: datetime
    expires_at: datetime
    last_seen_at: datetime
    address: str
    browser: str
    device_hash: str


SESSIONS = Kind("sessions")
_COLUMNS = """session_hash, user_id, created_at, expires_at, coalesce(last_seen_at, created_at) AS last_seen_at,
    coalesce(address, '') AS address, coalesce(browser, '') AS browser, coalesce(device_hash, '') AS device_hash"""


def save_session(
    writer: Writer,
    session_hash: str,
    user_id: int,
    *,
    created_at: datetime,
    expires_at: datetime,
    address: str | None = None,
    browser: str | None = None,
    device_hash: str | None = None,
) -> None:
    """Store a new session of a user."""
    times = {"created_at": created_at, "expires_at": expires_at, "last_seen_at": created_at}
    place = {"address": address, "browser": browser, "device_hash": device_hash}
    only, whose = [session_hash], {"session_hash": session_hash, "user_id": user_id}
    insert(writer, "sessions", "", only, [], **whose, **times, **place)


def session_row(reader: Reader, session_hash: str) -> SessionRow | None:
    """Return a session that is not revoked, whether it has expired or not."""
    query = f"SELECT {_COLUMNS} FROM sessions WHERE session_hash = $hash AND revoked_at IS NULL"
    return next(iter(read_as(reader, SessionRow, query, {"hash": session_hash})), None)


def ended_session_user_id(reader: Reader, session_hash: str) -> int | None:
    """Return whose session it was that somebody ended; None where there is no such session, or nobody has ended it."""
    query = "SELECT user_id FROM sessions WHERE session_hash = $hash AND revoked_at IS NOT NULL"
    return next((user_id for (user_id,) in reader.read(query, {"hash": session_hash})), None)


def known_session(reader: Reader, session_hash: str) -> SessionRow | None:
    """Return what ``session_row`` does, from memory unless this very session may have begun or ended."""

    def read(hashes: Collection[str]) -> dict[str, SessionRow]:
        rows = {each: session_row(reader, each) for each in hashes}
        return {each: row for each, row in rows.items() if row is not None}

    return reader.entered(SESSIONS, [session_hash], read).get(session_hash)


def read_sessions_ahead(reader: Reader, day: date) -> None:
    """Read into memory all sessions that are not revoked and last into this day or longer, in two questions."""
    still_open = "FROM sessions WHERE revoked_at IS NULL AND expires_at > $day"
    hashes = read_column(reader, f"SELECT session_hash {still_open}", {"day": day})

    def read(_hashes: Collection[str]) -> dict[str, SessionRow]:
        rows = read_as(reader, SessionRow, f"SELECT {_COLUMNS} {still_open}", {"day": day})
        return {row.session_hash: row for row in rows}

    reader.entered(SESSIONS, hashes, read)


def session_user_id(reader: Reader, session_hash: str, now: datetime) -> int | None:
    """Return whose session it is while it is neither expired nor revoked nor of a clock that went ahead, otherwise None."""
    found = session_row(reader, session_hash)
    holds = found is not None and found.expires_at > now and not is_ahead(found.created_at, now)
    return found.user_id if found is not None and holds else None


def sessions_of(reader: Reader, user_id: int, now: datetime) -> list[SessionRow]:
    """Return the sessions of a user that are neither expired nor revoked, the newest first."""
    query = f"""SELECT {_COLUMNS} FROM sessions WHERE user_id = $user AND revoked_at IS NULL AND expires_at > $now
        ORDER BY created_at DESC, session_hash"""
    return read_as(reader, SessionRow, query, {"user": user_id, "now": now})


def sessions_of_everybody(reader: Reader, now: datetime) -> list[SessionRow]:
    """Return all sessions that are neither expired nor revoked."""
    query = f"SELECT {_COLUMNS} FROM sessions WHERE revoked_at IS NULL AND expires_at > $now ORDER BY session_hash"
    return read_as(reader, SessionRow, query, {"now": now})


def write_visits(writer: Writer, hashes: list[str], moments: list[datetime]) -> None:
    """Write down when sessions were last used: the program's own books, of which nothing read elsewhere depends."""
    writer.keep(
        """UPDATE sessions SET last_seen_at = v.seen FROM (SELECT unnest($hashes::VARCHAR[]) AS hash,
            unnest($moments::TIMESTAMP[]) AS seen) v WHERE sessions.session_hash = v.hash""",
        {"hashes": hashes, "moments": moments},
    )


def revoke_session(writer: Writer, session_hash: str, at: datetime) -> None:
    """End one session for good."""
    sql = "UPDATE sessions SET revoked_at = $at WHERE session_hash = $hash AND revoked_at IS NULL"
    writer.change(sql, {"hash": session_hash, "at": at}, entered_in=[session_hash], of_pupils=[])


def revoke_sessions_of(writer: Writer, user_id: int, at: datetime, *, kept_hash: str = "") -> None:
    """End every session of a user, but the kept one: after a new password, a dismissal or a blocking."""
    ended = "WHERE user_id = $user AND revoked_at IS NULL AND session_hash <> $kept"
    whose = {"user": user_id, "kept": kept_hash}
    hashes = read_column(writer, f"SELECT session_hash FROM sessions {ended}", whose)
    sql = f"UPDATE sessions SET revoked_at = $at {ended}"
    writer.change(sql, {**whose, "at": at}, entered_in=hashes, of_pupils=[])
