"""«Учебные периоды»: how far the marks of a term are given, its closing, and requests to correct it (п. 4.2, 5.4)."""

from collections.abc import Sequence
from urllib.parse import urlencode

import streamlit as st

from pages.ui.doing import try_and_rerun
from pages.ui.filters import choose_part, remember, remembered_code
from pages.ui.register_choice import address_of
from pages.ui.tables import RecordColumn, show_records
from pages.ui.typed_text import Markdown, as_typed
from school.access.action import Action
from school.access.checks import may
from school.calendar import period_text, term_title
from school.errors import RuleRefused
from school.numbers import counted
from school.records import User
from school.register.rules.corrections import DAYS_GRANTED, MOST_DAYS_GRANTED, REASON_LENGTH
from school.term_marks.rules.term_marks import check_term_may_be_closed
from school.terms.actions import close_term, decline_correction, grant_correction, reopen_term
from school.terms.lookups import (
    CorrectionRequest,
    RegisterTermLine,
    TermState,
    correction_requests,
    known_terms,
    term_lines,
)
from server.session import guard, school

DECIDED_SHOWN, ANSWERED = 8, "Ответ записан."
YEAR_MISSING = "Нет за год"
COLUMNS: tuple[RecordColumn[RegisterTermLine], ...] = (
    RecordColumn("Класс", lambda line: line.register.class_name, width=64, pinned=True),
    RecordColumn(
        "Предмет",
        lambda line: " · ".join(filter(None, (line.register.subject_name, line.register.subgroup_name))),
        width=215,
    ),
    RecordColumn("Учитель", lambda line: line.register.teacher_names, width=125),
    RecordColumn("Учеников", lambda line: line.pupils, 0, width=88),
    RecordColumn("Нет отметки", lambda line: line.missing, 0, 104, "Учеников без отметки за период"),
    RecordColumn(
        "Мало текущих", lambda line: line.too_few, 0, 116, "Текущих отметок меньше, чем нужно (п. 5.2)"
    ),
    RecordColumn(
        "Без причины",
        lambda line: line.unexplained,
        0,
        108,
        "Отметка не по правилу или текущих мало, а причины нет",
    ),
    RecordColumn(YEAR_MISSING, lambda line: line.year_missing, 0, width=96),
    RecordColumn("Что пишут учителя", lambda line: "; ".join(line.reasons), width=160),
    RecordColumn(
        "", lambda line: f"/term_marks?{urlencode(address_of(line.register, line.term_id))}", width=78
    ),
)


def choose_term(states: Sequence[TermState]) -> TermState:
    """Let the user choose a term; by default the last one that has begun. The choice stands in the address."""
    today = school().clock().date()
    codes = {"-".join(map(str, state.period)): state for state in states}
    begun = [code for code, state in codes.items() if state.term.starts_on <= today]
    wanted = remembered_code("period")
    code = wanted if wanted in codes else next(iter(begun), next(iter(codes)))
    chosen = st.selectbox(
        "Учебный период",
        list(codes),
        index=list(codes).index(code),
        format_func=lambda each: (
            period_text(*codes[each].period) + (" · закрыта" if codes[each].is_closed else "")
        ),
        label_visibility="collapsed",
    )
    remember(period=chosen)
    return codes[chosen]


def show_lines(lines: Sequence[RegisterTermLine]) -> None:
    """Show what is missing, register by register."""
    incomplete = [line for line in lines if not line.is_complete]
    titles = {"owing": f"Не закончены · {len(incomplete)}", "all": f"Все журналы · {len(lines)}"}
    wanted = choose_part("Какие журналы", titles, "owing" if incomplete else "all")
    shown = lines if wanted == "all" else incomplete
    if not shown:
        st.success(
            "Все отметки выставлены, и у каждой, которой нужна причина, она есть.", icon=":material/check:"
        )
        return
    has_year = any(line.year_missing for line in lines)
    columns = [column for column in COLUMNS if has_year or column.title != YEAR_MISSING]
    show_records(shown, columns, "term_lines", rows_shown=12, links={"": "открыть"})


def owed_text(lines: Sequence[RegisterTermLine]) -> Markdown:
    """Return what is missing over all registers in words; empty where nothing is."""
    missing = sum(line.missing for line in lines)
    unexplained = sum(line.unexplained for line in lines)
    year_missing = sum(line.year_missing for line in lines)
    parts = [
        f"не выставлено: {counted(missing, 'отметка', 'отметки', 'отметок')}" if missing else "",
        f"без причины: {unexplained}" if unexplained else "",
        f"нет отметок за год: {year_missing}" if year_missing else "",
    ]
    return Markdown("; ".join(filter(None, parts)))


def show_closing(user: User, state: TermState, lines: Sequence[RegisterTermLine]) -> None:
    """Show whether the term is closed, and to the deputy head the way to close it or to open it again."""
    missing = owed_text(lines)
    badge = ":gray-badge[:material/lock: закрыт]" if state.is_closed else ":green-badge[открыт]"
    words, button = st.columns([5, 2], vertical_alignment="center")
    words.markdown(
        f"{badge} **{period_text(*state.period)}**, {state.term.starts_on:%d.%m}–{state.term.ends_on:%d.%m.%Y}"
        + (f" · {missing}" if missing else " · всё выставлено")
    )
    if not may(user, Action.CLOSE_TERMS):
        return
    if not state.is_closed and (why_not := why_not_closed(state)):
        button.caption(as_typed(why_not))
        return
    icon = "lock_open" if state.is_closed else "lock"
    label = "Открыть снова" if state.is_closed else "Закрыть период"
    with button.popover(label, icon=f":material/{icon}:", width="stretch"):
        if state.is_closed:
            _show_reopening(user, state)
        else:
            _show_close_form(user, state, missing)


def why_not_closed(state: TermState) -> str:
    """Return why the term cannot be closed today, or an empty string."""
    try:
        check_term_may_be_closed(state.term, school().clock().date())
    except RuleRefused as refusal:
        return str(refusal)
    return ""


def _show_close_form(user: User, state: TermState, missing: Markdown) -> None:
    st.markdown(
        "После закрытия отметки этого периода, текущие и итоговые, меняются только с вашего разрешения и с причиной "
        "(п. 4.2)."
    )
    with st.form("close", border=False):
        is_sure = st.checkbox(f"Закрыть, хотя {missing}") if missing else True
        if not st.form_submit_button("Закрыть период", type="primary"):
            return
    if not is_sure:
        st.error("Ещё не всё выставлено. Подтвердите закрытие галочкой или дождитесь учителей.")
        return
    try_and_rerun(
        lambda: close_term(school().store, user, *state.period, now=school().clock()),
        "Период закрыт.",
        ":material/lock:",
    )


def _show_reopening(user: User, state: TermState) -> None:
    st.markdown("Откроется для всех учителей школы. Чтобы исправить одну отметку, достаточно разрешения.")
    with st.form("reopen", border=False):
        reason = st.text_area("Почему период открывается снова", max_chars=REASON_LENGTH)
        if not st.form_submit_button("Открыть период"):
            return
    try_and_rerun(
        lambda: reopen_term(school().store, user, *state.period, reason, now=school().clock()),
        "Период снова открыт.",
        ":material/lock_open:",
    )


def show_requests(user: User, requests: Sequence[CorrectionRequest]) -> None:
    """Show the requests to correct closed terms: the waiting ones to decide, the decided ones as a list."""
    waiting = [request for request in requests if request.permission.is_granted is None]
    decided = [request for request in requests if request.permission.is_granted is not None]
    st.subheader(f"Запросы на исправление: {len(waiting)}")
    if not waiting:
        st.caption("Новых запросов нет.")
    for request in waiting:
        show_request(user, request)
    if decided:
        with st.expander(f"Рассмотренные: {len(decided)}"):
            st.markdown("\n".join(f"- {decided_text(request)}" for request in decided[:DECIDED_SHOWN]))


def request_title(request: CorrectionRequest) -> Markdown:
    """Return «7А, Математика, 1-я четверть — Орлова В. С.»."""
    register, term = request.register, request.term
    group = f" ({register.subgroup_name})" if register.subgroup_name else ""
    title = f"{register.class_name}, {register.subject_name}{group}, {term_title(term.kind, term.number)}"
    return Markdown(f"**{as_typed(title)}** — {as_typed(request.teacher_name)}")


def decided_text(request: CorrectionRequest) -> Markdown:
    """Return a decided request in a line."""
    permission = request.permission
    verdict = "разрешено" if permission.is_granted else "отказано:"
    used = f", использовано {permission.used_at:%d.%m.%Y}" if permission.used_at else ""
    return Markdown(
        f"{request_title(request)}: «{as_typed(permission.reason)}» — {verdict} {as_typed(permission.answer)}{used}"
    )


def show_request(user: User, request: CorrectionRequest) -> None:
    """Show a waiting request with the deputy head's two answers."""
    permission = request.permission
    with st.container(border=True):
        words, form = st.columns([5, 6], vertical_alignment="center")
        words.markdown(
            f"{request_title(request)}  \n«{as_typed(permission.reason)}» · {permission.asked_at:%d.%m.%Y %H:%M}"
        )
        if may(user, Action.CLOSE_TERMS):
            with form:
                _show_answers(user, permission.permission_id)


def _show_answers(user: User, permission_id: int) -> None:
    with st.form(f"answer-{permission_id}", border=False):
        days_box, grant_box, why_box, decline_box = st.columns(
            [1.3, 1.8, 3, 1.7], vertical_alignment="bottom"
        )
        days = days_box.number_input("на дней", 1, MOST_DAYS_GRANTED, DAYS_GRANTED)
        is_granted = grant_box.form_submit_button("Разрешить", type="primary", width="stretch")
        why = why_box.text_input("или почему нет", max_chars=REASON_LENGTH)
        is_declined = decline_box.form_submit_button("Отказать", width="stretch")
    store, now = school().store, school().clock()
    if is_granted:
        try_and_rerun(lambda: grant_correction(store, user, permission_id, int(days), now=now), ANSWERED)
    elif is_declined:
        try_and_rerun(lambda: decline_correction(store, user, permission_id, why, now=now), ANSWERED)


def show_terms(user: User) -> None:
    """Show the whole page."""
    states = known_terms(school().store, user)
    if not states:
        st.info("Учебных периодов пока нет. Их задаёт администратор в календаре учебного года.")
        return
    with st.columns([2, 3])[0]:
        state = choose_term(states)
    lines = term_lines(school().store, user, state.period)
    requests = correction_requests(school().store, user, state.period[0])
    show_closing(user, state, lines)
    is_awaited = any(request.permission.is_granted is None for request in requests)
    if is_awaited:
        show_requests(user, requests)
    if lines:
        show_lines(lines)
    else:
        st.info("По этому периоду не отчитывается ни один журнал с отметками.")
    if not is_awaited:
        show_requests(user, requests)


show_terms(guard(Action.READ_TERM_CLOSING))
