"""The queue of letters as rows: the sender's own books, so no event is recorded of them and no page is drawn again for them."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from school.notices.records import LetterKind, MailQueue, Outcome, QueuedLetter
from school.store.reading import Reader, Writer, read_as, read_value

FAILED_WITHIN, KEPT_FOR = timedelta(days=7), timedelta(days=30)


def queue_letter(
    writer: Writer,
    user_id: int,
    kind: LetterKind,
    period: str,
    *,
    pupil_id: int | None = None,
    now: datetime,
    not_before: datetime,
) -> bool:
    """Put a letter into the queue; return False where one of this user, kind and period was there already."""
    key = {"user": user_id, "kind": kind, "period": period}
    if read_value(
        writer,
        "SELECT 1 FROM notice_letters WHERE user_id = $user AND kind = $kind AND period = $period",
        key,
    ):
        return False
    sql = """INSERT INTO notice_letters (letter_id, user_id, kind, period, pupil_id, queued_at, next_try_at)
        VALUES (nextval('record_ids'), $user, $kind, $period, $pupil, $now, $next)"""
    writer.keep(sql, {**key, "pupil": pupil_id, "now": now, "next": not_before})
    return True


def queued_periods(reader: Reader, kind: LetterKind) -> set[tuple[int, str]]:
    """Return user and period of the letters of a kind, those that ended too."""
    query = "SELECT user_id, period FROM notice_letters WHERE kind = $kind"
    return {(user_id, period) for user_id, period in reader.read(query, {"kind": kind})}


def letters_due(reader: Reader, now: datetime) -> list[QueuedLetter]:
    """Return the letters whose time has come: codes first, then the oldest."""
    query = f"""SELECT letter_id, user_id, kind, period, pupil_id, queued_at, tries FROM notice_letters
        WHERE ended_at IS NULL AND next_try_at <= $now ORDER BY kind <> '{LetterKind.CODE}', letter_id"""
    return read_as(reader, QueuedLetter, query, {"now": now})


def codes_since(reader: Reader, user_id: int, since: datetime) -> int:
    """Return how many codes a user has asked for since a moment."""
    query = f"""SELECT count(*) FROM notice_letters
        WHERE user_id = $user AND kind = '{LetterKind.CODE}' AND queued_at > $since"""
    return int(read_value(reader, query, {"user": user_id, "since": since}) or 0)


def end_letters(
    writer: Writer, letter_ids: Iterable[int], outcome: Outcome, now: datetime, problem: str = ""
) -> None:
    """Note how letters ended."""
    sql = """UPDATE notice_letters SET ended_at = $now, outcome = $outcome, problem = $problem
        WHERE letter_id IN (SELECT unnest($letters::BIGINT[]))"""
    writer.keep(sql, {"now": now, "outcome": outcome, "problem": problem, "letters": list(letter_ids)})


def put_off(writer: Writer, letter_ids: Collection[int], until: datetime, problem: str) -> None:
    """Note that letters did not go, and when they are tried again."""
    sql = """UPDATE notice_letters SET next_try_at = $until, tries = tries + 1, problem = $problem
        WHERE letter_id IN (SELECT unnest($letters::BIGINT[]))"""
    writer.keep(sql, {"until": until, "problem": problem, "letters": list(letter_ids)})


def end_waiting(writer: Writer, user_id: int, kinds: Collection[LetterKind], now: datetime) -> None:
    """End what waits for a user: nothing of it is sent any more."""
    sql = f"""UPDATE notice_letters SET ended_at = $now, outcome = '{Outcome.VOID}'
        WHERE user_id = $user AND ended_at IS NULL AND kind IN (SELECT unnest($kinds::VARCHAR[]))"""
    writer.keep(sql, {"now": now, "user": user_id, "kinds": [str(kind) for kind in kinds]})


def forget_ended(writer: Writer, now: datetime) -> None:
    """Drop the letters that ended more than a month ago."""
    writer.keep("DELETE FROM notice_letters WHERE ended_at < $before", {"before": now - KEPT_FOR})


def mail_queue(reader: Reader, now: datetime) -> MailQueue:
    """Return how the queue stands."""
    query = f"""SELECT count(*) FILTER (ended_at IS NULL) AS waiting, min(queued_at) FILTER (ended_at IS NULL) AS oldest_at,
            count(*) FILTER (outcome IN ('{Outcome.REFUSED}', '{Outcome.GIVEN_UP}') AND ended_at > $since) AS failed,
            max(ended_at) FILTER (outcome = '{Outcome.SENT}') AS last_sent_at,
            coalesce(arg_max(problem, tries) FILTER (ended_at IS NULL AND problem <> ''), '') AS problem
        FROM notice_letters"""
    (found,) = read_as(reader, MailQueue, query, {"since": now - FAILED_WITHIN})
    return found
