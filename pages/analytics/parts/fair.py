"""What a teacher's or a class's own page shows of the fair comparison and of grading consistency (п. 2.5, 4.2)."""

from dataclasses import dataclass

import pandas as pd
import streamlit as st

from pages.analytics.parts.charts_fair import caterpillar
from pages.ui.charts import show_chart
from pages.ui.links import page_link
from pages.ui.tables import explain, show_table
from pages.ui.typed_text import Markdown, as_typed
from pipelines.figures.columns import FigureColumn, measure_column
from pipelines.figures.fair import ConsistencyFinding, fair_by_class, fair_by_teacher, fair_reader, findings
from school.analytics.lookups.readers import FigureReader
from school.analytics.lookups.tables import PeriodRow, Selection

NOTHING_TO_COMPARE = "Сравнить пока не с чем: у этих учеников нет других отметок — прежних или от других учителей — или отметок мало."
WHAT_IT_IS = (
    "Средний балл рядом с тем, какого можно было ждать от этих самых учеников по их другим отметкам, с начала года. "
    "Это не рейтинг: разницу может объяснять и то, чего в журнале нет."
)
FIGURES = (
    measure_column("pupils_compared", "Учеников"),
    measure_column("marks_compared", "Сравнено отметок"),
    measure_column("actual_mean", "В среднем", 2),
    measure_column("expected_mean", "Ожидалось", 2),
    measure_column("difference", "Разница", 2, signed=True),
    measure_column("shrunk_difference", "С поправкой", 2, signed=True),
    measure_column("shrunk_low", "От", 2, signed=True),
    measure_column("shrunk_high", "До", 2, signed=True),
)
EXPLAINED = ("actual_mean", "expected_mean", "difference", "shrunk_difference", "shrunk_low")


@dataclass(frozen=True)
class FairScene:
    """What the page is about: who reads, which period and span, which groups and rows."""

    reader: FigureReader
    period: PeriodRow
    span: str
    group: str
    selection: Selection

    @property
    def rows(self) -> pd.DataFrame:
        """The groups compared."""
        compare = fair_by_teacher if self.group == "teacher" else fair_by_class
        return compare(self.reader, self.period, self.selection, span=self.span)


def sees_comparisons(reader: FigureReader) -> bool:
    """Whether the reader may see comparisons at all."""
    return fair_reader(reader.school, reader.user) is not None


def show_fair_teacher(reader: FigureReader, period: PeriodRow, teacher_id: int, name: str) -> None:
    """Show a teacher's marks beside what these pupils would be expected to get, by subject, and what is unusual."""
    asking = fair_reader(reader.school, reader.user)
    if asking is None:
        return
    rows = fair_by_teacher(asking, period, {"teacher_id": (teacher_id,)})
    title = "Выше или ниже ожидаемого отметки тех же учеников? Линия — 95 %"
    _show_comparison(rows.assign(title=rows["subject_name"]), "Предмет", title, name)
    _show_findings(findings(asking, period, staff_id=teacher_id))
    with st.container(horizontal=True):
        codes = {"teacher": teacher_id}
        page_link("analytics/fair_comparison.py", "Среди всех учителей", codes, ":material/balance:")
        page_link("analytics/consistency.py", "Объективность подробно", codes, ":material/rule:")


def show_fair_class(reader: FigureReader, period: PeriodRow, class_id: int, name: str) -> None:
    """Show a class's marks beside what its pupils would be expected to get."""
    asking = fair_reader(reader.school, reader.user)
    if asking is None:
        return
    rows = fair_by_class(asking, period, {"class_id": (class_id,)})
    title = "Учится класс лучше или хуже, чем обещали прежние отметки? Линия — 95 %"
    _show_comparison(rows, "Класс", title, name)
    codes = {"class": class_id, "compare": "class"}
    page_link("analytics/fair_comparison.py", "Среди всех классов", codes, ":material/balance:")


def _show_comparison(rows: pd.DataFrame, heading: str, title: Markdown, name: str) -> None:
    words, button = st.columns([5, 1.2], vertical_alignment="center")
    words.caption(WHAT_IT_IS)
    if rows.empty or rows["shrunk_difference"].isna().all():
        st.info(NOTHING_TO_COMPARE)
        return
    with button:
        explain(EXPLAINED, {"pupils_compared": int(rows["pupils_compared"].sum())})
    show_chart(title, caterpillar(rows), "fair")
    show_table(
        rows,
        [FigureColumn("title", heading, pinned=True), *FIGURES],
        "fair_rows",
        export=f"{name}, с учётом учеников",
    )


def _show_findings(found: list[ConsistencyFinding]) -> None:
    st.markdown("**Что отличается от обычного?**")
    if not found:
        st.caption("Ничего: отметки этого учителя не выделяются среди других в школе.")
    for finding in found:
        where = " · ".join(filter(None, (finding.subject_name, finding.class_name)))
        few = ", случаев мало" if finding.is_few else ""
        st.markdown(
            f"- **{as_typed(finding.title)}** · {as_typed(where)}: {as_typed(finding.text)} ({as_typed(finding.cases)}{few})"
        )
