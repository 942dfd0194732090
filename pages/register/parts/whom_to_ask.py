"""«Кого спросить»: a quiet button at the register with the pupils who need a mark."""

from datetime import date

import streamlit as st

from school.numbers import counted
from school.records import RegisterRow, Term, User
from school.term_marks.lookups.whom_to_ask import PupilToAsk, pupils_to_ask
from server.session import school

SHOWN = 15


def show_whom_to_ask(user: User, register: RegisterRow, term: Term, today: date) -> None:
    """Show whom to ask in a register today, the most needing first; nothing outside the term."""
    if not term.starts_on <= today <= term.ends_on:
        return
    pupils = pupils_to_ask(school().store, user, register, term, today=today)
    with st.popover(f"Спросить · {len(pupils)}"):
        if not pupils:
            st.markdown("У всех достаточно отметок, и каждый спрошен за последние пять уроков.")
            return
        st.caption(
            "Кого спросить сегодня: мало отметок (п. 5.2) или нет ни одной за пять уроков. Отсутствующих сегодня здесь нет."
        )
        st.markdown("\n".join(f"1. {pupil_line(row)}" for row in pupils[:SHOWN]))
        if len(pupils) > SHOWN:
            st.caption(f"и ещё {len(pupils) - SHOWN}")


def pupil_line(row: PupilToAsk) -> str:
    """Return «Орлов Пётр: отметок 2 из 5, без отметки 6 уроков»."""
    need = row.need
    parts = []
    if need.shortage:
        parts.append(f"отметок {need.count} из {need.minimum}")
    if need.is_forgotten:
        parts.append(f"без отметки {counted(need.lessons_without_mark, 'урок', 'урока', 'уроков')}")
    return f"**{row.name.short}**: {', '.join(parts)}"
