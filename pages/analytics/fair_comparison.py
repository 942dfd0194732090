"""«Справедливое сравнение»: marks beside what these very pupils would be expected to get (п. 2.5, 4.2)."""

import pandas as pd
import streamlit as st

from pages.analytics.parts.charts_fair import CATERPILLARS, caterpillar, funnel
from pages.analytics.parts.fair import EXPLAINED, FIGURES, FairScene
from pages.ui.charts import show_chart
from pages.ui.filters import (
    choose_period,
    choose_rows,
    choose_segment,
    filters_offered,
    selection_of,
    show_scope,
)
from pages.ui.links import opener
from pages.ui.tables import beside_explanation, show_table
from pipelines.fair.comparison import (
    COLLEAGUES,
    EARLIER_MARKS,
    FEW_MARKS,
    FEW_PUPILS,
    NOTHING,
    OTHER_SUBJECTS,
)
from pipelines.figures.columns import FigureColumn, formula_of
from pipelines.figures.fair import SPANS, term_span, usual_spreads
from school.access.action import Action
from school.access.checks import may_somewhere
from school.analytics.lookups.readers import FigureReader, choices_of, periods_of
from school.analytics.lookups.tables import Choices
from school.calendar import period_text
from school.numbers import number_text
from server.session import guard, school

GROUPS = {"teacher": "Учителя по предметам", "class": "Классы"}
BASIS_TEXTS = {
    COLLEAGUES: "коллеги и другие предметы",
    OTHER_SUBJECTS: "только другие предметы: этот ведёт один учитель",
    EARLIER_MARKS: "прежние отметки учеников",
    NOTHING: "сравнить не с чем",
    FEW_MARKS: "мало отметок",
}
OPENS = {"teacher": ("analytics/teacher.py", "teacher"), "class": ("analytics/school_class.py", "class")}
TITLES = {
    "teacher": "У кого отметки тех же учеников выше или ниже ожидаемых? Линия — 95 %",
    "class": "Какой класс учится лучше или хуже, чем обещали прежние отметки? Линия — 95 %",
}


def groups_offered(reader: FigureReader, choices: Choices) -> dict[str, str]:
    """Return what the reader may compare: a homeroom teacher a class only, a subject teacher only themself.

    Data from elsewhere may not tell who teaches: then classes are compared.
    """
    scope = reader.tables.scope
    is_teachers = scope.teacher_id is not None or (scope.is_whole_school and bool(choices.teachers))
    is_classes = scope.is_whole_school or bool(scope.class_ids)
    return {
        name: title for name, title in GROUPS.items() if (is_teachers if name == "teacher" else is_classes)
    }


def choose_scene(reader: FigureReader) -> FairScene | None:
    """Show the filters; None where there is no period."""
    period_place, *places = st.columns([1.4, 1, 1, 1.2, 1.4])
    period = choose_period(periods_of(reader), school().clock().date(), period_place)
    if period is None:
        return None
    choices = choices_of(reader, term_span(reader, period, "year").term_ids)
    offered = groups_offered(reader, choices)
    with st.container(horizontal=True, vertical_alignment="center"):
        group = choose_segment("compare", "Что сравнить", offered, default=next(iter(offered)))
        span = choose_segment("span", "За какое время", SPANS, default="year")
    wanted = ("subject", "teacher") if group == "teacher" else ("grade", "class")
    picked = choose_rows(choices, filters_offered(choices, wanted), places)
    return FairScene(reader, period, span, group, selection_of(picked))


def columns_of(group: str) -> list[FigureColumn]:
    """Return the columns of the table."""
    first = (
        [
            FigureColumn("teacher_name", "Учитель", pinned=True),
            FigureColumn("subject_name", "Предмет", pinned=True),
        ]
        if group == "teacher"
        else [FigureColumn("title", "Класс", pinned=True)]
    )
    return [
        *first,
        FigureColumn("pupils_compared", "Учеников", 0),
        FigureColumn("marks_compared", "Сравнено отметок", 0),
        *FIGURES[2:],
        FigureColumn("basis", "С чем сравнивается", help=formula_of("comparison_basis")),
    ]


def show_table_of(scene: FairScene, rows: pd.DataFrame) -> None:
    """Show every group with the figures behind the chart; a chosen one opens its page."""
    opens = scene.group == "class" or may_somewhere(scene.reader.user, Action.READ_TEACHER_ACTIVITY)
    show_table(
        rows.assign(
            basis=[basis_text(row) for row in rows[["comparison_basis", "is_small"]].itertuples(index=False)]
        ),
        columns_of(scene.group),
        f"fair_{scene.group}",
        on_choose=opener(*OPENS[scene.group], list(rows[f"{scene.group}_id"])) if opens else None,
        export=f"Справедливое сравнение, {GROUPS[scene.group].lower()}",
    )


def basis_text(row: tuple[str, bool]) -> str:
    """Return in words what a group is compared with."""
    basis, is_small = row
    few = f"; учеников меньше {FEW_PUPILS}" if is_small and basis not in (NOTHING, FEW_MARKS) else ""
    return BASIS_TEXTS[basis] + few


def show_charts(scene: FairScene, rows: pd.DataFrame) -> None:
    """Show the caterpillar and, of several groups, the funnel."""
    known = rows[rows["shrunk_difference"].notna()]
    show_chart(TITLES[scene.group], caterpillar(rows), f"caterpillar_{scene.group}")
    if len(known) > CATERPILLARS:
        st.caption(f"На рисунке {CATERPILLARS} самых отличающихся из {len(known)}; в таблице — все.")
    spread = usual_spreads(scene.reader, scene.period, span=scene.span)[scene.group]
    if spread is not None:
        st.caption(
            f"Обычный разброс в школе — ±{number_text(spread, 2)} балла. Чем меньше учеников и отметок, тем ближе к нулю "
            "сдвинута оценка. Синим — то, что отличается больше, чем на свою погрешность."
        )
    if len(known) > 1:
        title = "Что выходит за обычный разброс, если учесть число учеников? Серое — 95 и 99,8 %"
        show_chart(title, funnel(rows, spread), f"funnel_{scene.group}")


def show_missing(scene: FairScene, rows: pd.DataFrame) -> None:
    """Say why nothing can be compared."""
    title = period_text(scene.period.school_year, scene.period.kind, scene.period.number)
    if rows.empty and scene.group == "teacher":
        st.info(
            f"За период «{title}» нет отметок, у которых известен учитель. Сравните классы, выберите другой период "
            "или внесите нагрузку учителей."
        )
    elif rows.empty:
        st.info(f"За период «{title}» отметок нет. Выберите другой период.")
    else:
        st.info(
            "Сравнить пока не с чем: у этих учеников нет других отметок — прежних или от других учителей — "
            "или отметок ещё слишком мало."
        )


def show_fair_comparison(reader: FigureReader) -> None:
    """Show the whole page."""
    scene = choose_scene(reader)
    if scene is None:
        st.info("Отметок пока нет: сравнение появится, когда учителя начнут заполнять журнал.")
        return
    rows = scene.rows
    beside_explanation(
        (*EXPLAINED, "comparison_basis"), {"pupils_compared": int(rows["pupils_compared"].sum())}, 1.2
    ).caption(
        "Средний балл рядом с тем, какого можно было ждать от этих самых учеников по их другим отметкам. "
        "Это не рейтинг и не оценка учителя: разницу может объяснять и то, чего в журнале нет."
    )
    if rows["shrunk_difference"].isna().all():
        show_missing(scene, rows)
    else:
        show_charts(scene, rows)
    if len(rows):
        show_table_of(scene, rows)
    show_scope(reader)


show_fair_comparison(FigureReader(school(), guard(Action.READ_CONSISTENCY), Action.READ_CONSISTENCY))
