"""Profiles of columns, an exchange and a system let in: what a secretary and an administrator have by the middle of a term (п. 4.6)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from demo.plan.structure_rows import Founded
from demo.plan.whole_school import SchoolPlan
from school.files.column_mapping import ColumnMapping
from school.files.plan import ImportKind
from school.imports.actions.exchanges import unload
from school.imports.actions.profiles import keep_profile
from school.imports.records import OutChoices
from school.my_school.actions import write_esia_id
from school.records import Role
from school.store.connection import Store
from school.store.reading import read_column
from school.year.records import YearKey

LIST = ColumnMapping(
    ImportKind.PUPILS,
    "Список",
    2,
    1,
    {
        "full_name": "Обучающийся",
        "school_class": "Класс",
        "born_on": "Дата рождения",
        "starts_on": "Зачислен",
    },
    date_format="ГГГГ-ММ-ДД",
)
REGISTER = ColumnMapping(
    ImportKind.FACTS,
    "Отметки",
    1,
    1,
    {
        "full_name": "Ученик",
        "school_class": "Класс",
        "subject": "Предмет",
        "lesson_date": "Дата",
        "nth": "Урок предмета за день",
        "mark": "Отметка",
        "absence": "Пропуск",
    },
    values={"absence": {"болезнь": "б", "неявка": "н", "уважит.": "у", "опоздание": "о"}},
)
DAYS_AGO = 6
WITH_NUMBER, FIRST_NUMBER = 3, 1_000_200_300


def live_exchange(store: Store, plan: SchoolPlan, school: Founded, now: datetime) -> None:
    """Keep two profiles, take the list of pupils away a week ago, write down some numbers in ЕСИА."""
    secretary, admin = (school.user_with(role) for role in (Role.SECRETARY, Role.ADMIN))
    calendar = plan.years[-1].calendar
    at = now - timedelta(days=DAYS_AGO)
    profile_id = keep_profile(
        store, secretary, ImportKind.PUPILS, "Список для района", LIST.to_text(), now=at
    )
    keep_profile(store, admin, ImportKind.FACTS, "Отметки и пропуски", REGISTER.to_text(), now=at)
    (school_id,) = read_column(store, "SELECT min(school_id) FROM schools")
    key = YearKey(school_id, calendar.school_year)
    choices = OutChoices(key, at.date(), (calendar.starts_on, calendar.ends_on))
    unload(store, secretary, profile_id, choices, as_csv=False, now=at)
    for place, pupil_id in enumerate(_pupils(store)):
        write_esia_id(store, secretary, pupil_id, str(FIRST_NUMBER + place), now=at)


def _pupils(store: Store) -> Sequence[int]:
    query = "SELECT pupil_id FROM enrolments WHERE ends_on IS NULL ORDER BY pupil_id LIMIT $count"
    return read_column(store, query, {"count": WITH_NUMBER})
