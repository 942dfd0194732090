"""When families opened their diaries and signed in (п. 4.3)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from school.store.reading import Reader, Writer, read_as
from school.store.selection import is_there


@dataclass(frozen=True)
class FamilyAccount:
    """The account of a guardian or a pupil: the way in, when it was last used, when this child's diary was last opened."""

    pupil_id: int
    guardian_id: int | None
    user_id: int
    may_sign_in: bool
    signed_in_at: datetime | None
    read_at: datetime | None


@dataclass(frozen=True)
class ClassReaders:
    """Of the families of a class: how many there are, can sign in, have opened the diary since a day."""

    class_id: int
    families: int
    with_sign_in: int
    readers: int


def save_readings(writer: Writer, readings: Mapping[tuple[int, int], datetime]) -> None:
    """Write down when users last opened diaries, by (user, pupil): the program's own books, nothing in memory grows old by them."""
    users, pupils = zip(*readings, strict=True)
    writer.keep(
        """INSERT OR REPLACE INTO diary_readings SELECT unnest($users::BIGINT[]), unnest($pupils::BIGINT[]),
            unnest($moments::TIMESTAMP[])""",
        {"users": list(users), "pupils": list(pupils), "moments": list(readings.values())},
    )


# Each account of a pupil's family: the pupil's own, and those of the guardians whose link holds.
_ACCOUNTS = """SELECT u.pupil_id, NULL::BIGINT AS guardian_id, u.user_id, u.password_hash, u.blocked_at FROM users u
        WHERE u.pupil_id IS NOT NULL
    UNION ALL SELECT k.pupil_id, k.guardian_id, u.user_id, u.password_hash, u.blocked_at
        FROM guardian_pupils k JOIN users u USING (guardian_id)"""
_MAY_SIGN_IN = "(a.password_hash <> '' AND a.blocked_at IS NULL)"


def family_accounts(reader: Reader, pupil_ids: Collection[int]) -> list[FamilyAccount]:
    """Return the accounts of these pupils' families."""
    query = f"""SELECT a.pupil_id, a.guardian_id, a.user_id, {_MAY_SIGN_IN} AS may_sign_in,
            greatest((SELECT max(s.created_at) FROM sessions s WHERE s.user_id = a.user_id),
                (SELECT max(t.attempted_at) FROM sign_in_attempts t WHERE t.user_id = a.user_id AND t.succeeded)) AS signed_in_at,
            d.read_at
        FROM ({_ACCOUNTS}) a LEFT JOIN diary_readings d ON d.user_id = a.user_id AND d.pupil_id = a.pupil_id
        WHERE a.pupil_id IN (SELECT unnest($pupils::BIGINT[])) ORDER BY a.user_id"""
    return read_as(reader, FamilyAccount, query, {"pupils": sorted(pupil_ids)})


def readers_of_classes(
    reader: Reader, class_ids: Collection[int], day: date, since: datetime
) -> list[ClassReaders]:
    """Return who of the families of classes, by the lists of a day, can sign in and has read; a guardian's reading counts."""
    query = f"""SELECT e.class_id, count(DISTINCT e.pupil_id) AS families,
            count(DISTINCT e.pupil_id) FILTER ({_MAY_SIGN_IN}) AS with_sign_in,
            count(DISTINCT e.pupil_id) FILTER ({_MAY_SIGN_IN} AND d.read_at >= $since) AS readers
        FROM enrolments e LEFT JOIN ({_ACCOUNTS}) a ON a.pupil_id = e.pupil_id AND a.guardian_id IS NOT NULL
            LEFT JOIN diary_readings d ON d.user_id = a.user_id AND d.pupil_id = e.pupil_id
        WHERE e.class_id IN (SELECT unnest($classes::BIGINT[])) AND {is_there("e", "$day")} GROUP BY e.class_id"""
    return read_as(reader, ClassReaders, query, {"classes": sorted(class_ids), "day": day, "since": since})
