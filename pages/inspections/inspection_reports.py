"""«Справки о проверке»: what an inspection said of one's own registers; read, and answered where one wants (п. 6.4)."""

import streamlit as st

from pages.inspections.parts.inspection_words import finding_sentence, names_of, span_words
from pages.ui.doing import try_and_rerun
from pages.ui.typed_text import as_typed
from school.access.action import Action
from school.analytics.lookups.readers import FigureReader
from school.inspections.actions import answer_inspection, confirm_inspection
from school.inspections.lookups import OwnReport, own_reports
from school.inspections.rules import TEXT_LENGTH
from school.records import User
from server.session import guard, school


def show_report(user: User, report: OwnReport) -> None:
    """Show one report: the own findings, the conclusion, the button of having read it, the answer."""
    row, reading = report.inspection, report.reading
    names = names_of(FigureReader(school(), user, Action.READ_REGISTER_WORK), row.scope.term_ids)
    with st.container(border=True):
        title, state = st.columns([6, 2.4], vertical_alignment="center")
        title.markdown(f"**{as_typed(row.title)}** · {span_words(row)}")
        if reading:
            state.markdown(f":green-badge[ознакомлен(а) {reading.read_at:%d.%m.%Y}]")
        elif state.button("Ознакомлен(а)", type="primary", key=f"read_{row.inspection_id}", width="stretch"):
            confirm(user, row.inspection_id)
        st.markdown("\n".join(f"- {as_typed(finding_sentence(each, names))}" for each in report.findings))
        st.markdown(f"**Вывод.** {as_typed(row.conclusion)}")
        if row.recommendations:
            st.markdown(f"**Рекомендации.** {as_typed(row.recommendations)}")
        show_answer(user, report)


def confirm(user: User, inspection_id: int) -> None:
    """Note that the report is read."""
    try_and_rerun(
        lambda: confirm_inspection(school().store, user, inspection_id, now=school().clock()), "Отмечено."
    )


def show_answer(user: User, report: OwnReport) -> None:
    """Show the answer, and the form that writes it again."""
    held, key = report.reading.answer if report.reading else "", report.inspection.inspection_id
    if held:
        st.markdown(f"**Ваш ответ.** {as_typed(held)}")
    with st.expander("Изменить ответ" if held else "Ответить", icon=":material/reply:"):
        with st.form(f"answer_{key}", border=False):
            text = st.text_area(
                "Ответ",
                held,
                max_chars=TEXT_LENGTH,
                placeholder="Что исправлено или почему замечание неверно",
            )
            if not st.form_submit_button("Отправить"):
                return
        try_and_rerun(
            lambda: answer_inspection(school().store, user, key, text, now=school().clock()),
            "Ответ отправлен.",
        )


def show_reports(user: User) -> None:
    """Show the whole page."""
    reports = own_reports(school().store, user)
    if not reports:
        st.success("Справок с замечаниями по вашим журналам нет.", icon=":material/check:")
    for report in reports:
        show_report(user, report)


show_reports(guard(Action.ANSWER_INSPECTION))
