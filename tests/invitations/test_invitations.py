"""Invitation codes: random, single use, expiring, only a hash kept; a new one voids the former and resets a password (п. 3.1)."""

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from office import HASHER, HERE, NEW_PASSWORD, accept, change, events_of
from small_school import (
    CHILD,
    CLASSMATE,
    GUARDIAN_PERSON,
    LOGINS,
    NOW,
    OWNER_STAFF,
    PASSWORD,
    STRANGE_CHILD,
    People,
)

from school.errors import AccessRefused, Refusal, RuleRefused
from school.invitations.actions import issue_codes, join_account, set_invitation_days, try_code
from school.invitations.lookups import classes_to_invite, family_lines, staff_lines
from school.invitations.rules import InvitationRefused, check_code
from school.people.actions.pupils import add_guardian
from school.people.actions.staff import add_staff, dismiss
from school.people.records import GuardianDraft, Invitee, IssuedCode, PersonKind, StaffDraft
from school.records import PersonName, Role, User
from school.sign_in.actions.attempts import SignInRefused
from school.sign_in.actions.sessions import sign_in
from school.sign_in.lookups.sessions import user_of_session
from school.sign_in.rules.codes import CODE_LENGTH, CODE_SIGNS, code_signs, grouped, new_code
from school.store.connection import Store

OWNER, PARENT, PUPIL, MATE = (
    Invitee(PersonKind.STAFF, OWNER_STAFF),
    Invitee(PersonKind.GUARDIAN, GUARDIAN_PERSON),
    Invitee(PersonKind.PUPIL, CHILD),
    Invitee(PersonKind.PUPIL, CLASSMATE),
)


def issue(store: Store, user: User, invitee: Invitee) -> IssuedCode:
    return issue_codes(store, user, [invitee], now=NOW)[0]


def user_of(store: Store, secret: str) -> User:
    user = user_of_session(store, secret, NOW)
    assert user is not None
    return user


def test_a_code_is_beyond_guessing() -> None:
    assert CODE_LENGTH * math.log2(len(CODE_SIGNS)) >= 60
    assert len({new_code() for _ in range(200)}) == 200
    assert not set(CODE_SIGNS) & set("01IOBSZ"), "nothing that two people read differently"


@pytest.mark.parametrize(
    "typed",
    [
        "ACEH-KMPT-XY23-4569",
        "aceh-kmpt-xy23-4569",
        "  ACEH KMPT XY23 4569 ",
        "АСЕН-КМРТ-ХУ23-4569",
        "асенкмртху234569",
        "ACEH–KMPT—XY23−4569",
    ],
)
def test_the_keyboards_language_case_and_dashes_do_not_matter(typed: str) -> None:
    assert check_code(typed) == "ACEHKMPTXY234569"


@given(st.text(alphabet=CODE_SIGNS, min_size=CODE_LENGTH, max_size=CODE_LENGTH))
def test_what_is_printed_is_what_is_read(signs: str) -> None:
    assert code_signs(grouped(signs)) == check_code(grouped(signs).lower()) == signs


@given(st.text(max_size=60))
def test_whatever_is_typed_is_a_code_or_refused_in_words(typed: str) -> None:
    try:
        assert set(check_code(typed)) <= set(CODE_SIGNS)
    except InvitationRefused as refused:
        assert refused.next_step


def test_only_a_hash_is_kept(school_store: Store, people: People) -> None:
    issued = issue(school_store, people.admin, OWNER)
    signs = code_signs(issued.code)
    assert signs not in repr(issued).replace("-", "")
    tables = [row[0] for row in school_store.read("SELECT table_name FROM duckdb_tables()")]
    for table in tables:
        kept = repr(school_store.read(f"SELECT * FROM {table}")).upper().replace("-", "")
        assert signs not in kept, table
    assert events_of(school_store, "invitation") == [(None, "Орлова Вера, по 03.12.2026", "")]


def test_a_new_employee_chooses_a_name_and_a_password(school_store: Store, people: People) -> None:
    draft = StaffDraft(PersonName("Новикова", "Яна"), "учитель физики", frozenset({Role.TEACHER}))
    (staff_id,) = add_staff(school_store, people.admin, [draft], now=NOW)
    issued = issue(school_store, people.admin, Invitee(PersonKind.STAFF, staff_id))
    welcome = try_code(school_store, issued.code, address=HERE, now=NOW)
    assert (welcome.name, welcome.purpose, welcome.login) == ("Новикова Яна", "учитель физики", "novikova.y")
    user = user_of(school_store, accept(school_store, issued.code, "Яна.Новикова"))
    assert (user.login, user.staff_id, user.roles) == ("яна.новикова", staff_id, {Role.TEACHER})
    assert sign_in(school_store, "яна.новикова", NEW_PASSWORD, address=HERE, now=NOW, hasher=HASHER)


def test_a_lost_password_is_reset_by_a_new_code(school_store: Store, people: People) -> None:
    before = sign_in(school_store, LOGINS["owner"], PASSWORD, address=HERE, now=NOW, hasher=HASHER).secret
    issued = issue(school_store, people.admin, OWNER)
    assert issued.is_new_password
    assert user_of_session(school_store, before, NOW), "until the code is used everything is as it was"
    user = user_of(school_store, accept(school_store, issued.code, "another.name"))
    assert user.login == LOGINS["owner"], "the name stays"
    assert user_of_session(school_store, before, NOW) is None
    with pytest.raises(SignInRefused):
        sign_in(school_store, LOGINS["owner"], PASSWORD, address=HERE, now=NOW, hasher=HASHER)


def test_a_code_serves_once(school_store: Store, people: People) -> None:
    issued = issue(school_store, people.homeroom, MATE)
    accept(school_store, issued.code)
    with pytest.raises(InvitationRefused, match="уже использован"):
        accept(school_store, issued.code, "other.login")


def test_of_two_who_use_a_code_at_once_one_gets_in(school_store: Store, people: People) -> None:
    issued = issue(school_store, people.homeroom, MATE)

    def attempt(login: str) -> bool:
        try:
            accept(school_store, issued.code, login)
        except InvitationRefused:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(attempt, [f"login.{number}" for number in range(4)])) == 1
    assert len(school_store.read(f"SELECT 1 FROM users WHERE pupil_id = {CLASSMATE}")) == 1


def test_a_new_code_voids_the_former(school_store: Store, people: People) -> None:
    former, newer = issue(school_store, people.homeroom, MATE), issue(school_store, people.homeroom, MATE)
    with pytest.raises(InvitationRefused, match="Код заменён"):
        accept(school_store, former.code)
    assert accept(school_store, newer.code)


@pytest.mark.parametrize(("days", "is_open"), [(14, True), (15, False)])
def test_a_code_holds_to_the_end_of_its_last_day(
    school_store: Store, people: People, days: int, is_open: bool
) -> None:
    issued = issue(school_store, people.homeroom, MATE)
    later = NOW.replace(hour=23, minute=30) + timedelta(days=days)
    if is_open:
        assert accept(school_store, issued.code, at=later)
    else:
        with pytest.raises(InvitationRefused, match=r"Срок кода истёк\..*по 03\.12\.2026"):
            accept(school_store, issued.code, at=later)


def test_the_administrator_sets_how_long_codes_hold(school_store: Store, people: People) -> None:
    set_invitation_days(school_store, people.admin, 3, now=NOW)
    assert f"{issue(school_store, people.homeroom, MATE).expires_at:%d.%m.%Y}" == "22.11.2026"
    with pytest.raises(RuleRefused, match="от 1 до 60"):
        set_invitation_days(school_store, people.admin, 0, now=NOW)


def test_the_homeroom_teacher_hands_codes_to_their_own_class(school_store: Store, people: People) -> None:
    (place,) = classes_to_invite(school_store, people.homeroom, NOW.date())
    lines = family_lines(school_store, people.homeroom, place, NOW)
    assert [(line.name.short, line.note, line.has_password) for line in lines] == [
        ("Алёшин Пётр", "ученик", True),
        ("Алёшина Ольга", "родитель: Алёшин Пётр", True),
        ("Ёлкина Анна", "ученик", False),
        ("Жуков Иван", "ученик", False),
    ]
    codes = issue_codes(school_store, people.homeroom, [line.invitee for line in lines], now=NOW)
    assert [code.purpose for code in codes[:2]] == ["ученик, 7А", "родитель: Алёшин Пётр, 7А"]
    with pytest.raises(AccessRefused):
        issue(school_store, people.homeroom, Invitee(PersonKind.PUPIL, STRANGE_CHILD))
    with pytest.raises(AccessRefused):
        issue(school_store, people.homeroom, OWNER)
    assert [
        line.expires_at is not None for line in family_lines(school_store, people.homeroom, place, NOW)
    ] == [True] * 4


def test_a_colleague_who_is_a_parent_keeps_their_password_from_the_homeroom_teacher(
    school_store: Store, people: People
) -> None:
    issued = _parent_of_classmate(school_store, people)
    join_account(school_store, issued.code, LOGINS["deputy"], PASSWORD, address=HERE, now=NOW, hasher=HASHER)
    with pytest.raises(AccessRefused, match="вход сотрудника"):
        issue(school_store, people.homeroom, issued.invitee)
    assert issue(school_store, people.admin, issued.invitee)


def test_all_or_nobody_gets_a_code(school_store: Store, people: People) -> None:
    with pytest.raises(AccessRefused):
        issue_codes(school_store, people.homeroom, [MATE, Invitee(PersonKind.PUPIL, STRANGE_CHILD)], now=NOW)
    assert school_store.read("SELECT count(*) FROM invitations") == [(0,)]


def test_a_parent_of_two_has_one_way_in(school_store: Store, people: People) -> None:
    change(
        school_store,
        f"""INSERT INTO guardian_pupils (guardian_id, pupil_id) VALUES ({GUARDIAN_PERSON}, {STRANGE_CHILD});
            DELETE FROM users WHERE guardian_id = {GUARDIAN_PERSON}""",
    )
    issued = issue(school_store, people.homeroom, PARENT)
    assert issued.purpose == "родитель: Алёшин Пётр, 7А; Яковлев Олег, 8Б"
    user = user_of(school_store, accept(school_store, issued.code))
    assert (user.roles, user.pupil_ids) == ({Role.GUARDIAN}, {CHILD, STRANGE_CHILD})


def test_a_parents_account_is_not_taken_over_from_another_class(school_store: Store, people: People) -> None:
    change(
        school_store,
        f"INSERT INTO guardian_pupils (guardian_id, pupil_id) VALUES ({GUARDIAN_PERSON}, {STRANGE_CHILD})",
    )
    with pytest.raises(AccessRefused, match="Есть дети в других классах"):
        issue(school_store, people.homeroom, PARENT)
    assert issue(school_store, people.admin, PARENT).is_new_password


def test_two_parents_of_a_child_have_a_way_in_each(school_store: Store, people: People) -> None:
    father = GuardianDraft(PersonName("Алёшин", "Егор"), "отец")
    add_guardian(school_store, people.homeroom, CHILD, father, now=NOW)
    (place,) = classes_to_invite(school_store, people.homeroom, NOW.date())
    lines = family_lines(school_store, people.homeroom, place, NOW)
    (line,) = [line for line in lines if line.note == "отец: Алёшин Пётр"]
    user = user_of(
        school_store, accept(school_store, issue(school_store, people.homeroom, line.invitee).code)
    )
    assert (user.name, user.pupil_ids) == ("Алёшин Егор", {CHILD})


def _parent_of_classmate(store: Store, people: People) -> IssuedCode:
    """Give the classmate a mother who is here already under another record."""
    mother = GuardianDraft(PersonName("Алёшина", "Ольга"), "мать")
    add_guardian(store, people.homeroom, CLASSMATE, mother, now=NOW)
    (place,) = classes_to_invite(store, people.homeroom, NOW.date())
    lines = family_lines(store, people.homeroom, place, NOW)
    return issue(
        store, people.homeroom, next(line.invitee for line in lines if line.note == "мать: Ёлкина Анна")
    )


@pytest.mark.parametrize(("name", "children"), [("guardian", {CHILD, CLASSMATE}), ("owner", {CLASSMATE})])
def test_another_child_joins_the_account_that_a_parent_has(
    school_store: Store, people: People, name: str, children: set[int]
) -> None:
    issued = _parent_of_classmate(school_store, people)
    secret = join_account(
        school_store, issued.code, LOGINS[name], PASSWORD, address=HERE, now=NOW, hasher=HASHER
    ).secret
    user = user_of(school_store, secret)
    assert user == replace(
        getattr(people, name), pupil_ids=children, roles=getattr(people, name).roles | {Role.GUARDIAN}
    )


@pytest.mark.parametrize(
    ("login", "password", "words"),
    [(LOGINS["guardian"], "не тот", "не подошли"), (LOGINS["pupil"], PASSWORD, "вход ученика")],
)
def test_a_child_joins_only_a_parents_own_account(
    school_store: Store, people: People, login: str, password: str, words: str
) -> None:
    issued = _parent_of_classmate(school_store, people)
    with pytest.raises(Refusal, match=words):
        join_account(school_store, issued.code, login, password, address=HERE, now=NOW, hasher=HASHER)
    assert accept(school_store, issued.code), "the code is still good"


@pytest.mark.parametrize(
    ("login", "password", "words"),
    [
        (LOGINS["owner"], NEW_PASSWORD, "уже занято"),
        ("a b", NEW_PASSWORD, "имя для входа не подходит"),
        ("anna", "коротко", "слишком короткий"),
    ],
)
def test_an_unfit_name_or_password_leaves_the_code_good(
    school_store: Store, people: People, login: str, password: str, words: str
) -> None:
    issued = issue(school_store, people.homeroom, MATE)
    with pytest.raises(RuleRefused, match=words):
        accept(school_store, issued.code, login, password)
    assert accept(school_store, issued.code)


def test_wrong_codes_cost_a_wait_as_wrong_passwords_do(school_store: Store) -> None:
    code = new_code()
    for _ in range(5):
        with pytest.raises(InvitationRefused, match="Код не подошёл"):
            try_code(school_store, code, address=HERE, now=NOW)
    with pytest.raises(SignInRefused, match="Слишком много"):
        try_code(school_store, code, address=HERE, now=NOW)


def test_guessing_many_codes_holds_the_address_back(school_store: Store, people: People) -> None:
    issued = issue(school_store, people.homeroom, MATE)
    for _ in range(50):
        with pytest.raises(InvitationRefused):
            try_code(school_store, new_code(), address=HERE, now=NOW)
    with pytest.raises(SignInRefused, match="Слишком много"):
        try_code(school_store, issued.code, address=HERE, now=NOW)
    assert try_code(school_store, issued.code, address="10.0.0.2", now=NOW), "others go on"


def test_who_left_or_is_closed_out_gets_no_code(school_store: Store, people: People) -> None:
    dismiss(school_store, people.admin, OWNER_STAFF, NOW.date(), now=NOW)
    assert OWNER not in {line.invitee for line in staff_lines(school_store, people.admin, NOW)}
    with pytest.raises(RuleRefused, match="уволен"):
        issue(school_store, people.admin, OWNER)
    change(school_store, f"UPDATE users SET blocked_at = '{NOW}' WHERE guardian_id = {GUARDIAN_PERSON}")
    with pytest.raises(RuleRefused, match="доступ закрыт"):
        issue(school_store, people.homeroom, PARENT)


def test_a_code_of_somebody_dismissed_meanwhile_opens_nothing(school_store: Store, people: People) -> None:
    issued = issue(school_store, people.admin, OWNER)
    dismiss(school_store, people.admin, OWNER_STAFF, NOW.date(), now=NOW)
    with pytest.raises(SignInRefused, match="Доступ закрыт"):
        accept(school_store, issued.code)
