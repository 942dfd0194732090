"""One entry of the plan: how it stands, where it is done, what may be done with it."""

import streamlit as st

from pages.ui.doing import try_and_rerun, try_to
from pages.ui.filters import remember
from pages.ui.links import page_link
from pages.ui.typed_text import Markdown, as_typed, in_line
from pages.year_plan.parts.entry_form import show_change
from pages.year_plan.parts.plan_words import NOBODY, day_words, state_badge
from school.records import User
from school.year_plan.actions import EntryKey, drop_entry, restore_entry, tick_entry
from school.year_plan.lookups import YearPlan, may_tick
from school.year_plan.records import PlanEntry
from school.year_plan.rules import NOTE_LENGTH
from server.menu import may_open
from server.session import school


def close() -> None:
    """Leave the entry for the list."""
    remember(entry="")


def show_entry(user: User, plan: YearPlan, entry: PlanEntry) -> None:
    """Show an entry with its buttons."""
    key = EntryKey(plan.school_year, entry.code, entry.entry_id)
    today = school().clock().date()
    with st.container(border=True):
        head, close_box = st.columns([12, 1], vertical_alignment="top")
        head.markdown(f"**{in_line(entry.title)}**")
        close_box.button(
            "Закрыть", icon=":material/close:", type="tertiary", on_click=close, key="plan_close"
        )
        clause = f" · {as_typed(entry.clause)}" if entry.clause else ""
        st.markdown(
            f"{state_badge(entry, today)} срок — {as_typed(day_words(entry.due_on))} · {as_typed(entry.who or NOBODY)}{clause}"
        )
        if entry.note:
            st.markdown(as_typed(entry.note))
        if entry.fact is not None and not entry.is_done and not entry.is_dropped:
            st.caption("Выполнение отметит сам журнал.")
        _show_buttons(user, plan, entry, key)


def _show_buttons(user: User, plan: YearPlan, entry: PlanEntry, key: EntryKey) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        if may_tick(user, entry):
            done = "Выполнено" if not entry.is_done else "Ещё не выполнено"
            if st.button(done, type="secondary" if entry.is_done else "primary", key="plan_tick"):
                try_and_rerun(
                    lambda: tick_entry(
                        school().store, user, key, is_done=not entry.is_done, now=school().clock()
                    ),
                    "Отмечено.",
                )
        if entry.page and may_open(user, entry.page):
            page_link(entry.page, Markdown("Где это делается"), {}, ":material/arrow_forward:")
        if not plan.may_edit:
            return
        if entry.is_dropped:
            if st.button("Вернуть в план", key="plan_restore"):
                try_and_rerun(
                    lambda: restore_entry(school().store, user, key, now=school().clock()),
                    "Строка снова в плане.",
                )
            return
        with st.popover("Изменить", icon=":material/edit:"):
            show_change(user, plan, entry, key)
        with st.popover("Убрать из плана", icon=":material/delete:"):
            _show_drop(user, entry, key)


def _show_drop(user: User, entry: PlanEntry, key: EntryKey) -> None:
    reason = ""
    if entry.code:
        reason = st.text_input(
            "Почему в этом году не нужно", max_chars=NOTE_LENGTH, key=f"plan_reason_{entry.code}"
        )
    else:
        st.markdown("Строка исчезнет из плана; в журнале изменений она останется.")
    if st.button("Убрать", key="plan_drop") and try_to(
        lambda: drop_entry(school().store, user, key, reason, now=school().clock()), "Убрано из плана."
    ):
        if not entry.code:
            close()
        st.rerun()
