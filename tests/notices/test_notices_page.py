"""«Уведомления и календарь» and «Почта школы» as people use them, and the link of a letter (п. 3.6, 4.3, 4.7)."""

import re
from datetime import timedelta

import pytest
from diary_pages import OWN_FORM, diary_client, diary_page
from mail_server import BASE, Mailbox, connect_school, mail_server
from screens import open_page, show_school, texts
from small_school import CHILD, CLASS_7A, NOW, STRANGE_CHILD, People
from starlette.responses import Response
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from pages.families import routes as family_routes
from school.backup.rules.signs import Light, mail_sign
from school.notices.lookups.mail import mail_server as stored_server
from school.notices.lookups.own import own_notices
from school.notices.records import Choices, Digest
from school.notices.secrets import unsubscribe_token
from school.notices.sending import Sender
from school.store.connection import Store
from school.store.school import School
from server.http.rates import Rates
from server.notices import mail_job
from server.state.condition import server_signs

pytestmark = pytest.mark.usefixtures("school_screens")
ADDRESS = "olga@mail.example"


def press(client: TestClient, place: str, **form: str) -> Response:
    """Send a form of the page, whose fields may be called «address»."""
    return client.post(place, data=form or {"x": "1"}, headers=OWN_FORM)


def test_a_guardian_goes_from_an_address_to_choices(
    school_store: Store, people: People, mailbox: Mailbox, mail_port: int
) -> None:
    client = diary_client(people.guardian)
    assert 'href="/family/notices"' in diary_page(people.guardian)
    mail_job.asked.clear()
    assert press(client, "/family/notices/address", address="olga").text.count("Это не адрес") == 1
    assert press(client, "/family/notices/address", address=ADDRESS).status_code == 303
    assert mail_job.asked.is_set(), "the code goes at once"
    page = client.get("/family/notices").text
    assert f"На <b>{ADDRESS}</b> отправлен код" in page
    assert "Сводка" not in page
    Sender(school_store, lambda: NOW).look()
    code = re.search(r"Код: (\d{6})", mailbox.letters[0].get_content())[1]  # type: ignore[index]
    assert "не подошёл" in press(client, "/family/notices/code", code="1").text
    assert press(client, "/family/notices/code", code=code).status_code == 303
    page = client.get("/family/notices").text
    assert 'id="digest-none" name="digest" value="none" checked' in page
    assert "checkbox" in page
    assert not re.search(r'type="checkbox"[^>]* checked', page), "nothing is on before it is chosen"
    sent = {"digest": "week", "hour": "19", "weekday": "7", "cancelled": "1", "announcement": "1"}
    assert "Уведомления сохранены" in press(client, "/family/notices/choices", **sent).text
    settings = own_notices(school_store, people.guardian, now=NOW).settings
    assert settings is not None
    assert settings.choices == Choices(Digest.WEEK, 19, 7, tells_cancelled=True, tells_announcement=True)
    page = client.get("/family/notices").text
    checked = re.findall(r'type="checkbox" id="(\w+)"[^>]* checked', page)
    assert checked == ["cancelled", "announcement"]
    assert "нет в списке" in press(client, "/family/notices/choices", **(sent | {"hour": "3"})).text
    assert "нет в списке" in press(client, "/family/notices/choices", digest="week").text
    assert "Выберите из списка" in press(client, "/family/notices/choices", digest="hour").text
    press(client, "/family/notices/forget")
    assert own_notices(school_store, people.guardian, now=NOW).settings is None


def test_a_calendars_link_is_shown_once(school_store: Store, people: People) -> None:
    client = diary_client(people.pupil)
    page = client.get("/family/notices").text
    assert "Письма</h2>" not in page, "a pupil has the calendar alone"
    made = press(client, "/family/notices/calendar", child=str(CHILD), label="мой <b>класс</b>").text
    link = re.search(r'value="(http://testserver/ical/[\w-]{43}\.ics)"', made)[1]  # type: ignore[index]
    assert f'href="webcal:{link.removeprefix("http:")}"' in made
    page = client.get("/family/notices").text
    assert link not in page
    assert "Дневник: мой &lt;b&gt;класс&lt;/b&gt;" in page
    feed = own_notices(school_store, people.pupil, now=NOW).feeds[0].feed_id
    press(client, "/family/notices/end-calendar", feed=str(feed))
    assert "Подключённых календарей нет" in client.get("/family/notices").text
    assert press(client, "/family/notices/calendar", child="x").text.count("Ребёнок не выбран") == 1


def test_without_the_schools_mail_the_page_says_so(people: People) -> None:
    page = diary_page(people.guardian, "/notices")
    assert "Школа пока не отправляет писем" in page
    assert "Создать ссылку" in page
    assert len(page) < 40_000


def test_nothing_of_others_is_done_or_shown(school_store: Store, people: People) -> None:
    for name in ("owner", "deputy", "head", "admin", "secretary", "homeroom"):
        client = diary_client(getattr(people, name))
        assert client.get("/family/notices").status_code == 403
        for what in ("address", "code", "choices", "forget", "calendar", "end-calendar"):
            sent = {"address": ADDRESS, "child": str(CHILD), "feed": "1"}
            assert press(client, f"/family/notices/{what}", **sent).status_code == 403, what
    client = diary_client(people.guardian)
    assert press(client, "/family/notices/calendar", child=str(STRANGE_CHILD)).status_code == 403
    assert press(diary_client(None), "/family/notices/forget").status_code == 303
    foreign = client.post(
        "/family/notices/forget", data={"x": "1"}, headers=OWN_FORM | {"Sec-Fetch-Site": "cross-site"}
    )
    assert foreign.status_code == 403
    assert school_store.read("SELECT * FROM calendar_feeds") == []


def test_an_address_that_fails_is_told_on_every_page_and_to_the_homeroom_teacher(
    school_store: Store, people: People, change: object
) -> None:
    diary_page(people.guardian)
    change(  # type: ignore[operator]
        f"""INSERT INTO notice_settings (user_id, address, confirmed_at, refused_at, digest_hour, digest_weekday, told_until,
            told_event, at_once_since)
        VALUES ({people.guardian.user_id}, '{ADDRESS}', '2026-11-01', '2026-11-18', 17, 5, '2026-11-01', 1, '2026-11-01')"""
    )
    assert "Письма на ваш адрес не доходят" in diary_page(people.guardian)
    assert "не доходят" not in diary_page(people.pupil)
    page = open_page("invitations/invitations.py", people.homeroom, **{"class": str(CLASS_7A)})
    assert "Письма из дневника не доходят: Алёшина Ольга" in texts(page)
    assert ADDRESS not in texts(page), "the family's address is the family's"


def test_a_letters_link_asks_and_ends_without_signing_in(
    school_screens: School, people: People, mail_port: int, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(family_routes, "letter_rates", Rates(60, 1.0))
    store, client = school_screens.store, diary_client(people.guardian)
    press(client, "/family/notices/address", address=ADDRESS)
    Sender(store, lambda: NOW).look()
    press(client, "/family/notices/code", code=re.search(r"(\d{6})", mailbox.letters[0].get_content())[1])  # type: ignore[index]
    press(client, "/family/notices/choices", digest="day", hour="17", weekday="5")
    nobody = diary_client(None)
    address = f"/letters/{unsubscribe_token(store, people.guardian.user_id)}"
    asked = nobody.get(address)
    assert asked.status_code == 200
    assert "Больше не присылать" in asked.text
    assert own_notices(store, people.guardian, now=NOW).settings.choices.digest is Digest.DAY  # type: ignore[union-attr]
    # As a mail program does it: RFC 8058.
    done = nobody.post(address, data={"List-Unsubscribe": "One-Click"})
    assert (done.status_code, "больше не будет" in done.text) == (200, True)
    assert own_notices(store, people.guardian, now=NOW).settings.choices.digest is Digest.NONE  # type: ignore[union-attr]
    for method in (nobody.get, nobody.post):
        answer = method("/letters/made-up")
        assert (answer.status_code, "не подходит" in answer.text) == (404, True)
    monkeypatch.setattr(family_routes, "letter_rates", Rates(0, 0))
    assert nobody.get(address).status_code == 429


# The administrator.


def fill(page: AppTest, **typed: str) -> AppTest:
    for each in page.text_input:
        for label, value in typed.items():
            if each.label.startswith(label):
                each.set_value(value)
    return page


def press_button(page: AppTest, label: str) -> AppTest:
    return next(each for each in page.button if each.label == label).click().run()


def test_the_administrator_connects_the_mail_and_tries_it(
    school_store: Store, people: People, mailbox: Mailbox
) -> None:
    page = open_page("notices/school_mail.py", people.admin)
    assert "Письма выключены" in texts(page)
    with mail_server(mailbox) as port:
        page.selectbox[0].set_value("none")
        page.number_input[0].set_value(port)
        page.toggle[0].set_value(True)
        page = press_button(fill(page, Почтовый="127.0.0.1", Адрес="x"), "Сохранить")
        assert "Это не адрес" in texts(page)
        assert page.text_input[0].value == "127.0.0.1", "what was typed stays"
        page = press_button(
            fill(page, **{"Адрес отправителя": "a@school.example", "Адрес журнала": BASE}), "Сохранить"
        )
        assert not page.exception
        assert stored_server(school_store).is_on
        assert "Письма включены" in texts(page)
        page = press_button(fill(page, Кому=ADDRESS), "Отправить пробное письмо")
        assert "сервер принял письмо" in texts(page)
        assert mailbox.letters[0]["Subject"] == "Пробное письмо электронного дневника"
        mailbox.answers[ADDRESS] = "550 5.7.1 relaying denied"
        page = press_button(fill(page, Кому=ADDRESS), "Отправить пробное письмо")
        assert "relaying denied" in texts(page)
    page = press_button(fill(page, Кому=ADDRESS), "Отправить пробное письмо")
    assert "не отвечает" in texts(page)


def test_the_condition_shows_the_queue_of_a_school_that_sends_letters(
    school_screens: School, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Письма" not in {each.title for each in server_signs(school_screens)}
    connect_school(school_screens.store, people.admin, 9)
    press(diary_client(people.guardian), "/family/notices/address", address=ADDRESS)
    Sender(school_screens.store, lambda: NOW).look()
    (sign,) = [each for each in server_signs(school_screens) if each.title == "Письма"]
    assert sign.light is Light.SOON
    assert "Ждут: 1" in sign.words
    assert "не отвечает" in sign.advice
    show_school(school_screens.store, NOW, monkeypatch)


def test_waiting_letters_never_make_the_register_look_dead() -> None:
    hours = timedelta(hours=1)
    good = mail_sign(NOW, 0, None, 0, NOW - hours, "")
    assert (good.light, good.words) == (Light.GOOD, "Последнее ушло 1 ч назад. Никакое не ждёт.")
    night = mail_sign(NOW, 3, NOW - 10 * hours, 0, None, "")
    assert (night.light, night.words) == (
        Light.GOOD,
        "Ещё ни одно не ушло. Ждут: 3, самое старое 10 ч назад.",
    )
    late = mail_sign(NOW, 3, NOW - 13 * hours, 2, NOW - hours, "Сервер не отвечает.")
    assert late.light is Light.SOON
    assert "Не отправлено за неделю: 2." in late.words
