"""«Загрузка данных» and «Обмен по профилям» as people see them: a file, what it would bring, the load, and taking it back."""

import json

import pytest
from loading import csv_of, state_of, workbook_of
from roster_set import small_set, zipped
from screens import open_page, texts
from small_school import People
from streamlit.testing.v1 import AppTest

from school.imports.rules.profile_files import FORMAT
from school.records import User
from school.store.connection import Store
from school.store.school import School

PAGE, EXCHANGE = "imports/imports.py", "imports/exchange_profiles.py"
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
LIST = csv_of(
    [("Фамилия", "Имя", "Класс"), ("Новиков", "Лев", "7 а"), ("Алёшин", "Пётр", "7А"), ("Чужов", "Ян", "9Я")],
    "cp1251",
)


def opened(user: User, kind: str = "pupils") -> AppTest:
    page = open_page(PAGE, user)
    control = page.get("button_group")[0]
    if control.value != kind:
        control.set_value(kind).run()
    return page


def with_file(page: AppTest, name: str, content: bytes) -> AppTest:
    page.get("file_uploader")[0].upload(name, content).run()
    return page


def pressed(page: AppTest, label: str) -> AppTest:
    next(button for button in page.button if button.label == label).click().run()
    return page


def figures(page: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in page.metric}


def test_a_list_is_seen_loaded_and_taken_back(
    school_screens: School, school_store: Store, people: People
) -> None:
    before = state_of(school_store)
    page = with_file(opened(people.secretary), "список.csv", LIST)
    assert figures(page) == {"Новых": "1", "Изменится": "0", "Уже есть": "1", "Не загрузится": "1"}
    refused = page.dataframe[0].value
    assert list(refused["Причина"]) == ["Класса «9Я» в этом году нет."]
    pressed(page, "Загрузить")
    assert "Загружено. Новых строк: 1" in texts(page)
    assert school_store.read("SELECT count(*) FROM pupils WHERE last_name = 'Новиков'") == [(1,)]
    with_file(page, "список.csv", LIST)
    assert "Этот файл уже загружен" in texts(page)
    pressed(page, "Отменить загрузку")
    after = state_of(school_store)
    assert {name for name in before if before[name] != after[name]} <= {"sessions"}
    assert "отменена" in str(page.dataframe[-1].value["Состояние"][0])


def test_a_file_says_how_much_of_it_was_read_and_what_was_not(school_screens: School, people: People) -> None:
    content = csv_of(
        [("ФИО", "Класс"), ("Новиков Лев", "7А"), ("", ""), ("Зуева Ася", "#Н/Д"), ("Итого", "2")]
    )
    page = with_file(opened(people.secretary), "список.csv", content)
    assert (
        "В файле 5 строк: прочитано 1, пустых 1, не прочитано 1, пропущено 2 (заголовок — 1, итоги — 1)."
        in texts(page).replace("\\", "")
    )
    assert figures(page)["Не загрузится"] == "1"
    assert "клетка B4: ошибка #Н/Д" in page.dataframe[0].value["Причина"][0]
    assert list(page.dataframe[-1].value["Почему"]) == ["заголовок", "итоги"]


def test_a_timetable_of_which_nothing_fits_cannot_be_loaded(
    school_screens: School, school_store: Store, people: People
) -> None:
    before = school_store.read("SELECT * FROM timetable ORDER BY ALL")
    wall = workbook_of(
        {"Лист1": [("День", "Урок", "7А"), ("Пн", "1²", "Математика"), ("Вт", "#Н/Д", "Математика")]}
    )
    page = with_file(opened(people.admin, "timetable"), "расписание.xlsx", wall)
    assert figures(page)["Не загрузится"] == "2"
    assert "Загрузить" not in [button.label for button in page.button]
    assert school_store.read("SELECT * FROM timetable ORDER BY ALL") == before


def test_columns_that_are_not_guessed_are_chosen_by_hand_and_kept(
    school_screens: School, school_store: Store, people: People
) -> None:
    strange = workbook_of({"Л": [("Кто", "Где"), ("Новиков Лев", "7А")]})
    page = with_file(opened(people.admin), "странный.xlsx", strange)
    assert "Не указано: «ФИО» или «Фамилия», «Класс»" in texts(page)
    for label, header in (("ФИО", "Кто"), ("Класс", "Где")):
        next(box for box in page.selectbox if box.label == label).set_value(header)
    page.run()
    next(box for box in page.number_input if box.label == "Строка заголовка").set_value(1).run()
    for label, header in (("ФИО", "Кто"), ("Класс", "Где")):
        next(box for box in page.selectbox if box.label == label).set_value(header)
    pressed(page, "Применить столбцы")
    assert figures(page)["Новых"] == "1"
    page.text_input(key="import_profile_name").set_value("Наш список").run()
    pressed(page, "Запомнить")
    assert school_store.read("SELECT name FROM import_profiles") == [("Наш список",)]


def test_a_file_that_is_no_table_is_refused_on_the_screen(school_screens: School, people: People) -> None:
    page = with_file(opened(people.admin), "фото.xlsx", b"PK\x03\x04" + b"\0" * 99)
    assert "Файл не читается." in texts(page)
    assert not page.exception


def test_a_roster_is_loaded_from_the_same_page(
    school_screens: School, school_store: Store, people: People
) -> None:
    page = with_file(opened(people.admin, "one_roster"), "roster.zip", zipped(small_set()))
    assert figures(page)["Новых"] == "16"
    pressed(page, "Загрузить")
    assert school_store.read("SELECT count(*) FROM pupils WHERE last_name = 'Ветрова'") == [(1,)]


OFFERED = {
    "admin": {"pupils", "staff", "load", "timetable", "journal", "facts", "one_roster"},
    "secretary": {"pupils", "journal", "facts"},
    "deputy": {"load", "timetable"},
}


@pytest.mark.parametrize("role", OFFERED)
def test_everybody_is_offered_what_they_may_load(school_screens: School, people: People, role: str) -> None:
    page = open_page(PAGE, getattr(people, role))
    titles = {option.content for option in page.get("button_group")[0].proto.options}
    assert len(titles) == len(OFFERED[role])


def opened_exchange(user: User, part: str = "") -> AppTest:
    page = open_page(EXCHANGE, user)
    if part:
        page.get("button_group")[0].set_value(part).run()
    return page


def with_profile(user: User) -> AppTest:
    page = opened_exchange(user, "profiles")
    page.get("file_uploader")[0].upload("профиль.json", json.dumps(PROFILE).encode()).run()
    return pressed(page, "Сохранить профиль")


def test_a_profile_is_composed_settled_and_dropped(
    school_screens: School, school_store: Store, people: People
) -> None:
    page = opened_exchange(people.secretary, "profiles")
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
    page = opened_exchange(people.admin, "profiles")
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
