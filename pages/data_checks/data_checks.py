"""«Проверка данных»: what contradicts itself in the school's data, counts first, findings on demand (п. 4.3, 6.3)."""

from collections.abc import Callable
from datetime import date, timedelta

import streamlit as st

from pages.ui.export import export_table
from pages.ui.filters import choose, remember, remembered_code
from pages.ui.tables import RecordColumn, show_records
from school.access.action import Action
from school.access.checks import may_somewhere
from school.calendar import school_year_title, term_title
from school.data_checks.lookups import (
    FINDINGS_SHOWN,
    DataFinding,
    check_counts,
    check_findings,
    checked_years,
)
from school.data_checks.rules import CHECK_OF_NAME, CHECKS, DataCheck, MendedAt
from school.records import User
from server.menu import MENU
from server.session import guard, school

WIDTHS = [0.7, 2.6, 6.2, 1.3]


def register_address(found: DataFinding) -> dict[str, object]:
    """Return the register, and in it the lesson, of a finding."""
    return {
        "class": found.class_id,
        "subject": found.subject_id,
        "group": found.subgroup_id,
        "term": found.term_id,
        "lesson": found.lesson_id,
    }


def week_address(found: DataFinding) -> dict[str, object]:
    """Return the week of a class in «Пропуски»."""
    monday = found.held_on - timedelta(days=found.held_on.weekday()) if found.held_on else None
    return {"class": found.class_id, "week": monday}


# Where a finding is set right: the page and what its address needs.
LINKS: dict[MendedAt, tuple[str, Callable[[DataFinding], dict[str, object]]]] = {
    MendedAt.REGISTER: ("register/grid.py", register_address),
    MendedAt.ABSENCES: ("attendance/absences.py", week_address),
    MendedAt.TERM_MARKS: ("term_marks/term_marks.py", register_address),
    MendedAt.CLASS_LIST: ("people/class_lists.py", lambda found: {"class": found.class_id}),
    MendedAt.LOAD: ("year/load.py", lambda found: {"class": found.class_id}),
    MendedAt.TIMETABLE: ("year/timetable.py", lambda found: {"class": found.class_id}),
    MendedAt.SUBSTITUTIONS: (
        "substitutions/substitutions.py",
        lambda found: {"absent": found.teacher_id, "day": found.held_on},
    ),
}


def link_to(check: DataCheck, found: DataFinding, user: User, school_year: int) -> str:
    """Return the address at which a finding is set right, or nothing where the user has no such page."""
    path, address_of = LINKS[check.mended_at]
    row = next(each for each in MENU if each.path == path)
    if not may_somewhere(user, row.action):
        return ""
    address = {"year": school_year, **address_of(found)}
    return f"/{row.url_path}?" + "&".join(
        f"{name}={value}" for name, value in address.items() if value is not None
    )


def when(found: DataFinding) -> str:
    """Return the hour, the day or else the term of a finding."""
    number = f", {found.number}-й урок" if found.number else ""
    if found.held_on:
        return f"{found.held_on:%d.%m.%y}{number}"
    return term_title(found.term_kind, found.term_number) if found.term_kind and found.term_number else ""


def columns_of(check: DataCheck, user: User, school_year: int) -> list[RecordColumn[DataFinding]]:
    """Return the columns of a check's findings."""
    return [
        RecordColumn(
            "Где",
            lambda row: " ".join(filter(None, (row.class_name, row.subject_name, row.subgroup_name))) or "—",
            width=250,
        ),
        RecordColumn("Когда", lambda row: when(row) or "—", width=120),
        RecordColumn("Кто", lambda row: row.pupil_name or row.teacher_name or "—", width=190),
        RecordColumn("Что найдено", lambda row: row.note, width=330),
        RecordColumn("", lambda row: link_to(check, row, user, school_year) or None, width=80),
    ]


def show_check(check: DataCheck, count: int) -> None:
    """Show a check in a row: its count, its question, and the button that opens its findings."""
    count_box, title_box, question_box, button_box = st.columns(WIDTHS, vertical_alignment="center")
    count_box.markdown(f":orange-badge[{count}]" if count else ":green[:material/check:]")
    title_box.markdown(f"**{check.title}**" if count else check.title)
    question_box.markdown(f":gray[{check.question}]", help=check.why)
    if count:
        is_open = remembered_code("check") == check.name
        button_box.button(
            "Скрыть" if is_open else "Показать",
            key=f"open_{check.name}",
            on_click=remember,
            kwargs={"check": "" if is_open else check.name},
            type="tertiary",
        )


def show_findings(check: DataCheck, user: User, school_year: int, today: date, count: int) -> None:
    """Show the findings of a check with links to where they are set right."""
    found = check_findings(school().store, user, check.name, school_year, today)
    columns = columns_of(check, user, school_year)
    columns = columns if any(map(columns[-1].value, found)) else columns[:-1]
    with st.container(border=True):
        words_box, button_box = st.columns([6, 1.4], vertical_alignment="center")
        words_box.markdown(f"**{check.title}.** {check.why}")
        table = show_records(found, columns, f"found_{check.name}", rows_shown=8, links={"": "исправить"})
        with button_box:
            export_table(table.drop(columns=[""], errors="ignore"), check.title, key=f"export_{check.name}")
        if count > FINDINGS_SHOWN:
            st.caption(f"Показаны последние {FINDINGS_SHOWN} из {count}.")


def show_checks(user: User) -> None:
    """Show the whole page."""
    today = school().clock().date()
    years = checked_years(school().store, user)
    if not years:
        st.info("Проверять пока нечего: классов в журнале нет.")
        return
    titles = {str(year): school_year_title(year) for year in years}
    begun = next((year for year in years if year <= today.year), years[0])
    words_box, year_box = st.columns([6, 1.4], vertical_alignment="center")
    code = choose("year", "Учебный год", titles, default=str(begun), place=year_box, label_hidden=True)
    counts = check_counts(school().store, user, int(code), today)
    failing = [check for check in CHECKS if counts[check.name]]
    if failing:
        words_box.markdown(f"**Нужно посмотреть: {len(failing)} из {len(CHECKS)} проверок**")
    else:
        words_box.success(f"Всё в порядке: {len(CHECKS)} проверок ничего не нашли.", icon=":material/check:")
    opened = CHECK_OF_NAME.get(remembered_code("check"))
    if opened in failing:
        show_findings(opened, user, int(code), today, counts[opened.name])
    with st.container(gap="xxsmall"):
        for check in (*failing, *(check for check in CHECKS if check not in failing)):
            show_check(check, counts[check.name])


show_checks(guard(Action.READ_DATA_CHECKS))
