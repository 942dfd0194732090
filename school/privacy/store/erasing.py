"""What is over its term: counted, erased, and the book of what was erased."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from school.privacy.rules.terms import Erased
from school.store.connection import Transaction
from school.store.names import surname_and_initials
from school.store.reading import Reader, read_as, read_column, read_value
from school.store.writing import insert


@dataclass(frozen=True)
class Erasure:
    """What was erased at a moment; ``who`` is empty for the nightly job."""

    erased_at: datetime
    kind: Erased
    erased_count: int
    older_than: date
    who: str


# The last day of a pupil at the school: of one who has not left the end of the last year's calendar; of a year without one none.
_LAST_DAYS = """SELECT e.pupil_id, max(coalesce(e.ends_on, y.ends_on, DATE '9999-12-31')) AS last_day
    FROM enrolments e JOIN classes c USING (class_id) LEFT JOIN school_years y USING (school_year) GROUP BY e.pupil_id"""
# Guardians none of whose children is at the school since; of those who have none left nobody knows the day.
_GONE_GUARDIANS = f"""SELECT g.guardian_id FROM guardians g LEFT JOIN guardian_pupils k USING (guardian_id)
    LEFT JOIN ({_LAST_DAYS}) d ON d.pupil_id = k.pupil_id
    GROUP BY g.guardian_id HAVING max(CASE WHEN k.pupil_id IS NULL THEN DATE '0001-01-01'
        ELSE coalesce(d.last_day, DATE '9999-12-31') END) < $before::DATE"""
_GONE_PUPILS = f"SELECT pupil_id FROM ({_LAST_DAYS}) WHERE last_day < $before::DATE"
_GONE_USERS = f"""staff_id IS NULL AND (password_hash <> '' OR blocked_at IS NULL)
    AND (guardian_id IN ({_GONE_GUARDIANS}) OR pupil_id IN ({_GONE_PUPILS}))"""
# What is kept of sign-ins, by the moment from which it counts: a device is of one until it is asked for a code again.
_SIGN_INS = {
    "sign_in_attempts": "attempted_at",
    "device_notices": "happened_at",
    "trusted_devices": "trusted_until",
}
_CLOSED_REQUESTS = "closed_at < $before::DATE"
# Which threads are over, by kind; a child's once the child has left the school for so long.
_LAST_WRITTEN = "(SELECT max(m.written_at) FROM messages m WHERE m.thread_id = t.thread_id)"
_OVER: Mapping[Erased, str] = {
    Erased.LETTERS: f"SELECT thread_id FROM threads WHERE kind = 'letters' AND pupil_id IN ({_GONE_PUPILS})",
    Erased.STAFF_LETTERS: f"""SELECT thread_id FROM threads t WHERE kind = 'letters' AND pupil_id IS NULL
        AND {_LAST_WRITTEN} < $before::DATE""",
    Erased.HELP: f"""SELECT thread_id FROM threads t WHERE kind = 'help' AND closed_at IS NOT NULL
        AND {_LAST_WRITTEN} < $before::DATE""",
}
# Complaints, and what came of them: the words in which somebody was muted, or a thread was opened to the head.
_COMPLAINTS = (
    "complaints WHERE answered_at < $before::DATE",
    "mutes WHERE until < $before::DATE",
    "request_readings WHERE read_at < $before::DATE",
)
_OLD_ANNOUNCEMENTS = (
    "announcement_id IN (SELECT announcement_id FROM announcements WHERE shown_until < $before::DATE)"
)
_OLD_EXCUSES = "excuse_id IN (SELECT excuse_id FROM excuses WHERE ends_on < $before::DATE)"

_OLD_TALKS = """question || cancel_words || note <> ''
    AND slot_id IN (SELECT slot_id FROM consultation_slots WHERE begins_at < $before::DATE)"""

# By kind: what counts the rows that are over, and what erases them; $before is the first day that is kept.
_COUNTED: Mapping[Erased, str] = {
    Erased.SESSIONS: "SELECT count(*) FROM sessions WHERE coalesce(revoked_at, expires_at) < $before::DATE",
    Erased.SIGN_INS: "SELECT "
    + " + ".join(
        f"(SELECT count(*) FROM {table} WHERE {moment} < $before::DATE)"
        for table, moment in _SIGN_INS.items()
    ),
    Erased.INVITATIONS: "SELECT count(*) FROM invitations WHERE expires_at < $before::DATE",
    Erased.REQUESTS: f"SELECT count(*) FROM gap_requests WHERE {_CLOSED_REQUESTS}",
    Erased.VIEWINGS: """SELECT (SELECT count(*) FROM viewings WHERE viewed_at < $before::DATE)
        + (SELECT count(*) FROM schedule_readings WHERE read_on < $before::DATE)""",
    Erased.EXCUSES: """SELECT (SELECT count(*) FROM leaves WHERE note <> '' AND ends_on < $before::DATE)
        + (SELECT count(*) FROM excuses WHERE note || answer <> '' AND ends_on < $before::DATE)""",
    Erased.PAPERS: f"SELECT count(*) FROM excuse_papers WHERE {_OLD_EXCUSES}",
    Erased.CONSULTATIONS: f"SELECT count(*) FROM consultation_bookings WHERE {_OLD_TALKS}",
    Erased.CONTACTS: f"""SELECT (SELECT count(*) FROM guardians WHERE phone <> '' AND guardian_id IN ({_GONE_GUARDIANS}))
        + (SELECT count(*) FROM users WHERE {_GONE_USERS})""",
    Erased.COMPLAINTS: "SELECT " + " + ".join(f"(SELECT count(*) FROM {over})" for over in _COMPLAINTS),
    Erased.ANNOUNCEMENTS: f"SELECT count(*) FROM announcements WHERE {_OLD_ANNOUNCEMENTS}",
    **{kind: f"SELECT count(*) FROM ({threads})" for kind, threads in _OVER.items()},
}
_ERASING: Mapping[Erased, tuple[str, ...]] = {
    Erased.SESSIONS: ("DELETE FROM sessions WHERE coalesce(revoked_at, expires_at) < $before::DATE",),
    Erased.SIGN_INS: tuple(
        f"DELETE FROM {table} WHERE {moment} < $before::DATE" for table, moment in _SIGN_INS.items()
    ),
    Erased.INVITATIONS: ("DELETE FROM invitations WHERE expires_at < $before::DATE",),
    Erased.REQUESTS: (
        f"DELETE FROM gap_request_lessons WHERE request_id IN (SELECT request_id FROM gap_requests WHERE {_CLOSED_REQUESTS})",
        f"DELETE FROM gap_requests WHERE {_CLOSED_REQUESTS}",
    ),
    Erased.VIEWINGS: (
        "DELETE FROM viewings WHERE viewed_at < $before::DATE",
        "DELETE FROM schedule_readings WHERE read_on < $before::DATE",
    ),
    Erased.EXCUSES: (
        "UPDATE leaves SET note = '' WHERE note <> '' AND ends_on < $before::DATE",
        "UPDATE excuses SET note = '', answer = '' WHERE note || answer <> '' AND ends_on < $before::DATE",
    ),
    Erased.PAPERS: (f"DELETE FROM excuse_papers WHERE {_OLD_EXCUSES}",),
    Erased.CONSULTATIONS: (
        f"UPDATE consultation_bookings SET question = '', cancel_words = '', note = '' WHERE {_OLD_TALKS}",
    ),
    Erased.CONTACTS: (
        f"UPDATE users SET password_hash = '', blocked_at = coalesce(blocked_at, $now) WHERE {_GONE_USERS}",
        f"UPDATE guardians SET phone = '' WHERE phone <> '' AND guardian_id IN ({_GONE_GUARDIANS})",
    ),
    Erased.COMPLAINTS: tuple(f"DELETE FROM {over}" for over in _COMPLAINTS),
    Erased.ANNOUNCEMENTS: tuple(
        f"DELETE FROM {table} WHERE {_OLD_ANNOUNCEMENTS}"
        for table in ("announcement_files", "announcement_recipients", "announcements")
    ),
    # Rows first that are found by others: the threads go last.
    **{
        kind: (
            f"DELETE FROM message_files WHERE message_id IN (SELECT message_id FROM messages WHERE thread_id IN ({threads}))",
            f"DELETE FROM thread_people WHERE thread_id IN ({threads})",
            f"DELETE FROM threads WHERE thread_id IN ({threads})",
            "DELETE FROM messages WHERE thread_id NOT IN (SELECT thread_id FROM threads)",
        )
        for kind, threads in _OVER.items()
    },
}


def count_due(reader: Reader, kind: Erased, before: date) -> int:
    """Return how many records of a kind are older than a day."""
    return int(read_value(reader, _COUNTED[kind], {"before": before}) or 0)


# Of which kinds files go too: under which names their contents lie.
_CONTENTS: Mapping[Erased, str] = {
    Erased.ANNOUNCEMENTS: f"SELECT stored_name FROM announcement_files WHERE {_OLD_ANNOUNCEMENTS}",
    **{
        kind: f"""SELECT DISTINCT stored_name FROM message_files JOIN messages USING (message_id)
        WHERE thread_id IN ({threads})"""
        for kind, threads in _OVER.items()
    },
}


def contents_over(reader: Reader, kind: Erased, before: date) -> list[str]:
    """Return under which names the contents lie of the files of announcements or threads that are older than a day."""
    return read_column(reader, _CONTENTS[kind], {"before": before}) if kind in _CONTENTS else []


def still_named(reader: Reader, stored_names: Collection[str]) -> set[str]:
    """Return which of these contents a message still names: of a letter to many each thread names the same."""
    query = "SELECT DISTINCT stored_name FROM message_files WHERE stored_name IN (SELECT unnest($names::VARCHAR[]))"
    return set(read_column(reader, query, {"names": list(stored_names)}))


def erase(transaction: Transaction, kind: Erased, before: date, *, now: datetime, user_id: int | None) -> int:
    """Erase what is older than a day, note it in the book, and return how many records there were."""
    count = count_due(transaction, kind, before)
    if not count:
        return 0
    for sql in _ERASING[kind]:
        given = {"before": before, "now": now}
        transaction.change(sql, {name: value for name, value in given.items() if f"${name}" in sql})
    insert(
        transaction,
        "erasures",
        erased_at=now,
        kind=kind,
        erased_count=count,
        older_than=before,
        erased_by=user_id,
    )
    return count


def erasures(reader: Reader) -> list[Erasure]:
    """Return what was erased, newest first."""
    query = f"""SELECT e.erased_at, e.kind, e.erased_count, e.older_than, coalesce({surname_and_initials("s")}, '') AS who
        FROM erasures e LEFT JOIN users u ON u.user_id = e.erased_by LEFT JOIN staff s ON s.staff_id = u.staff_id
        ORDER BY e.erased_at DESC, e.kind"""
    return read_as(reader, Erasure, query)
