"""The conclusion of an inspection, its printed report, and who has read it (п. 6.4)."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

import pandas as pd
import streamlit as st

from pages.inspections.parts.inspection_words import Names, aspect_title, span_words
from pages.ui.doing import try_and_rerun
from pages.ui.typed_text import as_typed
from pipelines.reports.document import Document
from pipelines.reports.inspection import FindingLine, InspectionReport, inspection_document
from pipelines.reports.making import FORMS
from school.inspections.actions import write_conclusion
from school.inspections.lookups import InspectionFinding, InspectionPage, inspection_page
from school.inspections.rules import ASPECT_TITLES, CONCLUSION_LENGTH, MEND_TITLES, Aspect, words_of
from school.records import User
from school.sign_in.lookups.sessions import school_name
from server.session import school


def show_conclusion(page: InspectionPage, user: User) -> None:
    """Show the conclusion and the recommendations: fields while the report is written, text afterwards."""
    row = page.inspection
    if row.published_at:
        st.markdown(f"**Вывод.** {as_typed(row.conclusion)}")
        if row.recommendations:
            st.markdown(f"**Рекомендации.** {as_typed(row.recommendations)}")
        return
    with st.form("conclusion", border=False):
        conclusion = st.text_area("Вывод", row.conclusion, max_chars=CONCLUSION_LENGTH, height=110)
        advice = st.text_area("Рекомендации", row.recommendations, max_chars=CONCLUSION_LENGTH, height=110)
        if not st.form_submit_button("Сохранить", type="primary"):
            return
    key = row.inspection_id
    try_and_rerun(
        lambda: write_conclusion(school().store, user, key, conclusion, advice, now=school().clock()),
        "Сохранено.",
    )


def show_report(page: InspectionPage, names: Names, user: User) -> None:
    """Offer the report as it stands now; each form is made when it is asked for."""
    context = report_of(page, names, user, school().clock())
    boxes = st.columns([1, 1, 1, 4])
    for box, form in zip(boxes, FORMS, strict=False):
        box.download_button(
            f"Справка, {form.title}",
            partial(_drawn, form.draw, context),
            f"Справка {page.inspection.title}.{form.ending}",
            form.mime,
            icon=":material/download:",
            on_click="ignore",
        )


def _drawn(make: Callable[[Document], bytes], context: InspectionReport) -> bytes:
    return make(inspection_document(context))


def report_of(page: InspectionPage, names: Names, user: User, now: datetime) -> InspectionReport:
    """Return everything that the printed report says."""
    row = page.inspection
    scopes = (
        (names.classes, row.scope.class_ids),
        (names.subjects, row.scope.subject_ids),
        (names.teachers, row.scope.teacher_ids),
    )
    chosen = [", ".join(titles.get(key, "") for key in ids) for titles, ids in scopes if ids]
    earlier = page.rechecked[0][0].inspection_id if page.rechecked else None
    before = inspection_page(school().store, user, earlier).inspection.title if earlier else ""
    return InspectionReport(
        title=row.title,
        school_name=school_name(school().store),
        span=span_words(row),
        scope=f"Проверено: {'; '.join(chosen) or 'все классы, предметы и учителя'}. По данным журнала на {row.started_at:%d.%m.%Y %H:%M}.",
        made_at=row.published_at or now,
        made_by=page.author,
        aspects=[ASPECT_TITLES[Aspect(code)] for code in row.scope.aspects],
        findings=sorted((_line(each, names) for each in page.kept), key=lambda line: line.teacher),
        rechecked=[_line(each, names) for each, _ in page.rechecked],
        rechecked_states=[MEND_TITLES[state] for _, state in page.rechecked],
        before_title=before,
        conclusion=row.conclusion,
        recommendations=row.recommendations,
        readings=[reading_cells(page, names, key) for key in page.teacher_ids] if row.published_at else [],
    )


def _line(row: InspectionFinding, names: Names) -> FindingLine:
    found = row.found
    text = f"{words_of(found).rstrip('.')}. {row.note}".strip()
    return FindingLine(
        aspect_title(found),
        names.of_teacher(found.teacher_id),
        names.of_class(found.class_id),
        names.of_subject(found.subject_id),
        text,
        row.mend_until,
    )


def reading_cells(page: InspectionPage, names: Names, staff_id: int) -> tuple[str, str, str]:
    """Return a named teacher, when they read the report and what they answered."""
    reading = page.readings.get(staff_id)
    read = f"{reading.read_at:%d.%m.%Y %H:%M}" if reading else "нет"
    return (names.of_teacher(staff_id), read, reading.answer if reading else "")


def show_readings(page: InspectionPage, names: Names) -> None:
    """Show which of the named teachers have read the report, and their answers."""
    if page.inspection.published_at is None:
        st.caption("Учителя увидят справку, когда она будет доведена до них (п. 6.4).")
        return
    cells = [reading_cells(page, names, key) for key in page.teacher_ids]
    st.dataframe(pd.DataFrame(cells, columns=["Учитель", "Ознакомлен(а)", "Ответ"]), hide_index=True)
