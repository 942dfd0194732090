"""«Обзор школы»: the figures, what changed since the last period, and what needs attention (п. 4.2, 7.2)."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from pages.analytics.parts.quality import (
    Figure,
    choose_quality,
    show_figure,
    show_measures_of,
    show_other_kinds,
)
from pages.analytics.parts.scene import COMPUTING, Scene, in_order
from pages.ui.charts import shifts, show_chart
from pages.ui.filters import show_scope
from pages.ui.links import opener, page_link
from pages.ui.tables import explain, show_table
from pages.ui.typed_text import Markdown, as_typed
from pipelines.catalogue.measures import SAME_PUPILS
from pipelines.figures.attention import Now, concerns, quality_shifts, running_together
from pipelines.figures.columns import FigureColumn, measure_column, measure_percent
from pipelines.figures.figures import coverage_by, standings_by
from pipelines.figures.work import attendance_of, lessons_filled_by
from pipelines.measures.same_pupils import ERRORS_BEYOND_CHANCE, FEWEST_PUPILS
from pipelines.measures.tables import records
from school.access.action import Action
from school.access.checks import may_somewhere
from school.analytics.lookups.readers import FigureReader
from school.analytics.lookups.tables import PeriodRow
from school.calendar import period_text, term_title
from school.numbers import DASH, change_text, is_known, number_text, percent_text
from server.session import guard, school

FILTERS = ("school", "grade")
REACH_HELP = f"Случайная ошибка × {ERRORS_BEYOND_CHANCE:.0f}; учеников меньше {FEWEST_PUPILS} — не судим."
# The chart shows so many of those that gained and of those that lost.
ENDS = 6
REGISTER = ("class_id", "subject_id")
# A sentence stands whole, however long.
WHOLE_SENTENCES = (
    """<style>.st-key-attention [data-testid="stPageLink-NavLink"] * { white-space: normal; }</style>"""
)
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
    place = st.container(horizontal=True)
    figures, counts = more_figures(scene)
    with place:
        for figure in figures:
            # An import may have brought marks alone.
            if figure.value != DASH:
                show_figure(
                    place,
                    as_typed(figure.title),
                    as_typed(figure.value),
                    figure.change,
                    is_good=figure.is_good,
                )
        explain(EXPLAINED, counts)


def more_figures(scene: Scene) -> tuple[list[Figure], dict[str, float]]:
    """Return figures of the school in the period, and on how many cases they stand: pupils by standing, lessons missed, how registers are kept."""
    now, before = standing_totals(scene, scene.period), standing_totals(scene, scene.before)
    figures = [
        Figure(title, number_text(now[name]), whole_change(now, before, name), is_good)
        for name, title, is_good in (("all_fives", "Отличников", True), ("failing", "Неуспевающих", False))
        if now
    ]
    missed = attendance_of(scene.reader, scene.period, scene.selection, scene.today, ("class_id",)).sum(
        numeric_only=True
    )
    figures.append(Figure("Пропущено уроков", share_text(missed, "missed_lessons", "pupil_lessons")))
    counts = {**now, "pupil_lessons": missed.get("pupil_lessons", 0)}
    if may_somewhere(scene.reader.user, Action.READ_TEACHER_ACTIVITY):
        of_work, cases = work_figures(scene)
        return [*figures, *of_work], counts | cases
    return figures, counts


def standing_totals(scene: Scene, period: PeriodRow | None) -> dict[str, float]:
    """Return how many pupils are in each standing in a period; empty where nobody is."""
    if period is None:
        return {}
    # How the period before was finished stands in its final marks.
    is_finished = period != scene.period and period.has_term_marks
    basis = "term" if is_finished else scene.basis
    rows = standings_by(scene.reader, basis, period, scene.selection, ("class_id",))
    total = {str(name): float(count) for name, count in rows.sum(numeric_only=True).items()}
    return total if total.get("pupils_with_marks") else {}


def whole_change(now: Mapping[str, float], before: Mapping[str, float], name: str) -> Markdown | None:
    """Write by how many pupils a standing grew or shrank; None where there is nothing to compare with."""
    if not before:
        return None
    change = change_text(now[name] - before[name], 0, "")
    return Markdown(change.replace("−", "-")) if change else None


def share_text(total: Any, part: str, whole: str) -> str:
    """Write a part of a whole in percent; a dash where there is no whole."""
    return percent_text(100 * total[part] / total[whole] if total.get(whole) else None)


def work_figures(scene: Scene) -> tuple[list[Figure], dict[str, float]]:
    """Return how the registers of the period are kept, and of how many lessons and pairs that is said (п. 5.2, 5.5)."""
    reader = FigureReader(scene.reader.school, scene.reader.user, Action.READ_TEACHER_ACTIVITY)
    filled = lessons_filled_by(reader, scene.period, scene.selection, scene.now, ("teacher_id",)).sum(
        numeric_only=True
    )
    covered = coverage_by(reader, scene.period, scene.selection, scene.today, REGISTER).sum(numeric_only=True)
    # Of an import that brought marks alone it is not known when lessons were filled.
    whole = "lessons_held" if filled.get("lessons_filled") else "lessons_filled"
    figures = [
        Figure("Заполнено вовремя", share_text(filled, "lessons_filled_in_time", whole)),
        Figure("Накопляемость сегодня", share_text(covered, "pairs_on_pace", "pairs")),
    ]
    return figures, {"lessons_held": filled.get("lessons_held", 0), "pairs": covered.get("pairs", 0)}


def show_attention(now: Now, *, has_marks: bool) -> None:
    """Show what needs attention, each a link to where it is seen."""
    st.markdown("**Что требует внимания?**")
    found = concerns(now)
    if not found and not has_marks:
        st.info("Пока неизвестно: в этом периоде отметок нет.")
    elif not found:
        show_calm(now.reader)
    st.html(WHOLE_SENTENCES)
    for concern in found:
        page_link(concern.path, as_typed(concern.text), concern.codes, concern.icon)
    # The figures above are of one period: here more classes are counted.
    if others := now.running[1:]:
        titles = ", ".join(f"«{term_title(row.kind, row.number)}»" for row in others)
        st.caption(f"Вместе с классами, у которых сейчас {titles}.")


def show_calm(reader: FigureReader) -> None:
    """Say that nothing is found, and no more than what this reader's findings look at."""
    if may_somewhere(reader.user, Action.READ_TEACHER_ACTIVITY):
        st.success("Ничего срочного: журналы заполнены, отметок хватает, качество держится.")
        return
    st.success("Ничего срочного: качество держится, большого отставания от программы нет.")
    unfilled = {"work_view": "unfilled"}
    page_link("analytics/register_work.py", "Какие уроки не заполнены", unfilled, ":material/edit_off:")


def show_changes(scene: Scene, now: Now) -> None:
    """Show which classes gained and which lost since the period before, each against its own pupils."""
    rows = in_order(
        quality_shifts(now),
        "class_id",
        scene.names("class") | {row.class_id: row.name for row in now.choices().classes},
    )
    before = scene.before
    if rows.empty or before is None:
        st.info("Сравнивать не с чем: прошлого учебного периода с отметками нет.")
        return
    rows = rows.sort_values("quality_shift")
    drawn = rows if len(rows) <= 2 * ENDS else pd.concat([rows.head(ENDS), rows.tail(ENDS)])
    hovers = [
        f"{row['title']}: {change_text(row['quality_shift'])}\nучеников: {number_text(row['pupils_in_both_terms'])}, "
        f"хуже у {number_text(row['pupils_fallen'])}\n{reach_text(row['chance_reach'])}"
        for row in records(drawn)
    ]
    figure = shifts(
        list(drawn["title"]),
        list(drawn["quality_shift"]),
        [0.0 if pd.isna(reach) else float(reach) for reach in drawn["chance_reach"]],
        [bool(is_beyond) for is_beyond in drawn["is_beyond_chance"]],
        hovers,
    )
    show_chart("Какие классы прибавили в качестве, а какие потеряли?", figure, "shifts")
    st.caption(
        f"Те же ученики, «{period_text(before.school_year, before.kind, before.number)}» → сейчас. "
        "Черта — каким бывает случайный сдвиг: где она не доходит до нуля, сдвиг больше случайного и столбик цветной."
        f"{few_text(rows)}"
    )
    with st.expander("Таблица: сдвиг качества по классам"):
        show_table(
            rows,
            shift_columns(),
            "shift_rows",
            on_choose=opener("analytics/school_class.py", "class", list(rows["class_id"])),
            export="Сдвиг качества по классам",
        )


def reach_text(reach: float | None) -> str:
    """Say how far chance alone may move the quality of a class."""
    if not is_known(reach):
        return f"учеников меньше {FEWEST_PUPILS}: о случайности не судим"
    return f"случайным бывает сдвиг до {number_text(reach, 1)} п. п."


def few_text(rows: pd.DataFrame) -> Markdown:
    """Say why some bars have no line, where some have none."""
    few = Markdown(f" Без черты — учеников меньше {FEWEST_PUPILS}.")
    return few if rows["chance_reach"].isna().any() else Markdown("")


def shift_columns() -> list[FigureColumn]:
    """Return the columns of the table of shifts."""
    return [
        FigureColumn("title", "Класс", pinned=True),
        measure_percent("quality_before", "Прежде"),
        measure_percent("quality_now", "Сейчас"),
        measure_column("quality_shift", "Сдвиг, п. п.", 1, signed=True),
        measure_column("shift_error", "Ошибка", 1),
        FigureColumn("chance_reach", "Случайным бывает до, п. п.", 1, help=REACH_HELP),
        measure_column("pupils_in_both_terms", "Учеников"),
        measure_column("pupils_fallen", "Стало хуже"),
    ]


def show_overview(reader: FigureReader) -> None:
    """Show the whole page."""
    scene = choose_quality(reader, FILTERS)
    if scene is None:
        return
    with st.spinner(COMPUTING):
        has_marks = show_measures_of(scene)
        if has_marks:
            show_more_figures(scene)
    running = running_together(scene.periods, scene.period)
    now = Now(reader, scene.now, running, scene.periods, scene.basis, scene.selection)
    changes, attention = st.columns([1, 1], gap="medium")
    with attention.container(key="attention"), st.spinner(COMPUTING):
        show_attention(now, has_marks=has_marks)
    with changes, st.spinner(COMPUTING):
        show_changes(scene, now)
    show_other_kinds(scene)
    show_scope(reader)


show_overview(FigureReader(school(), guard(Action.READ_QUALITY), Action.READ_QUALITY))
