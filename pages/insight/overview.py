"""«Обзор школы»: the figures, what changed since the last period, and what needs attention (п. 4.2, 7.2)."""

from typing import Any

import pandas as pd
import streamlit as st

from pages.shared.attention import Now, concerns, quality_shifts, running_together
from pages.shared.charts import shifts, show_chart
from pages.shared.export import export_table
from pages.shared.figures import (
    Reader,
    activity_by,
    attendance_by,
    previous_period,
    show_reach,
    standings_by,
)
from pages.shared.links import page_link
from pages.shared.quality_view import (
    Scene,
    choose_scene,
    in_order,
    measures_of,
    no_marks_text,
    show_measures,
    show_other_kinds,
)
from pages.shared.session import guard, school
from pages.shared.tables import Column, explain, formula_of, percent_column, records, show_table
from pages.shared.words import change_text, number_text, percent_text, period_text
from pipelines.same_pupils import SAME_PUPILS
from school.access.actions import Action
from school.access.checks import may_somewhere

FILTERS = ("school", "grade")
# The chart shows so many of those that gained and of those that lost.
ENDS = 6
EXPLAINED = (
    "failing",
    "all_fives",
    "missed_share",
    "filled_in_time_share",
    "coverage_on_pace",
    *(measure.name for measure in SAME_PUPILS),
)


def show_more_figures(scene: Scene) -> None:
    """Show how pupils stand, what they missed and how registers are kept, with changes where they are known."""
    places = st.columns([1, 1, 1, 1, 1, 1.3])
    for place, (title, value, change, is_good) in zip(places, more_figures(scene), strict=False):
        place.metric(title, value, change, delta_color="normal" if is_good else "inverse")
    with places[5]:
        explain(EXPLAINED)


def more_figures(scene: Scene) -> list[tuple[str, str, str | None, bool]]:
    """Return figures of the school: title, value, change since the period before, whether more is better."""
    now, before = standing_row(scene, 1), standing_row(scene, 0)
    figures = [
        _pupils_figure(now, before, name, title, is_good)
        for name, title, is_good in (("all_fives", "Отличников", True), ("failing", "С «2»", False))
    ]
    missed = attendance_by(scene.reader, scene.period, scene.selection, school().clock().date(), ())
    figures += [
        ("Пропущено уроков", percent_text(row["missed_share"]), None, False) for row in records(missed)
    ]
    if may_somewhere(scene.reader.user, Action.READ_TEACHER_ACTIVITY):
        figures += work_figures(scene)
    return figures


def standing_row(scene: Scene, place: int) -> dict[str, Any] | None:
    """Return the standings of the period (1) or of the one before it (0); None where nobody has any."""
    before = previous_period(scene.of.periods, scene.period)
    period = scene.period if place else before
    if period is None:
        return None
    rows = records(standings_by(scene.reader, scene.of.basis, period, scene.selection, ()))
    return rows[0] if rows and rows[0]["pupils_with_marks"] else None


def _pupils_figure(
    now: dict[str, Any] | None, before: dict[str, Any] | None, name: str, title: str, is_good: bool
) -> tuple[str, str, str | None, bool]:
    if now is None:
        return (title, number_text(None), None, is_good)
    change = change_text(now[name] - before[name], 0, "") if before else None
    return (title, number_text(now[name]), change and change.replace("−", "-"), is_good)


def work_figures(scene: Scene) -> list[tuple[str, str, str | None, bool]]:
    """Return how the registers of the period are kept."""
    reader = Reader(scene.reader.school, scene.reader.user, Action.READ_TEACHER_ACTIVITY)
    rows = activity_by(reader, scene.period, scene.selection, school().clock())
    total = rows[["lessons_held", "lessons_filled", "lessons_filled_in_time", "pairs", "pairs_on_pace"]].sum()
    share = 100 * total["lessons_filled_in_time"] / total["lessons_held"] if total["lessons_filled"] else None
    coverage = 100 * total["pairs_on_pace"] / total["pairs"] if total["pairs"] else None
    return [
        ("Заполнено вовремя", percent_text(share), None, True),
        ("Накопл. сегодня", percent_text(coverage), None, True),
    ]


def show_attention(now: Now) -> None:
    """Show what needs attention, each a link to where it is seen."""
    st.markdown("**Что требует внимания?**")
    found = concerns(now)
    if not found:
        st.success("Ничего срочного: журналы заполнены, отметок хватает, качество держится.")
    for concern in found:
        page_link(concern.path, concern.text, concern.codes, concern.icon)


def show_changes(scene: Scene, now: Now) -> None:
    """Show which classes gained and which lost since the period before, each against its own pupils."""
    rows = in_order(quality_shifts(now), "class_id", scene.class_names | other_class_names(now))
    before = previous_period(scene.of.periods, scene.period)
    if rows.empty or before is None:
        st.info("Сравнивать не с чем: прошлого учебного периода с отметками нет.")
        return
    rows = rows.sort_values("quality_shift")
    drawn = rows if len(rows) <= 2 * ENDS else pd.concat([rows.head(ENDS), rows.tail(ENDS)])
    hovers = [
        f"{row['title']}: {change_text(row['quality_shift'])}<br>учеников: {number_text(row['pupils_compared'])}, "
        f"хуже у {number_text(row['pupils_fallen'])}<br>случайная ошибка {number_text(row['shift_error'], 1)} п. п."
        for row in records(drawn)
    ]
    figure = shifts(
        list(drawn["title"]),
        list(drawn["quality_shift"]),
        [0.0 if pd.isna(error) else float(error) for error in drawn["shift_error"]],
        [bool(told) for told in drawn["is_beyond_chance"]],
        hovers,
    )
    show_chart("Какие классы прибавили в качестве, а какие потеряли?", figure, "shifts")
    st.caption(
        f"Те же ученики, «{period_text(before.school_year, before.kind, before.number)}» → сейчас. "
        "Цветные — больше случайного; черта — случайная ошибка."
    )
    with st.expander("Таблица: сдвиг качества по классам"):
        export_table(
            show_table(rows, shift_columns(), "shift_rows"), "Сдвиг качества по классам", key="export_shifts"
        )


def shift_columns() -> list[Column]:
    """Return the columns of the table of shifts."""
    return [
        Column("title", "Класс", pinned=True),
        percent_column("quality_before", "Прежде", help=formula_of("quality_before")),
        percent_column("quality_now", "Сейчас", help=formula_of("quality_now")),
        Column("quality_shift", "Сдвиг, п. п.", 1, signed=True, help=formula_of("quality_shift")),
        Column("shift_error", "Ошибка", 1, help=formula_of("shift_error")),
        Column("pupils_compared", "Учеников", 0, help=formula_of("pupils_compared")),
        Column("pupils_fallen", "Стало хуже", 0, help=formula_of("pupils_fallen")),
    ]


def other_class_names(now: Now) -> dict[int, str]:
    """Return the classes of the periods that run together."""
    return {row.class_id: row.name for row in now.choices().classes}


def show_overview(reader: Reader) -> None:
    """Show the whole page."""
    st.title("Обзор школы" if reader.tables.reach.is_whole_school else "Обзор")
    scene = choose_scene(reader, FILTERS)
    if scene is None:
        return
    row = measures_of(scene.of)
    if row is None:
        st.info(no_marks_text(scene.of))
    else:
        show_measures(row)
        show_more_figures(scene)
    running = running_together(scene.of.periods, scene.period)
    now = Now(reader, school().clock(), running, scene.of.periods, scene.of.basis, scene.selection)
    changes, attention = st.columns([1, 1], gap="medium")
    with attention:
        show_attention(now)
    with changes:
        show_changes(scene, now)
    show_other_kinds(scene.of)
    show_reach(reader)


show_overview(Reader(school(), guard(Action.READ_QUALITY), Action.READ_QUALITY))
