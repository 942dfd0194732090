"""Invitation codes: issued by the administrator to staff and by the homeroom teacher to families, accepted once (п. 3.1).

A code is known only at its issue; the store keeps a hash. A new code voids the former one, sets a new password where
the person has an account, and makes an account where they have none.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from school.access.action import Action
from school.access.checks import check_may, may
from school.access.roles import ROLES
from school.access.scopes import Rows
from school.errors import AccessRefused, RuleRefused
from school.invitations import rules
from school.invitations import store as stored
from school.invitations.rules import DAYS_SETTING, InvitationRefused
from school.invitations.store import InvitedPerson
from school.people.records import ClassOfYear, Invitation, Invitee, IssuedCode, PersonKind, StaffMember
from school.people.store.movements import current_classes
from school.people.store.pupils import children_of
from school.people.store.staff import logins_taken, staff_members
from school.records import PersonName, Role, User
from school.sign_in.actions.attempts import UNKNOWN, Hasher, check_password, check_wait, note_failure, turn
from school.sign_in.actions.letting_in import Arrival, Entered, HalfWay, let_in
from school.sign_in.lookups.sessions import school_name
from school.sign_in.rules.browsers import Browser
from school.sign_in.rules.codes import code_signs, new_code
from school.sign_in.rules.logins import suggest_login
from school.sign_in.rules.passwords import (
    Owner,
    check_login,
    check_password_twice,
    normal_login,
    normal_password,
)
from school.sign_in.rules.sessions import secret_hash
from school.sign_in.store.credentials import set_password
from school.sign_in.store.sessions import revoke_sessions_of
from school.sign_in.store.users import user_on_day
from school.store.connection import Store, Transaction, in_transaction
from school.store.events import Event
from school.store.reading import Reader
from school.store.settings import save_setting, setting

BY_CODE = "по коду приглашения"
ROLE_OF = {PersonKind.GUARDIAN: Role.GUARDIAN, PersonKind.PUPIL: Role.PUPIL}


@dataclass(frozen=True)
class Places:
    """What codes are for: employees, and of families the children with their classes."""

    staff: dict[int, StaffMember]
    children: dict[Invitee, list[tuple[PersonName, list[ClassOfYear]]]]

    def class_ids(self, invitee: Invitee) -> list[int]:
        """Return the classes of a pupil, or of a guardian's children."""
        return [each.class_id for _, classes in self.children.get(invitee, []) for each in classes]

    def has_child_elsewhere(self, invitee: Invitee, user: User) -> bool:
        """Whether some child is in a class to whose families the user hands out no codes."""
        return any(
            classes
            and not any(
                may(user, Action.ISSUE_FAMILY_CODES, Rows(class_id=each.class_id)) for each in classes
            )
            for _, classes in self.children.get(invitee, [])
        )

    def purpose(self, invitee: Invitee) -> str:
        """Return in words what a code opens: «учитель математики», «7А», «Иванов Пётр, 7А»."""
        if invitee.kind is PersonKind.STAFF:
            member = self.staff[invitee.person_id]
            roles = ", ".join(ROLES[role].title for role in Role if role in member.roles)
            return member.position or roles or "сотрудник"
        own = [
            (name, ", ".join(each.name for each in classes[:1]))
            for name, classes in self.children.get(invitee, [])
        ]
        if invitee.kind is PersonKind.PUPIL:
            return f"ученик, {own[0][1]}" if own and own[0][1] else "ученик"
        return "родитель: " + "; ".join(
            ", ".join(part for part in (name.short, place) if part) for name, place in own
        )


def _places(reader: Reader, invitees: Collection[Invitee], today: date) -> Places:
    of_kind = {kind: [each for each in invitees if each.kind is kind] for kind in PersonKind}
    own = children_of(reader, [each.person_id for each in of_kind[PersonKind.GUARDIAN]])
    names = {
        each: found.name for each, found in stored.invited_people(reader, of_kind[PersonKind.PUPIL]).items()
    }
    kept: dict[Invitee, list[tuple[int, PersonName]]] = {
        each: own.get(each.person_id, []) for each in of_kind[PersonKind.GUARDIAN]
    } | {each: [(each.person_id, name)] for each, name in names.items()}
    classes = current_classes(reader, {pupil for pupils in kept.values() for pupil, _ in pupils}, today)
    return Places(
        {
            each.staff_id: each
            for each in staff_members(reader, [each.person_id for each in of_kind[PersonKind.STAFF]])
        },
        {each: [(name, classes.get(pupil, [])) for pupil, name in pupils] for each, pupils in kept.items()},
    )


@in_transaction
def issue_codes(
    transaction: Transaction, user: User, invitees: Sequence[Invitee], *, now: datetime
) -> list[IssuedCode]:
    """Issue a fresh code to each of these people, all or none; what they had before is void.

    Raises AccessRefused for people whose codes the user does not hand out, RuleRefused for somebody dismissed, closed
    out or without roles.
    """
    wanted = list(dict.fromkeys(invitees))
    if not wanted:
        return []
    places = _places(transaction, wanted, now.date())
    for invitee in wanted:
        _check_may_issue(user, invitee, places)
    people = stored.invited_people(transaction, wanted)
    _check_accounts_of_staff(user, people.values())
    _check_accounts_of_other_classes(user, people.values(), places)
    for invitee in wanted:
        _check_may_receive(people.get(invitee), places, now.date())
    return _issue(transaction, user, [people[each] for each in wanted], places, now)


def _check_may_issue(user: User, invitee: Invitee, places: Places) -> None:
    if invitee.kind is PersonKind.STAFF:
        check_may(user, Action.EDIT_STAFF)
        return
    own = [
        each
        for each in places.class_ids(invitee)
        if may(user, Action.ISSUE_FAMILY_CODES, Rows(class_id=each))
    ]
    check_may(user, Action.ISSUE_FAMILY_CODES, Rows(class_id=own[0] if own else None))


def _check_accounts_of_staff(user: User, people: Collection[InvitedPerson]) -> None:
    """A colleague who is a parent has one account: whoever resets it must be allowed to reset a colleague's."""
    own = [person for person in people if person.is_of_staff]
    if own and not may(user, Action.EDIT_STAFF):
        raise AccessRefused(
            f"{own[0].name.full}: это вход сотрудника школы.",
            "Новый код сменил бы и его рабочий пароль.",
            "Такой код выдаёт администратор журнала.",
        )


def _check_accounts_of_other_classes(user: User, people: Collection[InvitedPerson], places: Places) -> None:
    """A parent sees only their own children (п. 3.6): whoever resets the account needs access to each child's class."""
    for person in people:
        if person.has_password and places.has_child_elsewhere(person.invitee, user):
            raise AccessRefused(
                f"{person.name.full}: код меняет уже открытый вход.",
                "Есть дети в других классах.",
                "Код выдаёт администратор журнала.",
            )


def _check_may_receive(person: InvitedPerson | None, places: Places, today: date) -> None:
    if person is None:
        raise RuleRefused("Такого человека в журнале нет.", next_step="Обновите страницу.")
    if person.is_blocked:
        raise RuleRefused(
            f"{person.name.full}: доступ закрыт.",
            "Новый код его не откроет.",
            "Сначала откройте доступ на странице «Пользователи».",
        )
    if person.invitee.kind is PersonKind.STAFF:
        member = places.staff[person.invitee.person_id]
        if not member.works_on(today):
            raise RuleRefused(f"{person.name.full}: сотрудник уволен.", next_step="Снимите его с выдачи.")
        if not member.roles:
            raise RuleRefused(
                f"{person.name.full}: роли не назначены.",
                "Без роли в журнале ничего не видно.",
                "Назначьте роли в карточке сотрудника и выдайте код снова.",
            )


def _issue(
    transaction: Transaction, user: User, people: Sequence[InvitedPerson], places: Places, now: datetime
) -> list[IssuedCode]:
    expires_at = rules.expiry(now, rules.days_of_setting(setting(transaction, DAYS_SETTING)))
    invitees = [person.invitee for person in people]
    codes = [new_code() for _ in people]
    invitations = [
        Invitation(invitation_id, invitee, now, expires_at)
        for invitation_id, invitee in zip(transaction.new_ids(len(people)), invitees, strict=True)
    ]
    stored.withdraw_invitations(transaction, invitees, now)
    stored.save_invitations(
        transaction, invitations, [rules.code_hash(code_signs(code)) for code in codes], user.user_id
    )
    transaction.record(
        *(_issued(each, person, user, now) for each, person in zip(invitations, people, strict=True))
    )
    return [
        IssuedCode(
            person.invitee, person.name, places.purpose(person.invitee), expires_at, person.has_password, code
        )
        for person, code in zip(people, codes, strict=True)
    ]


def _issued(invitation: Invitation, person: InvitedPerson, user: User, now: datetime) -> Event:
    is_pupil = invitation.invitee.kind is PersonKind.PUPIL
    who = "ученик" if is_pupil else person.name.full
    return Event(
        now,
        user.user_id,
        "invitation",
        pupil_id=invitation.invitee.person_id if is_pupil else None,
        record_id=invitation.invitation_id,
        new_value=f"{who}, по {invitation.expires_at:%d.%m.%Y}",
    )


@in_transaction
def set_invitation_days(transaction: Transaction, user: User, days: int, *, now: datetime) -> None:
    """Set for how many days codes issued from now on hold. Raises AccessRefused or RuleRefused."""
    check_may(user, Action.EDIT_STAFF)
    checked = rules.check_days(days)
    old = rules.days_of_setting(setting(transaction, DAYS_SETTING))
    save_setting(transaction, DAYS_SETTING, str(checked))
    transaction.record(
        Event(now, user.user_id, "invitation_days", old_value=f"{old} дн.", new_value=f"{checked} дн.")
    )


@dataclass(frozen=True)
class Welcome:
    """Whom a code lets in; ``login`` is the name they have, or one offered to those who have none yet."""

    name: str
    purpose: str
    login: str
    has_password: bool
    is_guardian: bool


@dataclass(frozen=True)
class Acceptance:
    """What a person types to use a code; ``login`` counts only for somebody who has no password yet."""

    code: str = field(repr=False)
    login: str
    password: str = field(repr=False)
    password_again: str = field(repr=False)


def try_code(store: Store, code: str, *, address: str, now: datetime) -> Welcome:
    """Return whom a code lets in, without using it.

    Raises InvitationRefused for a dead code, SignInRefused after too many wrong ones.
    """
    invitation = _tried(store, code, address, now)
    person = _invited(store, invitation)
    login = person.login or suggest_login(person.name, logins_taken(store))
    places = _places(store, [invitation.invitee], now.date())
    return Welcome(
        person.name.full,
        places.purpose(invitation.invitee),
        login,
        person.has_password,
        invitation.invitee.kind is PersonKind.GUARDIAN and person.user_id is None,
    )


def _tried(store: Store, code: str, address: str, now: datetime) -> Invitation:
    tried_hash = rules.code_hash(rules.check_code(code))
    with turn(tried_hash):
        check_wait(store, tried_hash, address, now)
        try:
            return rules.check_is_open(stored.invitation_of(store, tried_hash), now)
        except InvitationRefused:
            note_failure(store, tried_hash, address, now)
            raise


def _invited(reader: Reader, invitation: Invitation) -> InvitedPerson:
    person = stored.invited_people(reader, [invitation.invitee]).get(invitation.invitee)
    if person is None or person.is_blocked:
        raise InvitationRefused("Доступ закрыт.", next_step="Обратитесь к администратору журнала.")
    return person


def accept_code(
    store: Store, form: Acceptance, *, address: str, now: datetime, hasher: Hasher, browser: Browser = UNKNOWN
) -> Entered | HalfWay:
    """Use a code: set the password, make the account where there is none, and come in as after a password.

    Sessions that the account had end; its second factor stays. Raises InvitationRefused or SignInRefused for the code,
    RuleRefused for the name or the password; the code can then be tried again.
    """
    person = _invited(store, _tried(store, form.code, address, now))
    login = person.login if person.has_password else check_login(form.login)
    owner = Owner(normal_login(login), person.name.last, school_name(store))
    password_hash = hasher.hash(check_password_twice(form.password, form.password_again, owner))
    arrival = Arrival(address, now, browser, BY_CODE)

    def work(transaction: Transaction) -> Entered | HalfWay:
        invitation, invited = _still_open(transaction, form.code, now)
        user_id = _set_account(transaction, invited, login, password_hash)
        what = "новый пароль" if invited.has_password else "новый вход"
        return _let_in(transaction, invitation, user_id, what, arrival)

    return store.write(work)


def _still_open(transaction: Transaction, code: str, now: datetime) -> tuple[Invitation, InvitedPerson]:
    invitation = rules.check_is_open(
        stored.invitation_of(transaction, rules.code_hash(rules.check_code(code))), now
    )
    return invitation, _invited(transaction, invitation)


def _set_account(transaction: Transaction, person: InvitedPerson, login: str, password_hash: str) -> int:
    if not person.has_password and stored.login_owner(transaction, login) not in (None, person.user_id):
        raise RuleRefused(
            "Такое имя для входа уже занято.", next_step="Допишите цифру или придумайте другое."
        )
    if person.user_id is None:
        (user_id,) = transaction.new_ids(1)
        stored.add_user(transaction, user_id, login, password_hash, person.invitee)
        stored.add_role(transaction, user_id, ROLE_OF[person.invitee.kind])
        return user_id
    if not person.has_password:
        stored.set_login(transaction, person.user_id, login)
    set_password(transaction, person.user_id, password_hash)
    return person.user_id


def _let_in(
    transaction: Transaction, invitation: Invitation, user_id: int, what: str, arrival: Arrival
) -> Entered | HalfWay:
    now = arrival.now
    stored.set_accepted(transaction, invitation.invitation_id, now)
    revoke_sessions_of(transaction, user_id, now)
    transaction.record(
        Event(now, user_id, "invitation_accepted", record_id=invitation.invitation_id, new_value=what)
    )
    return let_in(transaction, user_id, arrival)


def join_account(
    store: Store,
    code: str,
    login: str,
    password: str,
    *,
    address: str,
    now: datetime,
    hasher: Hasher,
    browser: Browser = UNKNOWN,
) -> Entered | HalfWay:
    """Use a guardian's code with an account that the person has: a teacher, or a parent of another child.

    The account then sees this child too. Raises InvitationRefused, SignInRefused, or RuleRefused for a code or an account
    that cannot be joined.
    """
    _invited(store, _tried(store, code, address, now))
    name = normal_login(login)
    with turn(secret_hash(name)):
        check_wait(store, secret_hash(name), address, now, browser)
        credential = check_password(
            store, name, normal_password(password), address=address, now=now, hasher=hasher, browser=browser
        )
    arrival = Arrival(address, now, browser, BY_CODE)

    def work(transaction: Transaction) -> Entered | HalfWay:
        invitation, invited = _still_open(transaction, code, now)
        account = user_on_day(transaction, credential.user_id, now.date())
        rules.check_can_join(invited.invitee, invited.user_id, account.roles if account else ())
        _join(transaction, credential.user_id, invited.invitee.person_id)
        return _let_in(transaction, invitation, credential.user_id, "ребёнок добавлен к входу", arrival)

    return store.write(work)


def _join(transaction: Transaction, user_id: int, guardian_id: int) -> None:
    own = stored.guardian_of_user(transaction, user_id)
    if own is None:
        stored.make_guardian(transaction, user_id, guardian_id)
    else:
        stored.hand_over_children(transaction, guardian_id, own)
    stored.add_role(transaction, user_id, Role.GUARDIAN)
