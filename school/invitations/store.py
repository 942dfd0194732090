"""Invitation codes as rows, the people whom they are for, and accounts made by them."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from school.people.records import Invitation, Invitee, PersonKind
from school.records import PersonName, Role
from school.store.names import tell_apart
from school.store.reading import Reader, Writer, read_as, read_one, read_value
from school.store.writing import insert, update

TABLES: dict[PersonKind, tuple[str, str]] = {
    PersonKind.STAFF: ("staff", "staff_id"),
    PersonKind.GUARDIAN: ("guardians", "guardian_id"),
    PersonKind.PUPIL: ("pupils", "pupil_id"),
}


class InvitedPerson(NamedTuple):
    """A person with the account they have, if any; ``is_of_staff`` where the account is an employee's."""

    invitee: Invitee
    name: PersonName
    user_id: int | None
    login: str
    has_password: bool
    is_blocked: bool
    is_of_staff: bool


def invited_people(reader: Reader, invitees: Collection[Invitee]) -> dict[Invitee, InvitedPerson]:
    """Return those of the people that there are, with their accounts."""
    found: dict[Invitee, InvitedPerson] = {}
    for kind, (table, key) in TABLES.items():
        ids = sorted({each.person_id for each in invitees if each.kind == kind})
        query = f"""SELECT p.{key}, p.last_name, p.first_name, p.middle_name, u.user_id, coalesce(u.login, ''),
                coalesce(u.password_hash, '') <> '', u.blocked_at IS NOT NULL, u.staff_id IS NOT NULL
            FROM {table} p LEFT JOIN users u USING ({key})
            WHERE p.{key} IN (SELECT unnest($ids::BIGINT[])) ORDER BY u.user_id DESC NULLS FIRST"""
        rows = reader.read(query, {"ids": ids})
        names = {person_id: PersonName(*parts[:3]) for person_id, *parts in rows}
        if kind is PersonKind.PUPIL:
            names = tell_apart(reader, names)
        for person_id, _, _, _, *account in rows:
            invitee = Invitee(kind, person_id)
            found[invitee] = InvitedPerson(invitee, names[person_id], *account)
    return found


_COLUMNS = "invitation_id, person_kind AS kind, person_id, issued_at, expires_at, accepted_at, withdrawn_at"


def invitation_of(reader: Reader, code_hash: str) -> Invitation | None:
    """Return the invitation of a code by its hash, or None where there is none."""
    query = f"SELECT {_COLUMNS} FROM invitations WHERE code_hash = $hash"
    return read_one(reader, Invitation, query, {"hash": code_hash})


def newest_invitations(reader: Reader, invitees: Collection[Invitee]) -> dict[Invitee, Invitation]:
    """Return the newest invitation of each person who has any."""
    query = f"""SELECT {_COLUMNS} FROM invitations JOIN (SELECT unnest($kinds::VARCHAR[]) AS person_kind,
            unnest($ids::BIGINT[]) AS person_id) USING (person_kind, person_id) ORDER BY invitation_id"""
    found = read_as(reader, Invitation, query, _columns(invitees))
    return {each.invitee: each for each in found}


def _columns(invitees: Collection[Invitee]) -> dict[str, list[Any]]:
    return {"kinds": [str(each.kind) for each in invitees], "ids": [each.person_id for each in invitees]}


def withdraw_invitations(writer: Writer, invitees: Collection[Invitee], at: datetime) -> None:
    """Make every open code of these people void."""
    sql = """UPDATE invitations SET withdrawn_at = $at
        FROM (SELECT unnest($kinds::VARCHAR[]) AS kind, unnest($ids::BIGINT[]) AS id) k
        WHERE person_kind = k.kind AND person_id = k.id AND accepted_at IS NULL AND withdrawn_at IS NULL"""
    writer.change(sql, {"at": at, **_columns(invitees)})


def save_invitations(
    writer: Writer, invitations: Sequence[Invitation], code_hashes: Sequence[str], user_id: int | None
) -> None:
    """Keep new invitations with the hashes of their codes."""
    sql = """INSERT INTO invitations (invitation_id, person_kind, person_id, code_hash, issued_at, issued_by, expires_at)
        SELECT unnest($numbers::BIGINT[]), unnest($kinds::VARCHAR[]), unnest($ids::BIGINT[]),
            unnest($hashes::VARCHAR[]), unnest($issued::TIMESTAMP[]), $user, unnest($expires::TIMESTAMP[])"""
    writer.change(
        sql,
        {
            "numbers": [each.invitation_id for each in invitations],
            **_columns([each.invitee for each in invitations]),
            "hashes": list(code_hashes),
            "issued": [each.issued_at for each in invitations],
            "expires": [each.expires_at for each in invitations],
            "user": user_id,
        },
    )


def set_accepted(writer: Writer, invitation_id: int, at: datetime) -> None:
    """Note that a code was used."""
    update(writer, "invitations", {"invitation_id": invitation_id}, accepted_at=at)


def login_owner(reader: Reader, login: str) -> int | None:
    """Return whose login name it is, in small letters, or None where it is free."""
    return read_value(reader, "SELECT user_id FROM users WHERE lower(login) = $login", {"login": login})


def add_user(writer: Writer, user_id: int, login: str, password_hash: str, invitee: Invitee) -> None:
    """Add an account of a person."""
    _, key = TABLES[invitee.kind]
    account = {"user_id": user_id, "login": login, "password_hash": password_hash, key: invitee.person_id}
    insert(writer, "users", **account)


def add_role(writer: Writer, user_id: int, role: Role) -> None:
    """Give a user a role, unless they have it."""
    insert(writer, "user_roles", "OR IGNORE", user_id=user_id, role=str(role))


def set_login(writer: Writer, user_id: int, login: str) -> None:
    """Give an account another login name."""
    update(writer, "users", {"user_id": user_id}, login=login)


def guardian_of_user(reader: Reader, user_id: int) -> int | None:
    """Return as which guardian a user sees children, or None."""
    return read_value(reader, "SELECT guardian_id FROM users WHERE user_id = $user", {"user": user_id})


def make_guardian(writer: Writer, user_id: int, guardian_id: int) -> None:
    """Let an account be a guardian's."""
    update(writer, "users", {"user_id": user_id}, guardian_id=guardian_id)


def hand_over_children(writer: Writer, from_guardian: int, to_guardian: int) -> None:
    """Let one record of a guardian take over the children of another record of the same person, which goes."""
    parameters = {"old": from_guardian, "new": to_guardian}
    sql = """INSERT OR IGNORE INTO guardian_pupils (guardian_id, pupil_id, relation)
        SELECT $new, pupil_id, relation FROM guardian_pupils WHERE guardian_id = $old"""
    writer.change(sql, parameters)
    for table in ("guardian_pupils", "guardians"):
        writer.change(f"DELETE FROM {table} WHERE guardian_id = $old", {"old": from_guardian})
