"""Sessions of signed-in people; only a hash of a session's secret is stored."""

from datetime import datetime

from school.sign_in.rules.clock import is_ahead
from school.store.reading import Reader, Writer
from school.store.writing import insert


def save_session(
    writer: Writer, session_hash: str, user_id: int, *, created_at: datetime, expires_at: datetime
) -> None:
    """Store a new session of a user."""
    times = {"created_at": created_at, "expires_at": expires_at}
    insert(writer, "sessions", session_hash=session_hash, user_id=user_id, **times)


def session_user_id(reader: Reader, session_hash: str, now: datetime) -> int | None:
    """Return whose session it is while it is neither expired nor revoked nor of a clock that went ahead, otherwise None."""
    query = """SELECT user_id, created_at, expires_at FROM sessions
        WHERE session_hash = $hash AND revoked_at IS NULL"""
    rows = reader.steady(("sessions",), query, {"hash": session_hash})
    return next((user_id for user_id, begun, ends in rows if ends > now and not is_ahead(begun, now)), None)


def revoke_session(writer: Writer, session_hash: str, at: datetime) -> None:
    """End one session for good."""
    sql = "UPDATE sessions SET revoked_at = $at WHERE session_hash = $hash AND revoked_at IS NULL"
    writer.change(sql, {"hash": session_hash, "at": at})


def revoke_sessions_of(writer: Writer, user_id: int, at: datetime, *, kept_hash: str = "") -> None:
    """End every session of a user, but the kept one: after a new password, a dismissal or a blocking."""
    sql = """UPDATE sessions SET revoked_at = $at
        WHERE user_id = $user AND revoked_at IS NULL AND session_hash <> $kept"""
    writer.change(sql, {"user": user_id, "at": at, "kept": kept_hash})


def forget_sessions(writer: Writer, expired_before: datetime) -> None:
    """Drop sessions that ended long ago."""
    writer.change("DELETE FROM sessions WHERE expires_at < $before", {"before": expired_before})
