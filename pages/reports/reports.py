"""«Отчёты»: periodic reports made on demand and by schedule, each as PDF, for Word and as a workbook (п. 2.6, 7.1, 7.2)."""

import streamlit as st

from pages.ui.filters import choose, choose_period
from pages.ui.typed_text import as_typed
from pipelines.reports.making import FORMS, Form, drawn, file_name, make_report
from school.access.action import Action
from school.calendar import period_text
from school.errors import Refusal
from school.numbers import counted
from school.privacy.rules.viewing import seen_by_report
from school.records import User
from school.reports.actions import switch_schedule
from school.reports.lookups import (
    ReportShelf,
    kinds_to_make,
    may_switch_schedule,
    periods_for,
    schedule_is_on,
    shelf,
    span_of,
    subjects_of_report,
)
from school.reports.records import About, MadeReport, ReportKind, ReportOrder, Span
from school.reports.rules import DAYS_TO_CLOSE, REPORTS
from server.session import guard, school
from server.viewings import note_seen

WANTED = "report_wanted"
ALL = ""
SHOWN = 20
MORE = "reports_shown"
WIDTHS = [4.4, 1.7, 2.7, 0.7, 0.8, 0.8, 0.5]


def show_making(user: User) -> None:
    """Let the user choose a report, its period and whom it is about, and make it."""
    kinds = kinds_to_make(user)
    if not kinds:
        return
    kind_box, period_box, about_box, button_box = st.columns(
        [3.4, 2.2, 2.2, 1.4], vertical_alignment="bottom"
    )
    titles = {str(kind): REPORTS[kind].title for kind in kinds}
    kind = ReportKind(choose("report", "Отчёт", titles, place=kind_box))
    now = school().clock()
    begun = [row for row in periods_for(school().store, user, kind) if row.starts_on <= now.date()]
    period = choose_period(begun, now.date(), period_box)
    if period is None:
        st.info("Отчёты появятся, когда начнётся учебный период.")
        return
    about = subjects_of_report(school().store, user, kind, period)
    titles = {str(key): name for key, name in about.items()}
    first = next(iter(titles), "")
    about_id = int(choose("report_about", "О ком", titles, default=first, place=about_box)) if about else None
    order = ReportOrder(kind, span_of(period), about_id)
    button_box.button(
        "Сделать",
        type="primary",
        icon=":material/note_add:",
        on_click=_want,
        args=(order,),
        disabled=about_id is None and REPORTS[kind].about is not About.SCHOOL,
        width="stretch",
    )
    st.caption(f"{REPORTS[kind].answers} ({REPORTS[kind].clause}).")


def _want(order: ReportOrder) -> None:
    st.session_state[WANTED] = order


def make_wanted(user: User) -> None:
    """Make the report that a button asked for, and say what came of it."""
    order = st.session_state.pop(WANTED, None)
    if order is None:
        return
    title = REPORTS[order.kind].title
    try:
        with st.spinner(f"Делаем: {title}…"):
            make_report(school(), user, order)
    except Refusal as refusal:
        st.error(as_typed(str(refusal)))
    else:
        st.toast(f"Готово: {title}.", icon=":material/task_alt:")


def show_schedule(user: User) -> None:
    """Let whoever makes the school's reports switch on and off that they are made by themselves."""
    if may_switch_schedule(user):
        st.toggle(
            f"Делать сами по окончании периода: когда он закрыт или через {DAYS_TO_CLOSE} дней после его конца",
            schedule_is_on(school().store),
            key="report_schedule",
            on_change=_switch,
        )


def _switch() -> None:
    user = guard(Action.MAKE_REPORTS)
    switch_schedule(
        school().store, user, is_on=bool(st.session_state["report_schedule"]), now=school().clock()
    )


def select_reports(made: ReportShelf) -> list[MadeReport]:
    """Let the user narrow the list to a kind and a period, and return what is left."""
    kind_box, period_box, count_box = st.columns([3.4, 2.2, 3.6], vertical_alignment="center")
    kinds = {ALL: "Все отчёты"} | {
        str(kind): REPORTS[kind].title
        for kind in ReportKind
        if any(row.order.kind is kind for row in made.reports)
    }
    spans = dict.fromkeys(row.order.span for row in made.reports)
    periods = {ALL: "Все периоды"} | {
        _code(span): period_text(span.school_year, span.term_kind, span.term_number)
        for span in sorted(spans, key=lambda span: (-span.school_year, span.term_kind, -span.term_number))
    }
    kind = choose("made_kind", "Вид отчёта", kinds, default=ALL, place=kind_box, label_hidden=True)
    code = choose("made_period", "Период", periods, default=ALL, place=period_box, label_hidden=True)
    kept = [
        row for row in made.reports if kind in (ALL, row.order.kind) and code in (ALL, _code(row.order.span))
    ]
    count_box.caption(counted(len(kept), "отчёт", "отчёта", "отчётов"))
    return kept


def _code(span: Span) -> str:
    return f"{span.school_year}-{span.term_kind}-{span.term_number}"


def show_made(user: User) -> None:
    """Show the made reports, newest first, with a button for each form and one that makes the report again."""
    made = shelf(school().store, user)
    if not made.reports:
        st.info("Готовых отчётов пока нет. Они появятся здесь, когда их сделают или когда закончится период.")
        return
    kept = select_reports(made)
    shown = st.session_state.get(MORE, SHOWN)
    with st.container(gap=None):
        for row in kept[:shown]:
            show_row(user, row, is_remakeable=row.report_id in made.remakeable)
    if len(kept) > shown:
        st.button("Показать ещё", on_click=_show_more, icon=":material/expand_more:")


def _show_more() -> None:
    st.session_state[MORE] = st.session_state.get(MORE, SHOWN) + SHOWN


def show_row(user: User, row: MadeReport, *, is_remakeable: bool) -> None:
    """Show one made report."""
    title, span, made, *buttons = st.columns(WIDTHS, vertical_alignment="center", gap="small")
    about = f" · **{as_typed(row.about_name)}**" if row.about_name else ""
    title.markdown(f"{REPORTS[row.order.kind].title}{about}", help=as_typed(row.made_of))
    place = row.order.span
    span.caption(period_text(place.school_year, place.term_kind, place.term_number))
    made.caption(f"{row.made_at:%d.%m.%Y %H:%M} · {as_typed(row.made_by_name or 'по расписанию')}")
    for form, box in zip(FORMS, buttons, strict=False):
        _show_form(user, row, form, box)
    if is_remakeable:
        buttons[-1].button(
            "",
            key=f"again_{row.report_id}",
            icon=":material/refresh:",
            help="Сделать заново по нынешним записям; прежний останется",
            on_click=_want,
            args=(row.order,),
            type="tertiary",
        )


def _show_form(user: User, row: MadeReport, form: Form, place: st.delta_generator.DeltaGenerator) -> None:
    place.download_button(
        form.title,
        lambda: _drawn(user, row, form),
        file_name(row, form),
        form.mime,
        key=f"{form.ending}_{row.report_id}",
        on_click="ignore",
        type="tertiary",
    )


def _drawn(user: User, row: MadeReport, form: Form) -> bytes:
    content = drawn(school(), user, row.report_id, form)
    if (seen := seen_by_report(row.order)) is not None:
        note_seen(user, seen)
    return content


def show_reports(user: User) -> None:
    """Show the whole page."""
    show_making(user)
    make_wanted(user)
    st.subheader("Готовые отчёты")
    show_schedule(user)
    show_made(user)


show_reports(guard(Action.READ_REPORTS))
