"""«Сообщения» of a family as plain pages: asked from a mark, delivered in the morning, read with its count (п. 2.9, 4.7, 8.1)."""

from datetime import datetime, timedelta

import pytest
from diary_pages import diary_client, diary_page, press
from screens import session_of
from small_school import CHILD, MATHS, NOW, OWNERS_LESSON_YESTERDAY, People
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.testclient import TestClient

from pages.correspondence import routes as letter_files
from school.correspondence.actions.letters import Letter, answer, send_letters
from school.correspondence.writing import Words
from school.families.actions import RemarkDraft, write_remark
from school.records import RemarkKind, User
from school.store.connection import Store
from school.store.school import School
from server import session
from server.menu import menu_rows, waiting_in_menu
from server.session import COOKIE_NAME

pytestmark = pytest.mark.usefixtures("school_screens")
PLACE = f"/family/{CHILD}/messages"
ASKED = f"{PLACE}/new?about=mark&id={OWNERS_LESSON_YESTERDAY}"
SITE = {"Sec-Fetch-Site": "same-origin"}


def at(monkeypatch: pytest.MonkeyPatch, store: Store, now: datetime) -> None:
    """Let the school's clock stand at a moment."""
    monkeypatch.setattr(session, "open_school", lambda: School(store, lambda: now))


def send(user: User, address: str, files: tuple[tuple[str, bytes], ...] = (), **fields: str):
    body = [(name, (None, value)) for name, value in fields.items()]
    return diary_client(user).post(address, files=[*body, *(("files", each) for each in files)], headers=SITE)


def test_a_question_beside_a_mark_is_delivered_in_the_morning_and_answered(
    school_store: Store, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert f"{ASKED.removeprefix('/family').replace('&', '&amp;')}" in diary_page(
        people.guardian, f"/{CHILD}/marks/{MATHS}"
    )
    form = diary_page(people.guardian, ASKED.removeprefix("/family"))
    for words in (
        "отметка за урок 18 ноября, Математика",
        f'value="{people.owner.user_id}" selected',
        "с 8:00 до 19:00",
    ):
        assert words in form, words
    evening, morning = datetime(2026, 11, 19, 21), datetime(2026, 11, 20, 8, 30)
    at(monkeypatch, school_store, evening)
    fields = {"to": str(people.owner.user_id), "title": "Отметка", "text": "<b>Почему</b> «4»?"}
    sent = send(people.guardian, ASKED, (("Тетрадь.txt", "Дроби".encode()),), **fields)
    assert sent.status_code == 303
    thread = sent.headers["location"].removeprefix("/family")
    page = diary_page(people.guardian, thread)
    for words in (
        "Будет доставлено 20 ноября в 08:00",
        "&lt;b&gt;Почему&lt;/b&gt;",
        "Тетрадь.txt",
        "Отозвать",
    ):
        assert words in page, words
    assert waiting_in_menu(people.owner, menu_rows(people.owner))["correspondence/messages.py"] == 0
    at(monkeypatch, school_store, morning)
    assert waiting_in_menu(people.owner, menu_rows(people.owner))["correspondence/messages.py"] == 1
    answer(school_store, people.owner, int(thread.rpartition("/")[2]), Words("Ошибка в примере"), now=morning)
    tab = '>Сообщения <span class="count">1<span class="hidden"> не прочитано</span>'
    for place in ("", "/marks", "/messages"):
        assert tab in diary_page(people.guardian, f"/{CHILD}{place}"), place
    read = diary_page(people.guardian, thread)
    assert "Ошибка в примере" in read
    assert tab not in read
    # The other guardian's and the pupil's pages know nothing of it.
    assert "Почему" not in diary_page(people.pupil, f"/{CHILD}/messages")


def test_a_refused_letter_keeps_what_was_typed(people: People) -> None:
    answers = [
        send(people.guardian, f"{PLACE}/new", to="", title="Тема", text="Слова"),
        send(people.guardian, f"{PLACE}/new", to=str(people.owner.user_id), title="", text="Слова"),
        send(
            people.guardian,
            f"{PLACE}/new",
            (("a.exe", b"MZ"),),
            to=str(people.owner.user_id),
            title="Тема",
            text="Слова",
        ),
    ]
    for each in answers:
        assert each.status_code == 200
        assert 'role="alert"' in each.text
        assert ">Слова</textarea>" in each.text
    assert "Файлы выберите ещё раз" in answers[2].text
    assert send(people.guardian, f"{PLACE}/new", to="102", title="Тема", text="Слова").status_code == 403


def test_help_stands_among_the_letters_with_its_state(people: People) -> None:
    assert '<option value="help" selected>' in diary_page(people.guardian, f"/{CHILD}/messages/new?to=help")
    sent = send(people.guardian, f"{PLACE}/new", to="help", title="Вход", text="Не пускает")
    page = diary_page(people.guardian, sent.headers["location"].removeprefix("/family"))
    assert "Администратор журнала" in page
    assert "новое, открыто 0 дней" in page
    assert "Пожаловаться" not in page
    assert '<span class="tag">новое</span>' in diary_page(people.guardian, f"/{CHILD}/messages")


def test_taking_back_complaining_and_the_pdf_are_plain_forms_too(school_store: Store, people: People) -> None:
    sent = send(people.guardian, f"{PLACE}/new", to=str(people.owner.user_id), title="Тема", text="Ой")
    thread = sent.headers["location"]
    client = diary_client(people.guardian)
    ((message,),) = school_store.read("SELECT message_id FROM messages")
    assert press(client, f"{thread}/withdraw", message=str(message)).status_code == 303
    assert "Сообщение отозвано автором." in client.get(thread).text
    assert press(client, f"{thread}/complain", reason="Грубый ответ").status_code == 303
    assert "Жалоба у завуча" in client.get(thread).text
    assert press(client, f"{thread}/complain", reason="Ещё раз").status_code == 404
    pdf = client.get(f"{thread}/pdf")
    assert (pdf.headers["content-type"], pdf.content[:5]) == ("application/pdf", b"%PDF-")
    foreign = client.post(
        f"{thread}/withdraw", data={"message": "1"}, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert foreign.status_code == 403


def test_a_childs_thread_with_a_teacher_says_who_sees_it_and_a_remark_is_asked_about(
    school_store: Store, people: People
) -> None:
    letter, to = Letter("Олимпиада", Words("Пойдёшь?")), [(people.pupil.user_id, CHILD)]
    (thread,) = send_letters(school_store, people.owner, letter, to, now=NOW - timedelta(minutes=1))
    assert "Эту переписку видят также: Климова Рита" in diary_page(
        people.pupil, f"/{CHILD}/messages/{thread}"
    )
    listed = diary_page(people.guardian, f"/{CHILD}/messages")
    assert "Переписка ребёнка с учителями" in listed
    along = diary_page(people.guardian, f"/{CHILD}/messages/{thread}")
    assert "Вы читаете переписку ребёнка с учителем" in along
    remark = write_remark(
        school_store, people.owner, RemarkDraft(CHILD, RemarkKind.REMARK, "Нет тетради"), now=NOW
    )
    asked = f"/family/{CHILD}/messages/new?about=remark&amp;id={remark}"
    assert asked in diary_page(people.guardian, f"/{CHILD}/remarks")
    # Who of the staff looks at a diary asks in the register, and is not offered the family's letters.
    for place in (f"/{CHILD}/remarks", f"/{CHILD}/marks/{MATHS}"):
        page = diary_page(people.homeroom, place)
        assert f"/family/{CHILD}/messages" not in page
        assert page.count('href="/messages?about=') == 1


def test_search_is_a_form_of_the_list(people: People) -> None:
    send(people.guardian, f"{PLACE}/new", to=str(people.owner.user_id), title="Дроби", text="Слова")
    assert ">Дроби</a>" in diary_page(people.guardian, f"/{CHILD}/messages?q=дроби")
    assert "Ничего не нашлось" in diary_page(people.guardian, f"/{CHILD}/messages?q=степени")


def test_a_button_pressed_twice_sends_once_and_says_so(school_store: Store, people: People) -> None:
    typed = {"to": str(people.owner.user_id), "title": "Тема", "text": "Слова"}
    assert send(people.guardian, f"{PLACE}/new", **typed).status_code == 303
    again = send(people.guardian, f"{PLACE}/new", **typed)
    assert "Это сообщение уже отправлено." in again.text
    assert school_store.read("SELECT count(*) FROM messages") == [(1,)]


def test_a_file_of_a_letter_is_saved_and_never_opened_there(school_store: Store, people: People) -> None:
    page = (("Страница.txt", b"<script>alert(1)</script>"),)
    typed = {"to": str(people.owner.user_id), "title": "Тема", "text": "Слова"}
    send(people.guardian, f"{PLACE}/new", page, **typed)
    ((file_id,),) = school_store.read("SELECT file_id FROM message_files")

    def ask(user: User) -> Response:
        client = TestClient(Starlette(routes=letter_files.routes))
        client.cookies.set(COOKIE_NAME, session_of(user))
        return client.get(f"/api/correspondence/files/{file_id}")

    answer = ask(people.owner)
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.headers["x-content-type-options"] == "nosniff"
    for stranger in (people.homeroom, people.pupil, people.deputy, people.admin):
        assert ask(stranger).status_code == 403


def test_a_pupil_is_told_before_writing_who_reads_along_and_help_knows_no_hours(people: People) -> None:
    along = "Переписку с учителями видят ваши родители и классный руководитель."
    assert along in diary_page(people.pupil, f"/{CHILD}/messages/new")
    assert along not in diary_page(people.guardian, f"/{CHILD}/messages/new")
    sent = send(people.guardian, f"{PLACE}/new", to="help", title="Вход", text="Не пускает")
    for page in (
        diary_page(people.guardian, f"/{CHILD}/messages/new?to=help"),
        diary_page(people.guardian, sent.headers["location"].removeprefix("/family")),
    ):
        assert "Администратор получит это сразу" in page
        assert "Срочно" not in page
