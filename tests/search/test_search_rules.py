"""What typed letters find: beginnings of words in any order, «е» for «ё», the other keyboard layout."""

import pytest

from school.search.rules import (
    LONGEST_QUERY,
    best,
    first_places,
    loosened,
    named,
    of_class_and_of_the_rest,
    query_of,
)

TEXTS = ("Журнал", "Журнал замен", "Ёлкина Анна", "7А Математика", "17А Математика", "Оценки за период")
FINDS = [
    ("журнал", ["Журнал", "Журнал замен"]),
    ("замен", ["Журнал замен"]),
    ("ЖУР зам", ["Журнал замен"]),
    ("зам жур", ["Журнал замен"]),
    (";ehyfk", ["Журнал", "Журнал замен"]),
    (":EHYFK", ["Журнал", "Журнал замен"]),
    ("елкина", ["Ёлкина Анна"]),
    ("анна ёл", ["Ёлкина Анна"]),
    ("`krbyf", ["Ёлкина Анна"]),
    ("7а", ["7А Математика"]),
    ("7 а мат", ["7А Математика"]),
    ("мат 7а", ["7А Математика"]),
    ("7f", ["7А Математика"]),
    ("нал", []),
    ("журнал журнал", []),
    ("", []),
    ("  !? ", []),
]


@pytest.mark.parametrize(("typed", "found"), FINDS)
def test_typed_letters_find(typed: str, found: list[str]) -> None:
    assert best(query_of(typed), [named(text, text) for text in TEXTS], limit=6) == found


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("замены", "Журнал замен"),
        ("справка о болезни", "Пропуски болезнь справка"),
        ("отсутствует", "отсутствующие"),
        ("не заполнено", "кто не заполнил"),
        ("pfvtys", "Журнал замен"),
        ("класс 5А", "класс 5А"),
    ],
)
def test_other_endings_and_small_words_find_as_well(typed: str, text: str) -> None:
    assert best(loosened(query_of(typed)), [named(text, text)], limit=6) == [text]


@pytest.mark.parametrize(
    ("typed", "of_class", "rest"),
    [
        ("когда проверяли 5 класс", "5", "когда проверяли класс"),
        ("9А математика", "9 а", "математика"),
        ("7а", "7 а", ""),
        ("замены", "", "замены"),
    ],
)
def test_a_question_names_a_class_beside_its_words(typed: str, of_class: str, rest: str) -> None:
    assert [part.text for part in of_class_and_of_the_rest(query_of(typed))] == [of_class, rest]


@pytest.mark.parametrize("typed", ["замены", "о", "класс 6А"])
def test_other_words_stay_unfound(typed: str) -> None:
    texts = ("Замечания", "Обзор", "6Б")
    assert best(loosened(query_of(typed)), [named(text, text) for text in texts], limit=6) == []


def test_the_nearest_stand_first() -> None:
    texts = ("Справки о проверке", "Проверка данных", "Журнал проверки", "Проверки журнала")
    assert best(query_of("проверки журнала"), [named(text, text) for text in texts], limit=6) == [
        "Проверки журнала"
    ]
    assert best(query_of("провер"), [named(text, text) for text in texts], limit=2) == [
        "Проверка данных",
        "Проверки журнала",
    ]


def test_no_more_is_looked_at_than_anybody_types() -> None:
    assert len(query_of("а" * 1000).text) == LONGEST_QUERY
    assert all(len(reading) <= 6 for reading in query_of("б в " * 50).readings)


def test_places_that_are_no_longer_ones_own_are_left_out() -> None:
    assert first_places(["a", "gone", "b", "a", "c"], ["a", "b", "c"], 2) == ["a", "b"]
