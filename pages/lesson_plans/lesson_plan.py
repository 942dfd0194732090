"""«Планирование (КТП)»: registers held against their plans, and one plan to read, fill, load and replan."""

from datetime import date

import pandas as pd
import streamlit as st

from pages.lesson_plans.parts.plan_changes import show_loading, show_replanning, show_topics
from pages.lesson_plans.parts.registers import (
    TABLE_ROWS,
    close_register,
    register_in_address,
    show_registers,
    subject_title,
)
from pages.ui.export import export_table
from pages.ui.filters import choose_segment
from pages.ui.links import page_link
from pages.ui.tables import show_table
from pages.ui.typed_text import Markdown, as_typed
from pages.ui.upload import show_note
from pipelines.figures.columns import FigureColumn
from school.access.action import Action
from school.calendar import MONTHS_SHORT, WEEKDAYS_SHORT, school_year_title
from school.errors import Refusal
from school.lesson_plans.lookups import PlanPage, plan_page
from school.lesson_plans.rules.plans import PlacedLesson
from school.numbers import counted, percent_text
from school.records import RegisterKey, User
from server.session import guard, school

VIEWS = {
    "lessons": "По урокам",
    "topics": "Темы",
    "load": "Вставить или загрузить",
    "replan": "Перепланировать",
}
EDITOR_VIEWS = ("topics", "load", "replan")


def show_plan(user: User, key: RegisterKey, today: date) -> None:
    """Show one register's plan."""
    try:
        page = plan_page(school().store, user, key, today=today)
    except Refusal as refusal:
        st.warning(as_typed(str(refusal)))
        st.button("Все планы", icon=":material/arrow_back:", on_click=close_register, type="tertiary")
        return
    back, title, register_box = st.columns([1.5, 7, 1.8], vertical_alignment="center")
    back.button("Все планы", icon=":material/arrow_back:", on_click=close_register, type="tertiary")
    teachers = f" · {as_typed(page.register.teacher_names)}" if page.register.teacher_names else ""
    title.markdown(
        f"#### {as_typed(page.register.class_name)} {as_typed(subject_title(page.register))}, "
        f"{school_year_title(page.register.school_year)}{teachers}"
    )
    with register_box:
        show_register_link(page)
    st.markdown(progress_text(page))
    show_note()
    views = {name: words for name, words in VIEWS.items() if page.may_edit or name not in EDITOR_VIEWS}
    if not page.may_edit:
        views["topics"] = VIEWS["topics"]
    if not page.topics:
        views.pop("replan", None)
    default = "load" if page.may_edit and not page.topics else "lessons"
    view = choose_segment("plan_view", "Что показать", views, default=default)
    if view == "lessons":
        show_lessons(page, today)
    elif view == "topics":
        show_topics(page, user)
    elif view == "load":
        show_loading(page, user)
    else:
        show_replanning(page, user)


def show_register_link(page: PlanPage) -> None:
    """Link to the register itself."""
    key = page.register.key
    codes = {
        "year": page.register.school_year,
        "class": key.class_id,
        "subject": key.subject_id,
        "group": key.subgroup_id,
    }
    page_link("register/grid.py", "Открыть журнал", codes, ":material/grid_on:")


def progress_text(page: PlanPage) -> Markdown:
    """Say in a line where the plan stands and where lessons went."""
    figures = page.progress
    if not page.topics:
        return Markdown(":orange-background[плана ещё нет]")
    lag = counted(figures.lag, "урок", "урока", "уроков")
    reasons = [
        f"отменено {figures.cancelled}" if figures.cancelled else "",
        f"не по плану {figures.off_plan}" if figures.off_plan else "",
    ]
    why = ", ".join(filter(None, reasons))
    parts = [
        f"В плане **{counted(figures.total, 'час', 'часа', 'часов')}**",
        f"к сегодня по плану {figures.due}",
        f"проведено **{figures.held}** ({percent_text(figures.held_share, 0)})",
        f":orange-background[отставание {lag}{f': {why}' if why else ''}]"
        if figures.lag
        else ":green-background[отставания нет]",
        f":orange-background[без темы: {figures.unwritten}]" if figures.unwritten else "",
        f"осталось часов {figures.total - figures.held}, уроков {page.lessons_left}",
        f"уплотнено на {page.compressed_hours} ч" if page.compressed_hours else "",
    ]
    return Markdown(" · ".join(filter(None, parts)))


def show_lessons(page: PlanPage, today: date) -> None:
    """Show the plan laid over the lessons, from the dated ones to those the timetable promises."""
    if not page.lessons:
        st.info("Уроков этого журнала пока нет: план разложится по датам, когда появится расписание.")
        return
    rows = [_lesson_row(page, number, today) for number in range(len(page.lessons))]
    first = next((i for i, placed in enumerate(page.lessons) if placed.lesson.held_on >= today), len(rows))
    is_whole = st.toggle("С начала года", key="plan_whole", value=first < TABLE_ROWS) if first else True
    shown = rows if is_whole else rows[max(0, first - 4) :]
    columns = [
        FigureColumn("number", "№", 0, width=50),
        FigureColumn("day", "Дата", width=110),
        FigureColumn("planned", "Тема по плану"),
        FigureColumn("written", "В журнале"),
        FigureColumn("state", "Состояние", width=170),
    ]
    table = show_table(pd.DataFrame(shown), columns, "plan_lessons", rows_shown=13)
    place = f"{page.register.class_name} {page.register.subject_name}"
    export_table(table, f"КТП {place}", key="plan_lessons_export")
    beyond = page.progress.total - page.progress.held - page.lessons_left
    if beyond > 0 and page.topics:
        hours = counted(beyond, "часу плана", "часам плана", "часам плана")
        st.caption(f"До конца года не хватает уроков {hours}.")


def _lesson_row(page: PlanPage, number: int, today: date) -> dict[str, object]:
    placed = page.lessons[number]
    lesson = placed.lesson
    topic = page.topics[placed.place] if placed.place is not None else None
    return {
        "number": number + 1,
        "day": day_text(lesson.held_on),
        "planned": topic.title if topic else "",
        "written": lesson.topic,
        "state": lesson_state(placed, today, has_plan=bool(page.topics)),
    }


def day_text(day: date) -> str:
    """Return «пн 23 ноя»."""
    return f"{WEEKDAYS_SHORT[day.weekday()]} {day.day} {MONTHS_SHORT[day.month - 1]}"


def lesson_state(placed: PlacedLesson, today: date, *, has_plan: bool) -> str:
    """Return what became of a lesson in a word or two."""
    lesson = placed.lesson
    if lesson.is_cancelled:
        return "отменён"
    if lesson.topic:
        return "по плану" if placed.is_planned or not has_plan else "не по плану"
    if lesson.lesson_id is None:
        return "по расписанию"
    return "тема не записана" if lesson.held_on < today else "впереди"


def show(user: User) -> None:
    """Show the whole page."""
    today = school().clock().date()
    key = register_in_address()
    if key is None:
        show_registers(user, today)
    else:
        show_plan(user, key, today)


show(guard(Action.READ_LESSON_PLANS))
