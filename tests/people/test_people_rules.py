"""What may be written of people, whoever brings it: a form or a file (п. 3.3, 4.3)."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from school.errors import RuleRefused
from school.people.records import GuardianDraft, PupilDraft, StaffDraft
from school.people.rules.people import (
    check_guardian,
    check_name,
    check_pupil,
    check_staff,
    is_same_guardian,
    is_same_pupil,
)
from school.records import PersonName, Role
from school.sign_in.rules.logins import suggest_login
from school.sign_in.rules.passwords import check_login

TODAY = date(2026, 11, 19)
PETROV = PersonName("Петров", "Иван", "Олегович")


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        (("  Петров ", "Иван", ""), ("Петров", "Иван", "")),
        (("Римский-Корсаков", "Пётр", "Ильич"), ("Римский-Корсаков", "Пётр", "Ильич")),
        (("д’Артаньян", "Анна Мария", "кызы"), ("д’Артаньян", "Анна Мария", "кызы")),
        (("Петров\u00a0 Водкин", "Кузьма", ""), ("Петров Водкин", "Кузьма", "")),
        (("Ахмедова", "Лейла", "Тимур кызы"), ("Ахмедова", "Лейла", "Тимур кызы")),
    ],
)
def test_a_name_is_kept_as_people_have_it(typed: tuple[str, ...], stored: tuple[str, ...]) -> None:
    assert check_name(PersonName(*typed)) == PersonName(*stored)


@pytest.mark.parametrize(
    "name",
    [
        ("", "Иван"),
        ("Петров", " "),
        ("Петров7", "Иван"),
        ("=СУММ(A1)", "Иван"),
        ("-", "Иван"),
        ("П" * 61, "И"),
    ],
)
def test_what_is_no_name_is_refused_with_what_to_do(name: tuple[str, str]) -> None:
    with pytest.raises(RuleRefused) as refused:
        check_name(PersonName(*name))
    assert refused.value.next_step


@pytest.mark.parametrize(
    ("born_on", "fits"),
    [
        (None, True),
        (date(2019, 9, 1), True),
        (date(2009, 5, 1), True),
        (date(1950, 1, 1), True),
        (date(2024, 1, 1), False),
        (date(2027, 1, 1), False),
        (date(1914, 5, 1), False),
    ],
)
def test_a_birthday_is_one_of_a_pupil(born_on: date | None, fits: bool) -> None:
    draft = PupilDraft(PETROV, born_on)
    if fits:
        assert check_pupil(draft, TODAY) == draft
    else:
        with pytest.raises(RuleRefused, match="Проверьте год"):
            check_pupil(draft, TODAY)


@pytest.mark.parametrize("role", [Role.GUARDIAN, Role.PUPIL])
def test_an_employee_gets_no_role_of_a_family(role: Role) -> None:
    with pytest.raises(RuleRefused, match="по коду из карточки ученика"):
        check_staff(StaffDraft(PETROV, roles=frozenset({Role.TEACHER, role})), TODAY)


@pytest.mark.parametrize("hired_on", [date(1026, 9, 1), date(2028, 9, 1)])
def test_a_slip_in_the_year_of_hiring_is_noticed(hired_on: date) -> None:
    with pytest.raises(RuleRefused, match="Проверьте год"):
        check_staff(StaffDraft(PETROV, hired_on=hired_on), TODAY)


@pytest.mark.parametrize("phone", ["123", "нет", "8 900 000-00-00, 8 900 111-11-11"])
def test_one_phone_is_one_phone(phone: str) -> None:
    with pytest.raises(RuleRefused, match="Телефон"):
        check_guardian(GuardianDraft(PETROV, "отец", phone))


@pytest.mark.parametrize(
    ("other", "is_same"),
    [
        (GuardianDraft(PETROV, "", "8 (900) 123-45-67"), True),
        (GuardianDraft(PersonName("ПЕТРОВ", "Иван", "Олегович"), "", "+7 900 123 45 67"), True),
        (GuardianDraft(PETROV, "", "+7 900 123 45 68"), False),
        (GuardianDraft(PETROV, "", ""), False),
        (GuardianDraft(PersonName("Петров", "Илья", "Олегович"), "", "89001234567"), False),
    ],
)
def test_a_parent_of_two_children_is_known_by_name_and_phone(other: GuardianDraft, is_same: bool) -> None:
    assert is_same_guardian(GuardianDraft(PETROV, "отец", "89001234567"), other) is is_same


@pytest.mark.parametrize(
    ("name", "born_on", "is_same"),
    [
        (("Артёмова", "Алёна"), date(2014, 3, 1), True),
        (("АРТЕМОВА", "Алена"), None, True),
        (("Артёмова", "Алёна"), date(2014, 3, 2), False),
        (("Артёмова", "Анна"), date(2014, 3, 1), False),
    ],
)
def test_one_child_twice_is_noticed(name: tuple[str, str], born_on: date | None, is_same: bool) -> None:
    known = PupilDraft(PersonName("Артёмова", "Алёна"), date(2014, 3, 1))
    assert is_same_pupil(known, PupilDraft(PersonName(*name), born_on)) is is_same


@pytest.mark.parametrize(
    ("name", "taken", "login"),
    [
        (PersonName("Щербакова", "Юлия", "Ёжиковна"), (), "shcherbakova.ye"),
        (PETROV, {"petrov.io"}, "petrov.io2"),
        (PETROV, {"petrov.io", "petrov.io2"}, "petrov.io3"),
        (PersonName("Ли", ""), (), "li.user"),
        (PersonName("李", ""), (), "user"),
    ],
)
def test_a_login_name_is_offered_in_latin_letters(name: PersonName, taken: set[str], login: str) -> None:
    assert suggest_login(name, taken) == login


@given(st.text(max_size=40), st.text(max_size=40), st.text(max_size=40))
def test_whatever_the_name_the_offered_login_may_be_used(last: str, first: str, middle: str) -> None:
    login = suggest_login(PersonName(last, first, middle), ())
    assert check_login(login) == login
