"""What the pages of curriculum, attendance and the work with the register share: filters, groups and their names."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import pandas as pd
import streamlit as st

from pages.ui.filters import choose_period, choose_rows, choose_segment, filters_offered, selection_of
from pipelines.measures.tables import ids
from school.analytics.lookups.readers import FigureReader, choices_of, periods_of
from school.analytics.lookups.tables import Choices, PeriodRow, Selection
from school.calendar import period_text
from server.session import school

FILTERS = ("school", "grade", "class", "subject", "teacher")
NO_PERIODS = "Учебных периодов пока нет: страница заполнится, когда начнётся учебный год."
BARS = 30


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
    "teacher": Group("по учителям", "teacher_id", "Учитель", "учитель не указан"),
    "school": Group("по школам", "school_id", "Школа", "школа не указана"),
}


@dataclass(frozen=True)
class WorkScene:
    """Who reads, the chosen period, what there was to choose from and what was chosen."""

    reader: FigureReader
    period: PeriodRow
    choices: Choices
    picked: dict[str, int]

    @property
    def selection(self) -> Selection:
        """The chosen rows."""
        return selection_of(self.picked)

    @property
    def now(self) -> datetime:
        """The school's time."""
        return self.reader.school.clock()

    @property
    def today(self) -> date:
        """The school's day."""
        return self.now.date()

    @property
    def title(self) -> str:
        """The period in words."""
        return period_text(self.period.school_year, self.period.kind, self.period.number)

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


def choose_work(reader: FigureReader) -> WorkScene | None:
    """Show the filters; say so and return None where there is no period to choose."""
    periods = periods_of(reader)
    period_place, *places = st.columns([1.25, 1, 1, 1.2, 1.2])
    period = choose_period(periods, school().clock().date(), period_place)
    if period is None:
        st.info(NO_PERIODS)
        return None
    choices = choices_of(reader, period.term_ids)
    names = filters_offered(choices, FILTERS)
    # A region of several schools has more filters than fit beside the period.
    boxes = places if len(names) <= len(places) else st.columns(len(names))
    return WorkScene(reader, period, choices, choose_rows(choices, names, boxes))


def choose_group(scene: WorkScene, offered: Sequence[str], default: str = "class") -> str:
    """Show what rows may be compared by; return the group's name. What has one member only is not offered."""
    titles = {name: GROUPS[name].words for name in offered if len(scene.names(name)) > 1}
    if not titles:
        return default
    first = default if default in titles else next(iter(titles))
    return choose_segment("by", "По чему сравнить", titles, default=first)


def with_group_names(scene: WorkScene, rows: pd.DataFrame, group: str) -> pd.DataFrame:
    """Return rows of a group with ``id`` and ``title``, in the order of a school's lists."""
    names, column = scene.names(group), GROUPS[group].column
    order = {key: place for place, key in enumerate(names)}
    keys = ids(rows[column])
    titles = [names.get(key, GROUPS[group].nobody) for key in keys]
    places = [order.get(key, len(order)) for key in keys]
    with_titles = rows.assign(id=pd.Series(keys, rows.index, dtype=object), title=titles, order=places)
    return with_titles.sort_values("order", ignore_index=True)
