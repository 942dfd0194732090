"""Whose thread it is, and who may write to whom today: rights by the table, the load and the lists of the day (п. 2.9, 4.7)."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from school.access.action import Action
from school.access.checks import may
from school.access.writing import FAMILY, STAFF, Pair, Relation, closed_pairs, may_answer, may_write
from school.correspondence.rules.letters import ThreadKind
from school.correspondence.store import order, people
from school.correspondence.store.away import AwayNote
from school.correspondence.store.people import StaffAccount, TiedStaff
from school.correspondence.store.threads import Message, Thread, ThreadPerson
from school.errors import AccessRefused
from school.records import PersonName, Role, User
from school.register.store.pupil_lessons import classes_of_pupil
from school.spans import is_in_span
from school.store.reading import Reader

# The same words whether there is no such thread or it is somebody else's.
NOT_YOURS = (
    "Эта переписка не открывается.",
    "Её нет, или она не для вас.",
    "Откройте «Сообщения» и выберите переписку из списка.",
)


class Reads(StrEnum):
    """By what right somebody reads a thread."""

    PERSON = "person"
    OPEN = "open"
    HELPER = "helper"
    REQUEST = "request"


@dataclass(frozen=True)
class Correspondent:
    """Somebody to whom one may begin to write; of a family with the child it is about.

    ``words``: what they are, as people say it: «Математика, классный руководитель», «мама»; ``away``: an employee's note of absence;
    ``has_no_password``: they have never come into the register, so nothing is read before they do.
    """

    user_id: int
    role: Role
    name: PersonName
    words: str
    pupil_id: int | None = None
    pupil_name: str = ""
    class_id: int | None = None
    class_name: str = ""
    away: AwayNote | None = None
    has_no_password: bool = False


class Addressee(NamedTuple):
    """Who is written to, as what, and whether the sender leads the class of the pupil."""

    user_id: int
    pupil_id: int | None
    role: Role
    is_led: bool


# An account, and the pupil whose family it is written to as (None: to an employee).
Recipient = tuple[int, int | None]
ROLE_WORDS: dict[Role, str] = {
    Role.HEAD: "директор",
    Role.DEPUTY: "заместитель директора",
    Role.ADMIN: "администратор",
    Role.HOMEROOM: "классный руководитель",
    Role.TEACHER: "учитель",
    Role.SECRETARY: "секретарь",
    Role.GUARDIAN: "родитель",
    Role.PUPIL: "ученик",
}


def closed(reader: Reader) -> frozenset[Pair]:
    """Return the pairs of roles that the school has closed to each other."""
    return closed_pairs(order.closed_setting(reader))


def family_role(user: User, child: int) -> Role | None:
    """Return as what somebody belongs to a child's family; None for strangers."""
    if child not in user.pupil_ids:
        return None
    return next((role for role in (Role.GUARDIAN, Role.PUPIL) if user.has(role)), None)


def correspondents(
    reader: Reader, user: User, day: date, child: int | None = None, *, answered: int | None = None
) -> list[Correspondent]:
    """Return everybody to whom the user may begin to write, as the family of a child or (None) as staff.

    ``answered``: an account of the staff that has written first, and may be answered.

    Raises AccessRefused for somebody else's child.
    """
    if child is not None:
        return _of_family(reader, user, day, child, answered)
    open_to = _open_families(reader, user)
    tied = {each.pupil_id: each for each in people.tied_pupils(reader, user.staff_id, day)}
    allowed = {
        pupil: open_to[each.is_taught, each.class_id in user.homeroom_class_ids]
        for pupil, each in tied.items()
    }
    accounts = [
        each
        for each in people.family_accounts(reader)
        if each.role in allowed.get(each.pupil_id, ()) and each.user_id != user.user_id
    ]
    places = {pupil: place for place, pupil in enumerate(tied)}
    accounts.sort(key=lambda each: (places[each.pupil_id], each.role != Role.PUPIL, each.name.short))
    return _colleagues(reader, user, day, answered) + [
        Correspondent(
            each.user_id,
            each.role,
            tied[each.pupil_id].name if each.role == Role.PUPIL else each.name,
            each.relation or ROLE_WORDS[each.role],
            each.pupil_id,
            tied[each.pupil_id].name.short,
            tied[each.pupil_id].class_id,
            tied[each.pupil_id].class_name,
        )
        for each in accounts
    ]


def _open_families(reader: Reader, user: User) -> dict[tuple[bool, bool], set[Role]]:
    """Return to whom of a pupil's family an employee may write, by whether they teach the pupil and lead the class."""
    own, shut = user.roles & STAFF, closed(reader)
    return {
        (is_taught, is_led): {
            role
            for role in FAMILY
            if may_write(own, {role}, _relations(is_taught=is_taught, is_led=is_led), shut)
        }
        for is_taught in (False, True)
        for is_led in (False, True)
    }


def _colleagues(reader: Reader, user: User, day: date, answered: int | None) -> list[Correspondent]:
    own, shut = user.roles & STAFF, closed(reader)
    return [
        Correspondent(
            each.user_id, role_as(each.roles, is_led=False), each.name, _staff_words(each, (), is_led=False)
        )
        for each in people.staff_accounts(reader, day)
        if each.user_id != user.user_id
        and _right_to(each.user_id, answered)(own, each.roles, {Relation.ANYBODY}, shut)
    ]


def addressees(
    reader: Reader,
    user: User,
    day: date,
    child: int | None,
    recipients: Collection[Recipient],
    answered: int | None = None,
) -> dict[Recipient, Addressee]:
    """Return those of the recipients to whom the user may begin to write, as the family of a child or (None) as staff.

    Nobody's name is asked for: a letter to a thousand looks at their ties alone. Raises AccessRefused for somebody else's child.
    """
    if child is not None:
        # Of a family's letters the child is the user's own: it need not be said with each recipient.
        offered = {each.user_id: each for each in _of_family(reader, user, day, child, answered)}
        return {
            (user_id, pupil): Addressee(user_id, child, offered[user_id].role, is_led=False)
            for user_id, pupil in recipients
            if user_id in offered and pupil in {None, child}
        }
    found: dict[Recipient, Addressee] = {}
    if any(pupil is None for _, pupil in recipients):
        for each in _colleagues(reader, user, day, answered):
            found[each.user_id, None] = Addressee(each.user_id, None, each.role, is_led=False)
    pupils = {pupil for _, pupil in recipients if pupil is not None}
    open_to = _open_families(reader, user)
    for user_id, pupil_id, role, class_id, is_taught in people.family_ties(
        reader, user.staff_id, day, pupils
    ):
        is_led = class_id in user.homeroom_class_ids
        if role in open_to[is_taught, is_led] and user_id != user.user_id:
            found[user_id, pupil_id] = Addressee(user_id, pupil_id, role, is_led)
    return found


def _right_to(user_id: int, answered: int | None) -> Callable[..., bool]:
    return may_answer if user_id == answered else may_write


def _of_family(
    reader: Reader, user: User, day: date, child: int, answered: int | None
) -> list[Correspondent]:
    role = family_role(user, child)
    if role is None:
        raise AccessRefused(*NOT_YOURS)
    tied, shut = people.tied_staff(reader, child, day), closed(reader)
    if tied is None:
        return []
    found = []
    for each in people.staff_accounts(reader, day):
        relations = _relations_of(tied, each.staff_id)
        right = _right_to(each.user_id, answered)
        if each.user_id != user.user_id and right({role}, each.roles, relations, shut):
            subjects = [one.subject for one in tied if one.staff_id == each.staff_id and one.subject]
            leads = Relation.LEADS in relations
            words = _staff_words(each, subjects, is_led=leads)
            role_there = role_as(each.roles, is_led=leads)
            found.append(Correspondent(each.user_id, role_there, each.name, words, child))
    # Those who teach and lead the child first: a school has a hundred employees, a child a dozen teachers.
    near = {each.staff_id for each in tied}
    accounts = {each.user_id: each.staff_id for each in people.staff_accounts(reader, day)}
    return sorted(found, key=lambda each: accounts[each.user_id] not in near)


def _relations(*, is_taught: bool, is_led: bool) -> set[Relation]:
    return {Relation.ANYBODY, *[Relation.TEACHES] * is_taught, *[Relation.LEADS] * is_led}


def _relations_of(tied: Iterable[TiedStaff], staff_id: int) -> set[Relation]:
    own = [each for each in tied if each.staff_id == staff_id]
    return _relations(
        is_taught=any(each.subject for each in own), is_led=any(not each.subject for each in own)
    )


def role_as(roles: Collection[Role], *, is_led: bool) -> Role:
    """Return as what an employee writes: as homeroom teacher to the families of the own class, else by the first other role."""
    if is_led and Role.HOMEROOM in roles:
        return Role.HOMEROOM
    others = [role for role in Role if role in roles and role in STAFF - {Role.HOMEROOM}]
    return others[0] if others else Role.HOMEROOM


def _staff_words(account: StaffAccount, subjects: Collection[str], *, is_led: bool) -> str:
    parts = [*subjects, *["классный руководитель"] * is_led]
    offices = [ROLE_WORDS[each] for each in (Role.HEAD, Role.DEPUTY, Role.SECRETARY) if each in account.roles]
    return (
        ", ".join(parts or offices) or account.position or ROLE_WORDS[role_as(account.roles, is_led=is_led)]
    )


def waiting_for(
    user: User,
    thread: Thread,
    messages: Collection[Message],
    writers: Collection[ThreadPerson],
    now: datetime,
) -> list[int]:
    """Return the messages of a family, by id, that wait for this employee's answer: those after the last one of the staff."""
    roles = {each.user_id: each.role for each in writers}
    if thread.kind is ThreadKind.HELP or thread.pupil_id is None or roles.get(user.user_id) not in STAFF:
        return []
    found: list[int] = []
    for each in messages:
        if each.withdrawn_at is not None:
            continue
        if roles.get(each.written_by) in STAFF:
            found = []
        elif each.delivered_at <= now and each.settled_at is None:
            found.append(each.message_id)
    return found


def is_active(
    reader: Reader, user: User, thread: Thread, writers: Collection[ThreadPerson], day: date
) -> bool:
    """Whether somebody who writes in a thread may go on: while the table still joins them to any of the others (п. 2.9).

    Rights end with the enrolment and the load; a thread that may not go on stays readable.
    """
    mine = next((each for each in writers if each.user_id == user.user_id), None)
    if mine is None:
        return False
    if thread.kind is ThreadKind.HELP:
        return True
    staff = {each.user_id: each for each in people.staff_accounts(reader, day)}
    shut = closed(reader)
    own = {mine.role} if mine.role in FAMILY else user.roles & STAFF
    if mine.role in FAMILY and thread.pupil_id not in user.pupil_ids:
        return False
    return any(
        _joins(reader, thread, mine, each, own, staff, shut, day)
        for each in writers
        if each.user_id != user.user_id
    )


def _joins(
    reader: Reader,
    thread: Thread,
    mine: ThreadPerson,
    other: ThreadPerson,
    own: Collection[Role],
    staff: dict[int, StaffAccount],
    shut: Collection[Pair],
    day: date,
) -> bool:
    if mine.role in STAFF and other.role in STAFF:
        return other.user_id in staff and may_answer(
            own, staff[other.user_id].roles, {Relation.ANYBODY}, shut
        )
    employee = mine if mine.role in STAFF else other
    family = other if mine.role in STAFF else mine
    if employee.user_id not in staff or thread.pupil_id is None:
        return False
    accounts = {(each.user_id, each.pupil_id) for each in people.family_accounts(reader, thread.pupil_id)}
    tied = people.tied_staff(reader, thread.pupil_id, day)
    if tied is None or (family.user_id, thread.pupil_id) not in accounts:
        return False
    relations = _relations_of(tied, staff[employee.user_id].staff_id)
    return may_answer(staff[employee.user_id].roles, {family.role}, relations, shut)


def reads(
    reader: Reader, user: User, thread: Thread, writers: Collection[ThreadPerson], now: datetime
) -> Reads | None:
    """Return by what right somebody reads a thread; None: they may not.

    Its people do; a thread of an employee with a pupil is open to the pupil's guardians and homeroom teacher; a call for help to
    the administrators. Beside these the head does by a written request, noted on that day, and nobody else.
    """
    if any(each.user_id == user.user_id for each in writers):
        return Reads.PERSON
    if thread.kind is ThreadKind.HELP:
        return Reads.HELPER if may(user, Action.ANSWER_HELP) else None
    if is_with_pupil(writers) and _reads_along(reader, user, thread, now.date()):
        return Reads.OPEN
    if may(user, Action.READ_BY_REQUEST) and order.has_opened(
        reader, thread.thread_id, user.user_id, now.date()
    ):
        return Reads.REQUEST
    return None


def is_with_pupil(writers: Collection[ThreadPerson]) -> bool:
    """Whether a pupil writes in a thread: then adults of the child read along."""
    return any(each.role == Role.PUPIL for each in writers)


def _reads_along(reader: Reader, user: User, thread: Thread, day: date) -> bool:
    if thread.pupil_id is None:
        return False
    if thread.pupil_id in user.pupil_ids and user.has(Role.GUARDIAN):
        return True
    stays = classes_of_pupil(reader, thread.pupil_id, day)[:1]
    leads = any(
        each.class_id in user.homeroom_class_ids and is_in_span([(each.starts_on, each.ends_on)], day)
        for each in stays
    )
    return user.has(Role.HOMEROOM) and leads
