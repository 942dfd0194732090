"""«Сообщения», «Помощь» and «Порядок переписки» of the staff (п. 2.9, 4.1, 4.2, 8.1)."""

from datetime import timedelta

import pytest
from screens import open_page, texts
from small_school import CHILD, CLASS_7A, NOW, People

from school.correspondence.actions.help import ask_help
from school.correspondence.actions.letters import Letter, send_letters
from school.correspondence.actions.order import complain
from school.correspondence.writing import Words
from school.store.connection import Store

pytestmark = pytest.mark.usefixtures("school_screens")
MESSAGES, HELP, ORDER = (f"correspondence/{name}.py" for name in ("messages", "help", "letter_order"))
BEFORE = NOW - timedelta(minutes=10)


def asked(store: Store, people: People) -> int:
    letter, to = Letter("Отметка", Words("Почему *4*?")), [(people.owner.user_id, None)]
    return send_letters(store, people.guardian, letter, to, child=CHILD, now=BEFORE)[0]


def press(page, label: str):
    page = next(each for each in page.button if each.label == label).click().run()
    assert not page.exception
    return page


def test_a_teacher_opens_a_letter_and_answers_it(school_store: Store, people: People) -> None:
    thread = asked(school_store, people)
    page = open_page(MESSAGES, people.owner)
    (button,) = [each for each in page.button if "Отметка" in each.label]
    assert button.label.startswith("● ")
    page = button.click().run()
    assert not page.exception
    assert r"Почему \*4\*?" in texts(page)
    page.text_area[0].set_value("Ошибка в третьем примере")
    press(page, "Отправить")
    rows = school_store.read(
        "SELECT text FROM messages WHERE thread_id = $t ORDER BY message_id", {"t": thread}
    )
    assert rows == [("Почему *4*?",), ("Ошибка в третьем примере",)]
    assert school_store.read("SELECT read_at FROM thread_people WHERE user_id = 101") == [(NOW,)]


def test_a_letter_goes_to_all_parents_of_a_class_each_apart(school_store: Store, people: People) -> None:
    page = press(open_page(MESSAGES, people.homeroom), "Написать")
    assert page.selectbox[0].options == ["7А"]
    assert page.selectbox[0].value == CLASS_7A
    page.multiselect[0].select(page.multiselect[0].options[0]).run()
    page.text_input(key="letter_title_0").set_value("Собрание")
    page.text_area[0].set_value("В среду")
    press(page, "Отправить")
    assert school_store.read("SELECT title, pupil_id FROM threads") == [("Собрание", CHILD)]


def test_an_administrator_takes_a_call_answers_and_finishes_it(school_store: Store, people: People) -> None:
    thread = ask_help(school_store, people.owner, Letter("Пароль", Words("Забыл")), now=BEFORE)
    page = open_page(HELP, people.admin)
    assert "Новое: 1" in page.button_group[0].options
    page = open_page(HELP, people.admin, thread=str(thread))
    page = press(page, "Взять в работу")
    page.text_area[0].set_value("Выдал новый код")
    page = press(page, "Отправить")
    press(page, "Решено")
    assert school_store.read("SELECT closed_by FROM threads") == [(people.admin.user_id,)]
    own = open_page(HELP, people.owner, thread=str(thread))
    assert "Выдал новый код" in texts(own)
    assert "Новый вопрос" in {each.label for each in own.button}


def test_the_deputy_decides_a_complaint_by_its_copy(school_store: Store, people: People) -> None:
    thread = asked(school_store, people)
    complain(school_store, people.guardian, thread, "Учитель не отвечает", now=BEFORE)
    page = open_page(ORDER, people.deputy)
    assert not page.exception
    said = texts(page)
    assert "Жалобы: ждут 1" in said
    assert r"Почему \*4\*?" in said
    page.text_area[0].set_value("С учителем поговорили")
    press(page, "Ответить и закрыть")
    assert school_store.read("SELECT answer FROM complaints") == [("С учителем поговорили",)]


def test_the_deputy_narrows_the_table_and_the_head_only_looks(school_store: Store, people: People) -> None:
    page = open_page(ORDER, people.deputy)
    group = next(each for each in page.button_group if each.key == "writing_guardian")
    group.set_value([each for each in group.value if each != "head"])
    press(page, "Сохранить")
    setting = "SELECT value FROM settings WHERE name = 'correspondence.closed'"
    assert school_store.read(setting) == [("guardian>head",)]
    head = open_page(ORDER, people.head)
    assert not head.exception
    assert "Сохранить" not in {each.label for each in head.button}


def test_the_head_opens_a_thread_by_a_number_and_that_is_recorded(
    school_store: Store, people: People
) -> None:
    asked(school_store, people)
    page = open_page(ORDER, people.head)
    page.selectbox(key="request_whose").select(people.owner.user_id).run()
    page.text_input[-1].set_value("12-к")
    page.text_area[-1].set_value("Обращение матери")
    page = press(page, "Открыть и записать")
    assert r"Почему \*4\*?" in texts(page)
    assert school_store.read("SELECT request_number FROM request_readings") == [("12-к",)]
