"""Findings of an inspection as a table that the inspector completes, and what became of those before (п. 6.3)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from pages.inspections.parts.inspection_words import Names, aspect_title
from pages.ui.doing import try_and_rerun
from pages.ui.filters import choose_one
from pages.ui.typed_text import Markdown
from pages.ui.typing.typed_table import typed_table
from pipelines.figures.inspection_findings import evidence_address
from school.inspections.actions import FindingEdit, add_finding, edit_findings
from school.inspections.lookups import InspectionFinding, InspectionPage
from school.inspections.rules import MEND_TITLES, TEXT_LENGTH, words_of
from school.records import MendState, User
from server.session import school

KEPT, NOTE, UNTIL, WHERE = "В справку", "Пояснение", "Срок", "Где"
MEND_COLOURS = {
    MendState.MENDED: "green",
    MendState.NOT_REPEATED: "green",
    MendState.REMAINS: "red",
    MendState.REPEATED: "red",
    MendState.UNSEEN: "gray",
}


def show_findings(page: InspectionPage, names: Names, user: User) -> None:
    """Show the findings as a table that the inspector completes; each with the way to its evidence."""
    if not page.findings:
        st.success("По выбранным направлениям замечаний не нашлось.", icon=":material/check:")
    rows = filtered_findings(page, names)
    table = findings_table(rows, names, page.inspection.school_year)
    is_open = page.inspection.published_at is None
    if rows and not is_open:
        st.dataframe(
            table,
            hide_index=True,
            column_config=columns_of(),
            placeholder="",
            height=min(520, 36 * (len(rows) + 1)),
        )
    elif rows:
        with st.form("findings", border=False):
            edited = typed_table(
                f"findings_{page.inspection.inspection_id}",
                table,
                hide_index=True,
                column_config=columns_of(),
                placeholder="",
                disabled=[name for name in table.columns if name not in (KEPT, NOTE, UNTIL)],
                height=min(430, 36 * (len(rows) + 1)),
            )
            if st.form_submit_button("Сохранить замечания", type="primary"):
                save_edits(rows, edited, user)
    if is_open:
        with st.expander("Добавить замечание, которого система не видит", icon=":material/add:"):
            show_adding(page, names, user)


def filtered_findings(page: InspectionPage, names: Names) -> list[InspectionFinding]:
    """Let the reader narrow the findings to an aspect or a teacher; by default all, teacher by teacher."""
    aspects = sorted({aspect_title(row.found) for row in page.findings})
    teachers = sorted({names.of_teacher(row.found.teacher_id) for row in page.findings} - {""})
    aspect_box, teacher_box, _ = st.columns([2, 2, 3])
    aspect = aspect_box.selectbox("Направление", aspects, index=None, placeholder="все направления")
    teacher = teacher_box.selectbox("Учитель", teachers, index=None, placeholder="все учителя")
    rows = [
        row
        for row in page.findings
        if aspect in (None, aspect_title(row.found))
        and teacher in (None, names.of_teacher(row.found.teacher_id))
    ]
    return sorted(rows, key=lambda row: (names.of_teacher(row.found.teacher_id), row.finding_id))


def findings_table(rows: Sequence[InspectionFinding], names: Names, school_year: int) -> pd.DataFrame:
    """Return the findings with names, as the table shows them."""
    return pd.DataFrame(
        {
            KEPT: [row.is_kept for row in rows],
            "Учитель": [names.of_teacher(row.found.teacher_id) for row in rows],
            "Класс": [names.of_class(row.found.class_id) for row in rows],
            "Предмет": [names.of_subject(row.found.subject_id) for row in rows],
            "Что найдено": [words_of(row.found) for row in rows],
            WHERE: [evidence_address(row.found, school_year) for row in rows],
            NOTE: [row.note for row in rows],
            UNTIL: pd.Series([row.mend_until for row in rows], dtype=object),
        }
    )


def columns_of() -> dict[str, Any]:
    """Return how the table of findings is shown."""
    return {
        KEPT: st.column_config.CheckboxColumn(width=84),
        "Учитель": st.column_config.TextColumn(width=105),
        "Класс": st.column_config.TextColumn(width=46),
        "Предмет": st.column_config.TextColumn(width=180),
        "Что найдено": st.column_config.TextColumn(width=340),
        WHERE: st.column_config.LinkColumn(display_text="смотреть", width=76),
        NOTE: st.column_config.TextColumn(width=140, max_chars=TEXT_LENGTH),
        UNTIL: st.column_config.DateColumn(width=92, format="DD.MM.YYYY"),
    }


def save_edits(rows: Sequence[InspectionFinding], edited: pd.DataFrame, user: User) -> None:
    """Write what the inspector changed in the table."""
    edits = [
        FindingEdit(row.finding_id, bool(kept), "" if pd.isna(note) else str(note), _day(until))
        for row, kept, note, until in zip(rows, edited[KEPT], edited[NOTE], edited[UNTIL], strict=True)
    ]
    try_and_rerun(
        lambda: edit_findings(school().store, user, edits, now=school().clock()), "Замечания сохранены."
    )


def _day(value: Any) -> date | None:
    return None if pd.isna(value) else pd.Timestamp(value).date()


def show_adding(page: InspectionPage, names: Names, user: User) -> None:
    """Show the form of a finding by hand, such as homework beyond the pupils' age (п. 6.3)."""
    with st.form("by_hand", border=False, clear_on_submit=False):
        class_box, subject_box, teacher_box = st.columns(3)
        school_class = _one(class_box, "Класс", names.classes)
        subject = _one(subject_box, "Предмет", names.subjects)
        teacher = _one(teacher_box, "Учитель", names.teachers)
        text = st.text_area(
            "Замечание",
            max_chars=TEXT_LENGTH,
            placeholder="Например: домашние задания не по возрасту учащихся",
        )
        if not st.form_submit_button("Добавить"):
            return
    place = (school_class, subject, teacher)
    key = page.inspection.inspection_id
    try_and_rerun(
        lambda: add_finding(school().store, user, key, text, place, now=school().clock()),
        "Замечание добавлено.",
    )


def _one(place: Any, label: Markdown, titles: Mapping[int, str]) -> int | None:
    key = f"hand_{label}"
    chosen: int | None = choose_one(label, titles, place=place, index=None, placeholder="не указан", key=key)
    return chosen


def show_rechecked(page: InspectionPage, names: Names) -> None:
    """Show what became of the findings of the inspection before."""
    if not page.rechecked:
        st.caption("Здесь будет видно, что из замечаний прошлой проверки устранено.")
        return
    counts = Counter(state for _, state in page.rechecked)
    st.markdown(
        " · ".join(
            f":{MEND_COLOURS[state]}-badge[{MEND_TITLES[state]}: {counts[state]}]"
            for state in MendState
            if counts[state]
        )
    )
    st.dataframe(
        pd.DataFrame(
            {
                "Сейчас": [MEND_TITLES[state] for _, state in page.rechecked],
                "Учитель": [names.of_teacher(row.found.teacher_id) for row, _ in page.rechecked],
                "Класс": [names.of_class(row.found.class_id) for row, _ in page.rechecked],
                "Предмет": [names.of_subject(row.found.subject_id) for row, _ in page.rechecked],
                "Было найдено": [words_of(row.found) for row, _ in page.rechecked],
                WHERE: [
                    evidence_address(row.found, page.inspection.school_year) for row, _ in page.rechecked
                ],
            }
        ),
        hide_index=True,
        column_config={WHERE: columns_of()[WHERE]},
    )
