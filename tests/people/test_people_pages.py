"""The office's screens of staff, pupils and codes, and the way in by a code."""

from collections.abc import Callable

import pytest
from office import CLASS_7B, NEW_PASSWORD, accept, add_second_class
from screens import SECONDS, open_page, screen, session_of, sign_in_as, texts
from small_school import CHILD, CLASS_7A, CLASSMATE, NOW, PASSWORD, USER_IDS, People
from streamlit.testing.v1 import AppTest

from pages.ui.issued_codes import ISSUED
from school.invitations.actions import issue_codes
from school.people.lookups.staff import all_staff
from school.people.records import Invitee, PersonKind
from school.records import Role, User
from school.sign_in.lookups.sessions import user_of_session
from school.sign_in.rules.codes import new_code
from school.store.school import School
from server.session import SECRET_KEY

STAFF, CODES, PUPILS = (
    f"pages/{path}.py" for path in ("people/staff", "invitations/invitations", "people/pupil_list")
)
CARD = "people/pupil_card.py"
MATE = Invitee(PersonKind.PUPIL, CLASSMATE)


def press(page: AppTest, label: str) -> AppTest:
    return next(button for button in page.button if button.label.startswith(label)).click().run()


def fill(page: AppTest, **answers: str) -> AppTest:
    for label, value in answers.items():
        next(field for field in page.text_input if field.label == label.replace("_", " ")).set_value(value)
    return page


def dialog(user: User, script: Callable[[], None]) -> AppTest:
    """Return a dialog by itself: the test runner runs whole scripts, a browser only the dialog."""
    return sign_in_as(AppTest.from_function(script, default_timeout=SECONDS), user).run()


def _new_employee() -> None:
    from pages.people.parts.staff_card import show_new
    from school.access.action import Action
    from server.session import guard

    show_new(guard(Action.EDIT_STAFF))


def _owner() -> None:
    from pages.people.parts.staff_card import show_member
    from school.access.action import Action
    from school.people.lookups.staff import all_staff
    from server.session import guard, school

    user = guard(Action.EDIT_STAFF)
    show_member(user, next(each for each in all_staff(school().store, user) if each.login == "owner.7"))


def _own_password() -> None:
    from pages.sign_in.own_password import show_own_password

    show_own_password()


def _guardians_access() -> None:
    from pages.people.parts.account_access import show_account
    from school.access.action import Action
    from school.sign_in.lookups.accounts import all_accounts
    from server.session import guard, school

    user = guard(Action.EDIT_STAFF)
    show_account(
        user, next(each for each in all_accounts(school().store, user) if each.login == "guardian.7")
    )


def test_an_employee_is_added_with_several_roles(school_screens: School, people: People) -> None:
    page = dialog(people.admin, _new_employee)
    fill(page, Фамилия="Новикова", Имя="Яна", Должность="учитель физики")
    page.multiselect[0].set_value([Role.TEACHER, Role.HOMEROOM])
    press(page, "Добавить")
    assert not page.exception
    added = next(
        each for each in all_staff(school_screens.store, people.admin) if each.name.last == "Новикова"
    )
    assert added.roles == {Role.TEACHER, Role.HOMEROOM}
    place, codes = page.session_state["issued_codes"]
    assert (place, [each.invitee.person_id for each in codes]) == ("staff", [added.staff_id])
    page = sign_in_as(screen(STAFF), people.admin).run()
    row = page.dataframe[0].value.set_index("Фамилия, имя, отчество").loc["Новикова Яна"]
    assert row["Вход"] == "ждёт кода"


def test_a_refused_form_keeps_what_was_typed(school_screens: School, people: People) -> None:
    page = dialog(people.admin, _new_employee)
    press(fill(page, Фамилия="Новикова"), "Добавить")
    assert page.error[0].value.startswith("Роль не выбрана.")
    page.multiselect[0].set_value([Role.TEACHER])
    press(page, "Добавить")
    assert "Имя не полное" in page.error[0].value
    assert next(field for field in page.text_input if field.label == "Фамилия").value == "Новикова"


def test_a_dismissal_is_told_what_it_leaves_behind(school_screens: School, people: People) -> None:
    page = dialog(people.admin, _owner)
    assert "Останется без учителя: 7А — Математика" in page.warning[0].value
    press(page, "Уволить")
    assert not page.exception
    owner = next(each for each in all_staff(school_screens.store, people.admin) if each.login == "owner.7")
    assert owner.dismissed_on == NOW.date()


def test_the_head_looks_at_the_staff_and_changes_nothing(school_screens: School, people: People) -> None:
    page = sign_in_as(screen(STAFF), people.head).run()
    assert len(page.dataframe[0].value) == 7
    assert not page.button


def test_codes_of_a_class_are_shown_once(school_screens: School, people: People) -> None:
    page = sign_in_as(screen(CODES), people.homeroom).run()
    assert list(page.dataframe[0].value["Вход"]) == ["есть", "есть", "нет", "нет"]
    press(page, "Выдать коды всем, у кого нет входа: 2")
    assert not page.exception
    _, codes = page.session_state[ISSUED]
    assert [code.name.short for code in codes] == ["Ёлкина Анна", "Жуков Иван"]
    assert all(code.code in texts(page) for code in codes)
    assert "Листки для печати (PDF)" in [button.label for button in page.download_button]
    assert all(code.code not in str(page.query_params) for code in codes)
    press(page, "Готово")
    assert ISSUED not in page.session_state
    assert not any(code.code in texts(page) for code in codes)
    assert list(page.dataframe[0].value["Вход"])[2:] == ["код выдан, по 03.12.2026"] * 2


def test_codes_are_gone_from_the_next_page(school_screens: School, people: People) -> None:
    page = sign_in_as(screen(CODES), people.admin)
    page.query_params["class"] = str(CLASS_7A)
    press(page.run(), "Выдать коды")
    assert ISSUED in page.session_state
    page.selectbox(key="filter_class").select("staff").run()
    assert ISSUED not in page.session_state


def code_page(here: School, code: str) -> AppTest:
    page = press(screen("app.py").run(), "У меня есть код приглашения")
    fill(page, Код_приглашения=code)
    return press(page, "Дальше")


def test_a_code_leads_to_a_name_a_password_and_in(school_screens: School, people: People) -> None:
    (issued,) = issue_codes(school_screens.store, people.homeroom, [MATE], now=NOW)
    page = code_page(school_screens, issued.code.lower().replace("-", " "))
    assert "**Ёлкина Анна**, ученик, 7А" in texts(page)
    assert [field.value for field in page.text_input] == ["elkina.a", "", ""]
    press(fill(page, Пароль="коротко", Пароль_ещё_раз="коротко"), "Сохранить и войти")
    assert "слишком короткий" in page.error[0].value
    press(fill(page, Пароль=NEW_PASSWORD, Пароль_ещё_раз=NEW_PASSWORD), "Сохранить и войти")
    assert not page.exception
    user = user_of_session(school_screens.store, page.session_state[SECRET_KEY], NOW)
    assert user is not None
    assert (user.login, user.pupil_ids) == ("elkina.a", {CLASSMATE})


def test_a_dead_code_says_what_to_do(school_screens: School, people: People) -> None:
    assert "Такого кода школа не выдавала" in code_page(school_screens, new_code()).error[0].value
    assert "В коде 16 знаков" in code_page(school_screens, "привет").error[0].value
    (issued,) = issue_codes(school_screens.store, people.homeroom, [MATE], now=NOW)
    accept(school_screens.store, issued.code)
    page = code_page(school_screens, issued.code)
    assert "попросите новый код" in page.error[0].value
    press(page, "Назад ко входу")
    assert [field.label for field in page.text_input] == ["Имя для входа", "Пароль"]


def test_everybody_changes_their_own_password(school_screens: School, people: People) -> None:
    page = dialog(people.guardian, _own_password)
    elsewhere = session_of(people.guardian)
    fill(page, Прежний_пароль=PASSWORD, Новый_пароль=NEW_PASSWORD, Новый_пароль_ещё_раз=NEW_PASSWORD)
    press(page, "Сменить пароль")
    assert not page.exception
    assert not page.error
    assert user_of_session(school_screens.store, page.session_state[SECRET_KEY], NOW) == people.guardian
    assert user_of_session(school_screens.store, elsewhere, NOW) is None


def card_of(people: People, name: str, pupil_id: int = CHILD) -> AppTest:
    return open_page(CARD, getattr(people, name), pupil=str(pupil_id))


def test_the_secretary_moves_a_pupil_on_the_card(school_screens: School, people: People) -> None:
    add_second_class(school_screens.store)
    page = card_of(people, "secretary")
    form = f"transfer_{CHILD}_0"
    target = page.selectbox(key=f"{form}_class")
    target.select(next(option for option in target.options if option == "7Б")).run()
    page.date_input(key=f"{form}_day").set_value(NOW.date().replace(day=18))
    page.button(key=f"{form}_send").click().run()
    assert page.error[0].value.startswith("Приказ не указан.")
    page.text_input(key=f"{form}_order").set_value("№ 12 от 18.11.2026")
    page.button(key=f"{form}_send").click().run()
    assert "Математика 18.11" in page.error[0].value
    page.date_input(key=f"{form}_day").set_value(NOW.date())
    page.button(key=f"{form}_send").click().run()
    assert not page.exception
    assert "19.11.2026 — перевод в другой класс из 7А в 7Б" in texts(page)
    stays = school_screens.store.read(
        "SELECT class_id FROM enrolments WHERE pupil_id = $pupil ORDER BY starts_on", {"pupil": CHILD}
    )
    assert stays == [(CLASS_7A,), (CLASS_7B,)]


@pytest.mark.parametrize(
    ("name", "buttons"),
    [
        ("head", set()),
        ("deputy", set()),
        ("homeroom", {"Сохранить", "Код", "Код ученику"}),
        ("secretary", {"Сохранить", "Записать выбытие"}),
    ],
)
def test_the_card_offers_what_the_reader_may_do(
    school_screens: School, people: People, name: str, buttons: set[str]
) -> None:
    page = card_of(people, name)
    assert page.title[0].value == "Алёшин Пётр"
    offered = {button.label for button in page.button}
    assert offered >= buttons
    if not buttons:
        assert offered == {"Выйти"}


def test_the_personal_card_of_who_has_left_is_printed_from_the_card(
    school_screens: School, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    offered: list[Callable[[], bytes]] = []
    monkeypatch.setattr(
        "pages.people.parts.personal_card_button.download",
        lambda _label, make, *_rest, **_options: offered.append(make),
    )
    school_screens.store.write(
        lambda writer: writer.keep(
            "UPDATE enrolments SET ends_on = $day WHERE pupil_id = $pupil",
            {"day": NOW.date(), "pupil": CHILD},
        )
    )
    page = card_of(people, "secretary")
    assert "ни в каком классе" in texts(page)
    (make,) = offered
    assert make().startswith(b"%PDF")
    offered.clear()
    card_of(people, "admin")
    assert not offered


@pytest.mark.parametrize("pupil", ["54", "999999", "нет"])
def test_a_card_of_others_is_refused_calmly(school_screens: School, people: People, pupil: str) -> None:
    page = open_page(CARD, people.homeroom, pupil=pupil)
    assert not page.exception
    assert "Яковлев" not in texts(page)


def test_a_newcomer_is_written_down_by_the_form(school_screens: School, people: People) -> None:
    page = open_page(PUPILS.removeprefix("pages/"), people.secretary)
    page.segmented_control[0].set_value("arrival").run()
    fill(page, Приказ="№ 12")
    for key, value in (
        ("last", "Белкина"),
        ("first", "Ева"),
        ("first_last", "Белкина"),
        ("first_first", "Ольга"),
    ):
        page.text_input(key=f"arrival_0_{key}").set_value(value)
    next(box for box in page.selectbox if box.label == "Класс").select_index(0)
    press(page, "Записать в класс")
    assert not page.exception
    assert not page.error
    found = school_screens.store.read(
        """SELECT p.first_name, g.first_name FROM pupils p JOIN guardian_pupils USING (pupil_id)
           JOIN guardians g USING (guardian_id) WHERE p.last_name = 'Белкина'"""
    )
    assert found == [("Ева", "Ольга")]
    (card,) = [link for link in page.get("page_link") if "открыть карточку" in link.proto.label]
    assert "pupil=" in card.proto.query_string


def test_access_is_closed_with_a_reason(school_screens: School, people: People) -> None:
    page = dialog(people.admin, _guardians_access)
    press(page, "Закрыть доступ сейчас")
    assert not page.exception
    blocked = school_screens.store.read(
        "SELECT blocked_at FROM users WHERE user_id = $user", {"user": USER_IDS["guardian"]}
    )
    assert blocked == [(NOW,)]
