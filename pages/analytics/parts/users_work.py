"""Who works with the register: by role, week after week, and each person (п. 4.3, 7.1)."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from pages.analytics.parts.scene import Scene
from pages.ui.charts import lines_by_term, show_chart
from pages.ui.filters import choose_segment
from pages.ui.tables import beside_explanation, show_table
from pages.ui.typed_text import Markdown, as_typed
from pipelines.figures.columns import FigureColumn, formula_of, measure_column, measure_percent
from pipelines.figures.work import users_of, work_of_users
from pipelines.measures.user_activity import activity_of_groups, added_up
from school.access.roles import ROLES
from school.calendar import MONTHS_NOMINATIVE
from school.records import Role

STEPS = {"week_starts_on": "По неделям", "month_starts_on": "По месяцам"}
EXPLAINED = (
    "accounts",
    "accounts_active",
    "active_share",
    "days_per_active_user",
    "days_active",
    "sign_ins",
    "last_seen_at",
    "entries",
    "mark_entries",
    "absence_entries",
    "attendance_entries",
    "topic_entries",
    "homework_entries",
    "term_mark_entries",
    "remark_entries",
    "other_entries",
)
FAMILY = (Role.GUARDIAN, Role.PUPIL)
ROWS_SHOWN = 400


def _counted(name: str, title: str) -> FigureColumn:
    return measure_column(name, title, width=70)


GROUP_COLUMNS = (
    FigureColumn("title", "Роль", pinned=True),
    _counted("accounts", "Учётных записей"),
    _counted("accounts_active", "Работали"),
    measure_percent("active_share", "Их доля"),
    measure_column("days_per_active_user", "Дней на человека", 1),
    _counted("sign_ins", "Входов"),
    _counted("entries", "Записей"),
)
USER_COLUMNS = (
    FigureColumn("name", "Пользователь", pinned=True),
    FigureColumn("roles", "Роль", width=190),
    FigureColumn("last_seen", "Последний раз", help=formula_of("last_seen_at")),
    _counted("days_active", "Дней"),
    _counted("sign_ins", "Входов"),
    _counted("entries", "Записей"),
    _counted("mark_entries", "Отметки"),
    _counted("absence_entries", "Пропуски"),
    _counted("attendance_entries", "Посещ."),
    _counted("topic_entries", "Темы"),
    _counted("homework_entries", "ДЗ"),
    _counted("term_mark_entries", "Итоги"),
    _counted("remark_entries", "Замеч."),
    _counted("other_entries", "Прочее"),
)
# Families enter nothing: their visits are what there is to see (п. 4.3).
FAMILY_COLUMNS = tuple(
    column
    for column in USER_COLUMNS
    if column.name in {"name", "roles", "days_active", "sign_ins", "last_seen"}
)


def role_title(role: str) -> str:
    """Return a role in words."""
    return ROLES[Role(role)].title


def show_users(scene: Scene) -> None:
    """Show the report on users' activity in the days of a period."""
    users = users_of(scene.reader, scene.period, scene.today)
    if users.empty:
        st.info("Учётных записей, чью работу вы могли бы видеть, в этом периоде нет.")
        return
    beside_explanation(EXPLAINED).markdown(
        f"**Кто работает с журналом?** {scene.title}, фильтры классов и предметов здесь не действуют."
    )
    roles_place = st.container()
    step = choose_segment("step", "По неделям или по месяцам", STEPS, default="week_starts_on")
    done = work_of_users(scene.reader, scene.period, scene.today, ("user_id", step))
    whole = added_up(done)
    with roles_place:
        show_roles(scene, users, whole)
    show_steps(done, users, step)
    show_people(scene, users, whole)


def show_roles(scene: Scene, users: pd.DataFrame, done: pd.DataFrame) -> None:
    """Show how many people of each role were in the register."""
    rows = activity_of_groups(users, done, ("role",))
    order = {role.value: place for place, role in enumerate(ROLES)}
    rows = rows.sort_values("role", key=lambda roles: roles.map(order), ignore_index=True)
    rows = rows.assign(title=[role_title(role) for role in rows["role"]])
    show_table(rows, GROUP_COLUMNS, "roles", export=f"Активность по ролям, {scene.title}")


def show_steps(rows: pd.DataFrame, users: pd.DataFrame, step: str) -> None:
    """Show how many people of each role were in the register in each week or month."""
    if rows.empty:
        st.info("За этот период в журнале никто не работал.")
        return
    roles = users[["user_id", "role"]].drop_duplicates()
    counts = (
        rows.merge(roles, on="user_id").groupby([step, "role"])["user_id"].nunique().unstack(fill_value=0)
    )
    labels = [step_title(pd.Timestamp(start), step) for start in counts.index]
    lines = {
        role_title(role): list(counts[role].astype(float))
        for role in (role.value for role in ROLES)
        if role in counts.columns
    }
    show_chart("Сколько людей работает с журналом?", lines_by_term(labels, lines, 0, ""), "steps")


def step_title(start: pd.Timestamp, step: str) -> str:
    """Return a week by its Monday, a month by its name."""
    return (
        f"{start:%d.%m}" if step == "week_starts_on" else f"{MONTHS_NOMINATIVE[start.month - 1]} {start.year}"
    )


def show_people(scene: Scene, users: pd.DataFrame, done: pd.DataFrame) -> None:
    """Show what each person did; those who were not there at all too."""
    roles = users.groupby("user_id")["role"].agg(
        lambda own: ", ".join(sorted({role_title(role) for role in own}))
    )
    people = (
        users[["user_id", "name"]].drop_duplicates().assign(roles=lambda rows: rows["user_id"].map(roles))
    )
    staff_ids = set(users.loc[~users["role"].isin([role.value for role in FAMILY]), "user_id"])
    rows = people.merge(done, on="user_id", how="left")
    counts = [column.name for column in USER_COLUMNS if column.decimals == 0]
    rows[counts] = rows[counts].fillna(0)
    rows = rows.assign(
        last_seen=["" if pd.isna(moment) else f"{moment:%d.%m.%Y %H:%M}" for moment in rows["last_seen_at"]]
    ).sort_values(["days_active", "name"], ignore_index=True)
    is_staff = rows["user_id"].isin(staff_ids)
    for title, chosen, columns in (
        ("Работники школы: сверху — кто бывает реже", is_staff, USER_COLUMNS),
        ("Семьи: сверху — кто бывает реже", ~is_staff, FAMILY_COLUMNS),
    ):
        if chosen.any():
            show_people_of(rows[chosen], as_typed(title), columns, scene.title)


def show_people_of(rows: pd.DataFrame, title: Markdown, columns: Sequence[FigureColumn], period: str) -> None:
    """Show a table of people under its title."""
    key = "families" if columns is FAMILY_COLUMNS else "staff"
    st.markdown(f"**{title}**")
    if len(rows) > ROWS_SHOWN:
        st.caption(f"Показаны первые {ROWS_SHOWN} из {len(rows)}.")
    show_table(
        rows.head(ROWS_SHOWN),
        columns,
        f"people_{key}",
        export=f"Активность, {title.split(':', maxsplit=1)[0].lower()}, {period}",
    )
