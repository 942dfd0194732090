"""What the signals are made of: accounts, sessions, entries and lessons of the last 90 days; and what was looked into."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from school.account_signals.rules import AccountFacts, EntryFacts, Signal, Visit
from school.sign_in.rules.browsers import UNKNOWN_BROWSER
from school.store.names import short_name, surname_and_initials
from school.store.reading import Reader, Writer, read_as, read_column
from school.store.writing import insert


@dataclass(frozen=True)
class Check:
    """A signal that was looked into: up to which evidence, when, by whom, with what note."""

    kind: str
    subject: str
    evidence_until: datetime
    checked_at: datetime
    checked_by: str
    note: str


def accounts(reader: Reader) -> dict[int, AccountFacts]:
    """Return the accounts with a password, open ones, by user."""
    query = f"""SELECT u.user_id, coalesce(nullif({surname_and_initials("s")}, ''), nullif({surname_and_initials("g")}, ''),
                {short_name("p")}) AS name,
            u.staff_id IS NOT NULL AS is_staff, u.pupil_id,
            coalesce((SELECT list(k.pupil_id) FROM guardian_pupils k WHERE k.guardian_id = u.guardian_id), []) AS children
        FROM users u LEFT JOIN staff s ON s.staff_id = u.staff_id
            LEFT JOIN guardians g ON g.guardian_id = u.guardian_id LEFT JOIN pupils p ON p.pupil_id = u.pupil_id
        WHERE u.password_hash <> '' AND u.blocked_at IS NULL"""
    return {each.user_id: each for each in read_as(reader, AccountFacts, query)}


def visits(reader: Reader, since: datetime) -> list[Visit]:
    """Return the sessions begun after a moment on a known device, the oldest first."""
    query = f"""SELECT user_id, created_at AS began, least(coalesce(last_seen_at, created_at), expires_at,
            coalesce(revoked_at, expires_at)) AS ended, coalesce(address, '') AS network, device_hash AS device,
            coalesce(browser, '{UNKNOWN_BROWSER}') AS browser
        FROM sessions WHERE created_at > $since AND device_hash IS NOT NULL ORDER BY created_at, session_hash"""
    return read_as(reader, Visit, query, {"since": since})


def entries(reader: Reader, since: datetime) -> list[EntryFacts]:
    """Return what was entered in registers after a moment: counts by author and minute, and each mark that was put up."""
    in_registers = (
        "kind IN ('cell', 'term_mark', 'year_mark') AND user_id IS NOT NULL AND happened_at > $since"
    )
    counts = f"""SELECT user_id, date_trunc('minute', happened_at) AS at, count(*) AS count,
            NULL::BIGINT AS raised_pupil FROM events WHERE {in_registers} GROUP BY ALL ORDER BY ALL"""
    # The lowest mark of each text: «4», «5 3», «н 4».
    raised = f"""SELECT user_id, happened_at AS at, 0 AS count, pupil_id AS raised_pupil FROM events
        WHERE {in_registers} AND list_min(regexp_extract_all(new_value, '[2-5]')) >
            list_min(regexp_extract_all(old_value, '[2-5]')) ORDER BY event_id"""
    parameters = {"since": since}
    return [
        *read_as(reader, EntryFacts, counts, parameters),
        *read_as(reader, EntryFacts, raised, parameters),
    ]


def lessons_of_users(
    reader: Reader, since: date, until: date
) -> Mapping[int, list[tuple[datetime, datetime]]]:
    """Return when each user gave lessons, in order."""
    query = """SELECT DISTINCT u.user_id, l.held_on + b.starts_at AS began, l.held_on + b.ends_at AS ended
        FROM lessons l JOIN bell_times b USING (number) JOIN users u ON u.staff_id = l.teacher_id
        WHERE l.held_on BETWEEN $since AND $until AND l.status <> 'cancelled' ORDER BY ALL"""
    found: dict[int, list[tuple[datetime, datetime]]] = defaultdict(list)
    for user_id, began, ended in reader.read(query, {"since": since, "until": until}):
        found[user_id].append((began, ended))
    return found


def school_days(reader: Reader, since: date, until: date) -> frozenset[date]:
    """Return the days with lessons."""
    query = """SELECT DISTINCT held_on FROM lessons
        WHERE held_on BETWEEN $since AND $until AND status <> 'cancelled'"""
    return frozenset(read_column(reader, query, {"since": since, "until": until}))


def checks(reader: Reader) -> dict[tuple[str, str], Check]:
    """Return what was looked into, by kind and subject."""
    query = f"""SELECT c.kind, c.subject, c.evidence_until, c.checked_at, c.note,
            coalesce({surname_and_initials("s")}, '') AS checked_by
        FROM account_signal_checks c LEFT JOIN users u ON u.user_id = c.checked_by
            LEFT JOIN staff s ON s.staff_id = u.staff_id"""
    return {(each.kind, each.subject): each for each in read_as(reader, Check, query)}


def save_check(writer: Writer, signal: Signal, user_id: int, note: str, at: datetime) -> None:
    """Note that a signal was looked into."""
    insert(
        writer,
        "account_signal_checks",
        "OR REPLACE",
        kind=str(signal.kind),
        subject=signal.subject,
        evidence_until=signal.until,
        checked_at=at,
        checked_by=user_id,
        note=note,
    )


def forget_checks(writer: Writer, before: datetime) -> None:
    """Drop what was looked into long ago, with its evidence: the program's own books."""
    writer.keep("DELETE FROM account_signal_checks WHERE evidence_until < $before", {"before": before})
