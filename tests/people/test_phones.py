"""A phone is known by its shape, in every spelling that people use (п. 3.3)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from school.errors import RuleRefused
from school.people.rules.phones import one_phone, phone_digits, read_phones

PHONES = [
    ("89161234567", ["79161234567"]),
    ("+7 916 123-45-67", ["79161234567"]),
    ("+7(916)1234567", ["79161234567"]),
    ("8 (916) 123-45-67", ["79161234567"]),
    ("8-916-123-45-67", ["79161234567"]),
    ("8.916.123.45.67", ["79161234567"]),
    ("8–916–123–45–67", ["79161234567"]),
    ("9161234567", ["79161234567"]),
    ("(495) 123-45-67", ["74951234567"]),
    ("79161234567.0", ["79161234567"]),
    ("79161234567,0", ["79161234567"]),
    ("7,9161234567E+10", ["79161234567"]),
    ("2-34-56", ["23456"]),
    ("123-45-67", ["1234567"]),
    ("8 (495) 123-45-67 доб. 12", ["7495123456712"]),
    ("8 (495) 123-45-67 доб.1204", ["749512345671204"]),
    ("+375 29 123-45-67", ["375291234567"]),
    ("8 10 375 29 123-45-67", ["810375291234567"]),
    ("+998 90 123 45 67", ["998901234567"]),
    ("89161234567, 89167654321", ["79161234567", "79167654321"]),
    ("89161234567; +7 916 765-43-21", ["79161234567", "79167654321"]),
    ("89161234567/89167654321", ["79161234567", "79167654321"]),
    ("89161234567 и 89167654321", ["79161234567", "79167654321"]),
    ("8 916 123-45-67 8 916 765-43-21", ["79161234567", "79167654321"]),
    ("8 916 123-45-67\n8 916 765-43-21", ["79161234567", "79167654321"]),
    ("89161234567 (мама), 89167654321 (папа)", ["79161234567", "79167654321"]),
    ("мама: 89161234567", ["79161234567"]),
    ("дом. 2-34-56, моб. 8 916 123-45-67", ["23456", "79161234567"]),
    ("тел.: 8 916 123-45-67 (раб.)", ["79161234567"]),
    ("", []),
    ("—", []),
]


@pytest.mark.parametrize(("text", "digits"), PHONES)
def test_a_cell_holds_phones(text: str, digits: list[str]) -> None:
    assert [phone_digits(phone.number) for phone in read_phones(text)] == digits


def test_a_phone_is_kept_as_it_was_typed_and_says_whose_it_is() -> None:
    first, second = read_phones("8 (916) 123-45-67 (Мама), папа 8 916 765 43 21")
    assert (first.number, first.whose) == ("8 (916) 123-45-67", "мама")
    assert (second.number, second.whose) == ("8 916 765 43 21", "папа")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("7,91612E+10", "потеряла цифры"),
        ("7.91612e+10", "потеряла цифры"),
        ("7,91612Е+10", "потеряла цифры"),
        ("8E+10", "потеряла цифры"),
        ("123", "3 цифр"),
        ("8916123456", "10 цифр"),
        ("891612345678", "12 цифр"),
        ("99161234567", "11 цифр"),
        ("+7 916 123-45-6", "10 цифр"),
        ("12345678", "8 цифр"),
        ("0000000000", "10 цифр"),
        ("8 (916 123-45-67", "лишние знаки"),
        ("8*916*123*45*67", "лишние знаки"),
        ("нет", "не номер"),
        ("спросить у бабушки", "не номер"),
        ("mama@mail.ru", "лишние знаки"),
    ],
)
def test_what_is_no_phone_is_refused_with_its_sign(text: str, why: str) -> None:
    with pytest.raises(RuleRefused, match=why) as refused:
        read_phones(text)
    assert refused.value.next_step


def test_a_form_takes_one_phone() -> None:
    assert one_phone(" 8 916  123-45-67 ") == "8 916 123-45-67"
    with pytest.raises(RuleRefused, match="номеров: 2"):
        one_phone("89161234567, 89167654321")


@given(st.text(alphabet="0123456789+-() .,;/eEабвмдо#", max_size=40))
def test_any_text_is_phones_or_is_refused_in_words(text: str) -> None:
    try:
        found = read_phones(text)
    except RuleRefused:
        return
    assert all(read_phones(phone.number)[0].number == phone.number for phone in found)
