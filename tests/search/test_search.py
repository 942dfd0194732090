"""The search answers within one's rights, asked as the browser asks it; where somebody was last comes first."""

import logging

import pytest
from readable_table import read_table
from screens import open_page, session_of
from small_school import CHILD, CLASS_7A, NAMES, NOW, People
from starlette.applications import Starlette
from starlette.testclient import TestClient

from pages.guide import routes as guide
from pages.search import routes as search
from pages.search.parts.screen_words import SCREEN_WORDS
from school.access.writing import STAFF
from school.people.actions.movements import MoveOrder, depart
from school.records import User
from school.store.connection import Store
from server.http.rates import Rates
from server.menu import menu_rows
from server.menu.last_places import last_places
from server.session import COOKIE_NAME, school

OWN_PAGE = {"Sec-Fetch-Site": "same-origin"}
pytestmark = pytest.mark.usefixtures("school_screens")


def client_of(user: User | None) -> TestClient:
    client = TestClient(Starlette(routes=search.routes))
    if user is not None:
        client.cookies.set(COOKIE_NAME, session_of(user))
    return client


def ask(client: TestClient, words: str) -> dict[str, list[dict[str, str]]]:
    answer = client.post("/api/search", json={"words": words}, headers=OWN_PAGE)
    assert answer.status_code == 200, answer.text
    return {group["title"]: group["found"] for group in answer.json()["groups"]}


# Where a name leads; · finds nothing. The owner teaches 7А, the stranger 8Б, the homeroom teacher leads 7А.
FOUND = read_table("""
             owner        stranger     homeroom     head         deputy       admin      secretary
Алёшин       pupil        ·            pupil        pupil        pupil        pupil_card pupil_card
Яковлев      ·            pupil        ·            pupil        pupil        pupil_card pupil_card
Орлова       grid         ·            grid         teacher+grid teacher+grid teacher+grid ·
7А           school_class ·            school_class school_class school_class grid       class_lists
8Б           ·            school_class ·            school_class school_class grid       class_lists
7а_матем     grid         ·            grid         grid         grid         grid       class_lists
8б_матем     ·            grid         ·            grid         grid         grid       class_lists
""")


@pytest.mark.parametrize("name", [name for name in NAMES if name not in {"guardian", "pupil"}])
def test_everybody_finds_what_they_may_open(name: str, people: People) -> None:
    client = client_of(getattr(people, name))
    for words in {row for row, _ in FOUND}:
        groups = ask(client, words.replace("_", " "))
        # Advice is of words, whoever asks: its own test says whose guides it comes from.
        groups.pop("Помощь", None)
        pages = {each["address"].strip("/").partition("?")[0] for group in groups.values() for each in group}
        wanted = FOUND[words, name]
        assert pages == set(wanted.split("+")) - {"·"}, words


def test_screens_are_found_by_what_is_done_there_within_ones_menu(people: People) -> None:
    def screens(user: User, words: str) -> list[str]:
        return [each["address"] for each in ask(client_of(user), words).get("Экраны", [])]

    assert screens(people.owner, ";ehyfk")[0] == "/grid"
    assert "/at_risk" in screens(people.owner, "двойки")
    assert "/register_work" in screens(people.deputy, "кто не заполнил")
    assert "/attendance" in screens(people.deputy, "н-ки")
    assert not {"/at_risk", "/quality"} & set(screens(people.secretary, "двойки"))
    assert "/term_marks" not in screens(people.secretary, "оценки")


@pytest.mark.parametrize(
    ("name", "words", "screen"),
    [
        ("owner", "кабинет", "/today"),
        ("owner", "кому грозит 2", "/at_risk"),
        ("homeroom", "кому грозит 2", "/at_risk"),
        ("homeroom", "выдать код", "/family_work"),
        ("secretary", "численность", "/pupil_list"),
        ("secretary", "сколько учеников", "/pupil_list"),
        ("secretary", "дата рождения", "/pupil_list"),
    ],
)
def test_everyday_words_lead_to_the_screen_that_answers(
    name: str, words: str, screen: str, people: People
) -> None:
    assert ask(client_of(getattr(people, name)), words)["Экраны"][0]["address"] == screen


@pytest.mark.parametrize(
    ("words", "screen"),
    [
        ("приказ", "/documents"),
        ("лист ознакомления", "/documents"),
        ("утвердить", "/waiting"),
        ("выговор", "/measures"),
        ("кто не проверен", "/control_state"),
        ("просрочено", "/year_plan"),
        ("активность пользователей", "/reports"),
        ("кому грозит двойка", "/at_risk"),
        ("завышенные отметки", "/consistency"),
        ("положение о ведении журнала", "/documents"),
        ("назначение классных руководителей", "/documents"),
        ("календарный учебный график", "/documents"),
        ("отметки после 16:00", "/register_work"),
        ("когда проверяли класс", "/control_state"),
        ("когда проверяли 5 класс", "/control_state"),
        ("проверить журнал 8", "/inspections"),
        ("отчёт для педсовета", "/reports"),
    ],
)
def test_the_head_finds_by_a_persons_words(words: str, screen: str, people: People) -> None:
    assert screen in [each["address"] for each in ask(client_of(people.head), words)["Экраны"]]


def test_measures_are_found_by_the_head_alone(people: People) -> None:
    for user in (people.deputy, people.admin, people.owner):
        for words in ("выговор", "меры", "взыскание"):
            found = [each for group in ask(client_of(user), words).values() for each in group]
            assert not [each for each in found if "measures" in each["address"]], words


def test_a_question_is_answered_by_ones_own_guides(people: People) -> None:
    answers = ask(client_of(people.deputy), "заменить заболевшего учителя")["Помощь"]
    assert answers[0]["title"] == "Замены"
    assert answers[0]["address"].startswith("/guide/deputy#")
    for_a_teacher = ask(client_of(people.owner), "учитель заболел").get("Помощь", [])
    assert "Замены" not in [each["title"] for each in for_a_teacher]
    assert "Помощь" not in ask(client_of(people.deputy), "7а матем")


def test_who_has_left_is_not_found_as_a_pupil_of_the_class(school_store: Store, people: People) -> None:
    order = MoveOrder(NOW.date(), reason="переезд")
    depart(school_store, people.secretary, CHILD, CLASS_7A, order, now=NOW)
    for user in (people.secretary, people.deputy):
        (found,) = ask(client_of(user), "Алёшин Пётр")["Ученики"]
        assert found["about"] == "был(а) в 7А"


def test_a_question_of_a_class_finds_the_class_too(people: People) -> None:
    found = ask(client_of(people.deputy), "когда проверяли 7А")
    assert [each["title"] for each in found["Классы"]] == ["7А"]
    assert found["Экраны"][0]["address"] == "/control_state"
    assert "Классы" not in ask(client_of(people.deputy), "7а матем")


def test_whoever_answers_calls_for_help_finds_what_teachers_ask(people: People) -> None:
    answers = ask(client_of(people.admin), "как поставить отметку за прошлый урок")["Помощь"]
    assert any(each["address"].startswith("/guide/teacher#") for each in answers)
    of_secretary = ask(client_of(people.secretary), "как поставить отметку за прошлый урок").get("Помощь", [])
    assert not any(each["address"].startswith("/guide/teacher#") for each in of_secretary)


def test_every_screen_of_the_menu_is_called_by_other_words_too() -> None:
    assert {row.path for role in STAFF for row in menu_rows(User(0, "", "", frozenset({role})))} <= {
        *SCREEN_WORDS,
        "search/whole_school.py",
    }


def test_a_question_finds_a_paragraph_of_ones_own_guides_which_opens(people: People) -> None:
    (found, *_) = ask(client_of(people.owner), "как поставить н")["Помощь"]
    assert (found["title"], found["about"]) == ("Журнал: отметки и пропуски с клавиатуры", "Учителю")
    path, _, anchor = found["address"].partition("#")
    reader = TestClient(Starlette(routes=guide.routes))
    reader.cookies.set(COOKIE_NAME, session_of(people.owner))
    assert found["title"] in reader.get(path).text.partition(f'id="{anchor}"')[2][:120]
    assert ask(client_of(people.owner), "rfr gjcnfdbnm y")["Помощь"][0] == found
    of_others = {
        each["title"] for each in ask(client_of(people.secretary), "как поставить н").get("Помощь", [])
    }
    assert found["title"] not in of_others


def test_screens_are_found_in_a_persons_own_words(people: People) -> None:
    def screens(words: str, user: User = people.homeroom) -> list[str]:
        return [each["address"] for each in ask(client_of(user), words).get("Экраны", [])]

    assert "/substitution_log" in screens("замены", people.owner)
    assert "/absences" in screens("справка о болезни")
    assert "/absences" in screens("кто отсутствует")
    assert "/control" in screens("не заполнено")
    assert "/documents" in screens("приказы")
    assert "/at_risk" in screens("кому грозит двойка")
    assert screens("сменить пароль") == ["/own_sign_ins"]
    assert "/messages" in screens("сообщение родителям")


def test_a_question_finds_the_paragraph_of_ones_own_guide(people: People) -> None:
    def answers(user: User, words: str) -> list[str]:
        return [each["address"] for each in ask(client_of(user), words).get("Помощь", [])]

    assert answers(people.owner, "исправить отметку")[0].startswith("/guide/teacher#")
    assert not [each for each in answers(people.owner, "открыть учебный год") if "/admin#" in each]


def test_what_was_found_opens(people: People) -> None:
    (found,) = ask(client_of(people.owner), "алешин")["Ученики"]
    assert (found["title"], found["about"]) == ("Алёшин Пётр", "7А")
    page = open_page("analytics/pupil.py", people.owner, pupil=found["address"].partition("=")[2])
    assert page.title[0].value == "Алёшин Пётр"


def test_nobody_else_is_answered(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    def status(user: User | None, body: object = None, **headers: str) -> int:
        asked = body if body is not None else {"words": "а"}
        return client_of(user).post("/api/search", json=asked, headers=headers or OWN_PAGE).status_code

    assert status(None) == 401
    assert status(people.guardian) == status(people.pupil) == 403
    assert status(people.owner, **{"Sec-Fetch-Site": "cross-site"}) == 403
    assert status(people.owner, {"other": 1}) == status(people.owner, []) == 400
    assert client_of(people.owner).get("/api/search?words=a").status_code == 405
    monkeypatch.setattr(search, "rates", Rates(1, 0))
    assert [status(people.owner), status(people.owner), status(people.deputy)] == [200, 429, 200]


def test_what_was_looked_for_is_in_no_log(people: People, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    ask(client_of(people.deputy), "Алёшин")
    assert "лёшин" not in caplog.text


def test_an_empty_search_leads_where_one_was_last(school_store: Store, people: People) -> None:
    # Whatever was opened in this process before.
    last_places.write(school())
    school_store.write(lambda writer: writer.keep("DELETE FROM last_places"))
    assert ask(client_of(people.owner), " ") == {}
    rows = menu_rows(people.owner)
    for row in rows:
        last_places.note(school(), people.owner, row)
    last_places.write(school())
    (kept,) = school_store.read(
        "SELECT count(*) FROM last_places WHERE user_id = $user", {"user": people.owner.user_id}
    )
    assert kept == (10,)
    school_store.write(
        lambda writer: writer.keep("UPDATE last_places SET used_at = $then", {"then": NOW.replace(hour=1)})
    )
    open_page("tasks/tasks.py", people.owner)
    open_page("analytics/pupil.py", people.owner)
    last_places.write(school())
    recent = ask(client_of(people.owner), "")["Недавнее"]
    assert len(recent) == 5
    assert ask(client_of(people.deputy), "") == {}
    assert {each["address"] for each in recent} <= {f"/{row.url_path}" for row in rows}
    assert ask(client_of(people.owner), "")["Недавнее"][0]["address"] == "/tasks"
