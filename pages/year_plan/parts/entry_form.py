"""The form of an entry of the plan: what, by when, who, when to remind, whether each term again (п. 3.5, 4.2)."""

from collections.abc import Mapping
from datetime import date

import streamlit as st

from pages.ui.doing import try_to
from pages.ui.typed_text import as_typed
from pages.year_plan.parts.plan_words import NOBODY
from school.calendar import first_of_september
from school.numbers import counted
from school.records import User
from school.year_plan.actions import EntryKey, add_entries, change_entry
from school.year_plan.lookups import YearPlan
from school.year_plan.records import PlanDraft, PlanEntry
from school.year_plan.rules import MOST_REMIND_DAYS, NOTE_LENGTH, TITLE_LENGTH
from server.session import school

NUMBER = "plan_form_number"


def draft_fields(key: str, plan: YearPlan, before: PlanEntry | None, day: date) -> PlanDraft:
    """Show the fields of an entry, filled with what stands already; the title of a standard one is not typed."""
    title = before.title if before else ""
    if before is None or not before.code:
        title = st.text_input("Что сделать", title, max_chars=TITLE_LENGTH, key=f"plan_title_{key}")
    due_box, who_box, remind_box = st.columns(3)
    due_on = due_box.date_input(
        "Срок",
        before.due_on if before else day,
        min_value=first_of_september(plan.school_year),
        max_value=date(plan.school_year + 1, 8, 31),
        format="DD.MM.YYYY",
        key=f"plan_due_{key}",
    )
    user_id = _person(who_box, plan.people, before, key)
    remind_days = remind_box.number_input(
        "Напомнить за, дней",
        0,
        MOST_REMIND_DAYS,
        before.remind_days if before else PlanDraft._field_defaults["remind_days"],
        key=f"plan_remind_{key}",
    )
    note = st.text_input(
        "Примечание", before.note if before else "", max_chars=NOTE_LENGTH, key=f"plan_note_{key}"
    )
    return PlanDraft(title, due_on, user_id, remind_days, note)


def _person(
    place: st.delta_generator.DeltaGenerator, people: Mapping[int, str], before: PlanEntry | None, key: str
) -> int | None:
    nobody = before.who if before and before.role and before.user_id is None else NOBODY
    offered: list[int | None] = [None, *people]
    held = before.user_id if before else None
    chosen: int | None = place.selectbox(
        "Кто делает",
        offered,
        index=offered.index(held) if held in offered else 0,
        format_func=lambda each: as_typed(nobody if each is None else people[each]),
        key=f"plan_who_{key}",
    )
    return chosen


def show_new_entry(user: User, plan: YearPlan) -> None:
    """Let whoever keeps the plan add an entry, or one for each term to come."""
    number = st.session_state.setdefault(NUMBER, 0)
    today = school().clock().date()
    with st.form(f"plan_new_{number}", border=False):
        draft = draft_fields(f"new{number}", plan, None, today)
        is_repeated = st.checkbox(
            "Повторять в каждом учебном периоде: за столько же дней до его конца", key=f"plan_repeat_{number}"
        )
        if not st.form_submit_button("Добавить", type="primary"):
            return
    if try_to(
        lambda: add_entries(
            school().store, user, plan.school_year, draft, is_repeated=is_repeated, now=school().clock()
        ),
        lambda made: as_typed(f"Добавлено в план: {counted(len(made), 'строка', 'строки', 'строк')}."),
    ):
        st.session_state[NUMBER] = number + 1
        st.rerun()


def show_change(user: User, plan: YearPlan, entry: PlanEntry, key: EntryKey) -> None:
    """Let whoever keeps the plan change an entry."""
    name = entry.code or str(entry.entry_id)
    with st.form(f"plan_change_{name}", border=False):
        draft = draft_fields(name, plan, entry, entry.due_on)
        if not st.form_submit_button("Сохранить", type="primary"):
            return
    if try_to(lambda: change_entry(school().store, user, key, draft, now=school().clock()), "Сохранено."):
        st.rerun()
