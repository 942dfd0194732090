"""What families chose, as rows."""

from datetime import datetime
from typing import Any

from school.notices.records import Choices, NoticeSettings
from school.store.reading import Reader, Writer, read_as
from school.store.writing import insert, update

# No event is newer: until the digest is chosen nothing is.
NO_EVENT = 2**62
_COLUMNS = """user_id, address, confirmed_at, refused_at, code_hash, code_made_at, code_tries, digest, digest_hour,
    digest_weekday, tells_absence, tells_cancelled, tells_announcement, names_child, told_until, told_event,
    at_once_since"""


def notice_settings(reader: Reader, user_id: int) -> NoticeSettings | None:
    """Return a user's address and choices, or None where there are none."""
    query = f"SELECT {_COLUMNS} FROM notice_settings WHERE user_id = $user"
    return next(iter(read_as(reader, NoticeSettings, query, {"user": user_id})), None)


def users_with_letters(reader: Reader) -> list[NoticeSettings]:
    """Return whoever gets letters: a confirmed address that is not known to be wrong, and something chosen."""
    query = f"""SELECT {_COLUMNS} FROM notice_settings WHERE confirmed_at IS NOT NULL AND refused_at IS NULL
        AND (digest <> 'none' OR tells_absence OR tells_cancelled OR tells_announcement) ORDER BY user_id"""
    return read_as(reader, NoticeSettings, query)


def add_address(writer: Writer, user_id: int, address: str, now: datetime) -> None:
    """Keep a user's new address, which no code has confirmed yet; choices stay."""
    before = notice_settings(writer, user_id)
    if before is None:
        choices = Choices()
        insert(
            writer,
            "notice_settings",
            user_id=user_id,
            address=address,
            digest_hour=choices.digest_hour,
            digest_weekday=choices.digest_weekday,
            told_until=now,
            told_event=NO_EVENT,
            at_once_since=now,
        )
        return
    _set(
        writer, user_id, address=address, confirmed_at=None, refused_at=None, code_hash="", code_made_at=None
    )


def _set(writer: Writer, user_id: int, **columns: Any) -> None:
    update(writer, "notice_settings", {"user_id": user_id}, **columns)


def set_confirmed(writer: Writer, user_id: int, now: datetime) -> None:
    """Note that a user has typed the code that was sent to the address."""
    _set(writer, user_id, confirmed_at=now, refused_at=None, code_hash="", code_made_at=None)


def set_told(writer: Writer, user_id: int, until: datetime, event_id: int) -> None:
    """Begin the digest of what is new after a moment and an event."""
    _set(writer, user_id, told_until=until, told_event=event_id)


def set_at_once(writer: Writer, user_id: int, since: datetime) -> None:
    """Begin to tell at once of what happens after a moment."""
    _set(writer, user_id, at_once_since=since)


def set_refused(writer: Writer, user_id: int, now: datetime) -> None:
    """Note that a mail server has said that nobody has the address."""
    _set(writer, user_id, refused_at=now)


def set_choices(writer: Writer, user_id: int, choices: Choices) -> None:
    """Keep what a user chose."""
    _set(writer, user_id, **vars(choices))


def remove_settings(writer: Writer, user_id: int) -> None:
    """Forget a user's address and choices."""
    writer.change("DELETE FROM notice_settings WHERE user_id = $user", {"user": user_id})


def keep_code(writer: Writer, user_id: int, code_hash: str, now: datetime) -> None:
    """Keep the hash of the code that is being sent."""
    sql = "UPDATE notice_settings SET code_hash = $hash, code_made_at = $now, code_tries = 0 WHERE user_id = $user"
    writer.keep(sql, {"hash": code_hash, "now": now, "user": user_id})


def count_try(writer: Writer, user_id: int) -> None:
    """Count a wrong code."""
    writer.keep(
        "UPDATE notice_settings SET code_tries = code_tries + 1 WHERE user_id = $user", {"user": user_id}
    )


def keep_told(writer: Writer, user_id: int, until: datetime, event_id: int) -> None:
    """Note up to when the digest has told what is new; it never goes back."""
    sql = """UPDATE notice_settings SET told_until = $until, told_event = $event
        WHERE user_id = $user AND told_until < $until"""
    writer.keep(sql, {"until": until, "event": event_id, "user": user_id})


def users_refused(reader: Reader) -> frozenset[int]:
    """Return the users whose address refuses letters."""
    query = "SELECT user_id FROM notice_settings WHERE refused_at IS NOT NULL"
    return frozenset(user_id for (user_id,) in reader.steady(("notice_settings",), query, {}))


def guardians_refused(reader: Reader) -> frozenset[int]:
    """Return the guardians whose address refuses letters."""
    query = """SELECT u.guardian_id FROM notice_settings n JOIN users u USING (user_id)
        WHERE n.refused_at IS NOT NULL AND u.guardian_id IS NOT NULL"""
    return frozenset(guardian for (guardian,) in reader.steady(("notice_settings", "users"), query, {}))
