"""The office's screens: what each reader sees of classes, users, changes and the exchange."""

from datetime import date

import pytest
from office_pages import CLASS_LISTS, EVENTS, EXCHANGE, USERS
from screens import screen, sign_in_as, texts
from small_school import CHILD, CLASS_7A, CLASS_8B, CLASSMATE, NOW, People

from school.access.roles import ROLES
from school.audit.lookups import EventFilter, event_page
from school.errors import AccessRefused
from school.extracts.lookups import journal_size
from school.people.lookups.class_lists import class_list, readable_classes
from school.records import Role
from school.sign_in.lookups.accounts import all_accounts
from school.store.connection import Store, Transaction
from school.store.events import Event
from school.store.school import School
from server.session import NOT_FOR_YOU

TODAY = date(2026, 11, 19)


EVERYBODY = ("owner", "homeroom", "head", "deputy", "admin", "secretary", "guardian", "pupil")


@pytest.mark.parametrize(
    ("name", "classes"),
    [
        ("homeroom", ["7А"]),
        ("secretary", ["7А", "8Б"]),
        ("head", ["7А", "8Б"]),
        ("deputy", ["7А", "8Б"]),
        ("admin", ["7А", "8Б"]),
    ],
)
def test_each_reader_sees_the_lists_of_their_classes(
    school_store: Store, people: People, name: str, classes: list[str]
) -> None:
    assert [head.name for head in readable_classes(school_store, getattr(people, name))] == classes


def test_a_homeroom_teacher_does_not_reach_another_class(school_store: Store, people: People) -> None:
    assert class_list(school_store, people.homeroom, CLASS_7A, TODAY)
    with pytest.raises(AccessRefused):
        class_list(school_store, people.homeroom, CLASS_8B, TODAY)


@pytest.mark.parametrize(
    ("day", "is_there"),
    [(date(2026, 10, 31), True), (date(2026, 11, 1), False), (TODAY, False)],
    ids=["before", "the day of leaving", "after"],
)
def test_a_list_of_a_past_day_is_the_list_of_that_day(
    school_store: Store, people: People, day: date, is_there: bool
) -> None:
    def leave(transaction: Transaction) -> None:
        transaction.change(
            "UPDATE enrolments SET ends_on = '2026-11-01' WHERE pupil_id = $pupil", {"pupil": CLASSMATE}
        )
        transaction.record(Event(NOW, None, "school"))

    school_store.write(leave)
    listed = [pupil.pupil_id for pupil in class_list(school_store, people.secretary, CLASS_7A, day)]
    assert (CLASSMATE in listed) is is_there
    assert CHILD in listed


def test_a_list_is_in_the_order_of_the_russian_alphabet(school_store: Store, people: People) -> None:
    listed = [pupil.name.last for pupil in class_list(school_store, people.head, CLASS_7A, TODAY)]
    assert listed == ["Алёшин", "Ёлкина", "Жуков"]


def test_the_list_on_the_screen(school_screens: School, people: People) -> None:
    page = sign_in_as(screen(CLASS_LISTS), people.homeroom).run()
    assert not page.exception
    assert "**7А** · 3 ученика на 19.11.2026 · классный руководитель: Климова Рита" in texts(page)
    assert list(page.dataframe[0].value["Фамилия, имя, отчество"]) == [
        "Алёшин Пётр",
        "Ёлкина Анна",
        "Жуков Иван",
    ]
    assert page.download_button[0].label == "Скачать XLSX"


@pytest.mark.parametrize("path", [CLASS_LISTS, USERS, EVENTS, EXCHANGE])
def test_nobody_sees_the_office_without_signing_in(school_screens: School, people: People, path: str) -> None:
    page = screen(path).run()
    assert "Войдите" in texts(page)
    assert not page.dataframe


@pytest.mark.parametrize(
    ("path", "readers"),
    [
        (CLASS_LISTS, {"homeroom", "head", "deputy", "admin", "secretary"}),
        (USERS, {"head", "admin"}),
        (EVENTS, {"head", "deputy", "admin"}),
        (EXCHANGE, {"admin", "secretary"}),
    ],
)
def test_who_is_shown_what(school_screens: School, people: People, path: str, readers: set[str]) -> None:
    said = {name: texts(sign_in_as(screen(path), getattr(people, name)).run()) for name in EVERYBODY}
    assert {name for name, words in said.items() if NOT_FOR_YOU not in words} == readers


@pytest.mark.parametrize("name", ["owner", "homeroom", "secretary", "guardian", "pupil"])
def test_lookups_refuse_by_themselves(school_store: Store, people: People, name: str) -> None:
    user = getattr(people, name)
    with pytest.raises(AccessRefused):
        all_accounts(school_store, user)
    with pytest.raises(AccessRefused):
        event_page(school_store, user, EventFilter(), number=0, size=10)
    if name != "secretary":
        with pytest.raises(AccessRefused):
            journal_size(school_store, user, TODAY)


def test_users_are_listed_with_roles_and_last_sign_in(school_screens: School, people: People) -> None:
    page = sign_in_as(screen(USERS), people.admin).run()
    rows = page.dataframe[0].value.set_index("Имя для входа")
    assert rows.loc["owner.7", "Роли"] == ROLES[Role.TEACHER].title
    assert rows.loc["owner.7", "Последний вход"] == "не входил(а)"
    assert rows.loc["admin.7", "Последний вход"] == "19.11.2026 12:00"
    for role in Role:
        assert ROLES[role].title in texts(page)


def test_who_has_not_signed_in_yet_is_found_at_once(school_screens: School, people: People) -> None:
    page = sign_in_as(screen(USERS), people.admin).run()
    page.checkbox(key="has_not_come").check().run()
    table = page.dataframe[0].value
    assert set(table["Последний вход"]) == {"не входил(а)"}
    assert "owner.7" in set(table["Имя для входа"])


def test_users_are_found_by_a_part_of_a_name(school_screens: School, people: People) -> None:
    page = sign_in_as(screen(USERS), people.head).run()
    page.text_input[0].set_value("орлов").run()
    assert list(page.dataframe[0].value["Фамилия, имя, отчество"]) == ["Орлова Вера"]
    page.text_input[0].set_value("нет такого").run()
    assert "Никого не нашлось" in texts(page)
