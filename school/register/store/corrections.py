"""Requests to correct a closed term, and the deputy head's decisions (п. 4.2)."""

from datetime import datetime
from typing import Any

from school.records import CorrectionPermission, RegisterKey
from school.store.reading import Reader, Writer
from school.store.writing import insert, update

_PERMISSIONS = """
SELECT permission_id, class_id, subject_id, subgroup_id, term_id, teacher_id, reason, asked_at, is_granted,
    expires_at, answer, used_at FROM correction_permissions
"""


def _permission(row: tuple[Any, ...]) -> CorrectionPermission:
    permission_id, class_id, subject_id, subgroup_id, *rest = row
    return CorrectionPermission(permission_id, RegisterKey(class_id, subject_id, subgroup_id), *rest)


def permission_by_id(reader: Reader, permission_id: int) -> CorrectionPermission | None:
    """Return a request by its id, or None."""
    rows = reader.read(f"{_PERMISSIONS} WHERE permission_id = $permission", {"permission": permission_id})
    return _permission(rows[0]) if rows else None


def last_permission(
    reader: Reader, key: RegisterKey, term_id: int, teacher_id: int
) -> CorrectionPermission | None:
    """Return a teacher's latest request for a register and a term, or None."""
    rows = reader.read(
        f"""{_PERMISSIONS} WHERE class_id = $class_id AND subject_id = $subject AND term_id = $term
            AND subgroup_id IS NOT DISTINCT FROM $subgroup AND teacher_id = $teacher
            ORDER BY asked_at DESC, permission_id DESC LIMIT 1""",
        {
            "class_id": key.class_id,
            "subject": key.subject_id,
            "subgroup": key.subgroup_id,
            "term": term_id,
            "teacher": teacher_id,
        },
    )
    return _permission(rows[0]) if rows else None


def permissions_in_force(
    reader: Reader, teacher_id: int | None, now: datetime
) -> dict[tuple[RegisterKey, int], CorrectionPermission]:
    """Return the permissions that a teacher may use now, by register and term."""
    rows = reader.read(
        f"{_PERMISSIONS} WHERE teacher_id = $teacher AND is_granted AND expires_at >= $now ORDER BY expires_at",
        {"teacher": teacher_id, "now": now},
    )
    return {(permission.key, permission.term_id): permission for permission in map(_permission, rows)}


def permissions_asked(reader: Reader, school_year: int) -> list[CorrectionPermission]:
    """Return the requests about terms of a school year: the waiting ones by age, then the decided, newest first."""
    rows = reader.read(
        f"""{_PERMISSIONS} WHERE term_id IN (SELECT term_id FROM terms WHERE school_year = $year)
            ORDER BY is_granted IS NOT NULL, coalesce(decided_at, TIMESTAMP '0001-01-01') DESC, asked_at""",
        {"year": school_year},
    )
    return [_permission(row) for row in rows]


def ask_permission(writer: Writer, request: CorrectionPermission) -> None:
    """Add a request that waits."""
    insert(
        writer,
        "correction_permissions",
        permission_id=request.permission_id,
        class_id=request.key.class_id,
        subject_id=request.key.subject_id,
        subgroup_id=request.key.subgroup_id,
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
