"""«Работа учителей»: how registers are filled, and whether pupils have enough marks (п. 4.2, 5.2, 5.5, 6.3)."""

from datetime import date, datetime, timedelta

import pandas as pd
import streamlit as st

from pages.shared.charts import ACCENT_SOFT, LATE, WARNING, shares, show_chart
from pages.shared.export import export_table
from pages.shared.figures import Reader, activity_by, choices_of, periods_of, unfilled_of
from pages.shared.filters import choose_period, choose_rows, filters_offered, remember, selection_of
from pages.shared.session import guard, school
from pages.shared.tables import Column, explain, formula_of, ids, percent_column, show_table
from pages.shared.words import counted, number_text, percent_text, period_text
from school.access.actions import Action
from school.access.checks import may_somewhere
from school.lookups.analytics import Choices, PeriodRow, UnfilledLesson
from school.rules.deadlines import entry_deadline

FILTERS = ("school", "grade", "subject", "teacher")
BARS = 25
LESSONS_SHOWN = 500
NO_TEACHER = "учитель не указан"
PARTS = {
    "lessons_not_filled": ("не заполнено", WARNING),
    "lessons_filled_late": ("с опозданием", LATE),
    "lessons_filled_in_time": ("вовремя", ACCENT_SOFT),
}
EXPLAINED = (
    "lessons_held",
    "filled_in_time_share",
    "lessons_filled_late",
    "lessons_not_filled",
    "without_topic_share",
    "without_homework_share",
    "marks_per_lesson",
    "late_marks_share",
    "mark_coverage",
    "coverage_on_pace",
)


def counted_column(name: str, title: str) -> Column:
    """Return a column of counts with its formula."""
    return Column(name, title, 0, help=formula_of(name))


COLUMNS = (
    Column("title", "Учитель", pinned=True),
    counted_column("lessons_held", "Уроков"),
    percent_column("filled_in_time_share", "Вовремя", help=formula_of("filled_in_time_share")),
    counted_column("lessons_filled_late", "Поздно"),
    counted_column("lessons_not_filled", "Не заполн."),
    counted_column("lessons_without_topic", "Без темы"),
    counted_column("lessons_without_homework", "Без ДЗ"),
    Column("marks_per_lesson", "Отм./урок", 1, help=formula_of("marks_per_lesson")),
    percent_column("late_marks_share", "Поздн. отм.", help=formula_of("late_marks_share")),
    percent_column("coverage_on_pace", "Накопл. сегодня", help=formula_of("coverage_on_pace")),
    percent_column("mark_coverage", "Накопл. за период", help=formula_of("mark_coverage")),
)


WITHOUT_TIMES = frozenset({"title", "lessons_held", "marks_per_lesson", "coverage_on_pace", "mark_coverage"})


def named_rows(rows: pd.DataFrame, choices: Choices) -> pd.DataFrame:
    """Return the rows with the teachers' names; first those whose lessons are least often filled in time."""
    keys = ids(rows["teacher_id"])
    titles = [choices.teachers.get(key, NO_TEACHER) for key in keys]
    named = rows.assign(id=pd.Series(keys, rows.index, dtype=object), title=titles)
    return named.sort_values(["filled_in_time_share", "title"], na_position="last")


def show_headline(rows: pd.DataFrame) -> None:
    """Show the whole school's counts."""
    total = rows[
        ["lessons_held", "lessons_filled_in_time", "lessons_filled_late", "lessons_not_filled"]
    ].sum()
    held = int(total["lessons_held"])
    places = st.columns([1, 1, 1, 1, 1.3])
    places[0].metric("Уроков состоялось", number_text(held))
    share = 100 * total["lessons_filled_in_time"] / held if held else None
    places[1].metric("Заполнено вовремя", percent_text(share))
    places[2].metric("С опозданием", number_text(total["lessons_filled_late"]))
    places[3].metric("Не заполнено", number_text(total["lessons_not_filled"]))
    with places[4]:
        explain(EXPLAINED, {"lessons_held": held})


def show_comparison(rows: pd.DataFrame) -> None:
    """Show whose registers need attention: a bar a teacher, and the table behind it."""
    drawn = rows.head(BARS)
    title = "Кому нужно внимание? Доли уроков, сверху — кто реже заполняет журнал вовремя"
    parts = {
        words: (colour, [int(count) for count in drawn[name]]) for name, (words, colour) in PARTS.items()
    }
    show_chart(title, shares(list(drawn["title"]), parts), "activity")
    if len(rows) > BARS:
        st.caption(f"На рисунке первые {BARS} из {len(rows)}; в таблице — все.")
    st.caption("Щёлкните слева от строки, чтобы увидеть незаполненные уроки учителя.")
    keys = list(rows["id"])
    shown = show_table(
        rows, COLUMNS, "teachers", on_choose=lambda row: remember(teacher=str(keys[row] or ""))
    )
    export_table(shown, "Работа учителей", key="export_teachers")


def last_day_due(now: datetime) -> date:
    """Return the last day whose lessons had to be filled by now (п. 5.5)."""
    today = now.date()
    return today if now > entry_deadline(today) else today - timedelta(days=1)


def show_unfilled(reader: Reader, teacher_id: int, name: str, period: PeriodRow, now: datetime) -> None:
    """Show a teacher's lessons without an entry, each with a link to its register."""
    lessons = unfilled_of(reader, teacher_id, period, last_day_due(now))
    st.subheader(name)
    if not lessons:
        st.success("Все уроки этого периода заполнены.")
        return
    words = counted(len(lessons), "урок", "урока", "уроков")
    st.markdown(f"Нет ни одной записи: **{words}**, новые сверху.")
    opens = may_somewhere(reader.user, Action.READ_REGISTER)
    rows = pd.DataFrame(
        {
            "day": [f"{lesson.held_on:%d.%m.%Y}" for lesson in lessons],
            "number": [lesson.number for lesson in lessons],
            "class": [lesson.class_name for lesson in lessons],
            "subject": [
                " · ".join(filter(None, (lesson.subject_name, lesson.subgroup_name))) for lesson in lessons
            ],
            "link": [register_address(lesson) for lesson in lessons],
        }
    ).head(LESSONS_SHOWN)
    columns = [
        Column("day", "День"),
        Column("number", "Урок", 0),
        Column("class", "Класс"),
        Column("subject", "Предмет", width="large"),
        *([Column("link", "Журнал")] if opens else []),
    ]
    shown = show_table(rows, columns, "unfilled", links={"Журнал": "Открыть"})
    export_table(shown.drop(columns="Журнал", errors="ignore"), "Незаполненные уроки", key="export_unfilled")


def register_address(lesson: UnfilledLesson) -> str:
    """Return the address of a lesson in the register: identifiers only."""
    group = "" if lesson.subgroup_id is None else f"&group={lesson.subgroup_id}"
    return f"grid?class={lesson.class_id}&subject={lesson.subject_id}{group}&lesson={lesson.lesson_id}"


def show_teachers(reader: Reader) -> None:
    """Show the whole page."""
    st.title("Работа учителей")
    now = school().clock()
    periods = periods_of(reader)
    period_place, *places = st.columns([1.25, 1, 1, 1.2, 1.4])
    period = choose_period(periods, now.date(), period_place)
    if period is None:
        st.info("Учебных периодов пока нет: страница заполнится, когда начнётся учебный год.")
        return
    choices = choices_of(reader, period.term_ids)
    picked = choose_rows(choices, filters_offered(choices, FILTERS), places)
    rows = named_rows(activity_by(reader, period, selection_of(picked), now), choices)
    if rows["id"].isna().all():
        st.info(missing_text(rows, period))
        return
    if not rows["lessons_filled"].sum() and rows["marks_given"].sum():
        show_marks_only(rows)
        return
    show_headline(rows)
    if "teacher" in picked:
        name = choices.teachers[picked["teacher"]]
        show_unfilled(reader, picked["teacher"], name, period, now)
        show_table(rows, COLUMNS, "teacher")
    else:
        show_comparison(rows)


def show_marks_only(rows: pd.DataFrame) -> None:
    """Show what can be said of lessons that were imported without the time of their entries."""
    st.info(
        "Неизвестно, когда эти уроки заполнены (так бывает после загрузки из другой системы): сроки не проверяются."
    )
    explain(EXPLAINED[-4:])
    shown = show_table(rows, [column for column in COLUMNS if column.name in WITHOUT_TIMES], "teachers")
    export_table(shown, "Работа учителей", key="export_teachers")


def missing_text(rows: pd.DataFrame, period: PeriodRow) -> str:
    """Return why there is nothing to show: no lessons at all, or lessons without teachers."""
    title = period_text(period.school_year, period.kind, period.number)
    if rows.empty:
        return f"За период «{title}» состоявшихся уроков нет. Выберите другой период."
    return (
        f"За период «{title}» в данных не указано, кто ведёт уроки (так бывает после загрузки из другой системы). "
        "Страница заполнится, когда администратор внесёт учителей и нагрузку."
    )


show_teachers(Reader(school(), guard(Action.READ_TEACHER_ACTIVITY), Action.READ_TEACHER_ACTIVITY))
