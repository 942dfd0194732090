"""«Проверки журнала»: the deputy or the head checks how registers are kept; the report is made known (п. 3.5, 6.2–6.4)."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from pages.inspections.parts.inspection_words import Names, aspect_title, names_of, span_words
from pages.ui.doing import try_to
from pipelines.figures.inspection_due import due_words, quarter_due
from pipelines.figures.inspection_findings import (
    Looked,
    evidence_address,
    found_in,
    inspected_period,
    is_in_scope,
)
from pipelines.reports.document import Document
from pipelines.reports.document_docx import document_docx
from pipelines.reports.document_pdf import document_pdf
from pipelines.reports.document_xlsx import document_xlsx
from pipelines.reports.inspection import FindingLine, InspectionReport, inspection_document
from school.access.action import Action
from school.analytics.lookups.readers import Reader, choices_of, periods_of
from school.analytics.lookups.tables import PeriodRow, default_period
from school.calendar import period_text
from school.errors import Refusal
from school.inspections.actions import (
    FindingEdit,
    InspectionDraft,
    add_finding,
    discard_inspection,
    edit_findings,
    publish_inspection,
    start_inspection,
    write_conclusion,
)
from school.inspections.lookups import (
    Inspection,
    InspectionFinding,
    InspectionPage,
    inspection_before,
    inspection_page,
    inspections,
)
from school.inspections.rules import (
    ASPECT_TITLES,
    CONCLUSION_LENGTH,
    MEND_TITLES,
    TEXT_LENGTH,
    TITLE_LENGTH,
    Aspect,
    mend_state,
    words_of,
)
from school.numbers import counted
from school.records import InspectionScope, MendState, User
from school.sign_in.lookups.sessions import school_name
from server.session import guard, school

KEPT, NOTE, UNTIL = "В справку", "Пояснение", "Срок"
FORMS = {
    "PDF": ("pdf", "application/pdf", document_pdf),
    "Word": (
        "docx",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        document_docx,
    ),
    "XLSX": ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", document_xlsx),
}
MEND_COLOURS = {
    MendState.MENDED: "green",
    MendState.NOT_REPEATED: "green",
    MendState.REMAINS: "red",
    MendState.REPEATED: "red",
    MendState.UNSEEN: "gray",
}


def reader_of(user: User) -> Reader:
    """Return the inspector as a reader of how registers are kept."""
    return Reader(school(), user, Action.READ_REGISTER_WORK)


def reporting_periods(reader: Reader) -> list[PeriodRow]:
    """Return the terms of the school, newest first."""
    found = [row for row in periods_of(reader) if not row.is_whole_year]
    return sorted(found, key=lambda row: (row.starts_on, row.ends_on), reverse=True)


def show_reminder(reader: Reader, today: date) -> None:
    """Say that a quarter passes without an inspection (п. 6.2)."""
    if due := quarter_due(reader, today):
        st.warning(f"{due_words(due, today)}.", icon=":material/notification_important:")


def show_list(user: User) -> None:
    """Show the inspections so far, and the way to a new one."""
    st.title("Проверки журнала")
    reader, today = reader_of(user), school().clock().date()
    show_reminder(reader, today)
    rows = inspections(school().store, user)
    with st.expander("Новая проверка", icon=":material/add:", expanded=not rows):
        show_start(reader)
    if not rows:
        st.caption("Проверок ещё не было. Начните первую: система сама соберёт то, что видно по журналу.")
    for row in rows:
        show_line(row)


def show_line(row: Inspection) -> None:
    """Show an inspection of the list with its state."""
    title, state, link = st.columns([6, 3, 1.4], vertical_alignment="center")
    title.markdown(f"**{row.title}** · {span_words(row)}")
    state.markdown(
        f":green-badge[доведена до учителей {row.published_at:%d.%m.%Y}]"
        if row.published_at
        else f":orange-badge[составляется с {row.started_at:%d.%m.%Y}]"
    )
    link.page_link(
        "pages/inspections/inspections.py",
        label="Открыть",
        icon=":material/open_in_new:",
        query_params={"inspection": str(row.inspection_id)},
    )


def show_start(reader: Reader) -> None:
    """Show the form of a new inspection."""
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
            key=f"title_{titles[chosen]}",
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
        classes = _many(class_box, "Классы", class_names, "все классы")
        subjects = _many(subject_box, "Предметы", offered.subjects, "все предметы")
        teachers = _many(teacher_box, "Учителя", offered.teachers, "все учителя")
        if not st.form_submit_button("Начать проверку", type="primary"):
            return
    scope = InspectionScope(period.term_ids, tuple(map(str, aspects)), classes, subjects, teachers)
    draft = InspectionDraft(
        title, period.school_year, period.starts_on, min(period.ends_on, max(today, period.starts_on)), scope
    )
    begin(reader, Looked(reader, period, school().clock()), draft)


def _many(place: Any, label: str, titles: Mapping[int, str], everything: str) -> tuple[int, ...]:
    return tuple(
        place.multiselect(label, list(titles), format_func=titles.__getitem__, placeholder=everything)
    )


def begin(reader: Reader, looked: Looked, draft: InspectionDraft) -> None:
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


def rechecked_findings(reader: Reader, looked: Looked, draft: InspectionDraft) -> dict[int, MendState]:
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


def show_inspection(user: User, inspection_id: int) -> None:
    """Show an inspection: its findings to complete, its conclusion, who has read it, its report."""
    page = inspection_page(school().store, user, inspection_id)
    row, reader = page.inspection, reader_of(user)
    names = names_of(reader, row.scope.term_ids)
    st.page_link("pages/inspections/inspections.py", label="Все проверки", icon=":material/arrow_back:")
    st.subheader(f"{row.title}")
    show_state(page, user)
    tabs = st.tabs(
        [
            f"Замечания · {len(page.kept)}",
            f"Прошлая проверка · {len(page.rechecked)}",
            "Вывод и справка",
            f"Ознакомление · {len(page.readings)} из {len(page.named)}",
        ]
    )
    with tabs[0]:
        show_findings(page, names, user)
    with tabs[1]:
        show_rechecked(page, names)
    with tabs[2]:
        show_conclusion(page, user)
        show_report(page, names, user)
    with tabs[3]:
        show_readings(page, names)


def show_state(page: InspectionPage, user: User) -> None:
    """Show how far an inspection is, and let the inspector make it known or drop it."""
    row = page.inspection
    state, publish_box, drop_box = st.columns([6, 2.4, 1.6], vertical_alignment="center")
    counts = Counter(aspect_title(each.found) for each in page.kept)
    told = ", ".join(f"{title.lower()} — {number}" for title, number in counts.most_common(3))
    if row.published_at:
        state.markdown(
            f"{span_words(row)} · :green-badge[доведена до учителей {row.published_at:%d.%m.%Y %H:%M}]"
        )
        return
    state.markdown(f"{span_words(row)} · :orange-badge[составляется] {told}")
    with publish_box.popover("Довести до учителей", icon=":material/campaign:", width="stretch"):
        st.markdown(
            f"Справку увидят {counted(len(page.named), 'учитель', 'учителя', 'учителей')}, которые в ней названы: каждый — "
            "свои замечания. После этого справка не меняется."
        )
        if st.button("Довести", type="primary", key="publish"):
            done = try_to(
                lambda: publish_inspection(school().store, user, row.inspection_id, now=school().clock()),
                "Справка доведена до учителей.",
            )
            if done:
                st.rerun()
    with drop_box.popover("Удалить", icon=":material/delete:", width="stretch"):
        st.markdown("Проверка исчезнет вместе с замечаниями. Учителя её ещё не видели.")
        if st.button("Удалить проверку", key="discard"):
            done = try_to(
                lambda: discard_inspection(school().store, user, row.inspection_id, now=school().clock()),
                "Проверка удалена.",
            )
            if done:
                st.query_params.clear()
                st.rerun()


def show_findings(page: InspectionPage, names: Names, user: User) -> None:
    """Show the findings as a table that the inspector completes; each with the way to its evidence."""
    if not page.findings:
        st.success("По выбранным направлениям замечаний не нашлось.", icon=":material/check:")
    rows = chosen_findings(page, names)
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
            edited = st.data_editor(
                table,
                hide_index=True,
                column_config=columns_of(),
                placeholder="",
                disabled=[name for name in table.columns if name not in (KEPT, NOTE, UNTIL)],
                height=min(430, 36 * (len(rows) + 1)),
                key=f"editor_{page.inspection.inspection_id}_{hash(tuple(row.finding_id for row in rows))}",
            )
            if st.form_submit_button("Сохранить замечания", type="primary"):
                save_edits(rows, edited, user)
    if is_open:
        with st.expander("Добавить замечание, которого система не видит", icon=":material/add:"):
            show_adding(page, names, user)


def chosen_findings(page: InspectionPage, names: Names) -> list[InspectionFinding]:
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
            "Где": [evidence_address(row.found, school_year) for row in rows],
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
        "Где": st.column_config.LinkColumn(display_text="смотреть", width=76),
        NOTE: st.column_config.TextColumn(width=140, max_chars=TEXT_LENGTH),
        UNTIL: st.column_config.DateColumn(width=92, format="DD.MM.YYYY"),
    }


def save_edits(rows: Sequence[InspectionFinding], edited: pd.DataFrame, user: User) -> None:
    """Write what the inspector changed in the table."""
    edits = [
        FindingEdit(row.finding_id, bool(kept), "" if pd.isna(note) else str(note), _day(until))
        for row, kept, note, until in zip(rows, edited[KEPT], edited[NOTE], edited[UNTIL], strict=True)
    ]
    if try_to(
        lambda: edit_findings(school().store, user, edits, now=school().clock()), "Замечания сохранены."
    ):
        st.rerun()


def _day(value: Any) -> date | None:
    if value is None or pd.isna(value):
        return None
    return pd.Timestamp(value).date()


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
    if try_to(
        lambda: add_finding(school().store, user, key, text, place, now=school().clock()),
        "Замечание добавлено.",
    ):
        st.rerun()


def _one(place: Any, label: str, titles: Mapping[int, str]) -> int | None:
    chosen: int | None = place.selectbox(
        label,
        list(titles),
        index=None,
        format_func=titles.__getitem__,
        placeholder="не указан",
        key=f"hand_{label}",
    )
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
            }
        ),
        hide_index=True,
    )


def show_conclusion(page: InspectionPage, user: User) -> None:
    """Show the conclusion and the recommendations: fields while the report is written, text afterwards."""
    row = page.inspection
    if row.published_at:
        st.markdown(f"**Вывод.** {row.conclusion}")
        if row.recommendations:
            st.markdown(f"**Рекомендации.** {row.recommendations}")
        return
    with st.form("conclusion", border=False):
        conclusion = st.text_area("Вывод", row.conclusion, max_chars=CONCLUSION_LENGTH, height=110)
        advice = st.text_area("Рекомендации", row.recommendations, max_chars=CONCLUSION_LENGTH, height=110)
        if not st.form_submit_button("Сохранить", type="primary"):
            return
    key = row.inspection_id
    if try_to(
        lambda: write_conclusion(school().store, user, key, conclusion, advice, now=school().clock()),
        "Сохранено.",
    ):
        st.rerun()


def show_report(page: InspectionPage, names: Names, user: User) -> None:
    """Offer the report as it stands now; each form is made when it is asked for."""
    context = report_of(page, names, user, school().clock())
    boxes = st.columns([1, 1, 1, 4])
    for box, (title, (ending, kind, make)) in zip(boxes, FORMS.items(), strict=False):
        box.download_button(
            f"Справка, {title}",
            partial(_drawn, make, context),
            f"Справка {page.inspection.title}.{ending}",
            kind,
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
        readings=[reading_cells(page, names, key) for key in page.named] if row.published_at else [],
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
    cells = [reading_cells(page, names, key) for key in page.named]
    st.dataframe(pd.DataFrame(cells, columns=["Учитель", "Ознакомлен(а)", "Ответ"]), hide_index=True)


def show_page(user: User) -> None:
    """Show the inspection of the address, or the list."""
    code = st.query_params.get("inspection", "")
    if not code.isdecimal():
        show_list(user)
        return
    try:
        show_inspection(user, int(code))
    except Refusal as refusal:
        st.warning(str(refusal))


show_page(guard(Action.INSPECT))
