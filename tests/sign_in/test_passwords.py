"""Login names and passwords: Russian is welcome, weak and cut-off ones are not (п. 3.1, 3.2)."""

import pytest
from streamlit_authenticator import Hasher

from school.errors import RuleRefused
from school.sign_in.rules.passwords import (
    Owner,
    check_login,
    check_new_password,
    fits_hasher,
    normal_login,
    normal_password,
)

SHORT_I, SHORT_I_IN_TWO = "\u0439", "\u0438\u0306"  # «й» as one sign and, as a Mac types it, as two


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("Ivanova.A", "ivanova.a"),
        (" иванова.анна ", "иванова.анна"),
        ("И" + SHORT_I_IN_TWO, "и" + SHORT_I),
        ("a@b-c_d", "a@b-c_d"),
    ],
)
def test_a_login_name_is_stored_as_it_will_be_compared(typed: str, stored: str) -> None:
    assert normal_login(typed) == stored


@pytest.mark.parametrize("login", ["ab", "x" * 65, "with blank", "new\nline", "<script>", ""])
def test_an_unfit_login_name_is_refused(login: str) -> None:
    with pytest.raises(RuleRefused):
        check_login(login)


@pytest.mark.parametrize("password", ["длинный пароль", "я" * 18 + "абвгдежзийклмнопрс", "correct horse"])
def test_a_good_password_is_taken_whole(password: str) -> None:
    assert check_new_password(password, Owner("somebody")) == password
    assert fits_hasher(password)


@pytest.mark.parametrize(
    ("password", "because"),
    [
        ("коротки", "короткий"),
        ("        семь  ", "короткий"),
        ("ж" * 20 + "абвгдежзийклмнопр", "длинный"),
        ("Somebody.7", "угадать"),
        ("абабабабаб", "угадать"),
    ],
)
def test_a_bad_password_is_refused_with_its_reason(password: str, because: str) -> None:
    with pytest.raises(RuleRefused, match=because):
        check_new_password(password, Owner("somebody.7"))


ANNA = Owner("ivanova.anna", "Иванова", "Школа «Рябинка» № 7")


@pytest.mark.parametrize(
    "password",
    [
        *(
            "пароль12345",
            "Пароль_2026",
            "password12",
            "P@ssw0rd123",
            "gfhjkm12345",
            "йцукенгшщз",
            "qwertyuiop",
        ),
        *(
            "1q2w3e4r5t",
            "1qaz2wsx3edc",
            "фывапролдж",
            "абвгдежзик",
            "1234567890",
            "89261234567",
            "22.06.1941",
        ),
        *("пароль пароль", "qwertyqwerty", "солнышко2020", "александр1985", "lfif123456", "учебный-вход"),
    ],
)
def test_what_everybody_would_try_first_is_refused(password: str) -> None:
    with pytest.raises(RuleRefused, match="пробуют первыми"):
        check_new_password(password, ANNA)


@pytest.mark.parametrize(
    "password",
    [
        "ivanova.anna1",
        "Ivanova Anna",
        "моя иванова",
        "bdfyjdf-2026",
        "Рябинка2024",
        "школа рябинка 7",
        "hz,byrf 7 7",
    ],
)
def test_a_password_holds_neither_the_name_nor_the_school(password: str) -> None:
    with pytest.raises(RuleRefused, match="фамилия или название школы"):
        check_new_password(password, ANNA)


@pytest.mark.parametrize(
    "password", ["лиса ест сыр", "школьный двор в мае", "дубы шумят", "Kofe so slivkami", "ключ 4 окна"]
)
def test_several_words_in_a_row_are_taken(password: str) -> None:
    assert check_new_password(password, ANNA) == password


def test_a_short_surname_is_no_obstacle_to_words_that_hold_it() -> None:
    assert check_new_password("воздух скимитар", Owner("kim.o", "Ким"))
    with pytest.raises(RuleRefused):
        check_new_password("ким2026202620", Owner("kim.o", "Ким"))


def test_a_password_is_the_same_from_every_keyboard() -> None:
    assert normal_password(" зи" + SHORT_I_IN_TWO + "ма ") == "зи" + SHORT_I + "ма"


def test_the_hasher_of_the_form_keeps_russian_passwords() -> None:
    hashed = Hasher.hash("длинный пароль")
    assert hashed.startswith("$2b$12$")
    assert Hasher.check_pw("длинный пароль", hashed)
    assert not Hasher.check_pw("длинный парол", hashed)
