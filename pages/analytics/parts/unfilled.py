"""Lessons that nobody filled: who, when and where, each with the way to its register (п. 5.5)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pandas as pd
import streamlit as st

from pages.analytics.parts.charts_work import stacks_by_group
from pages.analytics.parts.comparison import show_drawn_bars
from pages.analytics.parts.scene import NO_TEACHER, PERIOD_WIDTH, Scene
from pages.ui.charts import WARNING
from pages.ui.filters import choose, remember
from pages.ui.tables import RecordColumn, beside_explanation, show_records, show_table
from pipelines.figures.columns import FigureColumn, measure_column
from pipelines.figures.figures import unfilled_of
from pipelines.figures.work import unfilled_in
from school.access.action import Action
from school.access.checks import may_somewhere
from school.analytics.lookups.readers import FigureReader, choices_of
from school.analytics.lookups.tables import PeriodRow, UnfilledLesson
from school.calendar import spans_before
from school.numbers import counted
from school.register.rules.deadlines import entry_deadline

LESSONS_SHOWN, BARS = 500, 30
WHOLE_PERIOD, OWN_DAYS = "", "own"
DAYS = {
    WHOLE_PERIOD: "Весь период",
    "yesterday": "Вчера",
    "week": "Эта неделя",
    "last_week": "Прошлая неделя",
    "two_weeks": "Две прошлые недели",
    OWN_DAYS: "Выбрать дни…",
}
BY_TEACHER = (
    FigureColumn("title", "Учитель", pinned=True),
    measure_column("lessons_not_filled", "Не заполн."),
    FigureColumn("registers", "Где"),
)


@dataclass(frozen=True)
class Days:
    """The lessons asked for: of which terms, between which days, both inclusive."""

    term_ids: tuple[int, ...]
    first: date
    last: date


def last_day_due(now: datetime) -> date:
    """Return the last day whose lessons had to be filled by now (п. 5.5)."""
    today = now.date()
    return today if now > entry_deadline(today) else today - timedelta(days=1)


def choose_days(scene: Scene) -> Days:
    """Let the user choose the whole period or some days; days are of all terms that go on then, half-years beside quarters."""
    row, due = st.container(horizontal=True), last_day_due(scene.now)
    code = choose("days", "Дни", DAYS, place=row, width=PERIOD_WIDTH)
    if code == WHOLE_PERIOD:
        return Days(scene.period.term_ids, date.min, due)
    first, last = spans_before(scene.today).get(code) or own_days(scene, row)
    terms = {
        term_id
        for each in scene.periods
        if not each.is_whole_year and each.starts_on <= last and each.ends_on >= first
        for term_id in each.term_ids
    }
    note = "" if last <= due else " Уроки, которые ещё не поздно заполнить, не считаются."
    st.caption(f"{first:%d.%m.%Y} – {last:%d.%m.%Y}, классы с любыми учебными периодами.{note}")
    return Days(tuple(sorted(terms)), first, min(last, due))


def own_days(scene: Scene, place: st.delta_generator.DeltaGenerator) -> tuple[date, date]:
    """Let the user choose the first and the last day; while the last is not chosen yet it is the first."""
    before = scene.today - timedelta(days=6), scene.today
    chosen = place.date_input(
        "С какого по какой день",
        before,
        max_value=scene.today,
        format="DD.MM.YYYY",
        key="own_days",
        width=250,
    )
    days = chosen if isinstance(chosen, tuple) and chosen else before
    return days[0], days[-1]


def show_unfilled_lessons(scene: Scene) -> None:
    """Show who has not filled lessons of a period or of some days, and which."""
    days = choose_days(scene)
    lessons = unfilled_in(scene.reader, days.term_ids, scene.selection, days.last, days.first)
    teachers = choices_of(scene.reader, days.term_ids).teachers
    if not lessons:
        st.success("Все уроки этих дней заполнены.")
        return
    show_teachers(lessons, teachers)
    show_lessons(scene.reader, lessons, teachers)


def show_teachers(lessons: Sequence[UnfilledLesson], teachers: Mapping[int, str]) -> None:
    """Show whose lessons they are, those with most first: the chart and the table in one order."""
    rows = by_teacher(lessons, teachers)
    if len(rows) > 1:
        drawn = rows.head(BARS)
        bars = {"не заполнено": (WARNING, list(drawn["lessons_not_filled"]))}
        show_drawn_bars(
            "Кто не заполнил? Уроков без единой записи",
            stacks_by_group(list(drawn["title"]), bars),
            "unfilled_teachers",
            BARS,
            len(rows),
        )
    # The lessons of the chosen one are all that is left below.
    show_table(
        rows,
        BY_TEACHER,
        "unfilled_by_teacher",
        on_choose=lambda number: remember(teacher=str(rows["teacher_id"].iloc[number] or "")),
        export="Кто не заполнил журнал",
    )


def by_teacher(lessons: Sequence[UnfilledLesson], teachers: Mapping[int, str]) -> pd.DataFrame:
    """Return how many lessons each teacher has not filled, and in which registers; most first."""
    registers: dict[int | None, list[str]] = defaultdict(list)
    for lesson in lessons:
        registers[lesson.teacher_id].append(f"{lesson.class_name} {lesson.subject_name}")
    rows = [
        {
            "teacher_id": teacher_id or 0,
            "title": teachers.get(teacher_id or 0, NO_TEACHER),
            "lessons_not_filled": len(each),
            "registers": ", ".join(sorted(set(each))),
        }
        for teacher_id, each in registers.items()
    ]
    return pd.DataFrame(rows).sort_values(["lessons_not_filled", "title"], ascending=[False, True])


def show_unfilled(reader: FigureReader, teacher_id: int, period: PeriodRow, now: datetime) -> None:
    """Show a teacher's lessons without an entry, each with a link to its register."""
    show_lessons(reader, unfilled_of(reader, teacher_id, period, last_day_due(now)))


def show_lessons(
    reader: FigureReader, lessons: Sequence[UnfilledLesson], teachers: Mapping[int, str] | None = None
) -> None:
    """Show lessons without an entry, each with a link to its register and, where names are given, its teacher."""
    if not lessons:
        st.success("Все уроки этого периода заполнены.")
        return
    words = counted(len(lessons), "урок", "урока", "уроков")
    cut = f" Показаны первые {LESSONS_SHOWN}." if len(lessons) > LESSONS_SHOWN else ""
    beside_explanation(("lessons_not_filled",)).markdown(
        f"Нет ни одной записи: **{words}**, новые сверху.{cut}"
    )
    opens = may_somewhere(reader.user, Action.READ_REGISTER)
    named = RecordColumn[UnfilledLesson](
        "Учитель", lambda lesson: (teachers or {}).get(lesson.teacher_id or 0, "")
    )
    link = RecordColumn[UnfilledLesson]("Журнал", register_address)
    columns: list[RecordColumn[UnfilledLesson]] = [
        RecordColumn("День", lambda lesson: f"{lesson.held_on:%d.%m.%Y}"),
        RecordColumn("Урок", lambda lesson: lesson.number, 0),
        RecordColumn("Класс", lambda lesson: lesson.class_name),
        RecordColumn(
            "Предмет", lambda lesson: " · ".join(filter(None, (lesson.subject_name, lesson.subgroup_name)))
        ),
        *([named] if teachers else []),
        *([link] if opens else []),
    ]
    show_records(
        lessons[:LESSONS_SHOWN],
        columns,
        "unfilled",
        links={"Журнал": "Открыть"},
        export="Незаполненные уроки",
    )


def register_address(lesson: UnfilledLesson) -> str:
    """Return the address of a lesson in the register: identifiers only."""
    group = "" if lesson.subgroup_id is None else f"&group={lesson.subgroup_id}"
    return f"grid?class={lesson.class_id}&subject={lesson.subject_id}{group}&lesson={lesson.lesson_id}"
