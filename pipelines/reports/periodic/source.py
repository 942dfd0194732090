"""What a periodic report is made from: who asks, for which period, and the tables within that person's scope."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

import pandas as pd

from pipelines.figures.figures import of_period, previous_period, quality_by
from pipelines.reports.document import Document, Section
from school.analytics.lookups.readers import By, FigureReader, choices_of, periods_of
from school.analytics.lookups.tables import Choices, PeriodRow, ScopedTables, Selection, class_pupils
from school.errors import RuleRefused
from school.numbers import counted, is_known
from school.records import User
from school.register.rules.marks import is_graded
from school.reports.access import FIGURES_OF, check_may_make_report
from school.reports.lookups import span_of
from school.reports.records import About, ReportOrder
from school.reports.rules import REPORTS, is_for, span_title
from school.sign_in.lookups.sessions import school_name
from school.store.connection import Relation, Store
from school.store.school import School

BASIS_WORDS = {
    "term": "Основание — итоговые отметки.",
    "today": "Период не окончен: основание — итоги на сегодня, то есть отметки, которые вышли бы по текущим отметкам.",
}
NO_TEACHER = "учитель не указан"


@dataclass(frozen=True)
class ReportSource:
    """One order with everything that its report asks for.

    ``previous`` is the period of the same kind before it; ``basis`` says which marks count as final ones.
    """

    reader: FigureReader
    order: ReportOrder
    period: PeriodRow
    previous: PeriodRow | None
    choices: Choices
    now: datetime

    @property
    def store(self) -> Store:
        """The store that is asked."""
        return self.reader.school.store

    @property
    def user(self) -> User:
        """Who asks."""
        return self.reader.user

    @cached_property
    def scoped(self) -> ScopedTables:
        """The tables within that person's scope, all from one cursor."""
        return self.reader.tables

    @property
    def is_over(self) -> bool:
        """Whether the last day of the period has come."""
        return self.now.date() >= self.period.ends_on

    @property
    def basis(self) -> str:
        """Final marks once the period is over and has them; before that what the current marks would give."""
        is_final = self.period.is_whole_year or (self.is_over and self.period.has_term_marks)
        return "term" if is_final else "today"

    @property
    def last_day(self) -> date:
        """The last day that the report covers."""
        return min(self.now.date(), self.period.ends_on)

    @property
    def picked(self) -> Selection:
        """The selection of the whole period."""
        return {"term_id": self.period.term_ids}

    @property
    def selection(self) -> Selection:
        """The selection of whom the report is about; empty for the school."""
        column = {About.CLASS: "class_id", About.TEACHER: "teacher_id"}.get(REPORTS[self.order.kind].about)
        return {column: (self.order.about_id,)} if column and self.order.about_id is not None else {}

    @cached_property
    def class_names(self) -> dict[int, str]:
        """The classes of the period by id, in the order of a school's lists."""
        return {row.class_id: row.name for row in self.choices.classes}

    @cached_property
    def classes(self) -> list[int]:
        """Those of the classes that are given marks."""
        return [row.class_id for row in self.choices.classes if is_graded(row.grade_level)]

    @cached_property
    def class_places(self) -> dict[int, int]:
        """The place of each class in the school's lists."""
        return {class_id: place for place, class_id in enumerate(self.class_names)}

    def teacher_name(self, teacher_id: object) -> str:
        """Return a teacher's name; words where there is none."""
        return self.choices.teachers.get(_id(teacher_id), NO_TEACHER)

    def subject_name(self, subject_id: object) -> str:
        """Return a subject's name."""
        return self.choices.subjects.get(_id(subject_id), "")

    def class_name(self, class_id: object) -> str:
        """Return a class's name."""
        return self.class_names.get(_id(class_id), "")

    def title_of(self, column: str) -> Callable[[object], str]:
        """Return what gives the ids of a column their names."""
        titles = {
            "class_id": self.class_name,
            "subject_id": self.subject_name,
            "teacher_id": self.teacher_name,
        }
        return titles[column]

    def with_names(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Add class_name, subject and, where there is a teacher_id, teacher."""
        columns = {"class_name": "class_id", "subject": "subject_id", "teacher": "teacher_id"}
        return rows.assign(
            **{
                name: [self.title_of(of)(value) for value in rows[of]]
                for name, of in columns.items()
                if of in rows
            }
        )

    def in_order(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Return rows of classes in the order of a school's lists."""
        return rows.assign(place=rows["class_id"].map(self.class_places)).sort_values("place")

    def quality(self, selection: Selection, by: By, *, is_compared: bool = True) -> pd.DataFrame:
        """Return ``pipelines.measures.quality`` of the period by ``by``; ``is_compared``: with the change to the one before."""
        compared = [self.previous] if is_compared and self.previous is not None else []
        periods = [*compared, self.period]
        return of_period(quality_by(self.reader, self.basis, periods, selection, by), self.period)

    def pupil_names(self, class_id: int) -> dict[int, str]:
        """Return who was in a class in the period, by name."""
        listed = class_pupils(
            self.store, self.user, self.reader.action, class_id, self.period.starts_on, self.period.ends_on
        )
        return {row.pupil_id: row.name for row in listed}


def _id(value: object) -> int:
    return int(value) if is_known(value) else 0  # type: ignore[call-overload]


def source_of(store: Store, user: User, order: ReportOrder, *, now: datetime) -> ReportSource:
    """Return what an order is made from. Raises AccessRefused, or RuleRefused where there is nothing to report on."""
    check_may_make_report(user, order)
    reader = FigureReader(School(store, lambda: now), user, FIGURES_OF[order.kind])
    periods = periods_of(reader)
    period = next((row for row in periods if span_of(row) == order.span), None)
    if period is None or not is_for(order.kind, order.span):
        raise RuleRefused(
            "Отчёт за этот период не делается.",
            "Такого учебного периода нет в журнале.",
            "Выберите другой период.",
        )
    if period.starts_on > now.date():
        raise RuleRefused("Период ещё не начался.", next_step="Выберите другой период.")
    return ReportSource(
        reader, order, period, previous_period(periods, period), choices_of(reader, period.term_ids), now
    )


def document_of_source(
    source: ReportSource,
    sections: list[Section],
    *,
    about: str = "",
    signature: str = "Заместитель директора по УВР",
    is_landscape: bool = False,
    rests_on: str = "",
) -> Document:
    """Return the document of a report: its head is the same for all; ``rests_on`` what it counts, if not marks."""
    span = source.order.span
    return Document(
        title=REPORTS[source.order.kind].title,
        school_name=school_name(source.store),
        about=about,
        span=f"{span_title(span)[0].upper()}{span_title(span)[1:]} ({_days(source)})",
        made_at=source.now,
        made_by=source.user.name,
        made_of=f"Из записей журнала на {source.now:%d.%m.%Y %H:%M}: {rests_on or marks_and_lessons(source)}.",
        sections=tuple(sections),
        signature=signature,
        is_landscape=is_landscape,
    )


def _days(source: ReportSource) -> str:
    days = f"{source.period.starts_on:%d.%m.%Y} — {source.period.ends_on:%d.%m.%Y}"
    return (
        days
        if source.last_day == source.period.ends_on
        else f"{days}, по состоянию на {source.last_day:%d.%m.%Y}"
    )


def marks_and_lessons(source: ReportSource) -> str:
    """Return what a report rests on: how many marks, final marks and lessons of the period it could look at."""
    scoped, about = source.scoped, source.selection
    picked: Selection = {**source.picked, **about}
    parts = [
        counted(_count(scoped.marks(picked)), "текущая отметка", "текущие отметки", "текущих отметок"),
        counted(
            _count(scoped.final_marks(source.period, about)),
            "итоговая отметка",
            "итоговые отметки",
            "итоговых отметок",
        ),
        counted(_count(scoped.lessons(picked)), "урок", "урока", "уроков"),
    ]
    return ", ".join(parts)


def _count(rows: Relation) -> int:
    number: int = rows.aggregate("count(*)").fetchall()[0][0]
    return number
