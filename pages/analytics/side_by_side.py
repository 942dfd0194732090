"""«Сравнение»: two terms, two years or two classes side by side (п. 4.2, 7.2)."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from pages.analytics.parts.quality import EXPLAINED, MEASURES, figure_text, group_rows, measures_of, with_gaps
from pages.analytics.parts.scene import FILTERS, Scene, choose_basis
from pages.ui.charts import mark_spread, pairs_of_bars, show_chart
from pages.ui.filters import (
    EVERYTHING,
    choose_period,
    choose_rows,
    filters_offered,
    remember,
    remembered_code,
    selection_of,
    show_scope,
)
from pages.ui.tables import explain, show_table
from pages.ui.typed_text import as_typed
from pipelines.figures.columns import FigureColumn, formula_of, percent_column
from pipelines.figures.figures import previous_period
from school.access.action import Action
from school.analytics.lookups.readers import FigureReader, choices_of, periods_of
from school.analytics.lookups.tables import PeriodRow
from school.numbers import DASH, change_text, is_known, number_text
from server.session import guard, school

# The filters of the right side have addresses of their own; the left side has those that all pages share.
LEFT, RIGHT = "", "other_"
ABOVE_CLASS = ("school", "grade")
ROW = 3


def choose_side(
    reader: FigureReader,
    periods: list[PeriodRow],
    prefix: str,
    default: PeriodRow | None,
    alike: Mapping[str, int] | None = None,
) -> Scene | None:
    """Show the filters of a side, of the second one with what the first has, ``alike``; None where there are no periods."""
    first, *rest = st.columns([1.5, 1, 1])
    period = choose_period(periods, school().clock().date(), first, default=default, prefix=prefix)
    if period is None:
        return None
    choices = choices_of(reader, period.term_ids)
    names = filters_offered(choices, FILTERS)
    places = [*rest, *(place for _ in range(0, len(names), ROW) for place in st.columns(ROW))]
    picked = choose_rows(choices, names, places, prefix=prefix, alike=alike)
    return Scene(reader, periods, period, choices, picked, selection_of(picked))


def period_of_right(periods: list[PeriodRow], left: Scene) -> PeriodRow | None:
    """Return the period that the right side has unasked: the left's where it differs in rows, else the one before.

    Sides are alike but for what is compared.
    """
    for name in FILTERS:
        code = remembered_code(f"{RIGHT}{name}")
        if code and code != str(left.picked.get(name, EVERYTHING)):
            return left.period
    return previous_period(periods, left.period) or left.period


def meet_class(reader: FigureReader, periods: list[PeriodRow], left: Scene) -> None:
    """Have a class that was chosen on the right while another year stood there found by its name in the left's year.

    Choosing a class means comparing it in one period; classes of two years are different ones of one name.
    """
    code = remembered_code(f"{RIGHT}class")
    now = {row.name: row.class_id for row in left.choices.classes}
    before = previous_period(periods, left.period)
    is_chosen = code.isdecimal() and int(code) not in now.values()
    if not is_chosen or before is None or remembered_code(f"{RIGHT}period"):
        return
    names = {row.class_id: row.name for row in choices_of(reader, before.term_ids).classes}
    if same := now.get(names.get(int(code), "")):
        remember(**{f"{RIGHT}class": str(same)})


def title_of(scene: Scene) -> str:
    """Return what a side is, in words: the period and what it was narrowed to."""
    return ", ".join([*(scene.name(group) for group in scene.picked), scene.title])


def show_measures(sides: Sequence[Scene], titles: tuple[str, str]) -> bool:
    """Show every measure of both sides with the difference; return whether either side has any."""
    left, right = (measures_of(scene) for scene in sides)
    if left is None and right is None:
        st.info("Ни слева, ни справа отметок нет. Выберите другие периоды или классы.")
        return False
    for side, title in ((left, titles[0]), (right, titles[1])):
        if side is None:
            st.info(f"«{as_typed(title)}»: отметок нет.")
    rows = []
    for name, measure in {"n": "Отметок", **MEASURES}.items():
        decimals = {"n": 0, "mean_mark": 2}.get(name, 1)
        one, other = (side[name] if side else math.nan for side in (left, right))
        difference = float(one) - float(other) if is_known(one) and is_known(other) else None
        rows.append(
            {
                "measure": measure,
                "left": side_text(name, one),
                "right": side_text(name, other),
                "difference": change_text(difference, decimals, "") or DASH,
            }
        )
    columns = [
        FigureColumn("measure", "Показатель", pinned=True),
        FigureColumn("left", titles[0]),
        FigureColumn("right", titles[1]),
        FigureColumn("difference", "Слева − справа"),
    ]
    show_table(pd.DataFrame(rows), columns, "sides", export="Сравнение")
    present = [(title, side) for title, side in zip(titles, (left, right), strict=True) if side]
    counts = {mark: [int(side[f"n{mark}"]) for _, side in present] for mark in (5, 4, 3, 2)}
    show_chart(
        "Чем отличаются доли отметок?", mark_spread([title for title, _ in present], counts), "sides_spread"
    )
    return True


def side_text(name: str, value: Any) -> str:
    """Write a measure of a side."""
    return number_text(value) if name == "n" else figure_text(name, value)


def show_subjects(sides: Sequence[Scene], titles: tuple[str, str]) -> None:
    """Show the quality of both sides by subject and the difference."""
    pieces = [
        group_rows(scene, "subject_id", scene.choices.subjects)[["title", "n", "quality_rate", "mean_mark"]]
        for scene in sides
    ]
    # Subjects are met by name: two schools may keep one subject under two ids.
    rows = pieces[0].merge(pieces[1], on="title", how="outer", suffixes=("_left", "_right"))
    if rows.empty:
        return
    rows["difference"] = rows["quality_rate_left"] - rows["quality_rate_right"]
    rows = rows.sort_values("difference", na_position="last")
    bars = {
        title: with_gaps(rows[f"quality_rate_{side}"])
        for title, side in zip(titles, ("left", "right"), strict=True)
    }
    show_chart(
        "По каким предметам качество разошлось сильнее?",
        pairs_of_bars(list(rows["title"]), bars, " %"),
        "by_subject",
    )
    help_text = formula_of("quality_rate")
    columns = [
        FigureColumn("title", "Предмет", pinned=True),
        percent_column("quality_rate_left", "Качество слева", help=help_text),
        percent_column("quality_rate_right", "Качество справа", help=help_text),
        FigureColumn("difference", "Слева − справа, п. п.", 1, signed=True),
        FigureColumn("mean_mark_left", "Ср. балл слева", 2),
        FigureColumn("mean_mark_right", "Ср. балл справа", 2),
        FigureColumn("n_left", "Отметок слева", 0),
        FigureColumn("n_right", "Отметок справа", 0),
    ]
    show_table(rows, columns, "sides_subjects", rows_shown=30, export="Сравнение по предметам")


def show_side_by_side(reader: FigureReader) -> None:
    """Show the whole page."""
    periods = periods_of(reader)
    left_place, right_place = st.columns(2, gap="large")
    with left_place:
        left = choose_side(reader, periods, LEFT, None)
    if left is None:
        st.info("Учебных периодов пока нет: сравнивать будет что, когда начнётся учебный год.")
        return
    meet_class(reader, periods, left)
    with right_place:
        # A class of another grade level may be asked for: then only the rest is as on the left.
        own_class = remembered_code(f"{RIGHT}class") not in ("", EVERYTHING)
        alike = {name: key for name, key in left.picked.items() if not (own_class and name in ABOVE_CLASS)}
        right = choose_side(reader, periods, RIGHT, period_of_right(periods, left), alike)
    sides = [left, right or left]
    basis_box, _, _, info = st.columns(4, vertical_alignment="bottom")
    basis = choose_basis([scene.period for scene in sides], basis_box)
    sides = [replace(scene, basis=basis) for scene in sides]
    with info:
        explain(EXPLAINED[:-1])
    titles = title_of(sides[0]), title_of(sides[1])
    if titles[0] == titles[1]:
        titles = f"{titles[0]} (слева)", f"{titles[1]} (справа)"
    if show_measures(sides, titles):
        show_subjects(sides, titles)
    show_scope(reader)


show_side_by_side(FigureReader(school(), guard(Action.READ_QUALITY), Action.READ_QUALITY))
