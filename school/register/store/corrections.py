"""Requests to correct a closed term, and the deputy head's decisions (п. 4.2)."""

from datetime import datetime

from school.records import CorrectionPermission, RegisterKey
from school.store.reading import Reader, Writer, read_as, read_one
from school.store.selection import IN_REGISTER
from school.store.writing import insert, update

_PERMISSIONS = """
SELECT permission_id, class_id, subject_id, subgroup_id, term_id, teacher_id, reason, asked_at, is_granted,
    expires_at, answer, used_at FROM correction_permissions
"""


def permission_by_id(reader: Reader, permission_id: int) -> CorrectionPermission | None:
    """Return a request by its id, or None."""
    query = f"{_PERMISSIONS} WHERE permission_id = $permission"
    return read_one(reader, CorrectionPermission, query, {"permission": permission_id})


def last_permission(
    reader: Reader, key: RegisterKey, term_id: int, teacher_id: int
) -> CorrectionPermission | None:
    """Return a teacher's latest request for a register and a term, or None."""
    query = f"""{_PERMISSIONS} WHERE {IN_REGISTER} AND term_id = $term AND teacher_id = $teacher
        ORDER BY asked_at DESC, permission_id DESC LIMIT 1"""
    return read_one(
        reader, CorrectionPermission, query, {**vars(key), "term": term_id, "teacher": teacher_id}
    )


def permissions_in_force(
    reader: Reader, teacher_id: int | None, now: datetime
) -> dict[tuple[RegisterKey, int], CorrectionPermission]:
    """Return the permissions that a teacher may use now, by register and term."""
    query = f"{_PERMISSIONS} WHERE teacher_id = $teacher AND is_granted AND expires_at >= $now ORDER BY expires_at"
    found = read_as(reader, CorrectionPermission, query, {"teacher": teacher_id, "now": now})
    return {(permission.key, permission.term_id): permission for permission in found}


def permissions_asked(reader: Reader, school_year: int) -> list[CorrectionPermission]:
    """Return the requests about terms of a school year: the waiting ones by age, then the decided, newest first."""
    query = f"""{_PERMISSIONS} WHERE term_id IN (SELECT term_id FROM terms WHERE school_year = $year)
        ORDER BY is_granted IS NOT NULL, coalesce(decided_at, TIMESTAMP '0001-01-01') DESC, asked_at"""
    return read_as(reader, CorrectionPermission, query, {"year": school_year})


def ask_permission(writer: Writer, request: CorrectionPermission) -> None:
    """Add a request that waits."""
    insert(
        writer,
        "correction_permissions",
        permission_id=request.permission_id,
        **vars(request.key),
        term_id=request.term_id,
        teacher_id=request.teacher_id,
        reason=request.reason,
        asked_at=request.asked_at,
    )


def decide_permission(
    writer: Writer,
    permission_id: int,
    *,
    expires_at: datetime | None,
    answer: str,
    at: datetime,
    user_id: int,
) -> None:
    """Grant a request until a moment, or decline it with None."""
    update(
        writer,
        "correction_permissions",
        {"permission_id": permission_id},
        is_granted=expires_at is not None,
        expires_at=expires_at,
        answer=answer,
        decided_at=at,
        decided_by=user_id,
    )


def note_permission_used(writer: Writer, permission_id: int, at: datetime) -> None:
    """Note the latest use of a permission."""
    update(writer, "correction_permissions", {"permission_id": permission_id}, used_at=at)
