"""The registers of a year with how far each is behind its plan; a chosen row opens its plan."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import streamlit as st

from pages.ui.export import export_table
from pages.ui.filters import remember
from pages.ui.register_choice import number_in_url
from pages.ui.tables import RecordColumn, show_records
from pipelines.figures.columns import PERCENT
from school.access.action import Action
from school.access.checks import may
from school.calendar import first_of_september, school_year_title
from school.lesson_plans.lookups import RegisterProgress, plan_registers, plan_years
from school.numbers import DASH, counted, number_text
from school.records import RegisterKey, RegisterRow, User
from server.session import school

TABLE_ROWS = 15


def _figure(name: str, title: str, width: int, words: str = "") -> RecordColumn[RegisterProgress]:
    """Return a column of a plan's figure, which a register without a plan leaves empty."""

    def value(row: RegisterProgress) -> object:
        return getattr(row.progress, name) if row.progress else None

    return RecordColumn(title, value, 0, width, words)


REGISTERS: tuple[RecordColumn[RegisterProgress], ...] = (
    RecordColumn("Класс", lambda row: row.register.class_name, width=48),
    RecordColumn("Предмет", lambda row: subject_title(row.register), width=196),
    RecordColumn("Учитель", lambda row: row.register.teacher_names or DASH, width=105),
    _figure("total", "План, ч", 60),
    _figure("due", "К сегодня", 74, "сколько часов плана должно было пройти, считая отменённые уроки"),
    _figure("held", "Проведено", 78, "уроки, на которых пройден очередной час плана"),
    _figure("lag", "Отстаёт", 70, "к сегодня по плану − проведено, уроков (п. 6.3)"),
    replace(
        _figure("held_share", "Пройдено", 76, "проведено / часов в плане · 100"), decimals=1, unit=PERCENT
    ),
    _figure("cancelled", "Отменено", 76, "уроки, потерянные из-за отмены"),
    _figure("off_plan", "Вне плана", 74, "уроки с темой, которой в плане нет, и сверх часов темы"),
    _figure("unwritten", "Тема не запис.", 100, "уроки прошли, а тема в журнал не записана (п. 3.4)"),
    RecordColumn(
        "Сжато",
        lambda row: row.compressed_hours if row.progress else None,
        0,
        58,
        "на сколько часов план сокращён перепланированием",
    ),
)


def register_in_address() -> RegisterKey | None:
    """Return the register of the address, or None."""
    class_id, subject_id = number_in_url("class"), number_in_url("subject")
    if class_id is None or subject_id is None:
        return None
    return RegisterKey(class_id, subject_id, number_in_url("group"))


def open_register(key: RegisterKey) -> None:
    """Put a register into the address."""
    st.query_params["class"], st.query_params["subject"] = str(key.class_id), str(key.subject_id)
    if key.subgroup_id is not None:
        st.query_params["group"] = str(key.subgroup_id)


def close_register() -> None:
    """Return to the list of registers."""
    for name in ("class", "subject", "group"):
        st.query_params.pop(name, None)
    remember(plan_view="")


def subject_title(register: RegisterRow) -> str:
    """Return «Математика · подгруппа 1»."""
    return f"{register.subject_name}{f' · {register.subgroup_name}' if register.subgroup_name else ''}"


def show_registers(user: User, today: date) -> None:
    """Show the registers of a year with how far each is behind its plan; a chosen row opens its plan."""
    year_box, only_box, find_box, _ = st.columns([1.6, 2.4, 2.6, 4.2], vertical_alignment="center")
    years = plan_years(school().store, user)
    begun = [year for year in years if first_of_september(year) <= today] or years
    if not years:
        st.info("Журналов пока нет. Они появятся, когда администратор заполнит нагрузку или загрузит журнал.")
        return
    asked = number_in_url("year")
    default = asked if asked in years else begun[0]
    year = year_box.selectbox(
        "Учебный год",
        years,
        years.index(default),
        format_func=school_year_title,
        label_visibility="collapsed",
    )
    only_behind = only_box.toggle("Только с отставанием", key="plans_behind")
    rows = plan_registers(school().store, user, year, today=today)
    wanted = find_box.text_input(
        "Найти", placeholder="Класс, предмет или учитель", label_visibility="collapsed", key="plans_find"
    )
    rows = [row for row in rows if _fits(row, wanted, only_behind)]
    if not rows:
        st.info(
            "Таких журналов нет."
            if wanted or only_behind
            else "Журналов этого года, которые вы ведёте или читаете, нет."
        )
        return
    show_summary(rows)
    reads_all = may(user, Action.READ_LESSON_PLANS)
    rows.sort(key=lambda row: _order(row, None if reads_all else user.staff_id))
    table = show_records(
        rows,
        REGISTERS,
        "plans_table",
        on_choose=lambda number: open_register(rows[number].register.key),
        rows_shown=TABLE_ROWS,
    )
    note, export = st.columns([6, 1.4], vertical_alignment="center")
    note.caption("Нажмите на строку, чтобы открыть план. Сверху — наибольшее отставание.")
    with export:
        export_table(
            table, f"Прохождение программы {school_year_title(year).replace('/', '-')}", key="plans_export"
        )


def _order(row: RegisterProgress, own_id: int | None) -> tuple[bool, int]:
    """First one's own registers, then those furthest behind."""
    is_own = own_id in row.register.teacher_ids
    return (own_id is not None and not is_own, -(row.progress.lag if row.progress else 0))


def _fits(row: RegisterProgress, wanted: str, only_behind: bool) -> bool:
    register = row.register
    text = f"{register.class_name} {subject_title(register)} {register.teacher_names}".casefold()
    is_behind = row.progress is not None and row.progress.lag > 0
    return all(word in text for word in wanted.casefold().split()) and (is_behind or not only_behind)


def show_summary(rows: Sequence[RegisterProgress]) -> None:
    """Say in a line how many registers have plans and how many are behind."""
    planned = [row.progress for row in rows if row.progress]
    behind = [figures for figures in planned if figures.lag]
    without = len(rows) - len(planned)
    parts = [
        f"Журналов: **{number_text(len(rows))}**",
        f"отстают: **{number_text(len(behind))}**",
        f"отставание всего: **{counted(sum(figures.lag for figures in behind), 'урок', 'урока', 'уроков')}**",
        f"уроков без темы: **{number_text(sum(figures.unwritten for figures in planned))}**",
    ]
    unplanned = f" · :orange-background[без плана: {number_text(without)}]" if without else ""
    st.markdown(" · ".join(parts) + unplanned)
