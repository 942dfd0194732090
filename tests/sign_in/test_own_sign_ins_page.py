"""«Мой вход» as everybody meets it, in the register and as plain HTML in the diary; the second step at the door (п. 3.2, 8.5)."""

import re

import pyotp
import pytest
from diary_pages import diary_client, press
from screens import open_page, screen, session_of, texts
from small_school import LOGINS, PASSWORD, USER_IDS, People
from streamlit.testing.v1 import AppTest

from school.clock import unix_time
from school.sign_in.lookups.sessions import user_of_session
from school.store.school import School
from server.session import COOKIE_NAME

pytestmark = pytest.mark.usefixtures("school_screens")
PAGE, RULES = "sign_in/own_sign_ins.py", "sign_in/sign_in_rules.py"


def button(page: AppTest, label: str) -> AppTest:
    return next(each for each in page.button if each.label == label).click().run()


def test_the_page_lists_sessions_and_ends_them(school_screens: School, people: People) -> None:
    elsewhere = session_of(people.owner)
    page = open_page(PAGE, people.owner)
    assert "это устройство" in texts(page)
    button(page, "Завершить")
    assert not page.exception
    assert user_of_session(school_screens.store, elsewhere, school_screens.clock()) is None
    assert "Других открытых сеансов нет." in texts(page)


def test_the_administrator_sets_times_and_whom_to_ask_for_a_code(
    school_screens: School, people: People
) -> None:
    page = open_page(RULES, people.admin)
    assert [each.value for each in page.selectbox] == [50, 60, 7 * 24 * 60]
    assert "7 дней" in page.selectbox[2].options
    page.selectbox[0].set_value(20)
    button(page, "Сохранить")
    assert not page.error
    settings = school_screens.store.read("SELECT value FROM settings WHERE name = 'sign_in.idle.teachers'")
    assert settings == [("20",)]
    page.checkbox(key="require_admin").check()
    [each for each in page.button if each.label == "Сохранить"][1].click().run()
    assert "Сначала включите второй фактор у себя" in page.error[0].value


def test_a_family_turns_on_the_second_factor_and_is_asked_at_the_door(
    school_screens: School, people: People
) -> None:
    client = diary_client(people.guardian)
    assert "Включить второй фактор" in client.get("/family/sign-ins").text
    form = client.get("/family/sign-ins/factor").text
    assert "<svg" in form
    (secret,) = re.findall(r'name="secret" value="([A-Z2-7]{32})"', form)
    wrong = press(client, "/family/sign-ins/factor", secret=secret, code="000000")
    assert "Код не подошёл" in wrong.text
    assert secret in wrong.text, "the same picture stays"
    done = press(
        client, "/family/sign-ins/factor", secret=secret, code=pyotp.TOTP(secret).at(int(unix_time()))
    )
    codes = re.findall(r"<li>([A-Z0-9-]{19})</li>", done.text)
    assert len(codes) == 10
    assert "Включён" in client.get("/family/sign-ins").text

    page = screen("app.py").run()
    page.text_input[0].set_value(LOGINS["guardian"])
    page.text_input[1].set_value(PASSWORD)
    page.button[0].click().run()
    assert "Пароль верный" in texts(page)
    (code,) = page.text_input
    code.set_value("123456")
    button(page, "Войти")
    assert "Код не подошёл" in page.error[0].value
    page.text_input[0].set_value(codes[0])
    button(page, "Войти")
    assert not page.exception
    assert not page.error
    assert school_screens.store.read("SELECT count(*) FROM recovery_codes WHERE used_at IS NOT NULL") == [
        (1,)
    ]


def test_a_family_ends_other_sessions_and_nobody_elses(school_screens: School, people: People) -> None:
    client, other, strange = (
        diary_client(people.guardian),
        session_of(people.guardian),
        session_of(people.stranger),
    )
    page = client.get("/family/sign-ins").text
    (session,) = re.findall(r'name="session" value="(\w{64})"', page)
    store, now = school_screens.store, school_screens.clock()
    assert press(client, "/family/sign-ins/end", session=session).status_code == 303
    assert user_of_session(store, other, now) is None
    (strangers,) = store.read(
        "SELECT session_hash FROM sessions WHERE user_id = $user", {"user": USER_IDS["stranger"]}
    )
    assert press(client, "/family/sign-ins/end", session=strangers[0]).status_code == 403
    assert user_of_session(store, strange, now)
    assert client.post("/family/sign-ins/end-others").status_code == 403, "no form of another site"
    assert COOKIE_NAME in client.cookies


def test_a_new_device_is_told_of_in_the_diary_until_it_is_answered(
    school_screens: School, people: People, change: object
) -> None:
    change(  # type: ignore[operator]
        f"""INSERT INTO device_notices VALUES (9001, {USER_IDS["guardian"]}, TIMESTAMP '2026-11-19 10:41', 'x',
            '95.24.7.x', 'Windows, Chrome', NULL)"""
    )
    client = diary_client(people.guardian)
    assert "Вход с нового устройства" in client.get("/family").text
    assert "19 ноября в 10:41, Windows, Chrome, 95.24.7.x" in client.get("/family/marks").text
    assert press(client, "/family/sign-ins/known").headers["location"] == "/family"
    assert "Вход с нового устройства" not in client.get("/family").text
