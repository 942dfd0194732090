"""Announcements in the family's diary and on the staff's page: what each sees, presses, downloads (п. 2.9, 4.7)."""

import re
from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pytest
from announced import DRAFT
from diary_pages import diary_client, diary_page, press
from pypdf import PdfReader
from screens import open_page, show_school, texts
from small_school import CHILD, NOW, STRANGE_CHILD, People
from streamlit.testing.v1 import AppTest

from pages.announcements.parts.report import sheet
from school.announcements.actions import confirm_announcement, send_announcement, withdraw_announcement
from school.announcements.lookups.report import announcement_report
from school.announcements.rules import Draft, Wanted
from school.audiences.rules import Audience, Part, Target
from school.records import Role, User
from school.store.connection import Store
from server.menu import ANNOUNCEMENTS, menu_rows, waiting_in_menu

pytestmark = pytest.mark.usefixtures("school_screens")
PAGE = "announcements/announcements.py"
NASTY = "<b>*_[x](y)_*</b> <script>alert('1')</script> https://a.example/?x=1&y=2"


def button(page: AppTest, start: str) -> AppTest:
    (found,) = [each for each in page.button if each.label.startswith(start)]
    assert not found.disabled, start
    page = found.click().run()
    assert not page.exception
    return page


def test_a_family_opens_and_confirms_without_a_script(
    school_store: Store, people: People, father: User
) -> None:
    sent = send_announcement(
        school_store, people.deputy, replace(DRAFT, text=NASTY, is_important=True), now=NOW
    )
    client = diary_client(people.guardian)
    week = client.get(f"/family/{CHILD}").text
    assert re.search(r'href="/family/51/school">Школа <span class="count">1<span class="hidden"> ждут', week)
    assert "Экскурсия в музей" in client.get(f"/family/{CHILD}/new").text
    listed = client.get(f"/family/{CHILD}/school").text
    assert ("новое" in listed, "ждёт вашего подтверждения" in listed) == (True, True)
    page = client.get(f"/family/{CHILD}/school/{sent}").text
    assert "<script>alert" not in page
    assert '<a href="https://a.example/?x=1&amp;y=2" rel="noopener noreferrer">' in page
    assert "О ком: Алёшин Пётр." in page
    assert "подтверждает каждый из родителей" in page
    # Read by now, so no longer news; it still waits to be confirmed.
    assert "Экскурсия в музей" not in client.get(f"/family/{CHILD}/new").text
    answer = press(client, f"/family/{CHILD}/school/{sent}/confirm", one="1")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/family/{CHILD}/school/{sent}")
    page = client.get(f"/family/{CHILD}/school/{sent}").text
    assert ("Подтверждено: вы" in page, '<form method="post" action="/family/51/school' in page) == (
        True,
        False,
    )
    assert 'href="/family/51/school">Школа</a>' in client.get(f"/family/{CHILD}").text
    assert "Подтверждено: родитель" in diary_page(father, f"/{CHILD}/school/{sent}")


def test_a_guardian_of_two_sees_for_whom_and_confirms_for_both(
    school_store: Store, people: People, father: User
) -> None:
    draft = replace(DRAFT, audience=Audience(Target.SCHOOL, for_guardians=True), wanted=Wanted.ONE_GUARDIAN)
    sent = send_announcement(school_store, people.deputy, draft, now=NOW)
    client = diary_client(father)
    page = client.get(f"/family/{CHILD}/school/{sent}").text
    assert "Ознакомлен(а): Алёшин Пётр</button>" in page
    assert "Ознакомлен(а) за всех: Алёшин Пётр, Яковлев Олег</button>" in page
    press(client, f"/family/{CHILD}/school/{sent}/confirm", all="1")
    for pupil in (CHILD, STRANGE_CHILD):
        assert "Подтверждено: вы" in client.get(f"/family/{pupil}/school/{sent}").text


def test_what_was_withdrawn_stays_as_a_line_without_its_words(school_store: Store, people: People) -> None:
    sent = send_announcement(school_store, people.deputy, DRAFT, now=NOW)
    withdraw_announcement(school_store, people.deputy, sent, now=NOW)
    for rest in ("", f"/{sent}"):
        page = diary_page(people.guardian, f"/{CHILD}/school{rest}")
        assert ("отозвано" in page, "музей" in page) == (True, False)


def test_what_is_over_moves_to_the_past(
    school_store: Store, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    send_announcement(school_store, people.deputy, DRAFT, now=NOW)
    show_school(school_store, NOW + timedelta(days=15), monkeypatch)
    page = diary_page(people.guardian, f"/{CHILD}/school")
    assert "Прошедшие (1)" in page
    assert 'class="count"' not in page.split("</nav>")[0]


def write(page: AppTest, **texts: str) -> AppTest:
    page = page.button_group(key="filter_announcements").set_value("write").run()
    page.text_input(key="announcement_subject_0").set_value(texts["subject"])
    page.text_area(key="announcement_text_0").set_value(texts["text"])
    return page.run()


def test_a_homeroom_teacher_writes_to_the_own_class_on_one_screen(
    school_store: Store, people: People
) -> None:
    page = write(open_page(PAGE, people.homeroom), subject="Собрание", text="В пятницу в 18:00")
    # The own class, its pupils and guardians, a fortnight: nothing is left to be chosen.
    assert "Получат **4 человека**: учеников 3, родителей 1. Без входа в журнал — 2" in texts(page)
    page = button(page, "Отправить")
    assert "Объявление отправлено. Получат **4 человека**" in texts(page)
    assert page.text_input(key="announcement_subject_1").value == ""
    row = school_store.read(
        "SELECT subject, target_ids, wanted, shown_until - shown_from, for_staff FROM announcements"
    )
    assert row == [("Собрание", [11], "nobody", 14, False)]


def test_what_cannot_be_sent_is_said_and_stays_typed(school_store: Store, people: People) -> None:
    page = write(open_page(PAGE, people.homeroom), subject="Со", text="В пятницу")
    page = button(page, "Отправить")
    assert "Заголовок не написан" in texts(page)
    assert page.text_area(key="announcement_text_0").value == "В пятницу"
    page = page.button_group(key="parts_0_3").set_value([]).run()
    assert "Не отмечено, кому это" in texts(page)
    assert [each.disabled for each in page.button if each.label == "Отправить"] == [True]
    assert school_store.read("SELECT * FROM announcements") == []


@pytest.mark.parametrize(
    ("name", "offered"),
    [
        ("deputy", ["Классы", "Параллели", "Вся школа", "Ученики", "Роли", "Сотрудники"]),
        ("owner", ["Классы", "Ученики"]),
    ],
)
def test_everybody_is_offered_their_own_people(people: People, name: str, offered: list[str]) -> None:
    page = open_page(PAGE, getattr(people, name), announcements="write")
    assert list(page.button_group(key="target_0").options) == offered


def test_the_author_sees_who_has_not_answered_reminds_and_withdraws(
    school_store: Store, people: People, father: User
) -> None:
    sent = send_announcement(school_store, people.deputy, DRAFT, now=NOW)
    confirm_announcement(school_store, people.guardian, sent, [CHILD], now=NOW)
    page = open_page(PAGE, people.deputy, announcements="sent")
    assert "7А: ученики, родители · подтвердили 0, прочитали 1 из 3" in texts(page)
    page = button(page, "Открыть")
    said = texts(page)
    assert "Подтверждение: от обоих родителей. Детей и сотрудников: 3 получателя." in said
    assert "прочитано **1**, некому подтвердить **2**" in said
    (row,) = [row for row in page.dataframe[0].value.itertuples() if row.Кто == "Алёшин Пётр"]
    assert "Алёшина Ольга — подтвердил(а) 19.11 12:00; Алёшин Андрей — не открывал(а)" in row.Подробно
    page = button(page, "Напомнить не ответившим: 1")
    assert "напомнили 19.11" in str(page.dataframe[0].value["Подробно"].tolist())
    page = button(page, "Отозвать объявление")
    assert "Отозвано 19.11.2026" in texts(page)
    assert [each.label for each in page.button if each.label.startswith("Напомнить")] == []


def test_who_signed_on_paper_is_noted_and_the_sheet_lists_who_has_no_way_in(
    school_store: Store, people: People
) -> None:
    draft = replace(DRAFT, wanted=Wanted.PUPIL_AND_GUARDIAN)
    sent = send_announcement(school_store, people.homeroom, draft, now=NOW)
    printed = sheet(people.homeroom, announcement_report(school_store, people.homeroom, sent))
    text = "".join(each.extract_text() for each in PdfReader(BytesIO(printed)).pages)
    assert all(
        word in text
        for word in ("Лист ознакомления", "Экскурсия в музей", "Ёлкина Анна", "Жуков Иван", "Подпись")
    )
    assert "Алёшин" not in text
    page = open_page(PAGE, people.homeroom, announcement=str(sent))
    signed = page.multiselect(key="signed")
    page = signed.set_value([(Part.PUPIL, 52, 52)]).run()
    page = button(page, "Отметить")
    assert "на бумаге" in str(page.dataframe[0].value["Подробно"].tolist())
    assert len(page.multiselect(key="signed").options) == 1


def test_an_employee_reads_confirms_and_the_menu_counts(school_store: Store, people: People) -> None:
    audience = Audience(Target.ROLE, target_roles=(Role.TEACHER,), for_staff=True)
    draft = Draft(audience, "Педсовет", NASTY, NOW.date(), NOW.date() + timedelta(7), Wanted.ANYBODY)
    send_announcement(school_store, people.head, draft, now=NOW)
    page = open_page(PAGE, people.owner)
    assert ":orange-badge[ждёт подтверждения]" in texts(page)
    page = button(page, "Открыть")
    assert "<https://a.example/?x=1&y=2>" in texts(page)
    page = button(page, "Ознакомлен(а)")
    assert "Вы подтвердили 19 ноября" in texts(page)
    page = button(page, "Все объявления")
    assert ":green[подтверждено 19 ноября]" in texts(page)


def test_an_address_of_somebody_elses_announcement_opens_nothing(school_store: Store, people: People) -> None:
    sent = send_announcement(
        school_store,
        people.stranger,
        replace(DRAFT, audience=replace(DRAFT.audience, target_ids=(12,))),
        now=NOW,
    )
    for name in ("owner", "homeroom", "secretary"):
        page = open_page(PAGE, getattr(people, name), announcement=str(sent))
        assert ("видит его автор" in texts(page), "музей" in texts(page)) == (True, False), name


def test_the_menu_counts_what_waits(school_store: Store, people: People) -> None:
    draft = replace(DRAFT, audience=Audience(Target.SCHOOL, for_staff=True), wanted=Wanted.NOBODY)
    send_announcement(school_store, people.head, draft, now=NOW)
    for user in (people.owner, people.secretary):
        assert waiting_in_menu(user, menu_rows(user))[ANNOUNCEMENTS] == 1
