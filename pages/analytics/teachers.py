"""«Учителя»: quality and the keeping of the register, a row a teacher; a chosen row opens the teacher (п. 4.2, 6.3)."""

import pandas as pd
import streamlit as st

from pages.analytics.parts.quality import (
    NO_TEACHER,
    Slice,
    default_basis,
    group_rows,
    in_order,
    short_columns,
)
from pages.analytics.parts.register_work import EXPLAINED, TIMES_UNKNOWN, times_are_known, work_columns
from pages.ui.charts import ACCENT_SOFT, LATE, WARNING, shares, show_chart
from pages.ui.filters import choose_period, choose_rows, filters_offered, selection_of, show_scope
from pages.ui.links import follow_choice, open_next
from pages.ui.tables import explain, show_table
from pipelines.figures.columns import FigureColumn
from pipelines.figures.work import activity_by
from school.access.action import Action
from school.access.checks import may_somewhere
from school.analytics.lookups.readers import FigureReader, choices_of, periods_of
from school.analytics.lookups.tables import Choices, PeriodRow, Selection
from school.calendar import period_text
from school.numbers import number_text, percent_text
from server.session import guard, school

FILTERS = ("school", "grade", "subject")
BARS = 25
QUALITY_BESIDE_WORK = ("quality_rate", "quality_rate_change", "mean_mark")
# What only the page of one teacher shows.
IN_DETAIL = ("late_marks_share", "mark_coverage")
PARTS = {
    "lessons_not_filled": ("не заполнено", WARNING),
    "lessons_filled_late": ("с опозданием", LATE),
    "lessons_filled_in_time": ("вовремя", ACCENT_SOFT),
}


def teacher_rows(
    reader: FigureReader, periods: list[PeriodRow], period: PeriodRow, selection: Selection, choices: Choices
) -> pd.DataFrame:
    """Return a row a teacher: how the register is kept and, for whoever may see it, the quality of teaching.

    First stand those whose lessons are least often filled in time.
    """
    rows = activity_by(reader, period, selection, school().clock())
    if may_somewhere(reader.user, Action.READ_QUALITY):
        quality_reader = FigureReader(reader.school, reader.user, Action.READ_QUALITY)
        of = Slice(quality_reader, periods, period, default_basis([period]), selection)
        measured = group_rows(of, "teacher_id", choices.teachers).drop(columns=["id", "title", "order"])
        rows = rows.merge(measured, on="teacher_id", how="left")
    named = in_order(rows, "teacher_id", choices.teachers, NO_TEACHER)
    return named.sort_values(["filled_in_time_share", "title"], na_position="last")


def columns_of(rows: pd.DataFrame) -> list[FigureColumn]:
    """Return the columns that these rows have something to say in."""
    measured = [
        column for column in short_columns() if column.name in QUALITY_BESIDE_WORK and column.name in rows
    ]
    work = [column for column in work_columns(rows) if column.name not in IN_DETAIL]
    return [FigureColumn("title", "Учитель", pinned=True), *measured, *work]


def show_headline(rows: pd.DataFrame) -> None:
    """Show the counts of all."""
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
    """Show whose registers need attention: a bar a teacher."""
    drawn = rows.head(BARS)
    title = "Кому нужно внимание? Доли уроков, сверху — кто реже заполняет журнал вовремя"
    parts = {
        words: (colour, [int(count) for count in drawn[name]]) for name, (words, colour) in PARTS.items()
    }
    show_chart(title, shares(list(drawn["title"]), parts), "activity")
    if len(rows) > BARS:
        st.caption(f"На рисунке первые {BARS} из {len(rows)}; в таблице — все.")


def show_rows(rows: pd.DataFrame, title: str) -> None:
    """Show the table; a chosen row opens the teacher."""
    st.caption("Щёлкните слева от строки, чтобы открыть учителя.")
    keys = list(rows["id"])
    show_table(
        rows,
        columns_of(rows),
        "teachers",
        rows_shown=30,
        on_choose=lambda number: open_next("analytics/teacher.py", {"teacher": keys[number]}),
        export=f"Учителя, {title}",
    )


def show_teachers(reader: FigureReader) -> None:
    """Show the whole page."""
    st.title("Учителя")
    periods = periods_of(reader)
    period_place, *places = st.columns([1.25, 1, 1, 1.2, 1.4])
    period = choose_period(periods, school().clock().date(), period_place)
    if period is None:
        st.info("Учебных периодов пока нет: страница заполнится, когда начнётся учебный год.")
        return
    choices = choices_of(reader, period.term_ids)
    picked = choose_rows(choices, filters_offered(choices, FILTERS), places)
    rows = teacher_rows(reader, periods, period, selection_of(picked), choices)
    title = period_text(period.school_year, period.kind, period.number)
    if rows["id"].isna().all():
        st.info(missing_text(rows, title))
        return
    if times_are_known(rows):
        show_headline(rows)
        show_comparison(rows)
    else:
        st.info(TIMES_UNKNOWN)
        explain(EXPLAINED[-4:])
    show_rows(rows, title)
    show_scope(reader)


def missing_text(rows: pd.DataFrame, title: str) -> str:
    """Return why there is nothing to show: no lessons at all, or lessons without teachers."""
    if rows.empty:
        return f"За период «{title}» состоявшихся уроков нет. Выберите другой период."
    return (
        f"За период «{title}» в данных не указано, кто ведёт уроки (так бывает после загрузки из другой системы). "
        "Страница заполнится, когда администратор внесёт учителей и нагрузку."
    )


follow_choice()
show_teachers(FigureReader(school(), guard(Action.READ_TEACHER_ACTIVITY), Action.READ_TEACHER_ACTIVITY))
