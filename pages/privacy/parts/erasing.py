"""What is kept how long and by what, what is due for erasing, the switch of the night, what was erased."""

import streamlit as st

from pages.ui.doing import try_and_rerun, try_in_callback
from pages.ui.tables import RecordColumn, show_records
from pages.ui.typed_text import Markdown, as_typed
from school.access.action import Action
from school.access.checks import may
from school.numbers import counted
from school.privacy.actions.erasing import erase_now, set_terms, switch_erasing
from school.privacy.lookups.keeping import DueKind, ErasingState, Erasure, erasing_state
from school.privacy.rules.terms import ERASED, KEPT, NIGHT_HOURS, Erased, KeptTerm
from school.records import User
from server.session import guard, school

SWITCH = "privacy_erasing"
DUE_COLUMNS: tuple[RecordColumn[DueKind], ...] = (
    RecordColumn("Что", lambda row: row.term.title, width=330),
    RecordColumn("Хранится дней", lambda row: row.days, 0, width=115),
    RecordColumn("Считая", lambda row: row.term.counted_from, width=200),
    RecordColumn("Основание", lambda row: row.term.source, width=310),
    RecordColumn("Пора стереть", lambda row: row.count, 0, width=110, help="Записей, у которых срок вышел"),
)
KEPT_COLUMNS: tuple[RecordColumn[KeptTerm], ...] = (
    RecordColumn("Что", lambda row: row.title, width=440),
    RecordColumn("Сколько", lambda row: row.term, width=280),
    RecordColumn("Основание", lambda row: row.source, width=360),
)
DONE_COLUMNS: tuple[RecordColumn[Erasure], ...] = (
    RecordColumn("Когда", lambda row: f"{row.erased_at:%d.%m.%Y %H:%M}", width=140),
    RecordColumn("Что", lambda row: ERASED[row.kind].title, width=380),
    RecordColumn("Записей", lambda row: row.erased_count, 0, width=90),
    RecordColumn("Старше", lambda row: f"{row.older_than:%d.%m.%Y}", width=110),
    RecordColumn("Кто", lambda row: row.who or "программа", width=170),
)


def show_erasing(user: User) -> None:
    """Show the terms, what is due, the ways to erase it and what was erased."""
    today = school().clock().date()
    state = erasing_state(school().store, user, today)
    may_keep = may(user, Action.KEEP_PRIVACY)
    due = sum(each.count for each in state.due)
    show_state(state, due, may_keep=may_keep)
    show_records(state.due, DUE_COLUMNS, "due")
    if may_keep:
        with st.container(horizontal=True):
            show_erase_button(user, due, len(state.done))
            show_terms(user, state)
    st.subheader("Что не стирается")
    show_records(KEPT, KEPT_COLUMNS, "kept")
    st.subheader("Что стёрто")
    if state.done:
        show_records(state.done, DONE_COLUMNS, "erased", export="Акт о стёртых персональных данных")
    else:
        st.caption("Пока ничего. Каждое стирание останется здесь и в «Журнале изменений».")


def show_state(state: ErasingState, due: int, *, may_keep: bool) -> None:
    """Say whether the night erases, and let whoever may switch it."""
    night = f"между {NIGHT_HOURS.start} и {NIGHT_HOURS.stop} часами"
    if may_keep:
        st.toggle(
            f"Стирать каждую ночь {night} то, у чего вышел срок", state.is_on, key=SWITCH, on_change=_switch
        )
    elif state.is_on:
        st.markdown(f"Каждую ночь {night} стирается то, у чего вышел срок.")
    if not state.is_on:
        st.warning(
            "Ночное стирание выключено: проверьте сроки ниже и включите его. Хранить дольше срока нельзя (152-ФЗ, ст. 5 ч. 7). "
            "Входы, попытки входа и завершённые сеансы стираются и без этого."
        )
    last = f" Последний раз: {state.last:%d.%m.%Y}." if state.last else ""
    words = (
        f"Пора стереть: {counted(due, 'запись', 'записи', 'записей')}." if due else "Сейчас стирать нечего."
    )
    st.caption(f"{words}{last}")


def _switch() -> None:
    user = guard(Action.KEEP_PRIVACY)
    is_on = bool(st.session_state[SWITCH])
    try_in_callback(
        lambda: switch_erasing(school().store, user, is_on=is_on, now=school().clock()),
        "Стирание по ночам включено." if is_on else "Стирание по ночам выключено.",
    )


def show_erase_button(user: User, due: int, erased: int) -> None:
    """Let the user erase at once what is due, after saying that it is for good; ``erased`` counts what was before."""
    # By its key another one after each erasing: the old one would stay open over its report.
    with st.popover(
        "Стереть сейчас", icon=":material/delete_sweep:", disabled=not due, key=f"erase_after_{erased}"
    ):
        st.markdown("Стёртое вернуть нельзя. В резервных копиях оно останется, пока те не сменятся.")
        if st.button("Стереть то, у чего вышел срок", type="primary", key="erase_now"):
            try_and_rerun(
                lambda: erase_now(school().store, user, now=school().clock()),
                lambda counts: Markdown(
                    f"Стёрто: {counted(sum(counts.values()), 'запись', 'записи', 'записей')}."
                ),
            )


def show_terms(user: User, state: ErasingState) -> None:
    """Let the user set the terms."""
    with (
        st.popover("Изменить сроки", icon=":material/edit_calendar:"),
        st.form("privacy_terms", border=False),
    ):
        days: dict[Erased, int] = {
            each.kind: int(
                st.number_input(
                    as_typed(f"{each.term.title}, дней"),
                    1,
                    each.term.most_days,
                    each.days,
                    key=f"days_{each.kind}",
                )
            )
            for each in state.due
        }
        if st.form_submit_button("Сохранить", type="primary"):
            try_and_rerun(
                lambda: set_terms(school().store, user, days, now=school().clock()), "Сроки сохранены."
            )
