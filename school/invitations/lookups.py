"""Who has a way into the register and who still waits for a code, as those who hand codes out see it (п. 3.1)."""

from dataclasses import dataclass
from datetime import date, datetime

from school.access.action import Action
from school.access.checks import check_may, check_may_somewhere, may
from school.access.roles import ROLES
from school.access.scopes import Rows
from school.invitations.rules import DAYS_SETTING, days_of_setting, is_open
from school.invitations.store import InvitedPerson, invited_people, newest_invitations
from school.people.records import ClassOfYear, Invitation, Invitee, PersonKind
from school.people.rules.movements import nearest_school_day
from school.people.store.class_lists import enrolled_pupils
from school.people.store.movements import classes_on
from school.people.store.pupils import guardians_of
from school.people.store.staff import staff_members
from school.records import PersonName, Role, User
from school.store.connection import Store
from school.store.settings import setting


@dataclass(frozen=True)
class InviteLine:
    """A person who may get a code; ``note`` is their role, or whose parent they are."""

    invitee: Invitee
    name: PersonName
    note: str
    login: str
    has_password: bool
    is_blocked: bool
    expires_at: datetime | None


def classes_to_invite(store: Store, user: User, today: date) -> list[ClassOfYear]:
    """Return the classes to whose families the user hands out codes. Raises AccessRefused."""
    check_may_somewhere(user, Action.ISSUE_FAMILY_CODES)
    return [
        each
        for each in classes_on(store, today)
        if may(user, Action.ISSUE_FAMILY_CODES, Rows(class_id=each.class_id))
    ]


def family_lines(store: Store, user: User, place: ClassOfYear, now: datetime) -> list[InviteLine]:
    """Return the pupils of a class, each followed by their guardians. Raises AccessRefused."""
    check_may(user, Action.ISSUE_FAMILY_CODES, Rows(class_id=place.class_id))
    days = [(place.first_day, place.last_day)] if place.first_day and place.last_day else []
    pupils = enrolled_pupils(store, place.class_id, nearest_school_day(days, now.date()))
    guardians = guardians_of(store, [each.pupil_id for each in pupils])
    notes: dict[Invitee, str] = {}
    for pupil in pupils:
        notes[Invitee(PersonKind.PUPIL, pupil.pupil_id)] = "ученик"
        for guardian in guardians.get(pupil.pupil_id, []):
            invitee = Invitee(PersonKind.GUARDIAN, guardian.guardian_id)
            note = f"{guardian.relation or 'родитель'}: {pupil.name.short}"
            notes[invitee] = f"{notes[invitee]}; {pupil.name.short}" if invitee in notes else note
    return _lines(store, notes, now)


def staff_lines(store: Store, user: User, now: datetime) -> list[InviteLine]:
    """Return the employees who are not dismissed and have a role, by name. Raises AccessRefused."""
    check_may(user, Action.EDIT_STAFF)
    notes = {
        Invitee(PersonKind.STAFF, each.staff_id): each.position
        or ", ".join(ROLES[role].title for role in Role if role in each.roles)
        for each in staff_members(store)
        if each.works_on(now.date()) and each.roles
    }
    return _lines(store, notes, now)


def _lines(store: Store, notes: dict[Invitee, str], now: datetime) -> list[InviteLine]:
    people = invited_people(store, notes.keys())
    invitations = newest_invitations(store, notes.keys())
    return [
        _line(people[invitee], note, invitations.get(invitee), now)
        for invitee, note in notes.items()
        if invitee in people
    ]


def _line(person: InvitedPerson, note: str, invitation: Invitation | None, now: datetime) -> InviteLine:
    expires_at = invitation.expires_at if invitation and is_open(invitation, now) else None
    return InviteLine(
        person.invitee,
        person.name,
        note,
        person.login if person.has_password else "",
        person.has_password,
        person.is_blocked,
        expires_at,
    )


def days_of_codes(store: Store) -> int:
    """Return for how many days codes hold."""
    return days_of_setting(setting(store, DAYS_SETTING))
