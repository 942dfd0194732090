"""«Проверки журнала»: the deputy or the head checks how registers are kept; the report is made known (п. 3.5, 6.2–6.4)."""

from collections import Counter

import streamlit as st

from pages.inspections.parts.findings import show_findings, show_rechecked
from pages.inspections.parts.inspection_words import aspect_title, names_of, span_words
from pages.inspections.parts.new_inspection import asked_places, show_start
from pages.inspections.parts.report import show_conclusion, show_readings, show_report
from pages.ui.doing import try_and_rerun, try_to
from pages.ui.typed_text import as_typed, in_line
from pipelines.figures.inspection_due import due_words, quarter_due
from school.access.action import Action
from school.analytics.lookups.readers import FigureReader
from school.errors import Refusal
from school.inspections.actions import discard_inspection, publish_inspection
from school.inspections.lookups import Inspection, InspectionPage, inspection_page, inspections
from school.numbers import counted
from school.records import User
from server.session import guard, school

# An inspection that is being composed names so many aspects with most findings.
ASPECTS_NAMED = 3


def reader_of(user: User) -> FigureReader:
    """Return the inspector as a reader of how registers are kept."""
    return FigureReader(school(), user, Action.READ_REGISTER_WORK)


def show_list(user: User) -> None:
    """Show the inspections so far, and the way to a new one."""
    reader, today = reader_of(user), school().clock().date()
    if due := quarter_due(reader, today):
        st.warning(f"{as_typed(due_words(due, today))}.", icon=":material/notification_important:")
    rows = inspections(school().store, user)
    asked = asked_places()
    with st.expander("Новая проверка", icon=":material/add:", expanded=bool(asked or not rows)):
        show_start(reader, asked)
    if not rows:
        st.caption("Проверок ещё не было. Начните первую: система сама соберёт то, что видно по журналу.")
    for row in rows:
        show_line(row)


def show_line(row: Inspection) -> None:
    """Show an inspection of the list with its state."""
    title, state, link = st.columns([6, 3, 1.4], vertical_alignment="center")
    title.markdown(f"**{as_typed(row.title)}** · {span_words(row)}")
    state.markdown(
        f":green-badge[доведена до учителей {row.published_at:%d.%m.%Y %H:%M}]"
        if row.published_at
        else f":orange-badge[составляется с {row.started_at:%d.%m.%Y %H:%M}]"
    )
    link.page_link(
        "pages/inspections/inspections.py",
        label="Открыть",
        icon=":material/open_in_new:",
        query_params={"inspection": str(row.inspection_id)},
    )


def show_inspection(user: User, inspection_id: int) -> None:
    """Show an inspection: its findings to complete, its conclusion, who has read it, its report."""
    page = inspection_page(school().store, user, inspection_id)
    row, reader = page.inspection, reader_of(user)
    names = names_of(reader, row.scope.term_ids)
    st.page_link("pages/inspections/inspections.py", label="Все проверки", icon=":material/arrow_back:")
    st.subheader(in_line(row.title))
    show_state(page, user)
    tabs = st.tabs(
        [
            f"Замечания · {len(page.kept)}",
            f"Прошлая проверка · {len(page.rechecked)}",
            "Вывод и справка",
            f"Ознакомление · {len(page.readings)} из {len(page.teacher_ids)}",
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
    parts = [f"{title.lower()} — {number}" for title, number in counts.most_common(ASPECTS_NAMED)]
    if others := counts.total() - sum(number for _, number in counts.most_common(ASPECTS_NAMED)):
        parts.append(f"прочее — {others}")
    most = ", ".join(parts)
    if row.published_at:
        state.markdown(
            f"{span_words(row)} · :green-badge[доведена до учителей {row.published_at:%d.%m.%Y %H:%M}]"
        )
        return
    state.markdown(f"{span_words(row)} · :orange-badge[составляется] {as_typed(most)}")
    with publish_box.popover("Довести до учителей", icon=":material/campaign:", width="stretch"):
        st.markdown(
            f"Справку увидят {counted(len(page.teacher_ids), 'учитель', 'учителя', 'учителей')}, которые в ней названы: каждый — "
            "свои замечания. После этого справка не меняется."
        )
        if st.button("Довести", type="primary", key="publish"):
            try_and_rerun(
                lambda: publish_inspection(school().store, user, row.inspection_id, now=school().clock()),
                "Справка доведена до учителей.",
            )
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


def show_page(user: User) -> None:
    """Show the inspection of the address, or the list."""
    code = st.query_params.get("inspection", "")
    if not code.isdecimal():
        show_list(user)
        return
    try:
        show_inspection(user, int(code))
    except Refusal as refusal:
        st.warning(as_typed(str(refusal)))


show_page(guard(Action.INSPECT))
