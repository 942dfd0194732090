"""The sign-in page and the frame around every page, as people meet them."""

import pytest
from screens import open_page, screen, session_of, show_school, sign_in_as, texts
from small_school import LOGINS, NOW, PASSWORD, USER_IDS, People
from streamlit.testing.v1 import AppTest

from pages.sign_in.sign_in import TICKET_KEY
from school import __version__
from school.sign_in.actions.sessions import sign_out
from school.sign_in.lookups.sessions import user_of_session
from school.store.connection import Store, Transaction
from school.store.events import Event
from school.store.school import School
from school.store.settings import save_setting
from server import session
from server.http.session_routes import tickets
from server.session import SECRET_KEY, TYPED_IS_KEPT, first_code

FORM, CODE = "Вход", "У меня есть код приглашения"


def typed_into(page: AppTest, *values: str) -> AppTest:
    for field, value in zip(page.text_input, values, strict=True):
        field.set_value(value)
    return page.button[0].click().run()


def user_of(page: AppTest, here: School) -> object:
    return user_of_session(here.store, page.session_state[SECRET_KEY], NOW)


@pytest.fixture
def page(school_screens: School) -> AppTest:
    return screen("app.py").run()


def test_the_page_names_the_school_and_asks_in_russian(page: AppTest) -> None:
    assert page.title[0].value == "Школа у реки"
    assert [field.label for field in page.text_input] == ["Имя для входа", "Пароль"]
    assert [button.label for button in page.button] == ["Войти", CODE]


def test_the_page_says_which_version_it_is(page: AppTest) -> None:
    assert f"Версия {__version__}" in page.markdown[-1].value


def test_a_wrong_password_is_refused_in_words_and_keeps_the_name(page: AppTest) -> None:
    typed_into(page, LOGINS["owner"], "не тот")
    assert not page.exception
    assert "не подошли" in page.error[0].value
    assert page.text_input[0].value == LOGINS["owner"]


def test_the_sixth_attempt_is_told_how_long_to_wait(page: AppTest) -> None:
    for number in range(6):
        typed_into(page, "nobody", f"догадка {number}")
    assert "Попробуйте снова через 30\u00a0с." in page.error[0].value


def test_the_right_password_leaves_a_ticket_for_the_browser(
    page: AppTest, people: People, school_screens: School
) -> None:
    typed_into(page, LOGINS["owner"].upper(), PASSWORD)
    assert not page.exception
    assert user_of(page, school_screens) == people.owner
    ticket = tickets.redeem(page.session_state[TICKET_KEY], NOW)
    assert ticket is not None
    assert ticket.secret == page.session_state[SECRET_KEY]
    assert "Сегодня, 19 ноября" not in texts(page), "no page before the browser has its cookie"


def test_the_cookie_keeps_somebody_signed_in(
    monkeypatch: pytest.MonkeyPatch, school_screens: School, people: People
) -> None:
    monkeypatch.setattr(session, "browser_secret", lambda: session_of(people.owner))
    page = open_page("register/today.py")
    assert "Орлова Вера" in texts(page)
    assert "Вход" not in texts(page)


def test_the_library_takes_no_cookie_of_its_own(
    monkeypatch: pytest.MonkeyPatch, school_screens: School
) -> None:
    """streamlit-authenticator would sign in the bearer of a token for its default key."""
    asked: list[str] = []
    monkeypatch.setattr("streamlit_authenticator.models.CookieModel.get_cookie", asked.append)
    page = screen("app.py").run()
    assert asked == []
    assert FORM in texts(page)


def test_signing_out_ends_the_session_and_forgets_the_tab(school_screens: School, people: People) -> None:
    page = open_page("register/today.py", people.owner)
    secret = page.session_state[SECRET_KEY]
    page.session_state["something_of_the_teacher"] = "typed"
    next(button for button in page.sidebar.button if button.label == "Выйти").click().run()
    assert user_of_session(school_screens.store, secret, NOW) is None
    assert "something_of_the_teacher" not in page.session_state
    assert SECRET_KEY not in page.session_state
    assert FORM in texts(page)


def test_a_session_ended_elsewhere_is_told_calmly(school_screens: School, people: People) -> None:
    page = open_page("register/today.py", people.owner)
    sign_out(school_screens.store, page.session_state[SECRET_KEY], now=NOW)
    page.run()
    assert not page.exception
    assert page.info[0].value.startswith("Сеанс завершён: ")
    assert TYPED_IS_KEPT in page.info[0].value
    assert "Орлова Вера" not in texts(page)


def test_who_reloads_after_the_end_of_a_session_is_told_why_too(
    monkeypatch: pytest.MonkeyPatch, school_screens: School, people: People
) -> None:
    """A reload begins a tab anew: all that is left of the session is the browser's cookie."""
    for user, is_staff in ((people.owner, True), (people.guardian, False)):
        secret = session_of(user)
        monkeypatch.setattr(session, "browser_secret", lambda secret=secret: secret)
        sign_out(school_screens.store, secret, now=NOW)
        page = open_page("register/today.py")
        assert page.info[0].value.startswith("Сеанс завершён: его завершили")
        assert (TYPED_IS_KEPT in page.info[0].value) == is_staff
        assert FORM in texts(page)


def test_nobody_is_told_of_a_session_that_they_left_or_never_had(
    monkeypatch: pytest.MonkeyPatch, school_screens: School, people: People
) -> None:
    secret = session_of(people.owner)
    monkeypatch.setattr(session, "browser_secret", lambda: secret)
    page = open_page("register/today.py")
    next(button for button in page.sidebar.button if button.label == "Выйти").click().run()
    assert FORM in texts(page)
    assert not page.info
    monkeypatch.setattr(session, "browser_secret", lambda: "made up")
    assert not open_page("register/today.py").info


def test_a_blocked_user_is_out_at_the_next_step(school_screens: School, people: People) -> None:
    page = open_page("register/today.py", people.owner)

    def block(transaction: Transaction) -> None:
        transaction.change(f"UPDATE users SET blocked_at = '{NOW}' WHERE user_id = {USER_IDS['owner']}")
        transaction.record(Event(NOW, USER_IDS["admin"], "user", record_id=USER_IDS["owner"]))

    school_screens.store.write(block)
    assert FORM in texts(page.run())


def test_a_person_without_pages_is_told_whom_to_ask(school_screens: School, people: People) -> None:
    def dismiss(transaction: Transaction) -> None:
        transaction.change(f"DELETE FROM user_roles WHERE user_id = {USER_IDS['owner']}")
        transaction.record(Event(NOW, USER_IDS["admin"], "user", record_id=USER_IDS["owner"]))

    school_screens.store.write(dismiss)
    page = sign_in_as(screen("app.py"), people.owner).run()
    assert "Обратитесь к администратору журнала" in page.info[0].value


def test_a_demonstration_school_offers_its_roles(school_screens: School, people: People) -> None:
    def work(transaction: Transaction) -> None:
        save_setting(transaction, "demo", "1")
        for role, name in (("teacher", "owner"), ("guardian", "guardian")):
            save_setting(transaction, f"demo.user.{role}", str(USER_IDS[name]))
        transaction.record(Event(NOW, None, "school"))

    school_screens.store.write(work)
    page = screen("app.py").run()
    assert [button.label for button in page.button] == ["Войти", CODE, "Учитель", "Родитель"]
    page.button(key="demo_guardian").click().run()
    assert user_of(page, school_screens) == people.guardian


@pytest.fixture
def new_school(empty_store: Store, monkeypatch: pytest.MonkeyPatch) -> School:
    return show_school(empty_store, NOW, monkeypatch)


def test_a_new_school_asks_for_its_first_administrator(new_school: School) -> None:
    page = screen("app.py").run()
    answers = {
        "Фамилия": "Первая",
        "Имя": "Анна",
        "Имя для входа": "admin",
        "Пароль": "длинный пароль",
        "Пароль ещё раз": "длинный пароль",
        "Код первого входа": "AAAA-AAAA",
    }
    for field in page.text_input:
        field.set_value(answers.get(field.label, ""))
    page.button[0].click().run()
    assert "Код первого входа не подошёл" in page.error[0].value
    next(field for field in page.text_input if field.label == "Код первого входа").set_value(first_code())
    page.button[0].click().run()
    assert not page.exception
    assert user_of(page, new_school)
    assert [field.label for field in screen("app.py").run().text_input] == ["Имя для входа", "Пароль"]
