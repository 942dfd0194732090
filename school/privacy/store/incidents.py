"""Incidents with personal data."""

from datetime import datetime

from school.privacy.rules.incidents import Incident, IncidentDraft, Notice
from school.store.connection import Transaction
from school.store.reading import Reader, read_as, read_one
from school.store.writing import insert, update

_INCIDENT = """SELECT incident_id, found_at, is_leak, what, whose, people_count, cause, harm, measures, told, findings,
    first_notice_at, second_notice_at, closed_at FROM incidents"""
_SENT_COLUMNS = {Notice.FIRST: "first_notice_at", Notice.SECOND: "second_notice_at"}


def all_incidents(reader: Reader) -> list[Incident]:
    """Return the incidents: the open ones first, then by when they were found, newest first."""
    return read_as(
        reader, Incident, f"{_INCIDENT} ORDER BY closed_at IS NOT NULL, found_at DESC, incident_id DESC"
    )


def incident_by_id(reader: Reader, incident_id: int) -> Incident | None:
    """Return an incident, or None."""
    return read_one(reader, Incident, f"{_INCIDENT} WHERE incident_id = $id", {"id": incident_id})


def save_incident(
    transaction: Transaction, incident_id: int, draft: IncidentDraft, *, now: datetime, user_id: int
) -> None:
    """Add an incident."""
    insert(
        transaction, "incidents", incident_id=incident_id, **vars(draft), recorded_at=now, recorded_by=user_id
    )


def change_incident(transaction: Transaction, incident_id: int, draft: IncidentDraft) -> None:
    """Replace what is written of an incident."""
    update(transaction, "incidents", {"incident_id": incident_id}, **vars(draft))


def mark_sent(transaction: Transaction, incident_id: int, notice: Notice, at: datetime) -> None:
    """Note when a notice was sent."""
    update(transaction, "incidents", {"incident_id": incident_id}, **{_SENT_COLUMNS[notice]: at})


def mark_closed(transaction: Transaction, incident_id: int, at: datetime) -> None:
    """Note that an incident is over."""
    update(transaction, "incidents", {"incident_id": incident_id}, closed_at=at)
