"""What a letter may be asked from, as rows of other subjects."""

from datetime import datetime
from typing import NamedTuple

from school.store.reading import Reader, read_one


class AskedRequest(NamedTuple):
    """A gap request: whose register it is about, who is asked to fill it, who sent it."""

    class_id: int
    class_name: str
    subject_name: str
    teacher_id: int
    sent_at: datetime
    sent_by: int | None


def gap_request(reader: Reader, request_id: int) -> AskedRequest | None:
    """Return a gap request, or None."""
    query = """SELECT q.class_id, c.name AS class_name, b.name AS subject_name, q.teacher_id, q.sent_at, q.sent_by
        FROM gap_requests q JOIN classes c USING (class_id) JOIN subjects b USING (subject_id) WHERE q.request_id = $request"""
    return read_one(reader, AskedRequest, query, {"request": request_id})


def account_of_staff(reader: Reader, staff_id: int | None) -> int | None:
    """Return the open account of an employee, or None."""
    query = "SELECT user_id FROM users WHERE staff_id = $staff AND blocked_at IS NULL"
    rows = reader.steady(("users",), query, {"staff": staff_id})
    return rows[0][0] if rows else None
