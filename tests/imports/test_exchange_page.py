"""«Обмен по профилям» as people see it: a profile composed, a file compared, rows chosen and loaded, the log."""

import json

import pytest
from loading import csv_of
from screens import open_page, texts
from small_school import People
from streamlit.testing.v1 import AppTest

from school.imports.rules.profile_files import FORMAT
from school.records import User
from school.store.connection import Store
from school.store.school import School

PAGE = "imports/exchange_profiles.py"
PROFILE = {
    "format": FORMAT,
    "format_version": 1,
    "name": "Списки района",
    "version": 2,
    "kind": "pupils",
    "sheet": "Лист",
    "header_row": 1,
    "header_depth": 1,
    "columns": {"full_name": "Ребёнок", "school_class": "Где учится"},
}


def opened(user: User, part: str = "") -> AppTest:
    page = open_page(PAGE, user)
    if part:
        page.get("button_group")[0].set_value(part).run()
    return page


def pressed(page: AppTest, label: str) -> AppTest:
    next(button for button in page.button if button.label == label).click().run()
    return page


def with_profile(user: User) -> AppTest:
    page = opened(user, "profiles")
    page.get("file_uploader")[0].upload("профиль.json", json.dumps(PROFILE).encode()).run()
    return pressed(page, "Сохранить профиль")


def test_a_profile_is_composed_settled_and_dropped(
    school_screens: School, school_store: Store, people: People
) -> None:
    page = opened(people.secretary, "profiles")
    assert list(page.selectbox(key="compose_kind").options) == ["Ученики", "Выпускники"]
    page.text_input(key="compose_name").set_value("Мой обмен")
    pressed(page, "Составить")
    assert school_store.read("SELECT kind, name FROM import_profiles") == [("pupils", "Мой обмен")]
    page.number_input[0].set_value(4)
    pressed(page, "Сохранить профиль")
    ((mapping, version),) = school_store.read("SELECT mapping, version FROM import_profiles")
    assert (json.loads(mapping)["header_row"], version) == (4, 2)
    pressed(page, "Удалить")
    assert school_store.read("SELECT count(*) FROM import_profiles") == [(0,)]


def test_a_wrong_file_of_a_profile_is_refused_on_the_screen(school_screens: School, people: People) -> None:
    page = opened(people.admin, "profiles")
    wrong = {**PROFILE, "columns": {"full_name": "ФИО", "wing": "Крыло"}}
    page.get("file_uploader")[0].upload("профиль.json", json.dumps(wrong).encode()).run()
    assert "нет поля «wing»" in texts(page)
    assert "Сохранить профиль" not in [button.label for button in page.button]


def test_a_file_is_compared_and_what_is_chosen_is_loaded(
    school_screens: School, school_store: Store, people: People
) -> None:
    page = with_profile(people.secretary)
    page.get("button_group")[0].set_value("in").run()
    content = csv_of([("Ребёнок", "Где учится"), ("Новиков Лев", "7А"), ("Алёшин Пётр", "7А")])
    page.get("file_uploader")[0].upload("список.csv", content).run()
    assert "только в файле — 1" in texts(page)
    assert "ещё не обменивались" in texts(page)
    pressed(page, "Показать, что запишется")
    assert {metric.label: metric.value for metric in page.metric}["Новых"] == "1"
    pressed(page, "Загрузить")
    assert "Загружено. Новых строк: 1" in texts(page)
    assert school_store.read("SELECT count(*) FROM pupils WHERE last_name = 'Новиков'") == [(1,)]
    page.get("button_group")[0].set_value("log").run()
    assert list(page.dataframe[0].value["Профиль"]) == ["Списки района"]


@pytest.mark.parametrize("name", ["admin", "secretary"])
def test_a_profile_is_offered_to_be_taken_away_by(school_screens: School, people: People, name: str) -> None:
    page = with_profile(getattr(people, name))
    page.get("button_group")[0].set_value("out").run()
    assert not page.exception
    assert [button.label for button in page.get("download_button")] == ["Скачать XLSX", "Скачать CSV"]


def test_a_fitting_profile_is_offered_where_a_file_is_loaded(school_screens: School, people: People) -> None:
    with_profile(people.admin)
    page = open_page("imports/imports.py", people.admin)
    page.get("file_uploader")[0].upload(
        "список.csv", csv_of([("Ребёнок", "Где учится"), ("Новиков Лев", "7А")])
    ).run()
    assert "К файлу подходит профиль «Списки района»" in texts(page)
    pressed(page, "Читать по нему")
    assert {metric.label: metric.value for metric in page.metric}["Новых"] == "1"
