"""What dashboards share: the choice of a period and rows, groups to compare by, and their names."""

from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeVar

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.ui.filters import (
    choose,
    choose_period,
    choose_rows,
    choose_segment,
    filters_offered,
    forget_unless,
    selection_of,
)
from pages.ui.typed_text import Markdown, as_typed
from pipelines.figures.figures import BASES, YEAR_BASES, previous_period
from pipelines.figures.school_now import default_basis
from pipelines.measures.tables import ids
from school.analytics.lookups.readers import FigureReader, choices_of, period_key, periods_of, remembered
from school.analytics.lookups.tables import Choices, PeriodRow, Selection, period_code
from school.calendar import period_text
from server.session import school

Made = TypeVar("Made")
FILTERS = ("school", "grade", "class", "subject", "teacher")
NO_PERIODS = "Учебных периодов пока нет: страница заполнится, когда начнётся учебный год."
NO_TEACHER = "учитель не указан"
# Beside a spinner, which shows after a tenth of a second.
COMPUTING = "Считаем показатели…"
FIELDS_BESIDE_PERIOD = 4
# Pixels: «2026/27, 2-е полугодие» stands in one line beside five other fields.
PERIOD_WIDTH = 210


@dataclass(frozen=True)
class Group:
    """What rows may be compared by: the words of the button, the column, the title of the table's column."""

    words: str
    column: str
    title: str
    nobody: str


GROUPS = {
    "class": Group("по классам", "class_id", "Класс", "класс не указан"),
    "grade": Group("по параллелям", "grade_level", "Параллель", "без параллели"),
    "subject": Group("по предметам", "subject_id", "Предмет", "предмет не указан"),
    "teacher": Group("по учителям", "teacher_id", "Учитель", NO_TEACHER),
    "school": Group("по школам", "school_id", "Школа", "школа не указана"),
}


@dataclass(frozen=True)
class Scene:
    """What figures are of: who reads, a period among the others, which rows, what there was to choose from, what is counted."""

    reader: FigureReader
    periods: list[PeriodRow]
    period: PeriodRow
    choices: Choices = field(default_factory=Choices)
    picked: Mapping[str, int] = field(default_factory=dict)
    selection: Selection = field(default_factory=dict)
    basis: str = ""

    @property
    def before(self) -> PeriodRow | None:
        """The period before, of the same kind."""
        return previous_period(self.periods, self.period)

    @property
    def compared(self) -> list[PeriodRow]:
        """The period with the one before it."""
        return [self.before, self.period] if self.before else [self.period]

    @property
    def now(self) -> datetime:
        """The school's time."""
        return self.reader.school.clock()

    @property
    def today(self) -> date:
        """The school's day."""
        return self.now.date()

    @property
    def title(self) -> Markdown:
        """The period in words."""
        return Markdown(period_text(self.period.school_year, self.period.kind, self.period.number))

    def kept(self, name: Hashable, make: Callable[[], Made]) -> Made:
        """Return what a page makes of its figures, once for this scene and state of the data; nobody changes it."""
        of_scene = (period_key(self.period, self.selection), self.basis, self.today)
        return remembered(self.reader, "made of a scene", (name, *of_scene), make)

    def names(self, group: str) -> dict[int, str]:
        """Return the titles of a group's members by id, in the order of a school's lists."""
        classes = self.choices.classes
        grades = sorted({row.grade_level for row in classes if row.grade_level is not None})
        return {
            "class": {row.class_id: row.name for row in classes},
            "grade": {grade: f"{grade}-е классы" for grade in grades},
            "subject": self.choices.subjects,
            "teacher": self.choices.teachers,
            "school": {row.school_id: row.school_name for row in classes},
        }[group]

    def name(self, group: str) -> str:
        """Return the title of the member that is chosen in a filter."""
        return self.names(group)[self.picked[group]]


def choose_scene(
    reader: FigureReader,
    filters: Sequence[str] = FILTERS,
    *,
    nothing: str = NO_PERIODS,
    settled: Collection[str] = frozenset(),
    has_basis: bool = False,
) -> Scene | None:
    """Show the period, what is counted (``has_basis``) and these filters; None, with a word of why, where there is no period."""
    periods = periods_of(reader)
    row = st.container(horizontal=True)
    today = school().clock().date()
    period = choose_period(
        periods, today, row, default=_period_of_class(reader, periods, today), width=PERIOD_WIDTH
    )
    if period is None:
        st.info(as_typed(nothing))
        return None
    basis = choose_basis([period], row) if has_basis else ""
    choices = choices_of(reader, period.term_ids)
    names = filters_offered(choices, filters)
    room = FIELDS_BESIDE_PERIOD - len(names)
    # A region of several schools has more filters than fit beside the period.
    beside = row if room >= 0 else st.container(horizontal=True)
    picked = choose_rows(choices, names, [beside] * len(names), settled)
    for _ in range(room):
        # Fields keep their width where there are few.
        row.space("stretch")
    return Scene(reader, periods, period, choices, picked, selection_of(picked), basis)


def _period_of_class(reader: FigureReader, periods: Sequence[PeriodRow], today: date) -> PeriodRow | None:
    """Return the running period of the class asked for, or else of the class that the reader leads; None: that of the most classes.

    A class that reports by half-years is in no quarter: whoever comes for it would not find it there.
    """
    asked = st.query_params.get("class", "")
    led = reader.user.homeroom_class_ids
    wanted = frozenset([int(asked)]) if asked.isdecimal() else frozenset(led)
    if not wanted:
        return None
    running = [
        each
        for each in periods
        if each.starts_on <= today <= each.ends_on and not each.is_whole_year and each.has_marks
    ]
    fitting = [
        each
        for each in running
        if wanted & {row.class_id for row in choices_of(reader, each.term_ids).classes}
    ]
    if asked and fitting and "period" not in st.query_params:
        forget_unless("period", [period_code(each) for each in fitting])
    return max(fitting, key=lambda each: each.class_count, default=None)


def choose_basis(periods: Sequence[PeriodRow], place: DeltaGenerator) -> str:
    """Show the choice of what is counted in all these periods; by default final marks where all have them."""
    offered = YEAR_BASES if any(period.is_whole_year for period in periods) else BASES
    return choose(
        "basis", "Что считать", offered, default=default_basis(periods, school().clock().date()), place=place
    )


def choose_group(
    scene: Scene, default: str = "class", offered: Sequence[str] = tuple(GROUPS), fewest: int = 2
) -> str:
    """Show what rows may be compared by; return the group's name. What has fewer members than ``fewest`` is not offered."""
    titles = {name: GROUPS[name].words for name in offered if len(scene.names(name)) >= fewest}
    if not titles:
        return default
    first = default if default in titles else next(iter(titles))
    return choose_segment("by", "По чему сравнить", titles, default=first)


def in_order(rows: pd.DataFrame, column: str, names: Mapping[int, str], nobody: str = "—") -> pd.DataFrame:
    """Return rows with the names of their ids as ``title``, in the order of the names."""
    return with_titles(rows, column, names, nobody).sort_values("order")


def with_titles(rows: pd.DataFrame, column: str, names: Mapping[int, str], nobody: str = "—") -> pd.DataFrame:
    """Return rows with their ids as ``id``, the names of these as ``title``, the places of these as ``order``."""
    order = {key: index for index, key in enumerate(names)}
    keys = ids(rows[column])
    found = {
        "id": pd.Series(keys, dtype=object).array,
        "title": [names.get(key, nobody) for key in keys],
        "order": [order.get(key, len(order)) for key in keys],
    }
    # One after another the columns would take longer than all the rest.
    return pd.concat([rows, pd.DataFrame(found, rows.index, copy=False)], axis=1)


def with_group_names(scene: Scene, rows: pd.DataFrame, group: str) -> pd.DataFrame:
    """Return rows of a group with ``id`` and ``title``, in the order of a school's lists."""
    of = GROUPS[group]
    return in_order(rows, of.column, scene.names(group), of.nobody).reset_index(drop=True)
