"""Staff: added with an account that waits for a code, several roles at once, dismissal that ends access (п. 3.1, 4.3)."""

from datetime import date, datetime, timedelta

import pytest
from office import HASHER, HERE, TODAY, accept, change, events_of
from small_school import (
    ADMIN_STAFF,
    CHILD,
    CLASS_8B,
    LOGINS,
    NOW,
    OWNER_STAFF,
    PASSWORD,
    SCHOOL,
    USER_IDS,
    People,
)

from school.errors import RuleRefused
from school.files.plan import SourceRow, digest_of
from school.invitations.actions import issue_codes
from school.people.actions.accounts import NewPassword, change_own_password, close_account, open_account
from school.people.actions.staff import add_staff, change_staff, dismiss, restore
from school.people.lookups.staff import all_staff, duties_left
from school.people.records import Invitee, PersonKind, StaffDraft, StaffMember
from school.records import PersonName, Role
from school.sign_in.actions.attempts import SignInRefused
from school.sign_in.actions.sessions import sign_in
from school.sign_in.lookups.sessions import user_of_session
from school.store.connection import Store
from school.year.actions.opening import save_classes
from school.year.records import YearKey
from school.year.store.school_tables import classes_of_year

NOVIKOVA = StaffDraft(
    PersonName("Новикова", "Яна", "Юрьевна"), "учитель физики", frozenset({Role.TEACHER, Role.DEPUTY})
)


def enter(store: Store, name: str, password: str = PASSWORD, *, at: datetime = NOW) -> str:
    return sign_in(store, LOGINS[name], password, address=HERE, now=at, hasher=HASHER).secret


def member(store: Store, people: People, staff_id: int) -> StaffMember:
    return next(each for each in all_staff(store, people.admin) if each.staff_id == staff_id)


def test_a_new_employee_has_roles_and_waits_for_a_code(school_store: Store, people: People) -> None:
    (staff_id,) = add_staff(school_store, people.admin, [NOVIKOVA], now=NOW)
    added = member(school_store, people, staff_id)
    assert (added.login, added.roles, added.has_password) == ("novikova.yy", NOVIKOVA.roles, False)
    with pytest.raises(SignInRefused, match="не подошли"):
        sign_in(school_store, added.login, "anything at all", address=HERE, now=NOW, hasher=HASHER)
    assert events_of(school_store, "staff")[-1][1] == (
        "Новикова Яна Юрьевна; учитель физики; Заместитель директора по УВР, Учитель-предметник"
    )


def test_namesakes_get_login_names_of_their_own(school_store: Store, people: People) -> None:
    ids = add_staff(school_store, people.admin, [NOVIKOVA, NOVIKOVA], now=NOW)
    logins = {member(school_store, people, each).login for each in ids}
    assert len(logins) == 2


def test_one_bad_row_keeps_all_out(school_store: Store, people: People) -> None:
    before = len(all_staff(school_store, people.admin))
    with pytest.raises(RuleRefused):
        add_staff(school_store, people.admin, [NOVIKOVA, StaffDraft(PersonName("", "Яна"))], now=NOW)
    assert len(all_staff(school_store, people.admin)) == before


def test_roles_change_at_the_next_step(school_store: Store, people: People) -> None:
    secret = enter(school_store, "owner")
    roles = frozenset({Role.TEACHER, Role.HOMEROOM, Role.SECRETARY})
    draft = StaffDraft(PersonName("Орлова", "Вера"), "", roles)
    change_staff(school_store, people.admin, OWNER_STAFF, draft, now=NOW)
    user = user_of_session(school_store, secret, NOW)
    assert user is not None
    assert user.roles == roles


def test_an_employee_without_an_account_gets_one_with_the_first_roles(
    school_store: Store, people: People
) -> None:
    change(school_store, "INSERT INTO staff (staff_id, last_name, first_name) VALUES (777, 'Внешний', 'Лев')")
    change_staff(
        school_store,
        people.admin,
        777,
        StaffDraft(PersonName("Внешний", "Лев"), "", frozenset({Role.TEACHER})),
        now=NOW,
    )
    assert member(school_store, people, 777).login == "vneshniy.l"


def test_whoever_is_appointed_to_lead_a_class_may_act_as_its_leader(
    school_store: Store, people: People
) -> None:
    rows = [
        SourceRow(number, {"name": name, "homeroom": leader})
        for number, (name, leader) in enumerate({"7А": "Климова Рита", "8Б": "Орлова Вера"}.items(), 2)
    ]
    key = YearKey(SCHOOL, 2026)
    made_from = digest_of(classes_of_year(school_store, key))
    save_classes(school_store, people.admin, key, rows, made_from, now=NOW, is_whole=False)
    user = user_of_session(school_store, enter(school_store, "owner"), NOW)
    assert user is not None
    assert user.roles == {Role.TEACHER, Role.HOMEROOM}
    assert user.homeroom_class_ids == {CLASS_8B}


def test_another_homeroom_teacher_leaves_the_terms_of_an_imported_year_alone(
    school_store: Store, people: People
) -> None:
    """Terms that came with their classes name no grades: a saved list of classes took them from every class."""
    before = school_store.read("SELECT class_id, term_id FROM class_terms ORDER BY ALL")
    assert before
    assert not school_store.read("SELECT 1 FROM term_grades")
    rows = [
        SourceRow(2, {"name": "7А", "homeroom": "Орлова Вера"}),
        SourceRow(3, {"name": "7Б", "homeroom": ""}),
    ]
    key = YearKey(SCHOOL, 2026)
    made_from = digest_of(classes_of_year(school_store, key))
    save_classes(school_store, people.admin, key, rows, made_from, now=NOW, is_whole=False)
    after = school_store.read("SELECT class_id, term_id FROM class_terms ORDER BY ALL")
    assert set(before) <= set(after)
    of_new_class = """SELECT count(*) FROM class_terms JOIN classes USING (class_id)
        WHERE name = $name AND school_year = 2026"""
    assert school_store.read(of_new_class, {"name": "7Б"}) == school_store.read(of_new_class, {"name": "7А"})


def test_the_last_administrator_stays(school_store: Store, people: People) -> None:
    teacher = StaffDraft(PersonName("Адамов", "Лев"), "", frozenset({Role.TEACHER}))
    with pytest.raises(RuleRefused, match="последний администратор"):
        change_staff(school_store, people.admin, ADMIN_STAFF, teacher, now=NOW)
    with pytest.raises(RuleRefused, match="последний администратор"):
        dismiss(school_store, people.admin, ADMIN_STAFF, TODAY, now=NOW)


def test_a_successor_counts_once_they_can_sign_in(school_store: Store, people: People) -> None:
    admin = StaffDraft(PersonName("Новикова", "Яна"), "", frozenset({Role.ADMIN}))
    (staff_id,) = add_staff(school_store, people.admin, [admin], now=NOW)
    with pytest.raises(RuleRefused, match="последний администратор"):
        dismiss(school_store, people.admin, ADMIN_STAFF, TODAY, now=NOW)
    (code,) = issue_codes(school_store, people.admin, [Invitee(PersonKind.STAFF, staff_id)], now=NOW)
    accept(school_store, code.code)
    dismiss(school_store, people.admin, ADMIN_STAFF, TODAY, now=NOW)
    with pytest.raises(SignInRefused, match="Доступ закрыт"):
        enter(school_store, "admin")


def test_two_administrators_do_not_both_leave_on_a_day_ahead(school_store: Store, people: People) -> None:
    owner = StaffDraft(PersonName("Орлова", "Вера"), "", frozenset({Role.TEACHER, Role.ADMIN}))
    change_staff(school_store, people.admin, OWNER_STAFF, owner, now=NOW)
    dismiss(school_store, people.admin, OWNER_STAFF, TODAY + timedelta(days=5), now=NOW)
    with pytest.raises(RuleRefused, match="последний администратор"):
        dismiss(school_store, people.admin, ADMIN_STAFF, TODAY + timedelta(days=5), now=NOW)


def test_a_dismissed_teacher_is_out_at_once(school_store: Store, people: People) -> None:
    secret = enter(school_store, "owner")
    dismiss(school_store, people.admin, OWNER_STAFF, TODAY, now=NOW, reason="приказ № 8")
    assert user_of_session(school_store, secret, NOW) is None
    with pytest.raises(SignInRefused, match="Доступ закрыт"):
        enter(school_store, "owner")
    assert events_of(school_store, "staff_dismissed") == [(None, "Орлова Вера: с 19.11.2026", "приказ № 8")]
    restore(school_store, people.admin, OWNER_STAFF, now=NOW)
    assert user_of_session(school_store, secret, NOW) is None, "the session ended for good"
    assert enter(school_store, "owner")


def test_a_dismissal_ahead_takes_effect_on_its_day(school_store: Store, people: People) -> None:
    dismiss(school_store, people.admin, OWNER_STAFF, TODAY + timedelta(days=1), now=NOW)
    secret = enter(school_store, "owner")
    for minutes in range(0, 12 * 60, 40):
        assert user_of_session(school_store, secret, NOW + timedelta(minutes=minutes))
    assert user_of_session(school_store, secret, NOW + timedelta(hours=12)) is None


def test_a_dismissed_colleague_who_is_a_parent_stays_a_parent(school_store: Store, people: People) -> None:
    change(
        school_store,
        f"""UPDATE users SET guardian_id = NULL WHERE user_id = {USER_IDS["guardian"]};
            UPDATE users SET guardian_id = 61 WHERE user_id = {USER_IDS["owner"]};
            INSERT INTO user_roles VALUES ({USER_IDS["owner"]}, 'guardian')""",
    )
    dismiss(school_store, people.admin, OWNER_STAFF, TODAY, now=NOW)
    user = user_of_session(school_store, enter(school_store, "owner"), NOW)
    assert user is not None
    assert (user.roles, user.staff_id, user.pupil_ids) == ({Role.GUARDIAN}, None, {CHILD})


def test_the_dismissal_names_what_is_left_without_a_teacher(school_store: Store, people: People) -> None:
    assert duties_left(school_store, people.admin, OWNER_STAFF, TODAY) == ["7А — Математика"]
    assert duties_left(school_store, people.admin, OWNER_STAFF, date(2027, 7, 1)) == []


def test_somebody_closed_out_is_out_at_once_until_opened(school_store: Store, people: People) -> None:
    secret = enter(school_store, "guardian")
    close_account(school_store, people.admin, USER_IDS["guardian"], now=NOW, reason="потерян телефон")
    assert user_of_session(school_store, secret, NOW) is None
    with pytest.raises(SignInRefused, match="Доступ закрыт"):
        enter(school_store, "guardian")
    open_account(school_store, people.admin, USER_IDS["guardian"], now=NOW)
    assert enter(school_store, "guardian")
    assert events_of(school_store, "user_access") == [
        ("открыт", "закрыт", "потерян телефон"),
        ("закрыт", "открыт", ""),
    ]


def test_nobody_closes_themselves_out(school_store: Store, people: People) -> None:
    with pytest.raises(RuleRefused, match="Свой доступ"):
        close_account(school_store, people.admin, USER_IDS["admin"], now=NOW)


def change_password(store: Store, people: People, old: str, new: str, again: str, secret: str = "") -> None:
    form = NewPassword(old, new, again, secret)
    change_own_password(store, people.owner, form, address=HERE, now=NOW, hasher=HASHER)


def test_a_new_password_of_ones_own_ends_the_sessions_elsewhere(school_store: Store, people: People) -> None:
    here, elsewhere = enter(school_store, "owner"), enter(school_store, "owner")
    change_password(school_store, people, PASSWORD, "серый причал 5", "серый причал 5", here)
    assert user_of_session(school_store, here, NOW) == people.owner
    assert user_of_session(school_store, elsewhere, NOW) is None
    assert enter(school_store, "owner", "серый причал 5")
    with pytest.raises(SignInRefused, match="не подошли"):
        enter(school_store, "owner")


@pytest.mark.parametrize(
    ("old", "new", "again", "words"),
    [
        ("не тот", "серый причал 5", "серый причал 5", "не подошли"),
        (PASSWORD, "коротко", "коротко", "слишком короткий"),
        (PASSWORD, "серый причал 5", "серый причал 6", "не совпадают"),
        (PASSWORD, PASSWORD, PASSWORD, "такой же, как прежний"),
    ],
)
def test_a_password_is_changed_only_knowingly(
    school_store: Store, people: People, old: str, new: str, again: str, words: str
) -> None:
    with pytest.raises((RuleRefused, SignInRefused), match=words):
        change_password(school_store, people, old, new, again)
    assert enter(school_store, "owner")


def test_guessing_the_old_password_costs_a_wait(school_store: Store, people: People) -> None:
    for _ in range(5):
        with pytest.raises(SignInRefused, match="не подошли"):
            change_password(school_store, people, "догадка", "серый причал 5", "серый причал 5")
    with pytest.raises(SignInRefused, match="Слишком много"):
        change_password(school_store, people, PASSWORD, "серый причал 5", "серый причал 5")
