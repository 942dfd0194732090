"""The opening's screens: steps with their states, the tables in their forms, readers without a way to edit."""

from datetime import datetime

import pytest
from opening_school import AUGUST, Opening, open_year
from screens import open_page, show_school, texts
from streamlit.testing.v1 import AppTest

from school.records import Role, User
from school.sign_in.store.users import users_by_id
from school.store.connection import Store, Transaction
from school.store.events import Event

ACCOUNTS = {Role.ADMIN: 1, Role.HEAD: 2, Role.DEPUTY: 3}


def add_accounts(store: Store) -> dict[Role, User]:
    """Add an account for each role and return them."""

    def work(transaction: Transaction) -> None:
        for role, user_id in ACCOUNTS.items():
            transaction.change(
                "INSERT INTO users (user_id, login, password_hash) VALUES ($id, $login, 'x')",
                {"id": user_id, "login": str(role)},
            )
            transaction.change(
                "INSERT INTO user_roles VALUES ($id, $role)", {"id": user_id, "role": str(role)}
            )
        transaction.record(Event(AUGUST, None, "school"))

    store.write(work)
    users = users_by_id(store, ACCOUNTS.values())
    return {role: users[user_id] for role, user_id in ACCOUNTS.items()}


@pytest.fixture
def empty_school(empty_store: Store, monkeypatch: pytest.MonkeyPatch) -> User:
    """The administrator of a school with nothing in it, in August."""
    users = add_accounts(empty_store)
    show_school(empty_store, AUGUST, monkeypatch)
    return users[Role.ADMIN]


@pytest.fixture
def opened(empty_store: Store, monkeypatch: pytest.MonkeyPatch) -> tuple[Opening, dict[Role, User]]:
    """An opened year and its people, in August."""
    opening, users = open_year(empty_store), add_accounts(empty_store)
    show_school(empty_store, AUGUST, monkeypatch)
    return opening, users


def press(page: AppTest, label: str) -> AppTest:
    """Press the button of that label."""
    return next(button for button in page.button if button.label == label).click().run()


def labels(page: AppTest) -> set[str]:
    return {button.label for button in page.button}


def has_way_on(page: AppTest) -> bool:
    return any(label.startswith("Дальше") for label in labels(page))


def test_a_stranger_is_led_from_the_schools_name_to_the_calendar_and_the_subjects(
    empty_school: User, empty_store: Store
) -> None:
    page = open_page("year/year_opening.py", empty_school)
    assert texts(page).count("не начато") == 9
    page = open_page("year/year_opening.py", empty_school, step="calendar")
    assert "Начните с шага «Школа»" in texts(page)
    page = open_page("year/year_opening.py", empty_school, step="school")
    assert not has_way_on(page)  # pressed right after «Сохранить», it would drop the name unsaved
    page.text_input[0].set_value("МБОУ «СОШ № 12»")
    press(page, "Сохранить")
    assert "Название сохранено" in page.toast[0].value
    assert has_way_on(page)
    page = open_page("year/year_opening.py", empty_school, step="calendar")
    assert "обычный календарь" in texts(page)
    press(page, "Сохранить календарь")
    assert not page.error
    assert empty_store.read("SELECT count(*) FROM terms") == [(6,)]
    page = open_page("year/year_opening.py", empty_school, step="subjects")
    press(page, "Сохранить")
    assert empty_store.read("SELECT count(*) > 15 FROM subjects") == [(True,)]
    assert empty_store.read("SELECT count(*) > 3 FROM work_types") == [(True,)]


def test_the_list_of_steps_says_what_is_missing(opened: tuple[Opening, dict[Role, User]]) -> None:
    _, users = opened
    said = texts(open_page("year/year_opening.py", users[Role.ADMIN]))
    assert "нет классного руководителя: 10Б" in said
    assert "уроков в неделю: 3" in said


@pytest.mark.parametrize("step", ["school", "calendar", "classes", "subjects", "bells", "load", "timetable"])
def test_the_head_reads_every_step_and_changes_none(
    opened: tuple[Opening, dict[Role, User]], step: str
) -> None:
    _, users = opened
    page = open_page("year/year_opening.py", users[Role.HEAD], step=step)
    assert not page.exception
    assert not {label for label in labels(page) if label.startswith(("Сохранить", "Загрузить", "Перевести"))}


@pytest.mark.parametrize("path", ["year/load.py", "year/timetable.py"])
def test_load_and_timetable_are_written_by_the_deputy_and_read_by_the_head(
    opened: tuple[Opening, dict[Role, User]], path: str
) -> None:
    opening, users = opened
    for role, may in ((Role.DEPUTY, True), (Role.HEAD, False)):
        page = open_page(path, users[role], **{"class": str(opening.class_id("7А"))})
        assert not page.exception
        assert any(label.startswith("Сохранить") for label in labels(page)) == may


def test_last_years_classes_go_up_at_the_press_of_a_button(
    opened: tuple[Opening, dict[Role, User]], monkeypatch: pytest.MonkeyPatch
) -> None:
    opening, users = opened

    def enrol(transaction: Transaction) -> None:
        transaction.change(
            "INSERT INTO enrolments VALUES (7777, 1, $class, '2026-09-01', NULL)",
            {"class": opening.class_id("7А")},
        )
        transaction.record(Event(AUGUST, None, "school"))

    opening.store.write(enrol)
    show_school(opening.store, datetime(2027, 8, 25, 9), monkeypatch)
    assert "классов прошлого года ещё не переведено: 1" in texts(
        open_page("year/year_opening.py", users[Role.ADMIN])
    )
    page = open_page("year/year_opening.py", users[Role.ADMIN], step="classes")
    assert "Перевод из 2026/27" in texts(page)
    press(page, "Перевести")
    assert "Переведено классов 1, учеников 1" in page.toast[0].value
    assert opening.store.read("SELECT school_year, homeroom_id FROM classes WHERE name = '8А'") == [
        (2027, 11)
    ]


def test_what_is_missing_links_to_the_class_it_is_about(opened: tuple[Opening, dict[Role, User]]) -> None:
    opening, users = opened
    class_id = str(opening.class_id("10Б"))
    page = open_page("year/timetable.py", users[Role.DEPUTY], **{"class": class_id})
    assert page.selectbox(key="filter_class").value == class_id
    assert "10Б, Алгебра: уроков 0, часов 1" in texts(page)
