"""The form of a new inspection, and what it collects from the registers (п. 6.2, 6.3)."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from pages.ui.doing import try_to
from pipelines.figures.inspection_findings import Looked, found_in, inspected_period, is_in_scope
from school.analytics.lookups.readers import FigureReader, choices_of, periods_of
from school.analytics.lookups.tables import PeriodRow, default_period
from school.calendar import period_text
from school.inspections.actions import InspectionDraft, start_inspection
from school.inspections.lookups import About, inspection_before
from school.inspections.rules import ASPECT_TITLES, TITLE_LENGTH, Aspect, mend_state
from school.numbers import counted
from school.records import InspectionScope, MendState
from server.session import school


def reporting_periods(reader: FigureReader) -> list[PeriodRow]:
    """Return the terms of the school, newest first."""
    found = [row for row in periods_of(reader) if not row.is_whole_year]
    return sorted(found, key=lambda row: (row.starts_on, row.ends_on), reverse=True)


def asked_places() -> dict[str, int]:
    """Return the class, subject or teacher that the address asks to inspect: name of its code → id."""
    codes = {name: st.query_params.get(name, "") for name in map(str, About)}
    return {name: int(code) for name, code in codes.items() if code.isdecimal()}


def show_start(reader: FigureReader, asked: Mapping[str, int]) -> None:
    """Show the form of a new inspection; ``asked``: what is chosen from the start, see ``asked_places``."""
    periods = reporting_periods(reader)
    today = school().clock().date()
    usual = default_period(periods, today)
    if usual is None:
        st.info("Учебных периодов ещё нет: их задаёт администратор в календаре учебного года.")
        return
    titles = {row: period_text(row.school_year, row.kind, row.number) for row in periods}
    period_box, title_box = st.columns([1, 2])
    chosen = period_box.selectbox(
        "Период", periods, index=periods.index(usual), format_func=titles.__getitem__
    )
    period = inspected_period(reader, chosen)
    offered = choices_of(reader, period.term_ids)
    with st.form("new_inspection", border=False):
        title = title_box.text_input(
            "Название",
            f"Проверка журналов, {titles[chosen]}",
            max_chars=TITLE_LENGTH,
            key=f"typed_title_{titles[chosen]}",
        )
        aspects = st.pills(
            "Что проверить (п. 6.3)",
            list(Aspect),
            selection_mode="multi",
            default=list(Aspect),
            format_func=ASPECT_TITLES.__getitem__,
        )
        class_names = {row.class_id: row.name for row in offered.classes}
        class_box, subject_box, teacher_box = st.columns(3)
        classes = _many(class_box, "Классы", class_names, "все классы", asked.get(About.CLASS))
        subjects = _many(subject_box, "Предметы", offered.subjects, "все предметы", asked.get(About.SUBJECT))
        teachers = _many(teacher_box, "Учителя", offered.teachers, "все учителя", asked.get(About.TEACHER))
        if not st.form_submit_button("Начать проверку", type="primary"):
            return
    scope = InspectionScope(period.term_ids, tuple(map(str, aspects)), classes, subjects, teachers)
    draft = InspectionDraft(
        title, period.school_year, period.starts_on, min(period.ends_on, max(today, period.starts_on)), scope
    )
    begin(reader, Looked(reader, period, school().clock()), draft)


def _many(
    place: Any, label: str, titles: Mapping[int, str], everything: str, asked: int | None
) -> tuple[int, ...]:
    default = [asked] if asked in titles else None
    return tuple(
        place.multiselect(
            label, list(titles), default, format_func=titles.__getitem__, placeholder=everything
        )
    )


def begin(reader: FigureReader, looked: Looked, draft: InspectionDraft) -> None:
    """Collect what the figures find and open the new inspection."""
    with st.spinner("Собираю то, что видно по журналу…"):
        now = found_in(looked, draft.scope)
        rechecked = rechecked_findings(reader, looked, draft)
    made: list[int] = []
    if try_to(
        lambda: made.append(
            start_inspection(school().store, reader.user, draft, now, rechecked, now=looked.now)
        ),
        f"Найдено: {counted(len(now), 'замечание', 'замечания', 'замечаний')}.",
    ):
        st.query_params["inspection"] = str(made[0])
        st.rerun()


def rechecked_findings(reader: FigureReader, looked: Looked, draft: InspectionDraft) -> dict[int, MendState]:
    """Look again at what the inspection before found: finding id → what became of it."""
    before = inspection_before(school().store, reader.user)
    if before is None:
        return {}
    row = before.inspection
    same = [
        each
        for each in reporting_periods(reader)
        if (each.school_year, each.starts_on) == (row.school_year, row.starts_on)
        and set(each.term_ids) <= set(row.scope.term_ids)
    ]
    old = inspected_period(reader, same[0]) if same else looked.period
    then = found_in(Looked(reader, old, looked.now), row.scope)
    now = found_in(looked, InspectionScope(looked.period.term_ids, row.scope.aspects))
    return {
        kept.finding_id: mend_state(kept.found, then, now)
        for kept in before.kept
        if is_in_scope(kept.found, draft.scope)
    }
