"""«Отчёт об активности пользователей»: who worked with the register in a term, how often and at what (п. 4.3, 7.1)."""

import pandas as pd

from pipelines.measures.user_activity import activity_of_groups, user_activity
from pipelines.reports.document import Chart, Document, DocumentTable, Section
from pipelines.reports.periodic.columns import framed, number, place_of, text, with_titles
from pipelines.reports.periodic.source import ReportSource, document_of_source
from school.access.roles import ROLES
from school.analytics.lookups.register_work import WorkTables, work_tables
from school.numbers import counted
from school.records import Role

FAMILY = (Role.GUARDIAN, Role.PUPIL)
GROUPS = (
    text("title", "Кто", 55),
    number("accounts", "Учётных записей", 20),
    number("accounts_active", "Заходили", 18),
    number("active_share", "Заходили, %", 18, 1),
    number("days_per_active_user", "Дней на одного", 20, 1),
    number("sign_ins", "Входов", 16),
    number("entries", "Записей", 18),
)
STAFF = (
    text("name", "Сотрудник", 52),
    text("roles", "Роли", 44),
    number("days_active", "Дней в журнале", 15),
    number("sign_ins", "Входов", 14),
    number("mark_entries", "Отметки", 15),
    number("absence_entries", "Пропуски", 15),
    number("topic_entries", "Темы", 13),
    number("homework_entries", "Задания", 14),
    number("term_mark_entries", "Итоговые отметки", 16),
    number("entries", "Всего записей", 15),
    text("last_seen", "Последний раз", 25),
)
FAMILIES = (
    text("title", "Класс", 30),
    number("accounts", "Учётных записей", 25),
    number("accounts_active", "Заходили", 25),
    number("active_share", "Заходили, %", 25, 1),
    number("days_per_active_user", "Дней на одного", 25, 1),
)


def activity(source: ReportSource) -> Document:
    """Return the report of a term: roles, each employee, families by class."""
    read = work_tables(source.store, source.user, source.period.starts_on, source.last_day)
    sections = [
        Section("Кто пользуется журналом", (), (groups_table(read),)),
        Section("Сотрудники", (), (staff_table(read),)),
        Section("Родители и ученики по классам", (), (families_table(source, read),)),
    ]
    happened = read.events.aggregate("count(*)").fetchall()[0][0]
    rests_on = counted(happened, "событие", "события", "событий")
    return document_of_source(source, sections, is_landscape=True, rests_on=rests_on)


def groups_table(read: WorkTables) -> DocumentTable:
    """Return how many of each role signed in and what they entered; who plays two roles counts in both."""
    rows = activity_of_groups(read.users, user_activity(read.events), ("role",)).df()
    order = {str(role): place for place, role in enumerate(Role)}
    titled = rows.assign(
        title=[ROLES[Role(role)].title for role in rows["role"]], place=rows["role"].map(order)
    )
    chart = Chart(
        "Какая доля пользователей заходила в журнал?", 0, place_of(GROUPS, "active_share"), highest=100.0
    )
    return framed("", titled.sort_values("place"), GROUPS, empty="Учётных записей нет.", chart=chart)


def staff_table(read: WorkTables) -> DocumentTable:
    """Return each employee with an account, the least active first: whom to ask and to help."""
    users = read.users.df()
    staff = users[~users["role"].isin(FAMILY)]
    people = (
        staff.groupby("user_id")
        .agg(
            name=("name", "first"),
            roles=("role", lambda own: ", ".join(ROLES[Role(role)].title for role in own)),
        )
        .reset_index()
    )
    done = user_activity(read.events).df()
    rows = people.merge(done, on="user_id", how="left")
    counts = [field.name for field in STAFF if field.name in done.columns]
    rows = rows.fillna(dict.fromkeys(counts, 0)).assign(
        last_seen=[
            "не заходил" if pd.isna(seen) else f"{seen:%d.%m.%Y %H:%M}" for seen in rows["last_seen_at"]
        ]
    )
    return framed(
        "", rows.sort_values(["days_active", "name"]), STAFF, empty="Учётных записей сотрудников нет."
    )


def families_table(source: ReportSource, read: WorkTables) -> DocumentTable:
    """Return how many accounts of parents and pupils of each class were used."""
    users = read.users.filter(f"role IN ({', '.join(repr(str(role)) for role in FAMILY)})")
    rows = activity_of_groups(users, user_activity(read.events), ("class_id",)).df()
    of_classes = with_titles(
        rows[rows["class_id"].isin(source.class_names)], "title", "class_id", source.class_name
    )
    return framed(
        "", source.in_order(of_classes), FAMILIES, empty="Учётных записей родителей и учеников нет."
    )
