"""The page «Архив»: what is open, a package asked for, steps of paper, a signature attached; the package taken out by HTTP (п. 6.5, 6.6)."""

import hashlib

import pytest
from closed_year import JUNE
from diary_pages import diary_client
from screens import open_page, show_school, texts
from small_school import NAMES, NOW, People
from starlette.applications import Starlette
from starlette.testclient import TestClient

from pages.archive.routes import routes
from school.archive.actions import take_step
from school.archive.lookups import archive_page
from school.archive.records import PaperState
from school.archive.rules.paper_states import Step
from school.privacy.rules.viewing import Viewed
from school.store.connection import Store
from school.store.school import School
from server.menu import ARCHIVE, menu_rows, waiting_in_menu
from server.session import COOKIE_NAME
from server.viewings import viewings

PAGE = "archive/archive.py"
TODAY = JUNE.date()


@pytest.fixture
def packed_screens(packed_store: Store, monkeypatch: pytest.MonkeyPatch) -> School:
    """Make every screen show a school that has packed its year."""
    return show_school(packed_store, JUNE, monkeypatch)


def test_a_running_year_shows_what_is_open_and_no_button(
    school_store: Store, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    show_school(school_store, NOW, monkeypatch)
    page = open_page(PAGE, people.secretary)
    assert not page.exception
    said = texts(page)
    assert "Сначала закройте учебный год" in said
    assert "2-я четверть" in said
    assert "прежние учебные годы остаются в журнале" in said
    assert "Сделать архив" not in [each.label for each in page.button]


def test_the_secretary_asks_and_the_others_wait(
    closed_store: Store, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    show_school(closed_store, JUNE, monkeypatch)
    page = open_page(PAGE, people.head)
    assert "Архив делает секретарь" in texts(page)
    assert "Архив 2026/27 учебного года ещё не сделан: срок — 30 июня" in texts(page)
    assert "Сделать архив" not in [each.label for each in page.button]
    page = open_page(PAGE, people.secretary)
    next(each for each in page.button if each.label == "Сделать архив").click().run()
    assert not page.exception
    assert archive_page(closed_store, people.secretary, 2026, today=TODAY).is_asked
    assert "Архив ждёт очереди" in texts(page)


def test_documents_of_a_class_are_noted_at_once(packed_screens: School, people: People) -> None:
    store = packed_screens.store
    page = open_page(PAGE, people.secretary)
    assert not page.exception
    assert "Пакет собран и проверен" in texts(page)
    page.selectbox(key="filter_archive_class").set_value("7А").run()
    button = next(each for each in page.button if each.label == "Отметить: распечатан")
    button.click().run()
    assert not page.exception
    documents = archive_page(store, people.secretary, 2026, today=TODAY).documents
    states = {each.packed.title: each.state for each in documents}
    of_7a = {title for title in states if title.endswith("7А")}
    assert of_7a
    assert {states[title] for title in of_7a} == {PaperState.PRINTED}
    assert {states[title] for title in states.keys() - of_7a} == {PaperState.FORMED}


def test_readers_see_the_paper_and_have_no_buttons_for_it(packed_screens: School, people: People) -> None:
    for user in (people.head, people.deputy, people.admin):
        page = open_page(PAGE, user)
        assert not page.exception
        assert "Документы" in texts(page)
        labels = {each.label for each in page.button}
        assert not {label for label in labels if label.startswith(("Отметить", "Собрать", "Проверить"))}


def test_paper_whose_term_is_over_is_listed_and_destroyed_by_an_act_alone(
    packed_screens: School, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = packed_screens.store
    documents = archive_page(store, people.secretary, 2026, today=TODAY).documents
    ids = [each.document_id for each in documents if each.packed.kept_until.year == 2032]
    for step in (Step(PaperState.PRINTED), Step(PaperState.SIGNED), Step(PaperState.STORED, place="шкаф 2")):
        take_step(store, people.secretary, ids, step, now=JUNE)
    assert "Срок хранения истёк" not in texts(open_page(PAGE, people.head))
    show_school(store, JUNE.replace(year=2033), monkeypatch)
    assert "ничего не уничтожает" in texts(open_page(PAGE, people.head))
    page = open_page(PAGE, people.secretary)
    page.selectbox(key="filter_archive_step").set_value("destroyed").run()
    next(each for each in page.button if each.label == "Отметить: уничтожен по акту").click().run()
    assert "Уничтожают только по акту" in texts(page)


def test_the_menu_counts_for_secretary_and_head(packed_screens: School, people: People) -> None:
    counts = {
        name: waiting_in_menu(user, menu_rows(user))[ARCHIVE]
        for name in ("secretary", "head", "deputy")
        if (user := getattr(people, name))
    }
    every = len(archive_page(packed_screens.store, people.head, 2026, today=TODAY).documents)
    assert counts == {"secretary": every, "head": every, "deputy": 0}


def test_the_package_is_sent_to_its_readers_alone(packed_screens: School, people: People) -> None:
    made = archive_page(packed_screens.store, people.head, 2026, today=TODAY).made
    assert made is not None
    place = f"/api/archive/packages/{made.archive_id}"
    client = TestClient(Starlette(routes=routes))
    assert client.get(place).status_code == 401
    for name in NAMES:
        client.cookies.set(COOKIE_NAME, diary_client(getattr(people, name)).cookies[COOKIE_NAME])
        answer = client.get(place)
        if name not in {"head", "deputy", "admin", "secretary"}:
            assert (answer.status_code, b"PK" in answer.content) == (403, False), name
            continue
        assert hashlib.sha256(answer.content).hexdigest() == made.sha256
        assert answer.headers["Cache-Control"] == "private, no-store"
    viewings.write(packed_screens)
    seen = packed_screens.store.read(
        "SELECT count(*) FROM viewings WHERE kind = $kind", {"kind": Viewed.EXPORT}
    )
    assert seen == [(4,)]
    (packed_screens.store.path.parent / "archives" / made.file_name).unlink()
    assert client.get(place).status_code in {403, 410}
