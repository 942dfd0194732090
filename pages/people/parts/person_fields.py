"""The fields of people's forms: names, phones, days."""

from datetime import date

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from school.people.records import Guardian, GuardianDraft
from school.people.rules.people import AGES, LONGEST_FILE_NUMBER, LONGEST_NAME, LONGEST_WORDS, RELATIONS
from school.records import PersonName

NOBODY = PersonName("", "")


def name_fields(key: str, name: PersonName = NOBODY) -> PersonName:
    """Show the three fields of a name in a row and return what is typed."""
    last, first, middle = st.columns(3)
    return PersonName(
        last.text_input("Фамилия", name.last, max_chars=LONGEST_NAME, key=f"{key}_last"),
        first.text_input("Имя", name.first, max_chars=LONGEST_NAME, key=f"{key}_first"),
        middle.text_input("Отчество", name.middle, max_chars=LONGEST_NAME, key=f"{key}_middle"),
    )


def birthday_field(key: str, today: date, born_on: date | None = None) -> date | None:
    """Show the field of a birthday, which may stay empty, and return the day."""
    first = date(today.year - AGES[-1], 1, 1)
    return st.date_input(
        "Дата рождения", born_on, min_value=first, max_value=today, format="DD.MM.YYYY", key=f"{key}_born"
    )


def file_number_field(key: str, number: str = "", place: DeltaGenerator | None = None) -> str:
    """Show the field of the number of a personal file and return what is typed."""
    return (place or st).text_input(
        "№ личного дела", number, max_chars=LONGEST_FILE_NUMBER, placeholder="И-12", key=f"{key}_file"
    )


def guardian_fields(key: str, guardian: Guardian | None = None) -> GuardianDraft:
    """Show the fields of a parent and return what is typed; the names stay empty where nobody is meant."""
    name = name_fields(key, guardian.name if guardian else NOBODY)
    relation_box, phone_box = st.columns([1, 2])
    known = list(dict.fromkeys([*RELATIONS, guardian.relation if guardian else ""]))
    relation = relation_box.selectbox(
        "Кем приходится",
        [each for each in known if each],
        index=known.index(guardian.relation) if guardian and guardian.relation else None,
        placeholder="Не указано",
        accept_new_options=True,
        key=f"{key}_relation",
    )
    phone = phone_box.text_input(
        "Телефон", guardian.phone if guardian else "", max_chars=LONGEST_WORDS, key=f"{key}_phone"
    )
    return GuardianDraft(name, relation or "", phone)
