"""Employees: adding, changing, several roles at once, dismissal that ends access from its day (п. 4.3)."""

from collections.abc import Sequence
from datetime import date, datetime

from school.access.action import Action
from school.access.checks import check_may
from school.access.roles import ROLES
from school.errors import RuleRefused
from school.people.records import StaffDraft, StaffMember
from school.people.rules.people import check_dismissal, check_somebody_administers, check_staff
from school.people.store import staff
from school.people.store.staff import NO_PASSWORD
from school.records import Role, User
from school.sign_in.rules.logins import suggest_login
from school.sign_in.store.sessions import revoke_sessions_of
from school.store.connection import Transaction, in_transaction
from school.store.events import Event
from school.store.rows import StaffRow, UserRoleRow, UserRow
from school.store.structure import insert_rows


@in_transaction
def add_staff(
    transaction: Transaction, user: User, drafts: Sequence[StaffDraft], *, now: datetime
) -> list[int]:
    """Add employees with their roles, each with an account that waits for an invitation code; return their ids.

    All or none. Raises AccessRefused or RuleRefused.
    """
    check_may(user, Action.EDIT_STAFF)
    checked = [check_staff(draft, now.date()) for draft in drafts]
    ids = transaction.new_ids(2 * len(checked))
    staff_ids, user_ids = ids[: len(checked)], ids[len(checked) :]
    rows = [
        StaffRow(staff_id, *draft.name.parts, draft.position, draft.hired_on)
        for staff_id, draft in zip(staff_ids, checked, strict=True)
    ]
    insert_rows(transaction, rows)
    _open_accounts(transaction, list(zip(user_ids, staff_ids, checked, strict=True)))
    transaction.record(
        *(
            Event(now, user.user_id, "staff", record_id=staff_id, new_value=staff_sentence(draft))
            for staff_id, draft in zip(staff_ids, checked, strict=True)
        )
    )
    return staff_ids


def _open_accounts(transaction: Transaction, people: Sequence[tuple[int, int, StaffDraft]]) -> None:
    taken, users = staff.logins_taken(transaction), []
    for user_id, staff_id, draft in people:
        login = suggest_login(draft.name, taken)
        taken.add(login)
        users.append(UserRow(user_id, login, NO_PASSWORD, staff_id=staff_id))
    insert_rows(transaction, users)
    roles = [UserRoleRow(user_id, str(role)) for user_id, _, draft in people for role in sorted(draft.roles)]
    insert_rows(transaction, roles)


def staff_sentence(draft: StaffDraft) -> str:
    """Return an employee in words for the record of changes: name, position, roles."""
    roles = ", ".join(ROLES[role].title for role in Role if role in draft.roles) or "без ролей"
    return "; ".join(part for part in (draft.name.full, draft.position, roles) if part)


@in_transaction
def change_staff(
    transaction: Transaction, user: User, staff_id: int, draft: StaffDraft, *, now: datetime
) -> None:
    """Replace an employee's data and roles. Raises AccessRefused or RuleRefused."""
    check_may(user, Action.EDIT_STAFF)
    member, new = _member(transaction, staff_id), check_staff(draft, now.date())
    old = StaffDraft(member.name, member.position, _staff_roles(member), member.hired_on)
    if old == new:
        return
    if Role.ADMIN in old.roles and member.has_password:
        check_somebody_administers(new.roles, staff.other_admins(transaction, member.user_id))
    staff.update_staff(transaction, staff_id, new.name, new.position, new.hired_on)
    if member.user_id is None:
        (user_id,) = transaction.new_ids(1)
        _open_accounts(transaction, [(user_id, staff_id, new)])
    else:
        staff.change_roles(transaction, member.user_id, old.roles, new.roles)
    transaction.record(
        Event(
            now,
            user.user_id,
            "staff",
            record_id=staff_id,
            old_value=staff_sentence(old),
            new_value=staff_sentence(new),
        )
    )


def _staff_roles(member: StaffMember) -> frozenset[Role]:
    """Return the roles that an employee's form shows: a colleague who is a parent here keeps that role."""
    return member.roles - {Role.GUARDIAN, Role.PUPIL}


def _member(transaction: Transaction, staff_id: int) -> StaffMember:
    found = staff.staff_members(transaction, [staff_id])
    if not found:
        raise RuleRefused("Такого сотрудника нет.", next_step="Обновите страницу.")
    return found[0]


@in_transaction
def dismiss(
    transaction: Transaction,
    user: User,
    staff_id: int,
    dismissed_on: date,
    *,
    now: datetime,
    reason: str = "",
) -> None:
    """Dismiss an employee: from that day on they cannot sign in, and open sessions end (п. 4.3).

    Lessons and load stay as they are until somebody else takes them. Raises AccessRefused or RuleRefused.
    """
    check_may(user, Action.EDIT_STAFF)
    member = _member(transaction, staff_id)
    check_dismissal(member.hired_on, dismissed_on, now.date())
    if Role.ADMIN in member.roles and member.has_password:
        check_somebody_administers((), staff.other_admins(transaction, member.user_id))
    staff.set_dismissed(transaction, staff_id, dismissed_on)
    if member.user_id is not None and dismissed_on <= now.date():
        revoke_sessions_of(transaction, member.user_id, now)
    transaction.record(_dismissal_event(now, user, member, dismissed_on, reason))


@in_transaction
def restore(transaction: Transaction, user: User, staff_id: int, *, now: datetime, reason: str = "") -> None:
    """Take a dismissal back: access is as it was. Raises AccessRefused or RuleRefused."""
    check_may(user, Action.EDIT_STAFF)
    member = _member(transaction, staff_id)
    if member.dismissed_on is None:
        raise RuleRefused("Сотрудник не уволен.", next_step="Обновите страницу.")
    staff.set_dismissed(transaction, staff_id, None)
    transaction.record(_dismissal_event(now, user, member, None, reason))


def _dismissal_event(
    now: datetime, user: User, member: StaffMember, dismissed_on: date | None, reason: str
) -> Event:
    old, new = (
        f"{member.name.full}: с {day:%d.%m.%Y}" if day else None
        for day in (member.dismissed_on, dismissed_on)
    )
    return Event(
        now,
        user.user_id,
        "staff_dismissed",
        record_id=member.staff_id,
        old_value=old,
        new_value=new,
        reason=reason.strip(),
    )
