"""«Объективность»: where marks disagree with one another or with outside measures, as evidence for a talk (п. 2.5, 6.3)."""

from itertools import groupby

import pandas as pd
import streamlit as st

from pages.analytics.parts.charts_fair import distances
from pages.ui.charts import show_chart
from pages.ui.filters import (
    choose_period,
    choose_rows,
    choose_segment,
    filters_offered,
    selection_of,
    show_scope,
)
from pages.ui.links import page_link
from pages.ui.tables import beside_explanation, show_table
from pages.ui.typed_text import as_typed
from pipelines.fair.grading_consistency import Control, Judged
from pipelines.figures.columns import FigureColumn
from pipelines.figures.fair import (
    SPANS,
    Answers,
    ConsistencyFinding,
    controls,
    findings_among,
    term_span,
    with_names,
)
from pipelines.figures.finding_words import CONTROL_WORDS
from school.access.action import Action
from school.analytics.lookups.readers import FigureReader, choices_of, periods_of
from school.analytics.lookups.tables import Choices
from school.numbers import counted
from server.session import guard, school

FILTERS = ("subject", "teacher")
FINDINGS_SHOWN = 30
CHARTED = tuple(control for control in CONTROL_WORDS if control is not Control.SAME_MARKS)
EXPLAINED = ("cases", "disagreement", "control_mean", "current_mean", "higher", "lower", "last_marks")
NOT_A_VERDICT = (
    "Это повод посмотреть работы и поговорить, а не вывод об учителе. Показано то, что отличается от обычного в школе "
    "больше, чем бывает случайно, и настолько, что это заметно ученику."
)


def show_findings(found: list[ConsistencyFinding]) -> None:
    """Show the findings by control, each with its evidence and the way to the marks behind it."""
    if not found:
        st.success("Ничего необычного не замечено.")
        return
    words = counted(len(found), "наблюдение", "наблюдения", "наблюдений")
    st.markdown(f"**{words}**")
    for title, group in groupby(found[:FINDINGS_SHOWN], key=lambda finding: finding.title):
        with st.container(border=True):
            st.markdown(f"**{as_typed(title)}**")
            for finding in group:
                show_finding(finding)
    if len(found) > FINDINGS_SHOWN:
        st.caption(f"Показаны первые {FINDINGS_SHOWN}; остальные — в таблицах ниже.")


def show_finding(finding: ConsistencyFinding) -> None:
    """Show one finding in a line or two."""
    who = " · ".join(filter(None, (finding.teacher_name, finding.subject_name, finding.class_name)))
    few = " **Случаев мало.**" if finding.is_few else ""
    words, link = st.columns([6, 1], vertical_alignment="center")
    words.markdown(f"**{as_typed(who)}**: {as_typed(finding.text)}. {as_typed(finding.cases)}.{few}")
    codes = {"teacher": finding.teacher_id, "subject": finding.subject_id, "class": finding.class_id}
    with link:
        page_link("analytics/quality.py", "Отметки", codes)


def show_control(control: Control, answer: Judged, choices: Choices) -> None:
    """Show all rows of a control, whether unusual or not: a chart and the table behind it."""
    if answer.rows.empty:
        st.info(EMPTY_TEXTS[control])
        return
    rows = with_names(answer.rows, choices)
    words = CONTROL_WORDS[control]
    figure = distances(rows, answer.usual, words.value_title, words.axis, words.value_text)
    show_chart(words.question, figure, f"chart_{control}")
    st.caption(
        f"{as_typed(spread_text(control, answer))} Линия — 95 %. Синим — наблюдения: отличия больше обычного разброса и "
        "случайности при стольких сравнениях сразу, одной линии для этого мало. Пустой кружок — мало случаев."
    )
    show_rows(control, rows)


def show_rows(control: Control, rows: pd.DataFrame) -> None:
    """Show the table of a control, what is unusual first."""
    words = CONTROL_WORDS[control]
    noted = rows.assign(note=["наблюдение" if unusual else "" for unusual in rows["is_unusual"]])
    columns = [
        FigureColumn("teacher_name", "Учитель", pinned=True),
        FigureColumn("subject_name", "Предмет"),
        FigureColumn("cases", CASES_TITLES.get(control, "Учеников"), 0),
        *words.columns,
        FigureColumn("note", "Отличается"),
    ]
    first = noted.sort_values("is_unusual", ascending=False, kind="stable")
    show_table(first, columns, f"table_{control}", export=f"Объективность, {words.title.lower()}")


CASES_TITLES = {
    Control.TERM_MARKS: "Отметок за период",
    Control.LAST_WEEK: "Уроков в посл. неделю",
    Control.EXTERNAL_TESTS: "Результатов",
}
FEW_TEACHERS = "Учителей слишком мало, чтобы сказать, что в школе обычно."


def spread_text(control: Control, answer: Judged) -> str:
    """Return what is usual in the school."""
    if answer.usual is None:
        return FEW_TEACHERS
    usual = CONTROL_WORDS[control].value_text(answer.usual.centre)
    band = "серая полоса — обычный разброс" if answer.usual.spread else "обычный разброс не больше случайного"
    return f"Обычно в школе {usual}; {band}."


EMPTY_TEXTS = {
    Control.OTHER_SUBJECTS: "Сравнить не с чем: нет учеников с отметками у разных учителей.",
    Control.CONTROL_WORKS: "Нет учеников, у которых есть и контрольные работы, и другие отметки по предмету.",
    Control.TERM_MARKS: "Отметок за период пока нет.",
    Control.LAST_WEEK: "Ни один период ещё не дошёл до последней недели.",
    Control.EXTERNAL_TESTS: "Результаты ВПР, ОГЭ и ЕГЭ этого учебного года и весны перед ним не загружены.",
}


def show_consistency(reader: FigureReader) -> None:
    """Show the whole page."""
    period_place, *places = st.columns([1.4, 1.2, 1.4, 1])
    period = choose_period(periods_of(reader), school().clock().date(), period_place)
    if period is None:
        st.info("Отметок пока нет: проверять нечего, пока учителя не начнут заполнять журнал.")
        return
    span = choose_segment("span", "За какое время", SPANS, default="year")
    choices = choices_of(reader, term_span(reader, period, span).term_ids)
    picked = choose_rows(choices, filters_offered(choices, FILTERS), places)
    beside_explanation(EXPLAINED, width=1.2).caption(NOT_A_VERDICT)
    answers = controls(reader, period, selection_of(picked), span=span)
    if is_anything_checked(reader, answers):
        show_findings(findings_among(answers, choices))
    else:
        st.info("Проверять пока нечего: нет отметок, у которых известен учитель, или их ещё слишком мало.")
    show_all_rows(reader, answers, choices)
    show_scope(reader)


def is_anything_checked(reader: FigureReader, answers: Answers) -> bool:
    """Whether silence means that nothing was found: of a whole class only findings of the class reach its leader."""
    scope = reader.tables.scope
    only_leads = not scope.is_whole_school and scope.teacher_id is None
    return only_leads or any(len(answer.rows) for answer in answers.values())


def show_all_rows(reader: FigureReader, answers: Answers, choices: Choices) -> None:
    """Show a control of the reader's choice in full; a homeroom teacher alone sees findings of the class only."""
    scope = reader.tables.scope
    if not scope.is_whole_school and scope.teacher_id is None:
        return
    st.subheader("По всем учителям" if scope.is_whole_school else "По вашим предметам")
    titles = {str(control): CONTROL_WORDS[control].title for control in CHARTED}
    chosen = Control(choose_segment("control", "Что сравнить", titles, default=str(CHARTED[0])))
    show_control(chosen, answers[chosen], choices)


show_consistency(FigureReader(school(), guard(Action.READ_CONSISTENCY), Action.READ_CONSISTENCY))
