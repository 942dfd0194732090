"""The first administrator of a school without people: by a one-time code, and never again (п. 4.3)."""

from dataclasses import replace

import pytest
from small_school import NOW
from test_sign_in import HASHER, HERE

from school.errors import RuleRefused
from school.records import PersonName, Role
from school.sign_in.actions.sessions import (
    FirstAdmin,
    SignInRefused,
    create_first_admin,
    new_first_code,
    sign_in,
)
from school.sign_in.lookups.sessions import needs_first_admin, user_of_session
from school.store.connection import Store

CODE = "ABCD-EFGH"
FORM = FirstAdmin("Главный.Админ", PersonName("Первая", "Анна"), "длинный пароль", "длинный пароль", CODE)


def create(store: Store, form: FirstAdmin = FORM) -> str:
    return create_first_admin(store, form, expected_code=CODE, address=HERE, now=NOW, hasher=HASHER).secret


@pytest.mark.parametrize("typed", [CODE, "abcd efgh", "ABCDEFGH"])
def test_the_code_makes_an_administrator_and_signs_them_in(empty_store: Store, typed: str) -> None:
    assert needs_first_admin(empty_store)
    user = user_of_session(empty_store, create(empty_store, replace(FORM, code=typed)), NOW)
    assert user is not None
    assert (user.login, user.name, user.roles) == ("главный.админ", "Первая Анна", {Role.ADMIN})
    assert not needs_first_admin(empty_store)
    assert empty_store.read("SELECT count(*) FROM events WHERE kind = 'first_admin'") == [(1,)]
    assert sign_in(empty_store, "главный.админ", "длинный пароль", address=HERE, now=NOW, hasher=HASHER)


def test_there_is_no_second_first_administrator(empty_store: Store) -> None:
    create(empty_store)
    with pytest.raises(SignInRefused, match="уже создан"):
        create(empty_store, replace(FORM, login="another"))


def test_a_school_with_people_has_no_first_administrator(school_store: Store) -> None:
    assert not needs_first_admin(school_store)
    with pytest.raises(SignInRefused, match="уже создан"):
        create(school_store)


@pytest.mark.parametrize("code", ["", "AAAA-AAAA", "ABCD-EFG"])
def test_a_wrong_code_makes_nobody(empty_store: Store, code: str) -> None:
    with pytest.raises(SignInRefused, match="Код первого входа не подошёл"):
        create(empty_store, replace(FORM, code=code))
    assert needs_first_admin(empty_store)


def test_the_code_cannot_be_guessed_quickly(empty_store: Store) -> None:
    for _ in range(5):
        with pytest.raises(SignInRefused, match="не подошёл"):
            create(empty_store, replace(FORM, code="AAAA-AAAA"))
    with pytest.raises(SignInRefused, match="Слишком много"):
        create(empty_store)


@pytest.mark.parametrize(
    ("form", "because"),
    [
        (replace(FORM, login="а"), "имя для входа"),
        (replace(FORM, name=PersonName("", "Анна")), "Имя не указано"),
        (replace(FORM, password="коротко", password_again="коротко"), "короткий"),
        (replace(FORM, password_again="длинный парол"), "не совпадают"),
    ],
)
def test_what_is_typed_wrongly_is_named(empty_store: Store, form: FirstAdmin, because: str) -> None:
    with pytest.raises(RuleRefused, match=because):
        create(empty_store, form)
    assert needs_first_admin(empty_store)


def test_every_start_has_a_code_of_its_own() -> None:
    codes = {new_first_code() for _ in range(50)}
    assert len(codes) == 50
    assert all(len(code) == 9 and code[4] == "-" and not set("01IO") & set(code) for code in codes)
