"""A task on a family's phone and on its teacher's page; which diaries are drawn again for it (п. 4.7)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from diary_pages import diary_client, diary_page
from screens import open_page, sign_in_as, texts
from small_school import CHILD, CLASS_7A, CLASS_8B, CLASSMATE, MATHS, NOW, OWNERS_LESSON_YESTERDAY, People
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from pages.families.parts import diary_answers
from pages.families.routes import routes
from pages.tasks.routes import routes as file_routes
from school.homework.actions import NewTask, add_task
from school.occasions.actions import NewOccasion, announce_occasion
from school.occasions.rules import Circle, OccasionDraft
from school.records import RegisterKey, User
from school.store.connection import Store
from school.tasks.actions import Answer, NewRegisterTask, Review, answer_task, give_task, review_task
from school.tasks.rules import StepKind
from server.http.own_routes import OwnRoutes
from server.menu import menu_rows, waiting_in_menu
from server.session import COOKIE_NAME
from tests.homework.made_pictures import PHOTO

pytestmark = pytest.mark.usefixtures("school_screens")
SITE = {"Sec-Fetch-Site": "same-origin"}
FRIDAY = NOW.date() + timedelta(1)


def give(store: Store, people: People, *pupils: int, text: str = "Доклад <b>") -> int:
    new = NewRegisterTask(RegisterKey(CLASS_7A, MATHS), text, FRIDAY, pupils or (CHILD,))
    return give_task(store, people.owner, new, now=NOW)


def send(user: User, task: int, text: str, *files: tuple[str, bytes]):
    body = [("text", (None, text)), *(("file", each) for each in files)]
    return diary_client(user).post(f"/family/{CHILD}/tasks/{task}", files=body, headers=SITE)


def test_a_pupil_answers_from_the_phone_and_reads_what_the_teacher_says(
    school_store: Store, people: People
) -> None:
    task = give(school_store, people)
    week = diary_page(people.pupil)
    assert "личное задание: <span class=typed>Доклад &lt;b&gt;</span>" in week
    assert f'href="/family/{CHILD}/tasks/{task}">Ответить' in week
    page = diary_page(people.pupil, f"/{CHILD}/tasks/{task}")
    assert 'enctype="multipart/form-data"' in page
    refused = send(people.pupil, task, "  ")
    assert (refused.status_code, "В ответе ничего нет" in refused.text) == (200, True)
    kept = send(people.pupil, task, "Вот <i>", ("Макрос.xlsm", b"1"))
    assert ">Вот &lt;i&gt;</textarea>" in kept.text
    assert "Файлы выберите ещё раз" in kept.text
    sent = send(people.pupil, task, "Вот <i>", ("IMG 1.jpg", PHOTO))
    assert (sent.status_code, sent.headers["location"]) == (303, f"/family/{CHILD}/tasks/{task}#last")
    assert "Ответ отправлен" in diary_page(people.guardian)
    review_task(school_store, people.owner, Review(task, CHILD, StepKind.AGAIN, "Допиши"), now=NOW)
    seen = diary_page(people.guardian, f"/{CHILD}/tasks/{task}")
    for words in (
        "Вот &lt;i&gt;",
        "IMG 1.jpg",
        "Алёшин Пётр",
        "Нужно доделать",
        "Допиши",
        "Отправить учителю",
    ):
        assert words in seen, words
    assert "Учитель проверил задание: доделать" in diary_page(people.guardian, f"/{CHILD}/new")
    assert "Нужно доделать" in diary_page(people.guardian, f"/{CHILD}/tasks")
    assert "Нужно доделать" in diary_page(people.guardian, f"/{CHILD}/marks/{MATHS}")


def test_the_task_of_a_lesson_is_answered_from_the_week_too(school_store: Store, people: People) -> None:
    task = add_task(
        school_store, people.owner, OWNERS_LESSON_YESTERDAY, NewTask("Карточка", [CHILD]), now=NOW
    )
    assert f'href="/family/{CHILD}/tasks/{task}">Ответить' in diary_page(people.guardian)
    assert send(people.guardian, task, "Сделано дома").status_code == 303
    review_task(school_store, people.owner, Review(task, CHILD, StepKind.ACCEPTED), now=NOW)
    page = diary_page(people.guardian, f"/{CHILD}/tasks/{task}")
    assert "Учитель принял задание" in page
    assert "<textarea" not in page


def test_the_form_may_be_as_large_as_its_files_and_no_other(school_store: Store, people: People) -> None:
    task = give(school_store, people)
    client = TestClient(OwnRoutes(Starlette(), routes), follow_redirects=False)
    client.cookies.set(COOKIE_NAME, diary_client(people.pupil).cookies[COOKIE_NAME])
    photo = ("file", ("a.jpg", PHOTO))
    assert client.post(f"/family/{CHILD}/tasks/{task}", files=[photo], headers=SITE).status_code == 303
    assert client.post(f"/family/{CHILD}/tasks", files=[photo], headers=SITE).status_code in {404, 405, 413}
    foreign = {"Sec-Fetch-Site": "cross-site"}
    assert client.post(f"/family/{CHILD}/tasks/{task}", files=[photo], headers=foreign).status_code == 403
    ((file,),) = school_store.read("SELECT file_id FROM task_files")
    files = TestClient(Starlette(routes=file_routes))
    assert files.get(f"/api/tasks/files/{file}").status_code == 401
    for user, status in (
        (people.pupil, 200),
        (people.owner, 200),
        (people.stranger, 403),
        (people.admin, 403),
    ):
        files.cookies.set(COOKIE_NAME, diary_client(user).cookies[COOKIE_NAME])
        answer = files.get(f"/api/tasks/files/{file}")
        assert answer.status_code == status
    files.cookies.set(COOKIE_NAME, client.cookies[COOKIE_NAME])
    assert files.get(f"/api/tasks/files/{file}").headers["content-disposition"].startswith("inline")


def test_only_the_diaries_it_is_about_are_drawn_again(
    school_store: Store, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, drawn = diary_client(people.guardian), list[str]()
    draw = diary_answers.drawn

    def counted(template: str, **words: object) -> bytes:
        drawn.append(template)
        return draw(template, **words)

    monkeypatch.setattr(diary_answers, "drawn", counted)
    client.get("/family")
    own = give(school_store, people)
    others = give(school_store, people, CLASSMATE)
    trip = OccasionDraft("Поход", FRIDAY, FRIDAY)
    doings = {
        "the classmate's task": (lambda: give(school_store, people, CLASSMATE), False),
        "the classmate's task reviewed": (
            lambda: review_task(
                school_store, people.owner, Review(others, CLASSMATE, StepKind.ACCEPTED), now=NOW
            ),
            False,
        ),
        "own answer": (
            lambda: answer_task(school_store, people.pupil, Answer(CHILD, own, "Готово"), now=NOW),
            True,
        ),
        "own task": (lambda: give(school_store, people), True),
        "an event of 8Б": (
            lambda: announce_occasion(school_store, people.deputy, NewOccasion(Circle(8), trip), now=NOW),
            False,
        ),
        "an event of the school": (
            lambda: announce_occasion(school_store, people.deputy, NewOccasion(Circle(), trip), now=NOW),
            True,
        ),
    }
    client.get("/family")
    for name, (do, is_said) in doings.items():
        do()
        drawn.clear()
        client.get("/family")
        assert (name, bool(drawn)) == (name, is_said)


def test_a_task_of_a_class_that_was_left_is_read_and_asks_for_nothing(
    school_store: Store, people: People, change: Callable[[str], None]
) -> None:
    task = give(school_store, people)
    change(f"UPDATE enrolments SET ends_on = DATE '{NOW.date()}' WHERE pupil_id = {CHILD}")
    change(f"INSERT INTO enrolments VALUES (9001, {CHILD}, {CLASS_8B}, '{NOW.date()}', NULL)")
    assert "Доклад" not in diary_page(people.guardian)
    assert "отвечать не нужно" in diary_page(people.guardian, f"/{CHILD}/tasks")
    page = diary_page(people.guardian, f"/{CHILD}/tasks/{task}")
    assert "Ученик уже не в этом классе" in page
    assert "<textarea" not in page
    teachers = texts(open_page("tasks/tasks.py", people.owner, tasks_view="all"))
    assert "уже не в классе" in teachers
    assert "Здесь пусто" in texts(open_page("tasks/tasks.py", people.owner, tasks_view="open"))


def test_what_is_new_leads_to_the_task_itself(school_store: Store, people: People) -> None:
    loose = give(school_store, people)
    of_lesson = add_task(
        school_store, people.owner, OWNERS_LESSON_YESTERDAY, NewTask("Карточка", [CHILD]), now=NOW
    )
    page = diary_page(people.guardian, f"/{CHILD}/new")
    for task in (loose, of_lesson):
        assert f'href="/family/{CHILD}/tasks/{task}">открыть' in page


def test_the_menu_counts_answers_until_they_are_replied_to(school_store: Store, people: People) -> None:
    def in_menu() -> int:
        return waiting_in_menu(people.owner, menu_rows(people.owner))["tasks/tasks.py"]

    task = give(school_store, people)
    assert in_menu() == 0
    answer_task(school_store, people.pupil, Answer(CHILD, task, "Готово"), now=NOW)
    assert in_menu() == 1
    review_task(school_store, people.owner, Review(task, CHILD, StepKind.ACCEPTED), now=NOW)
    assert in_menu() == 0


def test_the_teacher_gives_reviews_and_takes_back_on_the_page(school_store: Store, people: People) -> None:
    task = give(school_store, people, CHILD, CLASSMATE)
    answer_task(school_store, people.pupil, Answer(CHILD, task, "Мой *ответ*"), now=NOW)
    page = open_page("tasks/tasks.py", people.owner)
    assert not page.exception
    said = texts(page)
    assert "ответили 1 из 2" in said
    assert "1 ответ ждёт проверки" in said
    (opened,) = [each for each in page.button if each.label == "Алёшин Пётр"]
    dialog = opened.click().run()
    assert not dialog.exception
    assert r"Мой \*ответ\*" in texts(dialog)
    reply = sign_in_as(
        AppTest.from_function(review_page, default_timeout=60, args=(task, CHILD)), people.owner
    ).run()
    reply.text_area(key=f"reply_text_{task}_{CHILD}_1").input("Хорошо")
    (accept,) = [each for each in reply.button if each.label == "Принять"]
    accept.click().run()
    assert not reply.exception
    said = school_store.read("SELECT kind, text FROM task_steps ORDER BY step_id")
    assert said[-1] == ("accepted", "Хорошо")


def review_page(task: int, pupil: int) -> None:
    from pages.tasks.parts.review import show_review
    from school.access.action import Action
    from server.session import guard

    show_review(guard(Action.EDIT_LESSON), task, pupil)
