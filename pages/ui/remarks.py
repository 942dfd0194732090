"""Remarks and recommendations as people read them, and their part of the diary (п. 3.6, 4.7)."""

from datetime import date

import streamlit as st

from pages.ui.doing import try_in_callback
from pages.ui.typed_text import as_typed
from school.calendar import MONTHS
from school.families.actions import confirm_remark
from school.families.lookups.remarks import DiaryRemark, StoredRemark, diary_remarks
from school.families.rules import REMARK_TITLES
from school.records import RemarkKind, User
from server.session import school

SHOWN = 5
KIND_COLOURS = {RemarkKind.REMARK: "orange", RemarkKind.RECOMMENDATION: "blue"}


def remark_markdown(remark: StoredRemark, *, for_staff: bool, is_pupil_known: bool = False) -> str:
    """Return a remark as Markdown: kind, of whom or by whom, day, text; staff see whether it has been read."""
    kind = RemarkKind(remark.kind)
    badge = f":{KIND_COLOURS[kind]}-badge[{REMARK_TITLES[kind]}]"
    names_pupil = for_staff and not is_pupil_known
    whom = f"**{as_typed(remark.pupil_name)}**, {remark.class_name}" if names_pupil else ""
    parts = [whom, remark.subject_name, remark.author, _day(remark.written_at.date())]
    state = f" · {_state(remark)}" if for_staff else ""
    head = " · ".join(part for part in parts if part)
    return f"{badge} {head}{state}  \n{as_typed(remark.text)}"


def _state(remark: StoredRemark) -> str:
    if remark.withdrawn_at is not None:
        return ":gray[отозвано]"
    return f":green[прочитано {_day(remark.read_at.date())}]" if remark.read_at else ":gray[не прочитано]"


def _day(day: date) -> str:
    year = "" if day.year == school().clock().year else f" {day.year}"
    return f"{day.day} {MONTHS[day.month - 1]}{year}"


def show_diary_remarks(user: User, pupil_id: int) -> None:
    """Show in the diary what teachers wrote of a child; guardians confirm what they have read."""
    found = diary_remarks(school().store, user, pupil_id, now=school().clock())
    if not found:
        return
    st.subheader("Замечания и рекомендации")
    for each in found[:SHOWN]:
        _show(each, user)
    if len(found) > SHOWN:
        with st.expander(f"Ещё {len(found) - SHOWN}"):
            for each in found[SHOWN:]:
                _show(each, user)


def _show(each: DiaryRemark, user: User) -> None:
    with st.container(border=True):
        st.markdown(remark_markdown(each.remark, for_staff=False))
        if each.may_confirm:
            key = f"read_{each.remark.remark_id}"
            st.button("Прочитано", key=key, on_click=_confirm, args=(user, each.remark.remark_id))
        elif each.remark.read_at is not None:
            st.caption(f"Прочитано {_day(each.remark.read_at.date())}.")


def _confirm(user: User, remark_id: int) -> None:
    try_in_callback(lambda: confirm_remark(school().store, user, remark_id, now=school().clock()))
