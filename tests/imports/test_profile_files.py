"""A profile as a file: what is taken, and in what words the rest is refused."""

import json
from typing import Any

import pytest
from loading import keep
from small_school import NOW, People

from school.errors import Refusal, RuleRefused
from school.files.column_mapping import ColumnMapping
from school.files.plan import ImportKind
from school.imports.actions.profiles import rename_profile, take_profile
from school.imports.lookups.exchanges import exchange_profiles
from school.imports.records import ProfileFile
from school.imports.rules.profile_files import fitting, profile_content, read_profile
from school.store.connection import Store

MAPPING = ColumnMapping(
    ImportKind.PUPILS,
    "Лист 1",
    2,
    1,
    {"full_name": "ФИО", "school_class": "Класс"},
    values={"school_class": {"седьмой А": "7А"}},
    date_format="ГГГГ-ММ-ДД",
)
PROFILE = ProfileFile("Наш список", 3, MAPPING)


def changed(**fields: Any) -> bytes:
    """Return the file with some of its fields changed; None takes one away."""
    given = {**json.loads(profile_content(PROFILE)), **fields}
    return json.dumps({name: value for name, value in given.items() if value is not None}).encode()


def test_a_profile_is_read_back_as_it_was() -> None:
    assert read_profile(profile_content(PROFILE)) == PROFILE
    assert read_profile(b"\xef\xbb\xbf" + profile_content(PROFILE)) == PROFILE


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"PK\x03\x04", "Внутри не JSON"),
        (b"[" * 100_000, "Внутри не JSON"),
        (rb'{"format": "school-register-profile", "name": "\ud800"}', "Внутри не JSON"),
        (b"[]", "Внутри не описание профиля"),
        (b" " * 2_000_000, "больше 1 мегабайта"),
        (b"{}", "нет строки «format»"),
        (changed(format="other"), "нет строки «format»"),
        (changed(format_version=2), "новее этого журнала"),
        (changed(kind="weather"), "«kind»: бывает pupils"),
        (changed(kind="journal"), "«kind»: бывает pupils"),
        (changed(columns={"full_name": "ФИО", "school_class": "Класс", "wing": "Крыло"}), "нет поля «wing»"),
        (changed(columns={"full_name": "ФИО"}), "Не указано: «Класс»"),
        (changed(columns={}), "слишком длинно или пусто"),
        (changed(columns=["ФИО"]), "«columns»: нужно список"),
        (changed(values={"mark": {"отл": "5"}}), "нет поля «mark»"),
        (changed(sheet_field="exec"), "нет поля «exec»"),
        (changed(header_row=None), "нет «header_row»"),
        (changed(header_row=1, header_depth=2), "не помещается"),
        (changed(header_row=999), "нужно не больше 60"),
        (changed(date_format="%s"), "«date_format»: бывает ДД.ММ.ГГГГ"),
        (changed(script="rm"), "лишнее «script»"),
        (changed(version="3"), "«version»: нужно целое число"),
    ],
)
def test_what_is_no_profile_is_refused_in_words(content: bytes, words: str) -> None:
    with pytest.raises(Refusal, match=words):
        read_profile(content)


@pytest.mark.parametrize(
    ("headers", "fits"),
    [
        ({"Лист 1": {"ФИО", "Класс", "Рост"}}, True),
        ({"Другой лист": {"ФИО", "Класс"}}, True),
        ({"Другой лист": {"ФИО", "Класс"}, "Ещё": set()}, False),
        ({"Лист 1": {"ФИО"}}, False),
    ],
)
def test_a_profile_fits_a_file_with_all_its_columns(headers: dict[str, set[str]], fits: bool) -> None:
    frozen = {name: frozenset(texts) for name, texts in headers.items()}
    assert fitting([(7, MAPPING)], frozen) == ([7] if fits else [])


def test_a_profile_taken_again_keeps_its_name_and_counts_its_changes(
    school_store: Store, people: People
) -> None:
    first = take_profile(school_store, people.secretary, PROFILE, now=NOW)
    assert take_profile(school_store, people.secretary, PROFILE, now=NOW) == first
    assert [each.version for each in exchange_profiles(school_store, people.secretary)] == [3]
    other = ProfileFile("Наш список", 1, ColumnMapping(ImportKind.PUPILS, "", 1, 1, dict(MAPPING.columns)))
    assert take_profile(school_store, people.secretary, other, now=NOW) == first
    assert [each.version for each in exchange_profiles(school_store, people.secretary)] == [4]


def test_a_profile_is_renamed_unless_the_name_is_taken(school_store: Store, people: People) -> None:
    one, _ = (keep(school_store, people.admin, MAPPING, name) for name in ("Первый", "Второй"))
    with pytest.raises(RuleRefused, match="уже есть"):
        rename_profile(school_store, people.admin, one, "Второй", now=NOW)
    rename_profile(school_store, people.admin, one, "  Третий ", now=NOW)
    assert [each.name for each in exchange_profiles(school_store, people.admin)] == ["Второй", "Третий"]
